/**
 * Owns the form of the tokens that clients keep for this installation (integers big-endian):
 *
 *   offset  bytes  field
 *        0      1  version      0x02
 *        1      4  generation   of the root key that the sealing key is derived from
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
 *   sealing key = KDF(root key of that generation, label "keystead token key v2", context = texts(purpose) ‖ generation)
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { MAX_SESSION_AGE_MS, type SealedTokenPurpose } from '../port/credentials.ts';
import { deriveKey, encodeTexts } from './kdf.ts';
import type { RootKeys } from './root-keys.ts';
import type { SecretBytes } from './secret-bytes.ts';

const VERSION = 2;
const GENERATION_OFFSET = 1;
const HEADER_BYTES = 5;
const MAC_BYTES = 32;
const NONCE_OFFSET = 9;
const IV_OFFSET = 25;
const SEALED_OFFSET = 37;
const TAG_BYTES = 16;

/** Under the generation that is in use. */
export function sealToken(
  rootKeys: RootKeys,
  purpose: SealedTokenPurpose,
  content: Uint8Array,
  nowMs: number,
): Uint8Array {
  const { generation, rootKey } = rootKeys.inUse;
  const header = headerOf(generation);
  return sealingKey(rootKey, purpose, header).useOnce((key) =>
    purpose === 'session'
      ? encrypt(key, header, content, nowMs)
      : Buffer.concat([header, mac(key, header, content), content]),
  );
}

/** @returns undefined for anything that was not sealed under a held generation for this purpose, or is too old */
export function openToken(
  rootKeys: RootKeys,
  purpose: SealedTokenPurpose,
  sealedToken: Uint8Array,
  nowMs: number,
): Uint8Array | undefined {
  if (sealedToken.length <= SEALED_OFFSET || sealedToken[0] !== VERSION) return undefined;
  const header = Buffer.from(sealedToken.subarray(0, HEADER_BYTES));
  const rootKey = rootKeys.find(header.readUInt32BE(GENERATION_OFFSET));
  return (
    rootKey &&
    sealingKey(rootKey, purpose, header).useOnce((key) =>
      purpose === 'session' ? decrypt(key, sealedToken, nowMs) : authentic(key, sealedToken),
    )
  );
}

function headerOf(generation: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = VERSION;
  header.writeUInt32BE(generation, GENERATION_OFFSET);
  return header;
}

function sealingKey(rootKey: SecretBytes, purpose: SealedTokenPurpose, header: Buffer): SecretBytes {
  const context = Buffer.concat([encodeTexts(purpose), header.subarray(GENERATION_OFFSET)]);
  return rootKey.use((bytes) => deriveKey(bytes, 'keystead token key v2', context));
}

function mac(key: Uint8Array, header: Uint8Array, content: Uint8Array): Buffer {
  return createHmac('sha256', key).update(header).update(content).digest();
}

function authentic(key: Uint8Array, sealedToken: Uint8Array): Uint8Array | undefined {
  const content = sealedToken.subarray(HEADER_BYTES + MAC_BYTES);
  const header = sealedToken.subarray(0, HEADER_BYTES);
  const found = sealedToken.subarray(HEADER_BYTES, HEADER_BYTES + MAC_BYTES);
  const isOurs = timingSafeEqual(found, mac(key, header, content));
  return isOurs ? Uint8Array.from(content) : undefined;
}

function encrypt(key: Uint8Array, header: Uint8Array, content: Uint8Array, nowMs: number): Buffer {
  const head = Buffer.concat([header, Buffer.alloc(4), randomBytes(SEALED_OFFSET - NONCE_OFFSET)]);
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
