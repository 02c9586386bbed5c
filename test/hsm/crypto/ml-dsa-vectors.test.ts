/** ML-DSA of the HSM, checked against Project Wycheproof. */
import { type KeyObject, verify } from 'node:crypto';
import { type MlDsaParameters, mlDsaParameters, mlDsaSigners } from '@keystead/control-plane/hsm/crypto/ml-dsa.ts';
import { describeWithVectors, fromHex, readWycheproof, runWycheproof } from '../../support/external-vectors.ts';
import { accepts, attempt, der, spki, type VerifyCase } from './wycheproof.ts';

interface MlDsaGroup {
  readonly publicKey: string;
  readonly publicKeyDer: string;
  readonly privateSeed?: string;
  readonly privateKey?: string;
}
interface MlDsaCase extends VerifyCase {
  readonly mu?: string;
  readonly ctx?: string;
  readonly rnd?: string;
}

const mlDsas = [
  { level: 44, parameters: mlDsaParameters.mlDsa44 },
  { level: 65, parameters: mlDsaParameters.mlDsa65 },
  { level: 87, parameters: mlDsaParameters.mlDsa87 },
];

/** RFC 9881 section 4. */
function publicKeyOf({ objectIdentifierArc }: MlDsaParameters, { publicKey }: MlDsaGroup): KeyObject {
  const algorithm = der(0x30, Buffer.concat([fromHex('06096086480165030403'), Buffer.of(objectIdentifierArc)]));
  return spki(der(0x30, Buffer.concat([algorithm, der(0x03, fromHex(`00${publicKey}`))])).toString('hex'));
}

describeWithVectors('Wycheproof ML-DSA', () => {
  test.each(mlDsas)('ML-DSA-$level verifies as published, with an empty context', ({ level, parameters }) => {
    const file = readWycheproof<MlDsaGroup, MlDsaCase>(`mldsa_${level}_verify_test.json`);
    const signer = mlDsaSigners(parameters).ML_DSA_SHAKE_256?.RAW;
    const { misjudged } = runWycheproof(`ML-DSA-${level} verification`, file, ({ msg, sig, ctx }, group) => {
      const key = attempt(() => spki(group.publicKeyDer));
      if (key === undefined) return false;
      const isGood = accepts(signer, key, fromHex(msg), fromHex(sig));
      if (!ctx) return isGood;
      // A signature with a context is invalid in the HSM; the primitive verifies it with that context.
      expect(isGood).toBe(false);
      return attempt(() => verify(null, fromHex(msg), { key, context: fromHex(ctx) }, fromHex(sig))) ?? false;
    });
    expect(misjudged).toEqual([]);
  });

  const kinds = mlDsas.flatMap((each) => ['seed', 'noseed'].map((kind) => ({ ...each, kind })));
  test.each(kinds)('ML-DSA-$level signs an external mu as published: $kind', ({ level, parameters, kind }) => {
    const file = readWycheproof<MlDsaGroup, MlDsaCase>(`mldsa_${level}_sign_${kind}_test.json`);
    const signer = mlDsaSigners(parameters).ML_DSA_SHAKE_256?.EXTERNAL_MU;
    const { misjudged } = runWycheproof(`ML-DSA-${level} signing, ${kind}`, file, (test, group) => {
      const made = attempt(() => signAsNoble(parameters, test, group));
      if (made === undefined || Buffer.from(made).toString('hex') !== test.sig) return false;
      const { mu } = test;
      return mu === undefined || accepts(signer, publicKeyOf(parameters, group), fromHex(mu), made);
    });
    expect(misjudged).toEqual([]);
  });
});

/** Signs deterministically, or with the case's randomness; the HSM does neither. */
function signAsNoble({ noble }: MlDsaParameters, { mu, msg, ctx, rnd }: MlDsaCase, group: MlDsaGroup): Uint8Array {
  const { privateSeed, privateKey = '' } = group;
  const key = privateSeed === undefined ? fromHex(privateKey) : noble.keygen(fromHex(privateSeed)).secretKey;
  const extraEntropy = rnd === undefined ? false : fromHex(rnd);
  if (mu !== undefined) return noble.internal.sign(fromHex(mu), key, { externalMu: true, extraEntropy });
  return noble.sign(fromHex(msg), key, { extraEntropy, context: fromHex(ctx ?? '') });
}
