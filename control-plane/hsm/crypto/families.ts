/**
 * Key families: what each key spec can do, one row per spec. A spec without a row is not supported; nothing else in the
 * HSM depends on a spec. A single key can do less: the control plane also checks its key usage.
 */
import type { MacAlgorithmSpec, SigningAlgorithmSpec } from '@keystead/provider-schema/generated/types.ts';
import type { KeySpec } from '@keystead/provider-schema/vocabulary.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { AsymmetricEncryptionAlgorithm, EncryptionContext } from '../port/key-material.ts';
import { AES_256_KEY_BYTES, generateAesKey, type MessageKey, openMessage, sealMessage } from './aes.ts';
import { type Curve, curves, ecdh, ecdsa, generateEccKey } from './ecc.ts';
import { ED25519_MATERIAL_BYTES, ed25519Signers, generateEd25519Key } from './ed25519.ts';
import { generateHmacKey, hmac, type Mac } from './hmac.ts';
import { type Accept, acceptBytes, acceptEccKey, acceptEd25519Key, acceptRsaKey } from './imported-private-keys.ts';
import { keyPairOf, publicKeyInfoOf } from './key-pairs.ts';
import {
  generateMlDsaKey,
  ML_DSA_MATERIAL_BYTES,
  type MlDsaParameters,
  mlDsaParameters,
  mlDsaSigners,
} from './ml-dsa.ts';
import {
  generateMlKemKey,
  type Kem,
  kemOf,
  ML_KEM_MATERIAL_BYTES,
  type MlKemParameters,
  mlKemParameters,
} from './ml-kem.ts';
import { type AsymmetricCipher, generateRsaKey, hasModulusLength, oaepCiphers, rsaSigners } from './rsa.ts';
import type { SecretBytes } from './secret-bytes.ts';
import type { Signers } from './signer.ts';

type MessageTransform = (
  material: SecretBytes,
  key: MessageKey,
  input: Uint8Array,
  encryptionContext: EncryptionContext,
) => Uint8Array;

export interface Family {
  generate(): SecretBytes | Promise<SecretBytes>;
  /** Whether unwrapped material can be of this spec. */
  fits(material: SecretBytes): boolean;
  /**
   * Imports material that was generated elsewhere; absent where KMS imports none.
   * @throws HsmError `incorrect-key-material`
   */
  readonly accept?: Accept;
  readonly cipher?: {
    /** Plaintext to ciphertext blob. */
    readonly seal: MessageTransform;
    /** Ciphertext blob to plaintext. */
    readonly open: MessageTransform;
  };
  readonly asymmetricCiphers?: { readonly [Algorithm in AsymmetricEncryptionAlgorithm]?: AsymmetricCipher };
  readonly signers?: Signers;
  readonly macs?: { readonly [Algorithm in MacAlgorithmSpec]?: Mac };
  /** @throws HsmError `invalid-public-key` */
  readonly agree?: (material: SecretBytes, peerPublicKeyInfo: Uint8Array) => Uint8Array;
  readonly kem?: Kem;
  /** SubjectPublicKeyInfo. */
  readonly publicKey?: (material: SecretBytes) => Uint8Array;
  /** Generates a key pair for GenerateDataKeyPair, to be used outside the HSM. */
  readonly generateDataKeyPair?: () => Promise<SecretBytes>;
}

const publicKey = (material: SecretBytes) => publicKeyInfoOf(keyPairOf(material).publicKey);

const hasLength =
  (minLength: number, maxLength = minLength) =>
  (material: SecretBytes) =>
    material.length >= minLength && material.length <= maxLength;

function rsa(modulusLengthInBits: number): Family {
  const generate = () => generateRsaKey(modulusLengthInBits);
  return {
    generate,
    fits: (material) => hasModulusLength(material, modulusLengthInBits),
    accept: acceptRsaKey(modulusLengthInBits),
    asymmetricCiphers: oaepCiphers,
    signers: rsaSigners,
    publicKey,
    generateDataKeyPair: generate,
  };
}

function ecc(curve: Curve, algorithm: SigningAlgorithmSpec): Family {
  const generate = () => generateEccKey(curve);
  return {
    generate,
    fits: hasLength(curve.materialLengthInBytes),
    accept: acceptEccKey(curve),
    signers: { [algorithm]: ecdsa(curve) },
    publicKey,
    generateDataKeyPair: generate,
  };
}

