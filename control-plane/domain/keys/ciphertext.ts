/**
 * Owns the layout of a symmetric ciphertext blob and the canonical encoding of an encryption context.
 * Reads and writes bytes only: every cryptographic step is in hsm/crypto/aes.ts.
 *
 * Ciphertext blob, version 1 (integers big-endian):
 *
 *   offset  bytes  field
 *        0      1  version         0x01
 *        1      1  key id kind     0x00 = UUID, 0x01 = multi-Region (`mrk-…`)
 *        2     16  key id          the 32 hex digits of the id
 *       18     32  material id     the 64 hex digits of the material id
 *       50     16  nonce           random; selects the per-message key
 *       66     12  IV              random; AES-GCM initialization vector
 *       78      n  ciphertext      as long as the plaintext, 1–4096
 *   78 + n     16  tag             AES-GCM authentication tag
 *
 *   per-message key = KDF(key material, label "keystead ciphertext v1", context = nonce)     SP 800-108r1 section 4.1
 *   ciphertext, tag = AES-256-GCM(per-message key, IV, AAD = bytes 0–77 ‖ encryption context)  SP 800-38D
 *
 * The blob names key and material, never account or Region: any related multi-Region key opens it. Clients must not
 * rely on its contents. The layout is frozen by test/vectors/ciphertext-v1.json. Keys in custom key stores have
 * layouts of their own, with the same first 50 bytes: domain/key-stores/key-store-ciphertext.ts.
 *
 * Encryption context, canonical encoding (AAD):
 *
 *   count (4) ‖ for each pair, sorted by the UTF-8 bytes of its key: length (4) ‖ key ‖ length (4) ‖ value
 *
 * Lengths are in bytes of UTF-8. Two different contexts never encode alike; the order of members does not matter.
 */

export const CIPHERTEXT_VERSION = 1;
/** The versions of a blob whose key is in a PKCS#11 token, and of one that an external key manager encrypted last. */
export const PKCS11_CIPHERTEXT_VERSION = 2;
export const EXTERNAL_CIPHERTEXT_VERSION = 3;
export const NONCE_BYTES = 16;
export const IV_BYTES = 12;
export const TAG_BYTES = 16;
export const MAX_PLAINTEXT_BYTES = 4096;

const KIND_UUID = 0;
const KIND_MULTI_REGION = 1;

const KIND_OFFSET = 1;
const KEY_ID_OFFSET = 2;
const MATERIAL_ID_OFFSET = 18;
const NONCE_OFFSET = 50;
const IV_OFFSET = 66;
/** Version, key id and material id, which begin a blob of every version. */
export const CIPHERTEXT_NAMES_BYTES = NONCE_OFFSET;
export const CIPHERTEXT_HEADER_BYTES = 78;
/** What a blob adds to its plaintext. */
export const CIPHERTEXT_OVERHEAD_BYTES = CIPHERTEXT_HEADER_BYTES + TAG_BYTES;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const MULTI_REGION_ID = /^mrk-[0-9a-f]{32}$/;
const MATERIAL_ID = /^[0-9a-f]{64}$/;

/** The first fields of a ciphertext blob of every version. */
export interface CiphertextNames {
  /** UUID or `mrk-…`. */
  readonly keyId: string;
  /** 64 lower-case hex digits. */
  readonly materialId: string;
}

export interface CiphertextHeader extends CiphertextNames {
  /** 16 bytes. */
  readonly nonce: Uint8Array;
  /** 12 bytes. */
  readonly iv: Uint8Array;
}

/** @throws RangeError when a field does not have its form. */
export function encodeCiphertextHeader(header: CiphertextHeader): Uint8Array {
  requireLength('nonce', header.nonce, NONCE_BYTES);
  requireLength('IV', header.iv, IV_BYTES);
  const bytes = Buffer.alloc(CIPHERTEXT_HEADER_BYTES);
  writeCiphertextNames(bytes, CIPHERTEXT_VERSION, header);
  bytes.set(header.nonce, NONCE_OFFSET);
  bytes.set(header.iv, IV_OFFSET);
  return bytes;
}

/** The first 50 bytes of a blob. @throws RangeError when a field does not have its form. */
export function encodeCiphertextNames(version: number, names: CiphertextNames): Uint8Array {
  const bytes = Buffer.alloc(CIPHERTEXT_NAMES_BYTES);
  writeCiphertextNames(bytes, version, names);
  return bytes;
}

