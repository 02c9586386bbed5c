/**
 * The Hsm port: the only door to key material. Every implementation keeps plaintext key material on its own side
 * of this interface; what crosses it is wrapped material, ciphertext, and the results an operation's contract returns.
 */
import type { MacAlgorithmSpec, MessageType, SigningAlgorithmSpec } from '@keystead/provider-schema/generated/types.ts';
import type { KeySpec } from '@keystead/provider-schema/records.ts';

/** Names the domain key (root key → domain key → key material) that wraps a piece of key material. */
export interface MaterialOwner {
  /** 12-digit account id. */
  readonly accountId: string;
  /** Region in which the key was created; a multi-Region key keeps the domain of its first Region for life. */
  readonly domainRegion: string;
  /** UUID or `mrk-…`. */
  readonly keyId: string;
  readonly keySpec: KeySpec;
}

/** Key material as the store keeps it: an opaque wrapped blob bound to owner, material id and spec (AAD). */
export interface WrappedMaterial extends MaterialOwner {
  /** 64 lower-case hex digits. */
  readonly materialId: string;
  readonly wrapped: Uint8Array;
}

export type AsymmetricEncryptionAlgorithm = 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256';

export type EncryptionContext = Readonly<Record<string, string>>;

/** Names an access-key secret; bound to its wrapped form as AAD. */
export interface SecretOwner {
  readonly accountId: string;
  readonly accessKeyId: string;
}

export interface WrappedSecret extends SecretOwner {
  readonly wrapped: Uint8Array;
}

export interface Hsm {
  /** Creates key material for `owner`: secret bytes, or a private key (PKCS#8) whose public half `publicKey` tells. */
  generateKey(owner: MaterialOwner): Promise<{ readonly materialId: string; readonly wrapped: Uint8Array }>;
  /** @returns a ciphertext blob (layout: domain/ciphertext.ts). `plaintext` is 1–4096 bytes. */
  encrypt(req: {
    readonly material: WrappedMaterial;
    readonly plaintext: Uint8Array;
    readonly encryptionContext: EncryptionContext;
  }): Promise<Uint8Array>;
  /** @throws HsmError kind `invalid-ciphertext` for every failure to open, whatever its cause. */
  decrypt(req: {
    readonly material: WrappedMaterial;
    readonly ciphertextBlob: Uint8Array;
    readonly encryptionContext: EncryptionContext;
  }): Promise<Uint8Array>;
  /** A fresh random data key, returned encrypted and, on request, in plaintext. */
  generateDataKey(req: {
    readonly material: WrappedMaterial;
    readonly lengthInBytes: number;
    readonly encryptionContext: EncryptionContext;
    readonly withPlaintext: boolean;
  }): Promise<{ readonly ciphertextBlob: Uint8Array; readonly plaintext?: Uint8Array }>;
  /**
   * Decrypts and encrypts again inside the HSM; the plaintext never crosses this interface. A side that names an
   * algorithm is an RSA key (RSA-OAEP, no encryption context); one that names none is a symmetric key.
   * @throws HsmError kind `invalid-ciphertext` as decrypt, `plaintext-too-long` when the destination cannot take it.
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
  /** @throws HsmError kind `invalid-ciphertext` for every failure to open, whatever its cause. */
  decryptAsymmetric(req: {
    readonly material: WrappedMaterial;
    readonly algorithm: AsymmetricEncryptionAlgorithm;
    readonly ciphertext: Uint8Array;
  }): Promise<Uint8Array>;
  /** Signature as KMS returns it: DER for ECDSA, raw for RSA, Ed25519 and ML-DSA. `message` fits the message type. */
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
   * @throws HsmError kind `invalid-public-key` when the peer's key is no SPKI of a valid point on the same curve.
   */
  deriveSharedSecret(req: {
    readonly material: WrappedMaterial;
    /** X.509 SubjectPublicKeyInfo, DER. */
    readonly publicKey: Uint8Array;
  }): Promise<Uint8Array>;
  /** X.509 SubjectPublicKeyInfo, DER (RFC 5280, 5480, 8410, 9881). */
  publicKey(material: WrappedMaterial): Promise<Uint8Array>;
  /** A fresh key pair, its private half (PKCS#8 DER) encrypted under a symmetric key and, on request, in plaintext. */
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
  random(lengthInBytes: number): Promise<Uint8Array>;

  /** Makes a secret access key: returned once in plaintext for its owner, and wrapped for the store. */
  generateSecret(owner: SecretOwner): Promise<{ readonly secret: string; readonly wrapped: Uint8Array }>;
  /** Wraps a secret that the operator chose (KEYSTEAD_ROOT_SECRET_ACCESS_KEY, `--seed`). */
  wrapSecret(owner: SecretOwner, secret: string): Promise<Uint8Array>;
  /** SigV4 signing key of one day, Region and service; the door never sees the secret itself. */
  deriveSigningKey(req: {
    readonly secret: WrappedSecret;
    /** YYYYMMDD */
    readonly date: string;
    readonly region: string;
    readonly service: string;
  }): Promise<Uint8Array>;
  /** A 32-byte key for this installation's own tokens (pagination markers, grant tokens); derived from the root key. */
  deriveTokenKey(purpose: string): Promise<Uint8Array>;
  /** A value that identifies the root key without revealing it; the store remembers it to detect a wrong root key. */
  rootKeyFingerprint(): Promise<string>;
  close(): Promise<void>;
}

export type HsmErrorKind =
  | 'invalid-ciphertext' // ciphertext, context or material do not belong together
  | 'invalid-material' // wrapped material does not open under this root key
  | 'plaintext-too-long' // more than the destination's algorithm can encrypt
  | 'invalid-public-key' // a peer's key that is none, or of another curve
  | 'unsupported' // this implementation has no such key spec
  | 'unavailable'; // the HSM process is gone or restarting

/** Carries a kind for the pipeline to map; never bytes or names of secrets. */
export class HsmError extends Error {
  readonly kind: HsmErrorKind;
  constructor(kind: HsmErrorKind, message: string) {
    super(message);
    this.name = 'HsmError';
    this.kind = kind;
  }
}
