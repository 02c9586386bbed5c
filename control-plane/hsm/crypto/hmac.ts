/** HMAC (FIPS 198-1, RFC 2104) by OpenSSL, its whole output, under keys as long as the hash. */
import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { SecretBytes } from './secret-bytes.ts';

export type Mac = (material: SecretBytes, message: Uint8Array) => Uint8Array;

export const hmac =
  (hash: 'sha224' | 'sha256' | 'sha384' | 'sha512'): Mac =>
  (material, message) =>
    material.use((bytes) => createHmac(hash, createSecretKey(bytes)).update(message).digest());

export function generateHmacKey(lengthInBytes: number): SecretBytes {
  return new SecretBytes(randomBytes(lengthInBytes));
}
