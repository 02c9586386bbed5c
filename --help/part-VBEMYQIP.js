import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  CIPHERTEXT_NAMES_BYTES,
  CIPHERTEXT_OVERHEAD_BYTES,
  CIPHERTEXT_VERSION,
  EXTERNAL_CIPHERTEXT_VERSION,
  IV_BYTES,
  MAX_PLAINTEXT_BYTES,
  PKCS11_CIPHERTEXT_VERSION,
  TAG_BYTES,
  encodeCiphertextNames,
  encodeEncryptionContext,
  parseCiphertextHeader,
  parseCiphertextNames
} from "./part-4RXXNH3Y.js";

// control-plane/domain/key-stores/key-store-ciphertext.ts
import { createHash } from "node:crypto";
function readCiphertextNames(blob) {
  switch (blob[0]) {
    case CIPHERTEXT_VERSION:
      return parseCiphertextHeader(blob);
    case PKCS11_CIPHERTEXT_VERSION:
      return parsePkcs11Ciphertext(blob);
    case EXTERNAL_CIPHERTEXT_VERSION:
      return parseExternalCiphertext(blob);
    default:
      return void 0;
  }
}
var PKCS11_HEADER_BYTES = CIPHERTEXT_NAMES_BYTES + IV_BYTES;
function encodePkcs11Ciphertext(blob) {
  return Buffer.concat([encodeCiphertextNames(PKCS11_CIPHERTEXT_VERSION, blob), blob.iv, blob.sealed]);
}
function parsePkcs11Ciphertext(blob) {
  const lengthInBytes = blob.length - PKCS11_HEADER_BYTES - TAG_BYTES;
  const names = parseCiphertextNames(PKCS11_CIPHERTEXT_VERSION, blob);
  if (!names || lengthInBytes < 1 || lengthInBytes > MAX_PLAINTEXT_BYTES) return void 0;
  return {
    ...names,
    iv: blob.subarray(CIPHERTEXT_NAMES_BYTES, PKCS11_HEADER_BYTES),
    sealed: blob.subarray(PKCS11_HEADER_BYTES)
  };
}
function pkcs11AdditionalData(names, iv, context) {
  return Buffer.concat([encodeCiphertextNames(PKCS11_CIPHERTEXT_VERSION, names), iv, encodeEncryptionContext(context)]);
}
var IV_LENGTH_OFFSET = CIPHERTEXT_NAMES_BYTES;
var METADATA_LENGTH_OFFSET = IV_LENGTH_OFFSET + 1;
var FIELDS_OFFSET = METADATA_LENGTH_OFFSET + 1;
var EXTERNAL_IV_LENGTHS_IN_BYTES = [12, 16];
var MAX_CIPHERTEXT_METADATA_BYTES = 20;
var MAX_INNER_BYTES = CIPHERTEXT_OVERHEAD_BYTES + MAX_PLAINTEXT_BYTES;
function encodeExternalCiphertext(blob) {
  const lengths = Buffer.of(blob.iv.length, blob.metadata.length);
  const names = encodeCiphertextNames(EXTERNAL_CIPHERTEXT_VERSION, blob);
  return Buffer.concat([names, lengths, blob.iv, blob.metadata, blob.ciphertext, blob.tag]);
}
function parseExternalCiphertext(blob) {
  const names = parseCiphertextNames(EXTERNAL_CIPHERTEXT_VERSION, blob);
  const ivLength = blob[IV_LENGTH_OFFSET];
  const metadataLength = blob[METADATA_LENGTH_OFFSET];
  if (!names || ivLength === void 0 || metadataLength === void 0) return void 0;
  const ciphertextOffset = FIELDS_OFFSET + ivLength + metadataLength;
  const innerLength = blob.length - ciphertextOffset - TAG_BYTES;
  if (!EXTERNAL_IV_LENGTHS_IN_BYTES.includes(ivLength) || metadataLength > MAX_CIPHERTEXT_METADATA_BYTES) {
    return void 0;
  }
  if (innerLength <= CIPHERTEXT_OVERHEAD_BYTES || innerLength > MAX_INNER_BYTES) return void 0;
  return {
    ...names,
    iv: blob.subarray(FIELDS_OFFSET, FIELDS_OFFSET + ivLength),
    metadata: blob.subarray(FIELDS_OFFSET + ivLength, ciphertextOffset),
    ciphertext: blob.subarray(ciphertextOffset, -TAG_BYTES),
    tag: blob.subarray(-TAG_BYTES)
  };
}
function externalAdditionalData(names, context) {
  return createHash("sha256").update(encodeCiphertextNames(EXTERNAL_CIPHERTEXT_VERSION, names)).update(encodeEncryptionContext(context)).digest();
}

export {
  readCiphertextNames,
  encodePkcs11Ciphertext,
  parsePkcs11Ciphertext,
  pkcs11AdditionalData,
  EXTERNAL_IV_LENGTHS_IN_BYTES,
  MAX_CIPHERTEXT_METADATA_BYTES,
  encodeExternalCiphertext,
  parseExternalCiphertext,
  externalAdditionalData
};
