/**
 * Owns the form of the tokens that clients keep for this installation (integers big-endian):
 *
 *   offset  bytes  field
 *        0      1  version      0x02
 *        1      4  generation   of the sealing key; always 1 in this version
 *
 * Pagination markers and grant tokens hold no secret; a MAC makes them tamper-proof, and the same content has the same
 * token:
 *
 *        5     32  HMAC-SHA-256 of bytes 0–4 ‖ content
 *       37      n  content
 *
 * Session tokens also hold data that is not for their holder: AES-256-GCM (NIST SP 800-38D) under a key that is derived
 * per token from the sealing key and a 128-bit random nonce (SP 800-108r1), like the key of a ciphertext blob:
 *
 *        5      4  sealed at    seconds since the epoch
 *        9     16  nonce        random
 *       25     12  IV           random
 *       37      n  sealed content
 *   37 + n     16  tag          AAD = bytes 0–36
 *
 *   sealing key = KDF(root key, label "keystead token key v2", context = texts(purpose) ‖ generation)
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { SealedTokenPurpose } from '../port/credentials.ts';
import { deriveKey, encodeTexts } from './kdf.ts';
import type { SecretBytes } from './secret-bytes.ts';

const VERSION = 2;
const GENERATION = 1;
const HEADER_BYTES = 5;
const MAC_BYTES = 32;
const NONCE_OFFSET = 9;
const IV_OFFSET = 25;
const SEALED_OFFSET = 37;
const TAG_BYTES = 16;

/** No session lasts longer than GetSessionToken's 36 hours; clocks of nodes differ by minutes at most. */
const MAX_SESSION_AGE_MS = 36 * 60 * 60 * 1000 + 5 * 60 * 1000;

const HEADER = Buffer.of(VERSION, 0, 0, 0, GENERATION);

export function sealToken(
  rootKey: SecretBytes,
  purpose: SealedTokenPurpose,
  content: Uint8Array,
  nowMs: number,
): Uint8Array {
  return sealingKey(rootKey, purpose).useOnce((key) =>
    purpose === 'session' ? encrypt(key, content, nowMs) : Buffer.concat([HEADER, mac(key, content), content]),
  );
}

/** @returns undefined for anything that was not sealed under this root key for this purpose, or is too old */
export function openToken(
  rootKey: SecretBytes,
  purpose: SealedTokenPurpose,
  sealedToken: Uint8Array,
  nowMs: number,
): Uint8Array | undefined {
  if (sealedToken.length <= SEALED_OFFSET || Buffer.compare(sealedToken.subarray(0, HEADER_BYTES), HEADER) !== 0) {
    return undefined;
  }
  return sealingKey(rootKey, purpose).useOnce((key) =>
    purpose === 'session' ? decrypt(key, sealedToken, nowMs) : authentic(key, sealedToken),
  );
}

function sealingKey(rootKey: SecretBytes, purpose: SealedTokenPurpose): SecretBytes {
  const context = Buffer.concat([encodeTexts(purpose), HEADER.subarray(1)]);
  return rootKey.use((bytes) => deriveKey(bytes, 'keystead token key v2', context));
}

function mac(key: Uint8Array, content: Uint8Array): Buffer {
  return createHmac('sha256', key).update(HEADER).update(content).digest();
}

function authentic(key: Uint8Array, sealedToken: Uint8Array): Uint8Array | undefined {
  const content = sealedToken.subarray(HEADER_BYTES + MAC_BYTES);
  const isOurs = timingSafeEqual(sealedToken.subarray(HEADER_BYTES, HEADER_BYTES + MAC_BYTES), mac(key, content));
  return isOurs ? Uint8Array.from(content) : undefined;
}

function encrypt(key: Uint8Array, content: Uint8Array, nowMs: number): Buffer {
  const head = Buffer.concat([HEADER, Buffer.alloc(4), randomBytes(SEALED_OFFSET - NONCE_OFFSET)]);
  head.writeUInt32BE(Math.floor(nowMs / 1000), HEADER_BYTES);
  const cipher = messageKey(key, head).useOnce((own) =>
    createCipheriv('aes-256-gcm', createSecretKey(own), head.subarray(IV_OFFSET), { authTagLength: TAG_BYTES }),
  );
  cipher.setAAD(head);
  return Buffer.concat([head, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, sealedToken: Uint8Array, nowMs: number): Uint8Array | undefined {
  if (sealedToken.length < SEALED_OFFSET + TAG_BYTES) return undefined;
  const head = Buffer.from(sealedToken.subarray(0, SEALED_OFFSET));
  const decipher = messageKey(key, head).useOnce((own) =>
    createDecipheriv('aes-256-gcm', createSecretKey(own), head.subarray(IV_OFFSET), { authTagLength: TAG_BYTES }),
  );
  try {
    decipher.setAAD(head);
    decipher.setAuthTag(sealedToken.subarray(-TAG_BYTES));
    const content = decipher.update(sealedToken.subarray(SEALED_OFFSET, -TAG_BYTES));
    decipher.final();
    return nowMs - head.readUInt32BE(HEADER_BYTES) * 1000 > MAX_SESSION_AGE_MS ? undefined : content;
  } catch {
    return undefined;
  }
}

const messageKey = (key: Uint8Array, head: Uint8Array): SecretBytes =>
  deriveKey(key, 'keystead session token v1', head.subarray(NONCE_OFFSET, IV_OFFSET));
