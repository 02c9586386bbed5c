/**
 * The key material service: generates, imports and uses key material. Plaintext key material stays on the Hsm's side of
 * this interface; only wrapped material, ciphertext and the results in an operation's contract cross it.
 */
import type { MacAlgorithmSpec, MessageType, SigningAlgorithmSpec } from '@keystead/provider-schema/generated/types.ts';
import type { KeySpec } from '@keystead/provider-schema/vocabulary.ts';
import type { WrappingChoice } from '@keystead/provider-schema/wrapping.ts';
import type { MaterialOwner, WrappedMaterial } from './wrapped-material.ts';

/** The KMS key, in one Region, that key material is imported into. */
export interface ImportTarget {
  readonly owner: MaterialOwner;
  readonly region: string;
}

export type AsymmetricEncryptionAlgorithm = 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256';

export type EncryptionContext = Readonly<Record<string, string>>;

export interface KeyMaterialService {
  /** Creates key material for `owner`: secret bytes, or a private key (PKCS#8); `publicKey` returns its public half. */
  generateKey(owner: MaterialOwner): Promise<{ readonly materialId: string; readonly wrapped: Uint8Array }>;
  /** @returns a ciphertext blob (layout: domain/keys/ciphertext.ts). `plaintext` is 1–4096 bytes. */
  encrypt(req: {
    readonly material: WrappedMaterial;
    readonly plaintext: Uint8Array;
    readonly encryptionContext: EncryptionContext;
  }): Promise<Uint8Array>;
  /** @throws HsmError kind `invalid-ciphertext` for every failure to decrypt, whatever its cause. */
  decrypt(req: {
    readonly material: WrappedMaterial;
    readonly ciphertextBlob: Uint8Array;
    readonly encryptionContext: EncryptionContext;
  }): Promise<Uint8Array>;
  /** A new random data key, returned encrypted and, on request, in plaintext. */
  generateDataKey(req: {
    readonly material: WrappedMaterial;
    readonly lengthInBytes: number;
    readonly encryptionContext: EncryptionContext;
    readonly withPlaintext: boolean;
  }): Promise<{ readonly ciphertextBlob: Uint8Array; readonly plaintext?: Uint8Array }>;
  /**
   * Decrypts and encrypts again inside the HSM; the plaintext never crosses this interface. A key with an algorithm is
   * an RSA key (RSA-OAEP, no encryption context); a key without one is symmetric.
   * @throws HsmError kind `invalid-ciphertext` as decrypt, `plaintext-too-long` when the destination cannot encrypt it.
   */
  reEncrypt(req: {
    readonly source: WrappedMaterial;
    readonly sourceAlgorithm?: AsymmetricEncryptionAlgorithm;
    readonly ciphertextBlob: Uint8Array;
    readonly sourceEncryptionContext: EncryptionContext;
    readonly destination: WrappedMaterial;
    readonly destinationAlgorithm?: AsymmetricEncryptionAlgorithm;
    readonly destinationEncryptionContext: EncryptionContext;
  }): Promise<Uint8Array>;

