/**
 * Owns the layouts of ciphertext blobs under keys in custom key stores. Reads and writes bytes only. Both begin like
 * every blob (domain/keys/ciphertext.ts): version, key id kind, key id, material id, 50 bytes in all, the "names"
 * below.
 *
 * Version 2, a key in a PKCS#11 token (Origin AWS_CLOUDHSM):
 *
 *   offset  bytes  field
 *        0     50  names        version 0x02
 *       50     12  IV           random
 *       62      n  ciphertext   as long as the plaintext, 1–4096
 *   62 + n     16  tag
 *
 *   ciphertext, tag = AES-256-GCM(the key in the token, IV, AAD = bytes 0–61 ‖ encryption context)   SP 800-38D
 *
 * Version 3, double encryption (Origin EXTERNAL_KEY_STORE): the HSM's blob (version 1), encrypted once more by the
 * external key manager behind its proxy. Every field of the proxy's answer is embedded.
 *
 *           offset  bytes  field
 *                0     50  names            version 0x03; the same key and material as the inner blob
 *               50      1  IV length        i = 12 or 16
 *               51      1  metadata length  m = 0–20
 *               52      i  IV               initializationVector
 *           52 + i      m  metadata         ciphertextMetadata
 *       52 + i + m      n  ciphertext       as long as the inner blob
 *   52 + i + m + n     16  tag              authenticationTag
 *
 *   additionalAuthenticatedData = SHA-256(names ‖ encryption context)
 *
 * It is a digest, because the encryption context can be longer than a proxy must accept (8,192 bytes), and because the
 * context is only for KMS and its audit: the proxy does not learn it, and still nothing decrypts with another context.
 * Source: AWS KMS External Key Store Proxy API specification 1.0.3. Frozen by test/vectors/key-store-ciphertext.json.
 */
import { createHash } from 'node:crypto';
import {
  CIPHERTEXT_NAMES_BYTES,
  CIPHERTEXT_OVERHEAD_BYTES,
  CIPHERTEXT_VERSION,
  type CiphertextNames,
  EXTERNAL_CIPHERTEXT_VERSION,
  encodeCiphertextNames,
  encodeEncryptionContext,
  IV_BYTES,
  MAX_PLAINTEXT_BYTES,
  PKCS11_CIPHERTEXT_VERSION,
  parseCiphertextHeader,
  parseCiphertextNames,
  TAG_BYTES,
} from '../keys/ciphertext.ts';

type EncryptionContext = Readonly<Record<string, string>>;

/** Which key and material a blob of any version names; undefined for other bytes. The names are not verified. */
export function readCiphertextNames(blob: Uint8Array): CiphertextNames | undefined {
  switch (blob[0]) {
    case CIPHERTEXT_VERSION:
      return parseCiphertextHeader(blob);
    case PKCS11_CIPHERTEXT_VERSION:
      return parsePkcs11Ciphertext(blob);
    case EXTERNAL_CIPHERTEXT_VERSION:
      return parseExternalCiphertext(blob);
    default:
      return undefined;
  }
}

const PKCS11_HEADER_BYTES = CIPHERTEXT_NAMES_BYTES + IV_BYTES;

export interface Pkcs11Ciphertext extends CiphertextNames {
  /** 12 bytes. */
  readonly iv: Uint8Array;
  /** With the tag at its end, as PKCS#11 has it. */
  readonly sealed: Uint8Array;
}

export function encodePkcs11Ciphertext(blob: Pkcs11Ciphertext): Uint8Array {
  return Buffer.concat([encodeCiphertextNames(PKCS11_CIPHERTEXT_VERSION, blob), blob.iv, blob.sealed]);
}

/** Byte fields are views of `blob`. */
export function parsePkcs11Ciphertext(blob: Uint8Array): Pkcs11Ciphertext | undefined {
  const lengthInBytes = blob.length - PKCS11_HEADER_BYTES - TAG_BYTES;
  const names = parseCiphertextNames(PKCS11_CIPHERTEXT_VERSION, blob);
  if (!names || lengthInBytes < 1 || lengthInBytes > MAX_PLAINTEXT_BYTES) return undefined;
  return {
    ...names,
    iv: blob.subarray(CIPHERTEXT_NAMES_BYTES, PKCS11_HEADER_BYTES),
    sealed: blob.subarray(PKCS11_HEADER_BYTES),
  };
}

/** The additional data that the token authenticates. */
export function pkcs11AdditionalData(names: CiphertextNames, iv: Uint8Array, context: EncryptionContext): Uint8Array {
  return Buffer.concat([encodeCiphertextNames(PKCS11_CIPHERTEXT_VERSION, names), iv, encodeEncryptionContext(context)]);
}

const IV_LENGTH_OFFSET = CIPHERTEXT_NAMES_BYTES;
const METADATA_LENGTH_OFFSET = IV_LENGTH_OFFSET + 1;
const FIELDS_OFFSET = METADATA_LENGTH_OFFSET + 1;
export const EXTERNAL_IV_LENGTHS_IN_BYTES: readonly number[] = [12, 16];
export const MAX_CIPHERTEXT_METADATA_BYTES = 20;
const MAX_INNER_BYTES = CIPHERTEXT_OVERHEAD_BYTES + MAX_PLAINTEXT_BYTES;

export interface ExternalCiphertext extends CiphertextNames {
  /** 12 or 16 bytes. */
  readonly iv: Uint8Array;
  /** 0–20 bytes. */
  readonly metadata: Uint8Array;
  readonly ciphertext: Uint8Array;
  /** 16 bytes. */
  readonly tag: Uint8Array;
}

export function encodeExternalCiphertext(blob: ExternalCiphertext): Uint8Array {
  const lengths = Buffer.of(blob.iv.length, blob.metadata.length);
  const names = encodeCiphertextNames(EXTERNAL_CIPHERTEXT_VERSION, blob);
  return Buffer.concat([names, lengths, blob.iv, blob.metadata, blob.ciphertext, blob.tag]);
}

/** Byte fields are views of `blob`. */
export function parseExternalCiphertext(blob: Uint8Array): ExternalCiphertext | undefined {
  const names = parseCiphertextNames(EXTERNAL_CIPHERTEXT_VERSION, blob);
  const ivLength = blob[IV_LENGTH_OFFSET];
  const metadataLength = blob[METADATA_LENGTH_OFFSET];
  if (!names || ivLength === undefined || metadataLength === undefined) return undefined;
  const ciphertextOffset = FIELDS_OFFSET + ivLength + metadataLength;
  const innerLength = blob.length - ciphertextOffset - TAG_BYTES;
  if (!EXTERNAL_IV_LENGTHS_IN_BYTES.includes(ivLength) || metadataLength > MAX_CIPHERTEXT_METADATA_BYTES) {
    return undefined;
  }
  if (innerLength <= CIPHERTEXT_OVERHEAD_BYTES || innerLength > MAX_INNER_BYTES) return undefined;
  return {
    ...names,
    iv: blob.subarray(FIELDS_OFFSET, FIELDS_OFFSET + ivLength),
    metadata: blob.subarray(FIELDS_OFFSET + ivLength, ciphertextOffset),
    ciphertext: blob.subarray(ciphertextOffset, -TAG_BYTES),
    tag: blob.subarray(-TAG_BYTES),
  };
}

/** The additional data that the external key manager authenticates. */
export function externalAdditionalData(names: CiphertextNames, context: EncryptionContext): Uint8Array {
  return createHash('sha256')
    .update(encodeCiphertextNames(EXTERNAL_CIPHERTEXT_VERSION, names))
    .update(encodeEncryptionContext(context))
    .digest();
}
