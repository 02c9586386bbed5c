/**
 * What each algorithm signs or encrypts: message types and lengths. Other files ask this one.
 * Source: AWS KMS developer guide, "Key spec reference"; API reference, Sign, Encrypt.
 */
import type { EncryptionAlgorithmSpec, MessageType, SigningAlgorithmSpec } from './generated/types.ts';
import { keySpecRow } from './key-specs.ts';
import type { KeySpec } from './vocabulary.ts';

/** Message types an algorithm signs, each with the length it must have in bytes; `any`: up to the request's limit. */
export type SignedLengths = Readonly<Partial<Record<MessageType, number | 'any'>>>;

const sha256 = { RAW: 'any', DIGEST: 32 } as const;
const sha384 = { RAW: 'any', DIGEST: 48 } as const;
const sha512 = { RAW: 'any', DIGEST: 64 } as const;

const signedLengths = {
  RSASSA_PKCS1_V1_5_SHA_256: sha256,
  RSASSA_PKCS1_V1_5_SHA_384: sha384,
  RSASSA_PKCS1_V1_5_SHA_512: sha512,
  RSASSA_PSS_SHA_256: sha256,
  RSASSA_PSS_SHA_384: sha384,
  RSASSA_PSS_SHA_512: sha512,
  ECDSA_SHA_256: sha256,
  ECDSA_SHA_384: sha384,
  ECDSA_SHA_512: sha512,
  // Pure EdDSA signs the message itself; HashEdDSA is given a digest and hashes it once more (FIPS 186-5 section 7.8).
  ED25519_SHA_512: { RAW: 'any' },
  ED25519_PH_SHA_512: { DIGEST: 64 },
  // The message representative mu (FIPS 204 section 6.2) can be computed by the caller.
  ML_DSA_SHAKE_256: { RAW: 'any', EXTERNAL_MU: 64 },
  SM2DSA: sha256,
} as const satisfies Record<SigningAlgorithmSpec, SignedLengths>;

export function signedLengthsOf(algorithm: SigningAlgorithmSpec): SignedLengths {
  return signedLengths[algorithm];
}

const oaepHashLengthsInBytes = { RSAES_OAEP_SHA_1: 20, RSAES_OAEP_SHA_256: 32 } as const;

export type OaepAlgorithm = keyof typeof oaepHashLengthsInBytes;

export function isOaep(algorithm: EncryptionAlgorithmSpec): algorithm is OaepAlgorithm {
  return Object.hasOwn(oaepHashLengthsInBytes, algorithm);
}

/** The longest message RSA-OAEP encrypts: k - 2 hLen - 2 (RFC 8017 section 7.1.1). */
export function maxOaepPlaintextInBytes(keySpec: KeySpec, algorithm: OaepAlgorithm): number {
  const { modulusInBytes = 0 } = keySpecRow(keySpec);
  return Math.max(0, modulusInBytes - 2 * oaepHashLengthsInBytes[algorithm] - 2);
}
