/**
 * Symmetric encryption of messages: AES-256-GCM (NIST SP 800-38D) under a key derived per message from the key
 * material and a 128-bit random nonce (SP 800-108r1), so that the limit of 2^32 messages under one GCM key does not
 * apply. On node:crypto (OpenSSL), synchronously: for at most 4 KiB that is faster than handing the work to a thread.
 * The blob's layout belongs to domain/keys/ciphertext.ts.
 */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type DecipherGCM,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import {
  CIPHERTEXT_HEADER_BYTES,
  type CiphertextHeader,
  encodeCiphertextHeader,
  encodeEncryptionContext,
  IV_BYTES,
  MAX_PLAINTEXT_BYTES,
  NONCE_BYTES,
  parseCiphertextHeader,
  TAG_BYTES,
} from '../../domain/keys/ciphertext.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { EncryptionContext } from '../port/key-material.ts';
import { deriveKey } from './kdf.ts';
import { SecretBytes } from './secret-bytes.ts';

export const AES_256_KEY_BYTES = 32;

/** The ids in a ciphertext blob. */
export type MessageKey = Pick<CiphertextHeader, 'keyId' | 'materialId'>;

export function generateAesKey(): SecretBytes {
  return new SecretBytes(randomBytes(AES_256_KEY_BYTES));
}

/** @returns a ciphertext blob under a fresh nonce and IV. */
export function sealMessage(
  material: SecretBytes,
  key: MessageKey,
  plaintext: Uint8Array,
  encryptionContext: EncryptionContext,
): Uint8Array {
  const random = nextRandom();
  const header = {
    keyId: key.keyId,
    materialId: key.materialId,
    nonce: random.subarray(0, NONCE_BYTES),
    iv: random.subarray(NONCE_BYTES),
  };
  return sealMessageWith(material, header, plaintext, encryptionContext);
}

const RANDOM_BYTES = NONCE_BYTES + IV_BYTES;
/** Asking for random bytes costs as much as an HMAC, for a few of them as for many. */
const DRAWN_AT_ONCE = 128;
let drawn = Buffer.alloc(0);
let used = 0;

/** Nonce and IV, which are public. Each byte is handed out once. */
function nextRandom(): Uint8Array {
  if (used === drawn.length) {
    drawn = randomBytes(RANDOM_BYTES * DRAWN_AT_ONCE);
    used = 0;
  }
  used += RANDOM_BYTES;
  return drawn.subarray(used - RANDOM_BYTES, used);
}

/**
 * The whole construction with nonce and IV chosen by the caller: deterministic, so that test vectors can freeze it.
 * @throws RangeError when the plaintext is not 1–4096 bytes, or the context cannot be encoded.
 */
export function sealMessageWith(
  material: SecretBytes,
  header: CiphertextHeader,
  plaintext: Uint8Array,
  encryptionContext: EncryptionContext,
): Uint8Array {
  if (plaintext.length < 1 || plaintext.length > MAX_PLAINTEXT_BYTES) {
    throw new RangeError(`plaintext: expected 1–${MAX_PLAINTEXT_BYTES} bytes, got ${plaintext.length}`);
  }
  const headerBytes = encodeCiphertextHeader(header);
  const cipher = deriveMessageKey(material, header.nonce).useOnce((key) =>
    createCipheriv('aes-256-gcm', createSecretKey(key), header.iv, { authTagLength: TAG_BYTES }),
  );
  cipher.setAAD(additionalData(headerBytes, encryptionContext));
  return Buffer.concat([headerBytes, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/**
 * @throws HsmError `invalid-ciphertext`, the same for every cause: another key, material, context or a changed byte.
 */
export function openMessage(
  material: SecretBytes,
  key: MessageKey,
  blob: Uint8Array,
  encryptionContext: EncryptionContext,
): Uint8Array {
  const header = parseCiphertextHeader(blob);
  if (header?.keyId !== key.keyId || header.materialId !== key.materialId) throw invalidCiphertext();
  const decipher = deriveMessageKey(material, header.nonce).useOnce((messageKey) =>
    createDecipheriv('aes-256-gcm', createSecretKey(messageKey), header.iv, { authTagLength: TAG_BYTES }),
  );
  try {
    decipher.setAAD(additionalData(blob.subarray(0, CIPHERTEXT_HEADER_BYTES), encryptionContext));
    decipher.setAuthTag(blob.subarray(-TAG_BYTES));
    return finish(decipher, blob.subarray(CIPHERTEXT_HEADER_BYTES, -TAG_BYTES));
  } catch {
    throw invalidCiphertext();
  }
}

/**
 * GCM is a stream: `update` returns the whole plaintext, which is unauthenticated until `final` has checked the tag.
 */
function finish(decipher: DecipherGCM, ciphertext: Uint8Array): Uint8Array {
  const unauthenticated = decipher.update(ciphertext);
  try {
    decipher.final();
    return unauthenticated;
  } catch (error) {
    unauthenticated.fill(0);
    throw error;
  }
}

function additionalData(header: Uint8Array, encryptionContext: EncryptionContext): Uint8Array {
  return Buffer.concat([header, encodeEncryptionContext(encryptionContext)]);
}

/** Key material as OpenSSL takes it, made once, and kept for as long as the unwrapped material itself. */
const derivationKeys = new WeakMap<SecretBytes, KeyObject>();

function deriveMessageKey(material: SecretBytes, nonce: Uint8Array): SecretBytes {
  const known = derivationKeys.get(material);
  const key = known ?? material.use((bytes) => createSecretKey(bytes));
  if (!known) derivationKeys.set(material, key);
  return deriveKey(key, 'keystead ciphertext v1', nonce);
}

/** One text for every cause: an answer that distinguished them would be an oracle. */
function invalidCiphertext(): HsmError {
  return new HsmError('invalid-ciphertext', 'ciphertext, encryption context and key do not belong together');
}
