/**
 * ML-KEM (FIPS 203), by OpenSSL where the running Node has it and by @noble/post-quantum elsewhere. The private key is
 * kept as its seed d || z, in PKCS#8 (RFC 9935 section 6, the choice `seed`), which both can read, so a key works the
 * same after a change of Node.
 *
 * Decapsulation never fails for a ciphertext of the right length: from one that was changed or made for another key it
 * derives 32 bytes that nobody knows (implicit rejection, FIPS 203 section 6.3), in the same time.
 */
import * as crypto from 'node:crypto';
import { type MLKEM, ml_kem512, ml_kem768, ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import { HsmError } from '../port/hsm-error.ts';
import { keyPairOf, publicKeyInfoOf, readPrivateKey } from './key-pairs.ts';
import { SecretBytes } from './secret-bytes.ts';

const SEED_BYTES = 64;

export interface MlKemParameters {
  readonly noble: MLKEM;
  readonly publicKeyLengthInBytes: number;
  readonly ciphertextLengthInBytes: number;
  /** Last arc of the object identifier 2.16.840.1.101.3.4.4.n (RFC 9935 section 3). */
  readonly objectIdentifierArc: number;
}

export const mlKemParameters = {
  mlKem512: { noble: ml_kem512, publicKeyLengthInBytes: 800, ciphertextLengthInBytes: 768, objectIdentifierArc: 1 },
  mlKem768: { noble: ml_kem768, publicKeyLengthInBytes: 1184, ciphertextLengthInBytes: 1088, objectIdentifierArc: 2 },
  mlKem1024: { noble: ml_kem1024, publicKeyLengthInBytes: 1568, ciphertextLengthInBytes: 1568, objectIdentifierArc: 3 },
} as const satisfies Record<string, MlKemParameters>;

export interface Encapsulation {
  /** 32 bytes. */
  readonly sharedSecret: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** A key encapsulation mechanism over keys as the HSM keeps them. */
export interface Kem {
  encapsulate(material: SecretBytes): Encapsulation;
  /** @returns 32 bytes. @throws HsmError `invalid-ciphertext` for a wrong length, and for nothing else. */
  decapsulate(material: SecretBytes, ciphertext: Uint8Array): Uint8Array;
  /** SubjectPublicKeyInfo (RFC 9935 section 4). */
  publicKey(material: SecretBytes): Uint8Array;
}

/** SEQUENCE { 2.16.840.1.101.3.4.4.n }, without parameters. */
const algorithmIdentifier = ({ objectIdentifierArc }: MlKemParameters): Uint8Array =>
  Buffer.concat([Buffer.from('300b06096086480165030404', 'hex'), Buffer.of(objectIdentifierArc)]);

/** SEQUENCE { 0, algorithm, OCTET STRING { [0] seed } }, up to the seed itself. */
const pkcs8Head = (parameters: MlKemParameters): Uint8Array =>
  Buffer.concat([Buffer.from('3054020100', 'hex'), algorithmIdentifier(parameters), Buffer.from('04428040', 'hex')]);

/** For all parameter sets. */
export const ML_KEM_MATERIAL_BYTES = 86;

export function generateMlKemKey(parameters: MlKemParameters): SecretBytes {
  return new SecretBytes(Buffer.concat([pkcs8Head(parameters), crypto.randomBytes(SEED_BYTES)]));
}

/**
 * By OpenSSL, which expands the seed once, when the key is read. Synchronous: handing the work to a thread costs more than
 * the work.
 */
export const opensslMlKem = ({ ciphertextLengthInBytes }: MlKemParameters): Kem => ({
  encapsulate(material) {
    const { sharedKey: sharedSecret, ciphertext } = crypto.encapsulate(keyPairOf(material).publicKey);
    return { sharedSecret, ciphertext };
  },
  decapsulate(material, ciphertext) {
    requireLength(ciphertext, ciphertextLengthInBytes);
    return crypto.decapsulate(keyPairOf(material).privateKey, ciphertext);
  },
  publicKey: (material) => publicKeyInfoOf(keyPairOf(material).publicKey),
});

/** By noble. It expands the seed for each use, because it has no form of the key that could be wiped later. */
export const nobleMlKem = (parameters: MlKemParameters): Kem => ({
  encapsulate(material) {
    const { cipherText: ciphertext, sharedSecret } = parameters.noble.encapsulate(publicKeyOf(parameters, material));
    return { sharedSecret, ciphertext };
  },
  decapsulate(material, ciphertext) {
    requireLength(ciphertext, parameters.ciphertextLengthInBytes);
    return expand(parameters, material).secretKey.useOnce((key) => parameters.noble.decapsulate(ciphertext, key));
  },
  publicKey: (material) => subjectPublicKeyInfo(parameters, publicKeyOf(parameters, material)),
});

function expand({ noble }: MlKemParameters, material: SecretBytes) {
  const { publicKey, secretKey } = material.use((bytes) => noble.keygen(bytes.subarray(-SEED_BYTES)));
  return { publicKey, secretKey: new SecretBytes(secretKey) };
}

function publicKeyOf(parameters: MlKemParameters, material: SecretBytes): Uint8Array {
  const { publicKey, secretKey } = expand(parameters, material);
  secretKey.wipe();
  return publicKey;
}

/** SEQUENCE { algorithm, BIT STRING }; every length takes two bytes. */
function subjectPublicKeyInfo(parameters: MlKemParameters, publicKey: Uint8Array): Uint8Array {
  const bitString = Buffer.concat([headOf(0x03, publicKey.length + 1), Buffer.of(0), publicKey]);
  const algorithm = algorithmIdentifier(parameters);
  return Buffer.concat([headOf(0x30, algorithm.length + bitString.length), algorithm, bitString]);
}

const headOf = (tag: number, length: number): Uint8Array => Buffer.of(tag, 0x82, length >> 8, length & 0xff);

function requireLength({ length }: Uint8Array, expected: number): void {
  if (length !== expected) throw new HsmError('invalid-ciphertext', `the ciphertext must have ${expected} bytes`);
}

/** Whether the running Node offers ML-KEM: from 24.7, unless it was built with an OpenSSL before 3.5. */
function hasOpensslMlKem(): boolean {
  if (typeof crypto.decapsulate !== 'function') return false;
  try {
    generateMlKemKey(mlKemParameters.mlKem512).useOnce(readPrivateKey);
    return true;
  } catch {
    return false;
  }
}

let isOpenssl: boolean | undefined;

/** By OpenSSL or noble, whichever the running Node allows; found out at the first use. */
export function kemOf(parameters: MlKemParameters): Kem {
  const [openssl, noble] = [opensslMlKem(parameters), nobleMlKem(parameters)];
  const chosen = () => {
    isOpenssl ??= hasOpensslMlKem();
    return isOpenssl ? openssl : noble;
  };
  return {
    encapsulate: (material) => chosen().encapsulate(material),
    decapsulate: (material, ciphertext) => chosen().decapsulate(material, ciphertext),
    publicKey: (material) => chosen().publicKey(material),
  };
}