  /**
   * RSA-OAEP under the key's public half (RFC 8017 section 7.1, empty label, MGF1 with the same hash).
   * @throws HsmError kind `plaintext-too-long`
   */
  encryptAsymmetric(req: {
    readonly material: WrappedMaterial;
    readonly algorithm: AsymmetricEncryptionAlgorithm;
    readonly plaintext: Uint8Array;
  }): Promise<Uint8Array>;
  /** @throws HsmError kind `invalid-ciphertext` for every failure to decrypt, whatever its cause. */
  decryptAsymmetric(req: {
    readonly material: WrappedMaterial;
    readonly algorithm: AsymmetricEncryptionAlgorithm;
    readonly ciphertext: Uint8Array;
  }): Promise<Uint8Array>;
  /**
   * Signature as KMS returns it: DER for ECDSA, raw for RSA, Ed25519 and ML-DSA. `message` must fit the message type.
   */
  sign(req: {
    readonly material: WrappedMaterial;
    readonly algorithm: SigningAlgorithmSpec;
    readonly messageType: MessageType;
    readonly message: Uint8Array;
  }): Promise<Uint8Array>;
  /** False for every signature that does not verify, unreadable ones included. */
  verify(req: {
    readonly material: WrappedMaterial;
    readonly algorithm: SigningAlgorithmSpec;
    readonly messageType: MessageType;
    readonly message: Uint8Array;
    readonly signature: Uint8Array;
  }): Promise<boolean>;
  mac(req: {
    readonly material: WrappedMaterial;
    readonly algorithm: MacAlgorithmSpec;
    readonly message: Uint8Array;
  }): Promise<Uint8Array>;
  /** Compares in constant time. */
  verifyMac(req: {
    readonly material: WrappedMaterial;
    readonly algorithm: MacAlgorithmSpec;
    readonly message: Uint8Array;
    readonly mac: Uint8Array;
  }): Promise<boolean>;
  /**
   * ECDH, SP 800-56A section 5.7.1.2: the raw x-coordinate, left-padded.
   * @throws HsmError kind `invalid-public-key` when `publicKey` is not an SPKI of a valid point on the same curve.
   */
  deriveSharedSecret(req: {
    readonly material: WrappedMaterial;
    /** X.509 SubjectPublicKeyInfo, DER. */
    readonly publicKey: Uint8Array;
  }): Promise<Uint8Array>;
  /**
   * ML-KEM.Encaps (FIPS 203 section 7.2) under the key's public half: a new random shared secret of 32 bytes, and the
   * ciphertext from which only this key derives it.
   */
  encapsulate(req: {
    readonly material: WrappedMaterial;
  }): Promise<{ readonly sharedSecret: Uint8Array; readonly ciphertext: Uint8Array }>;
  /**
   * ML-KEM.Decaps (FIPS 203 section 7.3): 32 bytes for every ciphertext of the right length; from one that was changed
   * or made for another key, other bytes than the sender's (implicit rejection).
   * @throws HsmError kind `invalid-ciphertext` for a ciphertext of another length.
   */
  decapsulate(req: { readonly material: WrappedMaterial; readonly ciphertext: Uint8Array }): Promise<Uint8Array>;
  /** X.509 SubjectPublicKeyInfo, DER (RFC 5280, 5480, 8410, 9881, 9935). */
  publicKey(material: WrappedMaterial): Promise<Uint8Array>;
  /** A new key pair, its private half (PKCS#8 DER) encrypted under a symmetric key and, on request, in plaintext. */
  generateDataKeyPair(req: {
    readonly material: WrappedMaterial;
    readonly keyPairSpec: KeySpec;
    readonly encryptionContext: EncryptionContext;
    readonly withPlaintext: boolean;
  }): Promise<{
    readonly publicKey: Uint8Array;
    readonly privateKeyCiphertextBlob: Uint8Array;
    readonly privateKeyPlaintext?: Uint8Array;
  }>;
  /**
   * Generates an RSA key pair for one import. Its private half leaves the HSM only sealed in the import token, which is
   * bound to the target, the wrapping algorithm and key spec, and the expiry; the HSM keeps nothing.
   */
  generateImportParameters(req: {
    readonly target: ImportTarget;
    readonly wrapping: WrappingChoice;
    readonly validToMs: number;
  }): Promise<{
    /** SubjectPublicKeyInfo. */
    readonly publicKey: Uint8Array;
    readonly importToken: Uint8Array;
  }>;
  /**
   * Imports key material that was wrapped under the public key of these parameters. The same material for the same key
   * has the same id, in every Region.
   * @throws HsmError kind `invalid-import-token` when the token is damaged or of another target, `expired-import-token`,
   *   `invalid-ciphertext` when the material cannot be unwrapped, `incorrect-key-material` when it does not fit.
   */
  importKey(req: {
    readonly target: ImportTarget;
    readonly importToken: Uint8Array;
    readonly encryptedKeyMaterial: Uint8Array;
    readonly nowMs: number;
  }): Promise<{ readonly materialId: string; readonly wrapped: Uint8Array }>;
  /**
   * Imports key material that the operator chose (`--seed`), like importKey after unwrapping: secret bytes, or PKCS#8
   * DER. The same material for the same key has the same id.
   * @throws HsmError kind `incorrect-key-material` when it does not fit the key's spec, `unsupported` when the HSM was not
   *   started for seeding, or after `endSeeding`
   */
  acceptKey(
    owner: MaterialOwner,
    keyMaterial: Uint8Array,
  ): Promise<{ readonly materialId: string; readonly wrapped: Uint8Array }>;
  random(lengthInBytes: number): Promise<Uint8Array>;
}
