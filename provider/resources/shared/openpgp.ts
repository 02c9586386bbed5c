/**
 * Encrypts a short text for an OpenPGP key, so that a state holds a secret that only its owner can read. The formats are
 * written here, the cryptography is Node's; the OpenPGP libraries for JavaScript have licences under which a bundle
 * cannot be shipped. Writes version 3 of the session key packet and version 1 of the integrity protected packet, with
 * AES-256, which every implementation reads.
 * Source: RFC 9580 (sections 4 packets, 5.1 and 5.13 the two packets, 5.5 keys, 11.4 and 11.5 ECDH), RFC 3394.
 */
import {
  constants,
  createCipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import { type Packet, packet, packetsOf, readMpi, writeMpi } from './openpgp-packets.ts';

/** A key that a text can be encrypted for. */
export interface OpenPgpKey {
  /** Of the primary key, hexadecimal. */
  readonly fingerprint: string;
  readonly encryption: EncryptionKey;
}

interface EncryptionKey {
  readonly keyId: Uint8Array;
  /** The algorithm's number, and the session key as its fields. */
  readonly algorithm: number;
  wrap(sessionKey: Uint8Array): Uint8Array;
}

const PUBLIC_KEY = 6;
const PUBLIC_SUBKEY = 14;
const SIGNATURE = 2;
const RSA = 1;
const RSA_ENCRYPT_ONLY = 2;
const ECDH = 18;
const AES_256 = 9;

/**
 * The first subkey that is for encryption, or the primary key where it can encrypt. Its signatures are not verified:
 * the user names the key as a whole.
 * @param text the public key, binary, in base64
 * @throws Error that says what is wrong with it
 */
export function openPgpKey(text: string): OpenPgpKey {
  if (text.startsWith('keybase:')) {
    throw new Error('Keys of Keybase are not fetched. Give the public key itself: gpg --export NAME | base64.');
  }
  const bytes = Buffer.from(text, 'base64');
  const packets = bytes.length === 0 ? [] : packetsOf(bytes);
  const [primary] = packets;
  if (primary?.tag !== PUBLIC_KEY) {
    throw new Error('pgp_key is not a public OpenPGP key in base64. Make one with: gpg --export NAME | base64.');
  }
  const encryption = packets
    .map((one, at) => [one, packets[at + 1]] as const)
    .filter(([one, next]) => isForEncryption(one, next))
    .map(([{ body }]) => encryptionKey(body))
    .find((one) => one !== undefined);
  if (encryption !== undefined) return { fingerprint: fingerprintOf(primary.body).toString('hex'), encryption };
  throw new Error('pgp_key has no key for encryption that can be used: RSA, or ECDH with Curve25519 or a NIST curve.');
}

/** Subkeys before the primary key, which often only signs; a subkey says in its signature what it is for. */
function isForEncryption({ tag, body }: Packet, next: Packet | undefined): boolean {
  if (tag !== PUBLIC_SUBKEY && tag !== PUBLIC_KEY) return false;
  if (body[5] === RSA_ENCRYPT_ONLY || body[5] === ECDH) return true;
  const flags = tag === PUBLIC_SUBKEY && next?.tag === SIGNATURE ? keyFlags(next.body) : undefined;
  return body[5] === RSA && (flags === undefined ? tag === PUBLIC_KEY : (flags & 0x0c) !== 0);
}

/** Key flags (section 5.2.3.29) in the hashed part of a version 4 signature; undefined: it has none. */
function keyFlags(signature: Buffer): number | undefined {
  const end = 6 + signature.readUInt16BE(4);
  for (let at = 6; at < end; ) {
    const first = signature[at] ?? 0;
    const [length, header] =
      first < 192
        ? [first, 1]
        : first < 255
          ? [((first - 192) << 8) + (signature[at + 1] ?? 0) + 192, 2]
          : [signature.readUInt32BE(at + 1), 5];
    if (((signature[at + header] ?? 0) & 0x7f) === 27) return signature[at + header + 1];
    at += header + length;
  }
  return undefined;
}

/** Version 4 (section 5.5.4.2). */
function fingerprintOf(body: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return createHash('sha1').update(Buffer.of(0x99)).update(length).update(body).digest();
}

/** undefined: an algorithm or a version that is not supported. */
function encryptionKey(body: Buffer): EncryptionKey | undefined {
  if (body[0] !== 4) return undefined;
  const fingerprint = fingerprintOf(body);
  const keyId = fingerprint.subarray(12);
  const algorithm = body[5] ?? 0;
  const fields = body.subarray(6);
  const wrap = algorithm === ECDH ? ecdhWrapper(fields, fingerprint) : rsaWrapper(fields);
  return wrap && { keyId, algorithm, wrap };
}

type Wrap = EncryptionKey['wrap'];

function rsaWrapper(fields: Buffer): Wrap {
  const [n, rest] = readMpi(fields);
  const [e] = readMpi(rest);
  const jwk = { kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return (sessionKey) => writeMpi(publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, sessionKey));
}

interface Curve {
  readonly name: 'X25519' | 'P-256' | 'P-384' | 'P-521';
  /** Of a coordinate. */
  readonly bytes: number;
}

/** By the object identifier's bytes (section 9.2). */
const curves: Readonly<Record<string, Curve>> = {
  '2b060104019755010501': { name: 'X25519', bytes: 32 },
  '2a8648ce3d030107': { name: 'P-256', bytes: 32 },
  '2b81040022': { name: 'P-384', bytes: 48 },
  '2b81040023': { name: 'P-521', bytes: 66 },
};
const hashes: Readonly<Record<number, string>> = { 8: 'sha256', 9: 'sha384', 10: 'sha512' };
const wrapKeyBytes: Readonly<Record<number, 16 | 24 | 32>> = { 7: 16, 8: 24, 9: 32 };

/** The session key wrapped under a key that both sides derive (section 11.5). */
function ecdhWrapper(fields: Buffer, fingerprint: Buffer): Wrap | undefined {
  const oid = fields.subarray(1, 1 + (fields[0] ?? 0));
  const curve = curves[oid.toString('hex')];
  const [point, rest] = readMpi(fields.subarray(1 + oid.length));
  const [length = 0, , hashId = 0, cipherId = 0] = rest;
  const hash = hashes[hashId];
  const bytes = wrapKeyBytes[cipherId];
  if (curve === undefined || hash === undefined || bytes === undefined) return undefined;
  const publicKey = publicKeyOf(curve, point);
  return (sessionKey) => {
    const ephemeral = ephemeralFor(curve);
    const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey });
    const parameters = [
      fields.subarray(0, 1 + oid.length),
      Buffer.of(ECDH),
      rest.subarray(0, 1 + length),
      Buffer.from('Anonymous Sender    '),
      fingerprint,
    ];
    const key = createHash(hash)
      .update(Buffer.of(0, 0, 0, 1))
      .update(shared)
      .update(Buffer.concat(parameters))
      .digest();
    const wrapped = aesWrap(key.subarray(0, bytes), padded(sessionKey));
    return Buffer.concat([writeMpi(pointOf(curve, ephemeral.publicKey)), Buffer.of(wrapped.length), wrapped]);
  };
}

