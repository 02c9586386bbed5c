import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/hsm/crypto/secret-bytes.ts
import { inspect } from "node:util";
var REDACTED = "[secret]";
var SecretBytes = class {
  #bytes;
  #wiped = false;
  /** Takes ownership: the caller must not keep or change `bytes`. */
  constructor(bytes) {
    this.#bytes = bytes;
  }
  get length() {
    return this.#bytes.length;
  }
  /**
   * Lends the bytes for the time of a synchronous call. The borrower must neither keep nor change them.
   * @throws TypeError when the bytes are wiped already, or the borrower is asynchronous.
   */
  use(borrower) {
    if (this.#wiped) throw new TypeError("secret bytes are wiped");
    const result = borrower(this.#bytes);
    if (result instanceof Promise) throw new TypeError("secret bytes are lent to synchronous code only");
    return result;
  }
  wipe() {
    this.#bytes.fill(0);
    this.#wiped = true;
  }
  /** Lends the bytes for the last time and wipes them, even when the borrower throws. */
  useOnce(borrower) {
    try {
      return this.use(borrower);
    } finally {
      this.wipe();
    }
  }
  toString() {
    return REDACTED;
  }
  toJSON() {
    return REDACTED;
  }
  [inspect.custom]() {
    return REDACTED;
  }
};

// control-plane/domain/keys/ciphertext.ts
var CIPHERTEXT_VERSION = 1;
var PKCS11_CIPHERTEXT_VERSION = 2;
var EXTERNAL_CIPHERTEXT_VERSION = 3;
var NONCE_BYTES = 16;
var IV_BYTES = 12;
var TAG_BYTES = 16;
var MAX_PLAINTEXT_BYTES = 4096;
var KIND_UUID = 0;
var KIND_MULTI_REGION = 1;
var KIND_OFFSET = 1;
var KEY_ID_OFFSET = 2;
var MATERIAL_ID_OFFSET = 18;
var NONCE_OFFSET = 50;
var IV_OFFSET = 66;
var CIPHERTEXT_NAMES_BYTES = NONCE_OFFSET;
var CIPHERTEXT_HEADER_BYTES = 78;
var CIPHERTEXT_OVERHEAD_BYTES = CIPHERTEXT_HEADER_BYTES + TAG_BYTES;
var UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
var MULTI_REGION_ID = /^mrk-[0-9a-f]{32}$/;
var MATERIAL_ID = /^[0-9a-f]{64}$/;
function encodeCiphertextHeader(header) {
  requireLength("nonce", header.nonce, NONCE_BYTES);
  requireLength("IV", header.iv, IV_BYTES);
  const bytes = Buffer.alloc(CIPHERTEXT_HEADER_BYTES);
  writeCiphertextNames(bytes, CIPHERTEXT_VERSION, header);
  bytes.set(header.nonce, NONCE_OFFSET);
  bytes.set(header.iv, IV_OFFSET);
  return bytes;
}
function encodeCiphertextNames(version, names) {
  const bytes = Buffer.alloc(CIPHERTEXT_NAMES_BYTES);
  writeCiphertextNames(bytes, version, names);
  return bytes;
}
function writeCiphertextNames(bytes, version, { keyId, materialId }) {
  if (!MATERIAL_ID.test(materialId)) throw new RangeError("material id: expected 64 lower-case hex digits");
  const { kind, hexDigits } = keyIdParts(keyId);
  bytes[0] = version;
  bytes[KIND_OFFSET] = kind;
  bytes.write(hexDigits, KEY_ID_OFFSET, "hex");
  bytes.write(materialId, MATERIAL_ID_OFFSET, "hex");
}
function parseCiphertextNames(version, blob) {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  if (bytes.length < CIPHERTEXT_NAMES_BYTES || bytes[0] !== version) return void 0;
  const keyId = keyIdText(bytes[KIND_OFFSET], bytes.toString("hex", KEY_ID_OFFSET, MATERIAL_ID_OFFSET));
  return keyId === void 0 ? void 0 : { keyId, materialId: bytes.toString("hex", MATERIAL_ID_OFFSET, NONCE_OFFSET) };
}
function parseCiphertextHeader(blob) {
  if (blob.length <= CIPHERTEXT_OVERHEAD_BYTES || blob.length > CIPHERTEXT_OVERHEAD_BYTES + MAX_PLAINTEXT_BYTES) {
    return void 0;
  }
  const names = parseCiphertextNames(CIPHERTEXT_VERSION, blob);
  if (!names) return void 0;
  return {
    ...names,
    nonce: blob.subarray(NONCE_OFFSET, IV_OFFSET),
    iv: blob.subarray(IV_OFFSET, CIPHERTEXT_HEADER_BYTES)
  };
}
function encodeEncryptionContext(context) {
  const pairs = Object.entries(context).map(([key, value]) => [utf8(key), utf8(value)]);
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
function decodeEncryptionContext(encoded) {
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  let offset = 0;
  const readUint32 = () => {
    const value = bytes.readUInt32BE(offset);
    offset += 4;
    return value;
  };
  const readText = () => {
    const length = readUint32();
    const text = bytes.toString("utf8", offset, offset + length);
    offset += length;
    return text;
  };
  const pairs = [];
  for (let left = readUint32(); left > 0; left--) pairs.push([readText(), readText()]);
  const context = Object.fromEntries(pairs);
  if (Buffer.compare(encodeEncryptionContext(context), bytes) !== 0) {
    throw new RangeError("encryption context is not in its canonical encoding");
  }
  return context;
}
function keyIdParts(keyId) {
  if (UUID.test(keyId)) return { kind: KIND_UUID, hexDigits: keyId.replaceAll("-", "") };
  if (MULTI_REGION_ID.test(keyId)) return { kind: KIND_MULTI_REGION, hexDigits: keyId.slice("mrk-".length) };
  throw new RangeError("key id: expected a lower-case UUID, or mrk- and 32 lower-case hex digits");
}
function keyIdText(kind, hexDigits) {
  if (kind === KIND_UUID) return hexDigits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return kind === KIND_MULTI_REGION ? `mrk-${hexDigits}` : void 0;
}
function requireLength(name, bytes, length) {
  if (bytes.length !== length) throw new RangeError(`${name}: expected ${length} bytes, got ${bytes.length}`);
}
function utf8(text) {
  if (!text.isWellFormed()) throw new RangeError("encryption context has an unpaired surrogate");
  return Buffer.from(text);
}

export {
  CIPHERTEXT_VERSION,
  PKCS11_CIPHERTEXT_VERSION,
  EXTERNAL_CIPHERTEXT_VERSION,
  NONCE_BYTES,
  IV_BYTES,
  TAG_BYTES,
  MAX_PLAINTEXT_BYTES,
  CIPHERTEXT_NAMES_BYTES,
  CIPHERTEXT_HEADER_BYTES,
  CIPHERTEXT_OVERHEAD_BYTES,
  encodeCiphertextHeader,
  encodeCiphertextNames,
  parseCiphertextNames,
  parseCiphertextHeader,
  encodeEncryptionContext,
  decodeEncryptionContext,
  SecretBytes
};
