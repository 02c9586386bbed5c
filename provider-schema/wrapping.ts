/**
 * Which wrapping algorithms and wrapping keys can import which key material. Other files ask this one.
 * Source: AWS KMS developer guide, "Importing key material", steps 1 to 3; API reference, GetParametersForImport.
 */
import type { AlgorithmSpec, WrappingKeySpec } from './generated/types.ts';
import { keySpecRow } from './key-specs.ts';
import type { KeySpec } from './vocabulary.ts';

/** Length of the modulus of each wrapping key. */
const modulusInBytes = { RSA_2048: 256, RSA_3072: 384, RSA_4096: 512 } as const;

/** SM2 wraps keys in the AWS China Regions alone. */
export type RsaWrappingKeySpec = keyof typeof modulusInBytes;

/** Lengths of the hashes: RSA-OAEP leaves k - 2 hLen - 2 bytes of a modulus of k (RFC 8017 section 7.1.1). */
const oaepHashInBytes = { RSAES_OAEP_SHA_1: 20, RSAES_OAEP_SHA_256: 32 } as const;

/** RSA-OAEP of an AES-256 key, then AES key wrap with padding (RFC 5649): PKCS #11's CKM_RSA_AES_KEY_WRAP. */
const rsaAesKeyWrap = { RSA_AES_KEY_WRAP_SHA_1: true, RSA_AES_KEY_WRAP_SHA_256: true } as const;

/** RSAES_PKCS1_V1_5 was retired in October 2023; SM2PKE is for the AWS China Regions. */
export type WrappingAlgorithm = keyof typeof oaepHashInBytes | keyof typeof rsaAesKeyWrap;

/**
 * Length of key material when RSA-OAEP encrypts it directly: raw bytes at their longest, or PKCS#8 including the public
 * key. Material of other specs needs an AES key between (RSA_AES_KEY_WRAP), or cannot be imported.
 */
const directLengthsInBytes: { readonly [Spec in KeySpec]?: number } = {
  SYMMETRIC_DEFAULT: 32,
  HMAC_224: 64,
  HMAC_256: 64,
  HMAC_384: 128,
  HMAC_512: 128,
  ECC_NIST_P256: 138,
  ECC_NIST_P384: 185,
  ECC_NIST_P521: 241,
  ECC_SECG_P256K1: 135,
  ECC_NIST_EDWARDS25519: 48,
};

export interface WrappingChoice {
  readonly algorithm: WrappingAlgorithm;
  readonly keySpec: RsaWrappingKeySpec;
}

/** The choice, or undefined when it cannot wrap material of this spec. */
export function wrappingChoice(
  materialSpec: KeySpec,
  algorithm: AlgorithmSpec,
  keySpec: WrappingKeySpec,
): WrappingChoice | undefined {
  const { type, importable, chinaOnly } = keySpecRow(materialSpec);
  if (keySpec === 'SM2' || chinaOnly || !importable) return undefined;
  if (isRsaAesKeyWrap(algorithm)) return type === 'asymmetric' ? { algorithm, keySpec } : undefined;
  if (!isOaep(algorithm)) return undefined;
  const room = modulusInBytes[keySpec] - 2 * oaepHashInBytes[algorithm] - 2;
  const { [materialSpec]: length = Number.POSITIVE_INFINITY } = directLengthsInBytes;
  return length <= room ? { algorithm, keySpec } : undefined;
}

function isOaep(algorithm: AlgorithmSpec): algorithm is keyof typeof oaepHashInBytes {
  return Object.hasOwn(oaepHashInBytes, algorithm);
}

function isRsaAesKeyWrap(algorithm: AlgorithmSpec): algorithm is keyof typeof rsaAesKeyWrap {
  return Object.hasOwn(rsaAesKeyWrap, algorithm);
}