const ephemeralFor = ({ name }: Curve) =>
  name === 'X25519' ? generateKeyPairSync('x25519') : generateKeyPairSync('ec', { namedCurve: name });

/** A point as OpenPGP writes it: 0x40 and Curve25519's bytes, or 0x04 and two coordinates. */
function publicKeyOf({ name, bytes }: Curve, point: Buffer): KeyObject {
  const x = point.subarray(1, 1 + bytes).toString('base64url');
  if (name === 'X25519') return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
  const y = point.subarray(1 + bytes, 1 + 2 * bytes).toString('base64url');
  return createPublicKey({ key: { kty: 'EC', crv: name, x, y }, format: 'jwk' });
}

function pointOf({ name }: Curve, key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const bytes = (text: string) => Buffer.from(text, 'base64url');
  return Buffer.concat([Buffer.of(name === 'X25519' ? 0x40 : 0x04), bytes(x), bytes(y)]);
}

/** PKCS #5 padding to 40 bytes, so that the length does not tell the cipher. */
function padded(sessionKey: Uint8Array): Buffer {
  const fill = 40 - sessionKey.length;
  return Buffer.concat([sessionKey, Buffer.alloc(fill, fill)]);
}

function aesWrap(key: Uint8Array, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv(`id-aes${key.length * 8}-wrap`, key, Buffer.alloc(8, 0xa6));
  return Buffer.concat([cipher.update(plaintext), cipher.final()]);
}

/** The text as an OpenPGP message in base64, which `base64 -d | gpg -d` reads. */
export function encryptFor({ encryption }: OpenPgpKey, text: string): string {
  const key = randomBytes(32);
  const sum = key.reduce((total, byte) => total + byte, 0) & 0xffff;
  const sessionKey = Buffer.concat([Buffer.of(AES_256), key, Buffer.of(sum >> 8, sum & 0xff)]);
  const { keyId, algorithm } = encryption;
  const keyPacket = packet(1, Buffer.concat([Buffer.of(3), keyId, Buffer.of(algorithm), encryption.wrap(sessionKey)]));
  return Buffer.concat([keyPacket, packet(18, protectedData(key, Buffer.from(text)))]).toString('base64');
}

/** A literal packet after a random prefix whose last two bytes repeat, and a hash over all of it (section 5.13.1). */
function protectedData(key: Uint8Array, text: Buffer): Buffer {
  const random = randomBytes(16);
  const literal = packet(11, Buffer.concat([Buffer.from('b'), Buffer.alloc(5), text]));
  const hashed = Buffer.concat([random, random.subarray(14), literal, Buffer.of(0xd3, 0x14)]);
  const whole = Buffer.concat([hashed, createHash('sha1').update(hashed).digest()]);
  const cipher = createCipheriv('aes-256-cfb', key, Buffer.alloc(16));
  return Buffer.concat([Buffer.of(1), cipher.update(whole), cipher.final()]);
}