/**
 * Generated keys are as long as the hash; imported ones can be as long as its block, above which HMAC hashes the key.
 */
function mac(algorithm: MacAlgorithmSpec, lengthInBytes: number, blockInBytes: number, compute: Mac): Family {
  return {
    generate: () => generateHmacKey(lengthInBytes),
    fits: hasLength(lengthInBytes, blockInBytes),
    accept: acceptBytes(lengthInBytes, blockInBytes),
    macs: { [algorithm]: compute },
  };
}

function mlDsa(parameters: MlDsaParameters): Family {
  return {
    generate: () => generateMlDsaKey(parameters),
    fits: hasLength(ML_DSA_MATERIAL_BYTES),
    signers: mlDsaSigners(parameters),
    publicKey,
  };
}

function mlKem(parameters: MlKemParameters): Family {
  const generate = async () => generateMlKemKey(parameters);
  const kem = kemOf(parameters);
  return {
    generate,
    fits: hasLength(ML_KEM_MATERIAL_BYTES),
    kem,
    publicKey: kem.publicKey,
    generateDataKeyPair: generate,
  };
}

const families: { readonly [Spec in KeySpec]?: Family } = {
  SYMMETRIC_DEFAULT: {
    generate: generateAesKey,
    fits: hasLength(AES_256_KEY_BYTES),
    accept: acceptBytes(AES_256_KEY_BYTES, AES_256_KEY_BYTES),
    cipher: { seal: sealMessage, open: openMessage },
  },
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  ECC_NIST_P256: { ...ecc(curves.p256, 'ECDSA_SHA_256'), agree: ecdh },
  ECC_NIST_P384: { ...ecc(curves.p384, 'ECDSA_SHA_384'), agree: ecdh },
  ECC_NIST_P521: { ...ecc(curves.p521, 'ECDSA_SHA_512'), agree: ecdh },
  ECC_SECG_P256K1: ecc(curves.secp256k1, 'ECDSA_SHA_256'),
  ECC_NIST_EDWARDS25519: {
    generate: generateEd25519Key,
    fits: hasLength(ED25519_MATERIAL_BYTES),
    accept: acceptEd25519Key,
    signers: ed25519Signers,
    publicKey,
    generateDataKeyPair: generateEd25519Key,
  },
  HMAC_224: mac('HMAC_SHA_224', 28, 64, hmac('sha224')),
  HMAC_256: mac('HMAC_SHA_256', 32, 64, hmac('sha256')),
  HMAC_384: mac('HMAC_SHA_384', 48, 128, hmac('sha384')),
  HMAC_512: mac('HMAC_SHA_512', 64, 128, hmac('sha512')),
  ML_DSA_44: mlDsa(mlDsaParameters.mlDsa44),
  ML_DSA_65: mlDsa(mlDsaParameters.mlDsa65),
  ML_DSA_87: mlDsa(mlDsaParameters.mlDsa87),
  ML_KEM_512: mlKem(mlKemParameters.mlKem512),
  ML_KEM_768: mlKem(mlKemParameters.mlKem768),
  ML_KEM_1024: mlKem(mlKemParameters.mlKem1024),
};

/** @throws HsmError `unsupported` */
export function requireFamily(keySpec: KeySpec): Family {
  return requireOwn(families, keySpec, `key spec ${keySpec} is not supported by this HSM`);
}

type Ability =
  | 'accept'
  | 'cipher'
  | 'asymmetricCiphers'
  | 'signers'
  | 'macs'
  | 'agree'
  | 'kem'
  | 'publicKey'
  | 'generateDataKeyPair';

/** @throws HsmError `unsupported` when keys of this spec cannot do it. */
export function requireAbility<Name extends Ability>(keySpec: KeySpec, ability: Name): NonNullable<Family[Name]> {
  const found = requireFamily(keySpec)[ability];
  if (found === undefined) throw new HsmError('unsupported', `keys of spec ${keySpec} cannot do this operation`);
  return found;
}

/** A row of a table by a name that can be any text. @throws HsmError `unsupported` */
export function requireOwn<Table extends object, Name extends keyof Table>(
  table: Table,
  name: Name,
  refusal = `keys of this spec do not support ${String(name)}`,
): NonNullable<Table[Name]> {
  const row = Object.hasOwn(table, name) ? table[name] : undefined;
  if (row === undefined || row === null) throw new HsmError('unsupported', refusal);
  return row;
}
