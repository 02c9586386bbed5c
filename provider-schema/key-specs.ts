/**
 * Properties of each key spec. Other code asks this table and never keeps a list of spec names of its own.
 * Source: AWS KMS developer guide, "Key spec reference" and "Key type reference".
 */
import type { KeySpec, KeyUsage, Origin } from './vocabulary.ts';

export interface KeySpecRow {
  readonly type: 'symmetric' | 'asymmetric' | 'hmac';
  /** Algorithms by key usage, in the order KeyMetadata prints them; a usage that is absent is not allowed. */
  readonly algorithms: Readonly<Partial<Record<KeyUsage, readonly string[]>>>;
  /** The usage of a key created without one; absent: the caller must name it. */
  readonly defaultUsage?: KeyUsage;
  readonly origins: readonly Origin[];
  readonly multiRegion: boolean;
  /** Key material can be imported into it. */
  readonly importable: boolean;
  /** Automatic and on-demand rotation exist for it. */
  readonly rotatable: boolean;
  /** RSA: length of the modulus, and so of ciphertexts and signatures. */
  readonly modulusInBytes?: number;
  /** Only in the AWS China Regions. */
  readonly chinaOnly?: true;
  /** In every Region but the AWS China Regions. */
  readonly notInChina?: true;
  /** `planned`: CreateKey rejects the spec. */
  readonly status: 'implemented' | 'planned';
}

const rsaSigning = [
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
] as const;

const asymmetric = {
  type: 'asymmetric',
  origins: ['AWS_KMS', 'EXTERNAL'],
  multiRegion: true,
  importable: true,
  rotatable: false,
  status: 'implemented',
} as const;

function rsa<Length extends number>(modulusInBytes: Length) {
  const algorithms = { ENCRYPT_DECRYPT: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'], SIGN_VERIFY: rsaSigning } as const;
  return { ...asymmetric, algorithms, modulusInBytes } as const;
}

function nistCurve<Algorithm extends string>(signing: Algorithm) {
  return { ...asymmetric, algorithms: { SIGN_VERIFY: [signing], KEY_AGREEMENT: ['ECDH'] } } as const;
}

function hmac<Algorithm extends string>(algorithm: Algorithm) {
  return { ...asymmetric, type: 'hmac', algorithms: { GENERATE_VERIFY_MAC: [algorithm] } } as const;
}

/** ML-DSA keys (FIPS 204) cannot be imported: their origin is always AWS_KMS. */
const mlDsa = {
  ...asymmetric,
  algorithms: { SIGN_VERIFY: ['ML_DSA_SHAKE_256'] },
  origins: ['AWS_KMS'],
  importable: false,
} as const;

/** ML-KEM keys (FIPS 203). Whether AWS KMS imports them is not documented: here they are not, as ML-DSA keys. */
const mlKem = {
  ...asymmetric,
  algorithms: { ENCAPSULATE_DECAPSULATE: ['ML_KEM'] },
  origins: ['AWS_KMS'],
  importable: false,
  notInChina: true,
} as const;

export const keySpecs = {
  SYMMETRIC_DEFAULT: {
    type: 'symmetric',
    algorithms: { ENCRYPT_DECRYPT: ['SYMMETRIC_DEFAULT'] },
    defaultUsage: 'ENCRYPT_DECRYPT',
    origins: ['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'],
    multiRegion: true,
    importable: true,
    rotatable: true,
    status: 'implemented',
  },
  RSA_2048: rsa(256),
  RSA_3072: rsa(384),
  RSA_4096: rsa(512),
  ECC_NIST_P256: nistCurve('ECDSA_SHA_256'),
  ECC_NIST_P384: nistCurve('ECDSA_SHA_384'),
  ECC_NIST_P521: nistCurve('ECDSA_SHA_512'),
  ECC_SECG_P256K1: { ...asymmetric, algorithms: { SIGN_VERIFY: ['ECDSA_SHA_256'] } },
  ECC_NIST_EDWARDS25519: { ...asymmetric, algorithms: { SIGN_VERIFY: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'] } },
  HMAC_224: hmac('HMAC_SHA_224'),
  HMAC_256: hmac('HMAC_SHA_256'),
  HMAC_384: hmac('HMAC_SHA_384'),
  HMAC_512: hmac('HMAC_SHA_512'),
  ML_DSA_44: mlDsa,
  ML_DSA_65: mlDsa,
  ML_DSA_87: mlDsa,
  ML_KEM_512: mlKem,
  ML_KEM_768: mlKem,
  ML_KEM_1024: mlKem,
  /**
   * Through Node, OpenSSL signs with SM2 keys, but with an empty distinguishing identifier where GM/T 0009 has
   * 1234567812345678, and it does not encrypt. A maintained library for these parts does not exist.
   */
  SM2: {
    ...asymmetric,
    algorithms: { ENCRYPT_DECRYPT: ['SM2PKE'], SIGN_VERIFY: ['SM2DSA'], KEY_AGREEMENT: ['ECDH'] },
    chinaOnly: true,
    status: 'planned',
  },
} as const satisfies Record<KeySpec, KeySpecRow>;

/** The row of a spec, with its optional members readable. */
export function keySpecRow(keySpec: KeySpec): KeySpecRow {
  return keySpecs[keySpec];
}

/** Algorithms of a key, empty when the spec does not have the usage. */
export function algorithmsOf(keySpec: KeySpec, keyUsage: KeyUsage): readonly string[] {
  return keySpecRow(keySpec).algorithms[keyUsage] ?? [];
}

/** Length of a data key, by its spec. */
export const dataKeyLengthsInBytes = { AES_128: 16, AES_256: 32 } as const;
