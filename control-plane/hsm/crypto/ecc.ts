/**
 * Elliptic curves in Weierstrass form: ECDSA with DER signatures (FIPS 186-5 section 6, SEC 1 section C.5) and ECDH
 * (SP 800-56A section 5.7.1.2), by OpenSSL. Only ECDSA over a ready digest, which Node does not offer, is done by
 * @noble/curves, deterministic with added randomness (RFC 6979 section 3.6). Low S is neither produced nor required.
 */
import { createPublicKey, diffieHellman, generateKeyPair, type KeyObject } from 'node:crypto';
import type { ECDSA } from '@noble/curves/abstract/weierstrass.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { HsmError } from '../port/hsm-error.ts';
import {
  generatePrivateKey,
  keyPairOf,
  publicKeyInfoOf,
  rawPublicKeyOf,
  signWithNode,
  verifyWithNode,
} from './key-pairs.ts';
import type { SecretBytes } from './secret-bytes.ts';
import { digestLengths, type Signer, type SigningHash } from './signer.ts';

export interface Curve {
  /** OpenSSL's name. */
  readonly name: string;
  readonly hash: SigningHash;
  readonly noble: ECDSA;
  readonly coordinateLengthInBytes: number;
  /** Length of the PKCS#8 form that OpenSSL writes, with the public key in it. */
  readonly materialLengthInBytes: number;
  /** Offset of the private scalar in that form. */
  readonly scalarOffset: number;
}

export const curves = {
  p256: {
    name: 'prime256v1',
    hash: 'sha256',
    noble: p256,
    coordinateLengthInBytes: 32,
    materialLengthInBytes: 138,
    scalarOffset: 36,
  },
  p384: {
    name: 'secp384r1',
    hash: 'sha384',
    noble: p384,
    coordinateLengthInBytes: 48,
    materialLengthInBytes: 185,
    scalarOffset: 35,
  },
  p521: {
    name: 'secp521r1',
    hash: 'sha512',
    noble: p521,
    coordinateLengthInBytes: 66,
    materialLengthInBytes: 241,
    scalarOffset: 35,
  },
  secp256k1: {
    name: 'secp256k1',
    hash: 'sha256',
    noble: secp256k1,
    coordinateLengthInBytes: 32,
    materialLengthInBytes: 135,
    scalarOffset: 33,
  },
} as const satisfies Record<string, Curve>;

export function generateEccKey({ name }: Curve): Promise<SecretBytes> {
  return generatePrivateKey((encoding, done) => generateKeyPair('ec', { namedCurve: name, ...encoding }, done));
}

export function ecdsa(curve: Curve): { readonly RAW: Signer; readonly DIGEST: Signer } {
  return { RAW: messageSigner(curve), DIGEST: digestSigner(curve) };
}

const messageSigner = ({ hash }: Curve): Signer => ({
  sign: (material, message) => signWithNode(material, hash, message, { dsaEncoding: 'der' }),
  verify: (publicKey, message, signature) =>
    verifyWithNode(publicKey, hash, message, signature, { dsaEncoding: 'der' }),
});

const overDigest = { prehash: false, lowS: false, format: 'der' } as const;

const digestSigner = ({ hash, noble, scalarOffset, coordinateLengthInBytes }: Curve): Signer => ({
  messageLengthInBytes: digestLengths[hash],
  sign: (material, digest) =>
    material.use((bytes) => {
      const scalar = bytes.subarray(scalarOffset, scalarOffset + coordinateLengthInBytes);
      return noble.sign(digest, scalar, { ...overDigest, extraEntropy: true });
    }),
  verify: (publicKey, digest, signature) =>
    noble.verify(signature, digest, rawPublicKeyOf(publicKey, 1 + 2 * coordinateLengthInBytes), overDigest),
});

/** @throws HsmError `invalid-public-key` */
export function ecdh(material: SecretBytes, peerPublicKeyInfo: Uint8Array): Uint8Array {
  const { privateKey, publicKey } = keyPairOf(material);
  try {
    return diffieHellman({ privateKey, publicKey: readPeer(peerPublicKeyInfo, publicKey) });
  } catch {
    throw new HsmError('invalid-public-key', 'the public key is not an SPKI of a point on the curve of this key');
  }
}

/**
 * OpenSSL refuses points that are not on the curve. The key must also name our curve, as RFC 5480 section 2.1.1
 * requires, and not spell out the curve's parameters, which OpenSSL would accept as the same; and no bytes can follow
 * it.
 */
function readPeer(publicKeyInfo: Uint8Array, ours: KeyObject): KeyObject {
  const peer = createPublicKey({ key: Buffer.from(publicKeyInfo), format: 'der', type: 'spki' });
  const encoded = publicKeyInfoOf(peer);
  const namesOurCurve = algorithmIdentifierOf(encoded).equals(algorithmIdentifierOf(publicKeyInfoOf(ours)));
  if (namesOurCurve && encoded.equals(publicKeyInfo)) return peer;
  throw new RangeError('public key: another curve or form');
}

/** The first member of the SPKI's sequence, whose length takes two bytes from 128 on. */
export function algorithmIdentifierOf(publicKeyInfo: Buffer): Buffer {
  const start = publicKeyInfo.readUInt8(1) < 0x80 ? 2 : 3;
  return publicKeyInfo.subarray(start, start + 2 + publicKeyInfo.readUInt8(start + 1));
}
