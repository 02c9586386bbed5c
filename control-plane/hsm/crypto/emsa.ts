/**
 * Encodings of a ready digest for RSA signatures: EMSA-PKCS1-v1_5 and EMSA-PSS (RFC 8017, sections 9.2 and 9.1, with
 * MGF1 of appendix B.2.1). Node encodes only digests that it has computed itself; these are layouts of bytes, and the
 * RSA operation on them is OpenSSL's. Moduli are whole bytes long, so an encoded message is as long as the modulus.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { digestLengths, type SigningHash } from './signer.ts';

/** DER of DigestInfo up to the digest itself: RFC 8017 section 9.2, note 1. */
const digestInfoPrefixes: Readonly<Record<SigningHash, string>> = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

/** 0x00 ‖ 0x01 ‖ 0xff … ‖ 0x00 ‖ DigestInfo. */
export function encodePkcs1(hash: SigningHash, digest: Uint8Array, lengthInBytes: number): Uint8Array {
  const digestInfo = Buffer.concat([Buffer.from(digestInfoPrefixes[hash], 'hex'), digest]);
  const encoded = Buffer.alloc(lengthInBytes, 0xff);
  encoded[0] = 0x00;
  encoded[1] = 0x01;
  encoded[lengthInBytes - digestInfo.length - 1] = 0x00;
  encoded.set(digestInfo, lengthInBytes - digestInfo.length);
  return encoded;
}

const TRAILER = 0xbc;
const EIGHT_ZEROS = Buffer.alloc(8);

/** (PS ‖ 0x01 ‖ salt) masked ‖ H ‖ 0xbc, the first bit cleared, because emBits is one less than the modulus's bits. */
export function encodePss(hash: SigningHash, digest: Uint8Array, salt: Uint8Array, lengthInBytes: number): Uint8Array {
  const h = saltedHash(hash, digest, salt);
  const db = Buffer.alloc(lengthInBytes - h.length - 1);
  db[db.length - salt.length - 1] = 0x01;
  db.set(salt, db.length - salt.length);
  return Buffer.concat([unmask(hash, db, h), h, Buffer.of(TRAILER)]);
}

/** EMSA-PSS-VERIFY with a salt as long as the digest: encoding again with the salt must give the same bytes. */
export function matchesPss(hash: SigningHash, digest: Uint8Array, encoded: Uint8Array): boolean {
  const hashLength = digestLengths[hash];
  const maskedDb = encoded.subarray(0, encoded.length - hashLength - 1);
  const h = encoded.subarray(maskedDb.length, -1);
  const salt = unmask(hash, maskedDb, h).subarray(-hashLength);
  return timingSafeEqual(encodePss(hash, digest, salt, encoded.length), encoded);
}

function saltedHash(hash: SigningHash, digest: Uint8Array, salt: Uint8Array): Buffer {
  return createHash(hash).update(EIGHT_ZEROS).update(digest).update(salt).digest();
}

/** XOR: the same function masks and unmasks. */
function unmask(hash: SigningHash, db: Uint8Array, seed: Uint8Array): Buffer {
  const mask = mgf1(hash, seed, db.length);
  const result = Buffer.from(db.map((byte, index) => byte ^ (mask[index] ?? 0)));
  result[0] = (result[0] ?? 0) & 0x7f;
  return result;
}

function mgf1(hash: SigningHash, seed: Uint8Array, lengthInBytes: number): Uint8Array {
  const blocks = Math.ceil(lengthInBytes / digestLengths[hash]);
  const counter = Buffer.alloc(4);
  const mask = Array.from({ length: blocks }, (_, index) => {
    counter.writeUInt32BE(index);
    return createHash(hash).update(seed).update(counter).digest();
  });
  return Buffer.concat(mask).subarray(0, lengthInBytes);
}
