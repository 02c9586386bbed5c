/**
 * RSA (RFC 8017) by OpenSSL: OAEP encryption (section 7.1, empty label, MGF1 with the same hash), PKCS #1 v1.5 and PSS
 * signatures (8.2 and 8.1, salt as long as the hash). Signing a message and decrypting run on the thread pool; for a
 * ready digest Node offers only the bare RSA operation, synchronously, on the encodings of emsa.ts.
 */
import {
  constants,
  generateKeyPair,
  type KeyObject,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt,
  randomBytes,
  timingSafeEqual,
  webcrypto,
} from 'node:crypto';
import { Gate } from '../../runtime/gate.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { AsymmetricEncryptionAlgorithm } from '../port/key-material.ts';
import { encodePkcs1, encodePss, matchesPss } from './emsa.ts';
import { generatePrivateKey, keyPairOf, signWithNode, verifyWithNode } from './key-pairs.ts';
import type { SecretBytes } from './secret-bytes.ts';
import { digestLengths, type Signer, type Signers, type SigningHash } from './signer.ts';

const PUBLIC_EXPONENT = 65537;

/** Half of the pool's threads: generating a key can take seconds, and must leave threads for signing. */
const generations = new Gate(2);

export function generateRsaKey(modulusLengthInBits: number): Promise<SecretBytes> {
  const options = { modulusLength: modulusLengthInBits, publicExponent: PUBLIC_EXPONENT };
  return generations.run(() =>
    generatePrivateKey((encoding, done) => generateKeyPair('rsa', { ...options, ...encoding }, done)),
  );
}

export function hasModulusLength(material: SecretBytes, modulusLengthInBits: number): boolean {
  const { asymmetricKeyType, asymmetricKeyDetails } = keyPairOf(material).publicKey;
  return asymmetricKeyType === 'rsa' && asymmetricKeyDetails?.modulusLength === modulusLengthInBits;
}

export function modulusLengthInBytes(material: SecretBytes): number {
  return modulusBytes(keyPairOf(material).publicKey);
}

function modulusBytes(key: KeyObject): number {
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
}

/**
 * RFC 8017 sections 7.1.2, 8.1.2 and 8.2.2, step 1. OpenSSL checks it only for PKCS #1 v1.5 signatures: it would take a
 * ciphertext or a PSS signature, of which one in 256 begins with a zero byte, also without that byte.
 */
function isAsLongAsModulus(key: KeyObject, bytes: Uint8Array): boolean {
  return bytes.length === modulusBytes(key);
}

export interface AsymmetricCipher {
  /** @throws HsmError `plaintext-too-long` for this modulus and hash. */
  encrypt(material: SecretBytes, plaintext: Uint8Array): Uint8Array;
  /** @throws HsmError `invalid-ciphertext`, the same for every cause. */
  decrypt(material: SecretBytes, ciphertext: Uint8Array): Promise<Uint8Array>;
}

type OaepHash = { readonly node: string; readonly web: string; readonly lengthInBytes: number };

function oaep(hash: OaepHash): AsymmetricCipher {
  return {
    encrypt(material, plaintext) {
      const { publicKey: key } = keyPairOf(material);
      const limit = modulusBytes(key) - 2 * hash.lengthInBytes - 2;
      if (plaintext.length > limit) throw new HsmError('plaintext-too-long', `at most ${limit} bytes fit this key`);
      return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash.node }, plaintext);
    },
    async decrypt(material, ciphertext) {
      const { privateKey } = keyPairOf(material);
      if (!isAsLongAsModulus(privateKey, ciphertext)) throw invalidCiphertext();
      const key = privateKey.toCryptoKey({ name: 'RSA-OAEP', hash: hash.web }, false, ['decrypt']);
      try {
        return Buffer.from(await webcrypto.subtle.decrypt('RSA-OAEP', key, Buffer.from(ciphertext)));
      } catch {
        throw invalidCiphertext();
      }
    },
  };
}

/** One text for every cause: an answer that distinguished them would be an oracle (Manger, CRYPTO 2001). */
function invalidCiphertext(): HsmError {
  return new HsmError('invalid-ciphertext', 'ciphertext, algorithm and key do not belong together');
}

export const oaepCiphers: Readonly<Record<AsymmetricEncryptionAlgorithm, AsymmetricCipher>> = {
  RSAES_OAEP_SHA_1: oaep({ node: 'sha1', web: 'SHA-1', lengthInBytes: 20 }),
  RSAES_OAEP_SHA_256: oaep({ node: 'sha256', web: 'SHA-256', lengthInBytes: 32 }),
};

const pkcs1Padding = { padding: constants.RSA_PKCS1_PADDING };
const pssPadding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

const messageSigner = (hash: SigningHash, padding: typeof pkcs1Padding): Signer => ({
  sign: (material, message) => signWithNode(material, hash, message, padding),
  verify: (publicKey, message, signature) =>
    isAsLongAsModulus(publicKey, signature) && verifyWithNode(publicKey, hash, message, signature, padding),
});

const pkcs1DigestSigner = (hash: SigningHash): Signer => ({
  messageLengthInBytes: digestLengths[hash],
  sign: (material, digest) => signEncoded(material, (lengthInBytes) => encodePkcs1(hash, digest, lengthInBytes)),
  verify: (publicKey, digest, signature) =>
    timingSafeEqual(openSigned(publicKey, signature), encodePkcs1(hash, digest, modulusBytes(publicKey))),
});

const pssDigestSigner = (hash: SigningHash): Signer => ({
  messageLengthInBytes: digestLengths[hash],
  sign(material, digest) {
    const salt = randomBytes(digestLengths[hash]);
    return signEncoded(material, (lengthInBytes) => encodePss(hash, digest, salt, lengthInBytes));
  },
  verify: (publicKey, digest, signature) => matchesPss(hash, digest, openSigned(publicKey, signature)),
});

/** RSASP1, section 5.2.1; OpenSSL blinds it. */
function signEncoded(material: SecretBytes, encode: (lengthInBytes: number) => Uint8Array): Uint8Array {
  const { privateKey: key } = keyPairOf(material);
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encode(modulusBytes(key)));
}

/** RSAVP1, section 5.2.2. @throws RangeError when the signature is not as long as the modulus. */
function openSigned(publicKey: KeyObject, signature: Uint8Array): Uint8Array {
  if (!isAsLongAsModulus(publicKey, signature)) throw new RangeError('signature: not as long as the modulus');
  return publicDecrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, signature);
}

const pkcs1 = (hash: SigningHash) => ({ RAW: messageSigner(hash, pkcs1Padding), DIGEST: pkcs1DigestSigner(hash) });
const pss = (hash: SigningHash) => ({ RAW: messageSigner(hash, pssPadding), DIGEST: pssDigestSigner(hash) });

export const rsaSigners: Signers = {
  RSASSA_PKCS1_V1_5_SHA_256: pkcs1('sha256'),
  RSASSA_PKCS1_V1_5_SHA_384: pkcs1('sha384'),
  RSASSA_PKCS1_V1_5_SHA_512: pkcs1('sha512'),
  RSASSA_PSS_SHA_256: pss('sha256'),
  RSASSA_PSS_SHA_384: pss('sha384'),
  RSASSA_PSS_SHA_512: pss('sha512'),
};
