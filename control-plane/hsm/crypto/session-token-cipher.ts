/**
 * Owns the form of session tokens, which clients can neither read nor change: AES-256-GCM (NIST SP 800-38D) under a key
 * that is derived per token from the installation's sealing key and a 128-bit random nonce (SP 800-108r1), like the key
 * of a ciphertext blob.
 *
 *   offset  bytes  field
 *        0      1  version      0x01
 *        1     16  nonce        random
 *       17     12  IV           random
 *       29      n  sealed
 *   29 + n     16  tag
 *
 *   AAD = bytes 0–28
 *
 * Runs in the API process; the HSM process derives the key for this purpose only.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { deriveKey } from './kdf.ts';

const VERSION = 1;
const IV_OFFSET = 17;
const SEALED_OFFSET = 29;
const TAG_BYTES = 16;

/** @param sealingKey CredentialService.deriveSealingKey('session'), 32 bytes */
export function sealSessionToken(sealingKey: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const header = Buffer.concat([Buffer.of(VERSION), randomBytes(SEALED_OFFSET - 1)]);
  const cipher = messageKey(sealingKey, header).useOnce((key) =>
    createCipheriv('aes-256-gcm', createSecretKey(key), header.subarray(IV_OFFSET), { authTagLength: TAG_BYTES }),
  );
  cipher.setAAD(header);
  return Buffer.concat([header, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** undefined for anything that was not sealed under this key. */
export function openSessionToken(sealingKey: Uint8Array, sessionToken: Uint8Array): Uint8Array | undefined {
  if (sessionToken[0] !== VERSION || sessionToken.length < SEALED_OFFSET + TAG_BYTES) return undefined;
  const header = sessionToken.subarray(0, SEALED_OFFSET);
  const decipher = messageKey(sealingKey, header).useOnce((key) =>
    createDecipheriv('aes-256-gcm', createSecretKey(key), header.subarray(IV_OFFSET), { authTagLength: TAG_BYTES }),
  );
  try {
    decipher.setAAD(header);
    decipher.setAuthTag(sessionToken.subarray(-TAG_BYTES));
    const plaintext = decipher.update(sessionToken.subarray(SEALED_OFFSET, -TAG_BYTES));
    decipher.final();
    return plaintext;
  } catch {
    return undefined;
  }
}

const messageKey = (sealingKey: Uint8Array, header: Uint8Array) =>
  deriveKey(sealingKey, 'keystead session token v1', header.subarray(1, IV_OFFSET));