function writeCiphertextNames(bytes: Buffer, version: number, { keyId, materialId }: CiphertextNames): void {
  if (!MATERIAL_ID.test(materialId)) throw new RangeError('material id: expected 64 lower-case hex digits');
  const { kind, hexDigits } = keyIdParts(keyId);
  bytes[0] = version;
  bytes[KIND_OFFSET] = kind;
  bytes.write(hexDigits, KEY_ID_OFFSET, 'hex');
  bytes.write(materialId, MATERIAL_ID_OFFSET, 'hex');
}

/** Reads which key and material a blob of that version names; undefined when it is of another one or too short. */
export function parseCiphertextNames(version: number, blob: Uint8Array): CiphertextNames | undefined {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  if (bytes.length < CIPHERTEXT_NAMES_BYTES || bytes[0] !== version) return undefined;
  const keyId = keyIdText(bytes[KIND_OFFSET], bytes.toString('hex', KEY_ID_OFFSET, MATERIAL_ID_OFFSET));
  return keyId === undefined
    ? undefined
    : { keyId, materialId: bytes.toString('hex', MATERIAL_ID_OFFSET, NONCE_OFFSET) };
}

/**
 * Reads which key and material a blob names. The names are not verified: only decryption does that.
 * @returns undefined when this is not a ciphertext blob of a version we know. Byte fields are views of `blob`.
 */
export function parseCiphertextHeader(blob: Uint8Array): CiphertextHeader | undefined {
  if (blob.length <= CIPHERTEXT_OVERHEAD_BYTES || blob.length > CIPHERTEXT_OVERHEAD_BYTES + MAX_PLAINTEXT_BYTES) {
    return undefined;
  }
  const names = parseCiphertextNames(CIPHERTEXT_VERSION, blob);
  if (!names) return undefined;
  return {
    ...names,
    nonce: blob.subarray(NONCE_OFFSET, IV_OFFSET),
    iv: blob.subarray(IV_OFFSET, CIPHERTEXT_HEADER_BYTES),
  };
}

/**
 * The canonical encoding drawn in the header comment.
 * @throws RangeError when a string has an unpaired surrogate: it has no UTF-8 form, and its replacement would collide.
 */
export function encodeEncryptionContext(context: Readonly<Record<string, string>>): Uint8Array {
  const pairs = Object.entries(context).map(([key, value]) => [utf8(key), utf8(value)] as const);
  if (pairs.length > 1) pairs.sort(([a], [b]) => Buffer.compare(a, b));
  const sizeInBytes = pairs.reduce((sum, [key, value]) => sum + 8 + key.length + value.length, 4);
  const encoded = Buffer.alloc(sizeInBytes);
  let offset = encoded.writeUInt32BE(pairs.length);
  for (const text of pairs.flat()) {
    offset = encoded.writeUInt32BE(text.length, offset);
    encoded.set(text, offset);
    offset += text.length;
  }
  return encoded;
}

/** @throws RangeError when the bytes are not exactly what `encodeEncryptionContext` writes. */
export function decodeEncryptionContext(encoded: Uint8Array): Record<string, string> {
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  let offset = 0;
  const readUint32 = () => {
    const value = bytes.readUInt32BE(offset);
    offset += 4;
    return value;
  };
  const readText = () => {
    const length = readUint32();
    const text = bytes.toString('utf8', offset, offset + length);
    offset += length;
    return text;
  };
  const pairs: [string, string][] = [];
  for (let left = readUint32(); left > 0; left--) pairs.push([readText(), readText()]);
  const context = Object.fromEntries(pairs);
  // Encoding again finds every deviation at once: order, duplicates, trailing bytes, broken UTF-8.
  if (Buffer.compare(encodeEncryptionContext(context), bytes) !== 0) {
    throw new RangeError('encryption context is not in its canonical encoding');
  }
  return context;
}

function keyIdParts(keyId: string): { kind: number; hexDigits: string } {
  if (UUID.test(keyId)) return { kind: KIND_UUID, hexDigits: keyId.replaceAll('-', '') };
  if (MULTI_REGION_ID.test(keyId)) return { kind: KIND_MULTI_REGION, hexDigits: keyId.slice('mrk-'.length) };
  throw new RangeError('key id: expected a lower-case UUID, or mrk- and 32 lower-case hex digits');
}

function keyIdText(kind: number | undefined, hexDigits: string): string | undefined {
  if (kind === KIND_UUID) return hexDigits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return kind === KIND_MULTI_REGION ? `mrk-${hexDigits}` : undefined;
}

function requireLength(name: string, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) throw new RangeError(`${name}: expected ${length} bytes, got ${bytes.length}`);
}

function utf8(text: string): Buffer {
  if (!text.isWellFormed()) throw new RangeError('encryption context has an unpaired surrogate');
  return Buffer.from(text);
}
