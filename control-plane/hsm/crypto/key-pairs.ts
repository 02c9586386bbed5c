/**
 * Private keys are generated and kept as PKCS#8 (RFC 5958), DER; public keys are returned as SubjectPublicKeyInfo
 * (RFC 5280). OpenSSL writes both, so that their form is always the same for one kind of key.
 */
import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  type SignKeyObjectInput,
  sign,
  type VerifyKeyObjectInput,
  verify,
} from 'node:crypto';
import { HsmError } from '../port/hsm-error.ts';
import { SecretBytes } from './secret-bytes.ts';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const DER = {
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'der' },
} as const;

type Generated = (error: Error | null, publicKey: Buffer, privateKey: Buffer) => void;

/** @param start calls Node's `generateKeyPair`, which works on a thread of its own, with this encoding and callback. */
export function generatePrivateKey(start: (encoding: typeof DER, done: Generated) => void): Promise<SecretBytes> {
  return new Promise((resolve, reject) => {
    start(DER, (error, _publicKey, privateKey) => {
      if (error) reject(error);
      else resolve(new SecretBytes(privateKey));
    });
  });
}

/** Parsing a key costs more than using it: a parsed key is kept for as long as the unwrapped material itself. */
const read = new WeakMap<SecretBytes, KeyPair>();

/**
 * OpenSSL has its own copy of the key, so the pair can be used across awaits, longer than the borrowed bytes.
 * @throws HsmError `invalid-material` when the bytes are not a private key.
 */
export function keyPairOf(material: SecretBytes): KeyPair {
  const known = read.get(material);
  if (known) return known;
  const privateKey = material.use(readPrivateKey);
  const pair = { privateKey, publicKey: createPublicKey(privateKey) };
  read.set(material, pair);
  return pair;
}

/** @throws HsmError `invalid-material` */
export function readPrivateKey(bytes: Uint8Array): KeyObject {
  try {
    return createPrivateKey({
      key: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
      format: 'der',
      type: 'pkcs8',
    });
  } catch {
    throw new HsmError('invalid-material', 'wrapped material is not a private key of its spec');
  }
}

/** X.509 SubjectPublicKeyInfo. */
export function publicKeyInfoOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

/** The last bytes of the SPKI: for every kind of key except RSA, the public key in its raw encoding. */
export function rawPublicKeyOf(publicKey: KeyObject, lengthInBytes: number): Uint8Array {
  return publicKeyInfoOf(publicKey).subarray(-lengthInBytes);
}

type Padding = Omit<SignKeyObjectInput, 'key'> & Omit<VerifyKeyObjectInput, 'key'>;

/** Signs on a thread of the pool. `hash` is null where the algorithm includes one. */
export function signWithNode(
  material: SecretBytes,
  hash: string | null,
  message: Uint8Array,
  padding: Padding = {},
): Promise<Uint8Array> {
  const { privateKey: key } = keyPairOf(material);
  return new Promise((resolve, reject) => {
    sign(hash, message, { key, ...padding }, (error, signature) => {
      if (error) reject(error);
      else resolve(signature);
    });
  });
}

/** Synchronous: faster than handing the work to a thread. */
export function verifyWithNode(
  publicKey: KeyObject,
  hash: string | null,
  message: Uint8Array,
  signature: Uint8Array,
  padding: Padding = {},
): boolean {
  return verify(hash, message, { key: publicKey, ...padding }, signature);
}
