/**
 * ML-KEM of the HSM, by OpenSSL and by noble, checked against every case of Project Wycheproof. Cases that name more
 * than the HSM takes (an encapsulation's randomness, an expanded private key) are asked of the two libraries directly.
 */
import { createPrivateKey, decapsulate, encapsulate, type KeyObject } from 'node:crypto';
import {
  type Kem,
  ML_KEM_MATERIAL_BYTES,
  type MlKemParameters,
  mlKemParameters,
  nobleMlKem,
  opensslMlKem,
} from '@keystead/control-plane/hsm/crypto/ml-kem.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import {
  describeWithVectors,
  fromHex,
  readWycheproof,
  runWycheproof,
  type WycheproofCase,
} from '../../support/external-vectors.ts';
import { attempt, der, spki } from './wycheproof.ts';

interface MlKemCase extends WycheproofCase {
  /** d || z (FIPS 203 section 7.1). */
  readonly seed?: string;
  /** Encapsulation key. */
  readonly ek: string;
  /** Decapsulation key, expanded. */
  readonly dk?: string;
  /** The randomness of an encapsulation. */
  readonly m?: string;
  readonly c: string;
  readonly K: string;
}

const sets = [
  { level: 512, parameters: mlKemParameters.mlKem512 },
  { level: 768, parameters: mlKemParameters.mlKem768 },
  { level: 1024, parameters: mlKemParameters.mlKem1024 },
];
const kems = [
  { library: 'OpenSSL', kemOf: opensslMlKem },
  { library: 'noble', kemOf: nobleMlKem },
];
const everyKem = sets.flatMap((set) => kems.map((kem) => ({ ...set, ...kem })));

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const algorithm = ({ objectIdentifierArc }: MlKemParameters) =>
  der(0x30, Buffer.concat([fromHex('06096086480165030404'), Buffer.of(objectIdentifierArc)]));
/** RFC 9935 section 6: `content` is one of the choices of ML-KEM-PrivateKey. */
const pkcs8 = (parameters: MlKemParameters, content: Buffer) =>
  der(0x30, Buffer.concat([fromHex('020100'), algorithm(parameters), der(0x04, content)]));
const materialOf = (parameters: MlKemParameters, seed: string) =>
  new SecretBytes(pkcs8(parameters, der(0x80, fromHex(seed))));
/** RFC 9935 section 4. @throws Error for a key that OpenSSL does not read */
const publicKeyOf = (parameters: MlKemParameters, ek: string): KeyObject =>
  spki(hexOf(der(0x30, Buffer.concat([algorithm(parameters), der(0x03, fromHex(`00${ek}`))]))));
const expandedKeyOf = (parameters: MlKemParameters, dk: string): KeyObject =>
  createPrivateKey({ key: pkcs8(parameters, der(0x04, fromHex(dk))), format: 'der', type: 'pkcs8' });

/** Runs every case of a file. @param accepts throws, or answers false, for a case that is refused */
function run(label: string, file: string, accepts: (test: MlKemCase) => boolean): void {
  const published = readWycheproof<object, MlKemCase>(file);
  const { counts, misjudged } = runWycheproof(label, published, (test) => attempt(() => accepts(test)) ?? false);
  expect(misjudged).toEqual([]);
  expect(counts.valid + counts.invalid).toBe(published.numberOfTests);
  expect(published.numberOfTests).toBeGreaterThan(0);
}

/** In the HSM's form, and as the HSM checks it. */
function decapsulates(kem: Kem, parameters: MlKemParameters, { seed = '', ek, c, K }: MlKemCase): boolean {
  const material = materialOf(parameters, seed);
  if (material.length !== ML_KEM_MATERIAL_BYTES) return false;
  const derived = kem.decapsulate(material, fromHex(c));
  return hexOf(derived) === K && hexOf(kem.publicKey(material).subarray(-parameters.publicKeyLengthInBytes)) === ek;
}

describeWithVectors('Wycheproof ML-KEM', () => {
  test.each(everyKem)('ML-KEM-$level decapsulates as published, by $library', ({ level, parameters, ...by }) => {
    const kem = by.kemOf(parameters);
    run(`ML-KEM-${level} decapsulation, ${by.library}`, `mlkem_${level}_test.json`, (test) =>
      decapsulates(kem, parameters, test),
    );
  });

  test.each(everyKem)('ML-KEM-$level has the published public key, by $library', ({ level, parameters, ...by }) => {
    const kem = by.kemOf(parameters);
    run(`ML-KEM-${level} keys, ${by.library}`, `mlkem_${level}_keygen_seed_test.json`, ({ seed = '', ek }) => {
      const publicKey = kem.publicKey(materialOf(parameters, seed));
      return hexOf(publicKey) === hexOf(publicKeyOf(parameters, ek).export({ type: 'spki', format: 'der' }));
    });
  });

  test.each(sets)('ML-KEM-$level expands a seed to the published private key', ({ level, parameters }) => {
    run(`ML-KEM-${level} expanded keys`, `mlkem_${level}_keygen_seed_test.json`, ({ seed = '', dk = '' }) => {
      const exported = materialOf(parameters, seed).use((key) =>
        createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' }).export({
          type: 'pkcs8',
          format: 'der',
        }),
      );
      return hexOf(exported).endsWith(dk) && hexOf(parameters.noble.keygen(fromHex(seed)).secretKey) === dk;
    });
  });

  test.each(sets)('ML-KEM-$level encapsulates as published, by noble', ({ level, parameters }) => {
    run(`ML-KEM-${level} encapsulation, noble`, `mlkem_${level}_encaps_test.json`, ({ ek, m = '', c, K }) => {
      const { cipherText, sharedSecret } = parameters.noble.encapsulate(fromHex(ek), fromHex(m));
      return hexOf(cipherText) === c && hexOf(sharedSecret) === K;
    });
  });

  test.each(sets)('ML-KEM-$level encapsulates under the published keys alone, by OpenSSL', ({ level, parameters }) => {
    // Node chooses the randomness itself, so only the choice of accepted keys can be compared.
    run(`ML-KEM-${level} encapsulation, OpenSSL`, `mlkem_${level}_encaps_test.json`, ({ ek }) => {
      const { ciphertext, sharedKey } = encapsulate(publicKeyOf(parameters, ek));
      return ciphertext.length === parameters.ciphertextLengthInBytes && sharedKey.length === 32;
    });
  });

  test.each(sets)('ML-KEM-$level decapsulates with expanded keys as published', ({ level, parameters }) => {
    const file = `mlkem_${level}_semi_expanded_decaps_test.json`;
    run(`ML-KEM-${level} expanded keys, noble`, file, ({ dk = '', c, K }) => {
      return hexOf(parameters.noble.decapsulate(fromHex(c), fromHex(dk))) === K;
    });
    run(`ML-KEM-${level} expanded keys, OpenSSL`, file, ({ dk = '', c, K }) => {
      return hexOf(decapsulate(expandedKeyOf(parameters, dk), fromHex(c))) === K;
    });
  });
});
