/**
 * The Hsm port: the only door to key material. Every implementation keeps plaintext key material on its own side
 * of this interface; what crosses it is wrapped material, ciphertext, and the results an operation's contract returns.
 */
import type { MacAlgorithmSpec, MessageType, SigningAlgorithmSpec } from '@keystead/provider-schema/generated/types.ts';
import type { Secret } from '@keystead/provider-schema/secret.ts';
import type { KeySpec } from '@keystead/provider-schema/vocabulary.ts';
import type { WrappingChoice } from '@keystead/provider-schema/wrapping.ts';

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
  /** Set for a key in a PKCS#11 token: `wrapped` then holds no key, but the place of the key in the token. */
  readonly token?: TokenLogin;
}

/** The KMS key, in one Region, that key material is imported into. */
export interface ImportTarget {
  readonly owner: MaterialOwner;
  readonly region: string;
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

/** Names a custom key store, to which its password is bound. */
export interface KeyStoreOwner {
  readonly accountId: string;
  readonly keyStoreId: string;
}

/** Which PKCS#11 token a custom key store stands on, and the PIN of its crypto user. */
export interface TokenLogin extends KeyStoreOwner {
  /** By which the operator configured the token. */
  readonly clusterId: string;
  readonly wrappedPassword: Uint8Array;
}

/** `inactive`: without a user PIN, or not there. `unfit`: cannot make AES keys or encrypt with AES-GCM. */
export type TokenStatus = 'unknown' | 'inactive' | 'unfit' | 'ready';

export interface Hsm {
  /** Creates key material for `owner`: secret bytes, or a private key (PKCS#8) whose public half `publicKey` tells. */
  generateKey(owner: MaterialOwner): Promise<{ readonly materialId: string; readonly wrapped: Uint8Array }>;
  /** @returns a ciphertext blob (layout: domain/keys/ciphertext.ts). `plaintext` is 1–4096 bytes. */
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
  /**
   * Makes an RSA key pair for one import. Its private half leaves the HSM only sealed in the import token, which is
   * bound to the target, the choice of wrapping and its last moment; nothing is kept.
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
   * Takes in key material that was wrapped under the public key of these parameters. The same material for the same key
   * has the same id, in every Region.
   * @throws HsmError kind `invalid-import-token` when the token is damaged or of another target, `expired-import-token`,
   *   `invalid-ciphertext` when the material does not unwrap, `incorrect-key-material` when it is none of the key's spec.
   */
  importKey(req: {
    readonly target: ImportTarget;
    readonly importToken: Uint8Array;
    readonly encryptedKeyMaterial: Uint8Array;
    readonly nowMs: number;
  }): Promise<{ readonly materialId: string; readonly wrapped: Uint8Array }>;
  /**
   * Takes in key material that the operator chose (`--seed`) as importKey does when it has unwrapped it: secret bytes, or
   * PKCS#8 DER. The same material for the same key has the same id.
   * @throws HsmError kind `incorrect-key-material` when it is none of the key's spec, `unsupported`
   */
  acceptKey(
    owner: MaterialOwner,
    keyMaterial: Uint8Array,
  ): Promise<{ readonly materialId: string; readonly wrapped: Uint8Array }>;
  random(lengthInBytes: number): Promise<Uint8Array>;

  /** Makes a secret access key: returned once in plaintext for its owner, and wrapped for the store. */
  generateSecret(owner: SecretOwner): Promise<{ readonly secret: Secret; readonly wrapped: Uint8Array }>;
  /** Wraps a secret that the operator chose (KEYSTEAD_ROOT_SECRET_ACCESS_KEY, `--seed`). */
  wrapSecret(owner: SecretOwner, secret: Secret): Promise<Uint8Array>;
  /** SigV4 signing key of one day, Region and service; the door never sees the secret itself. */
  deriveSigningKey(req: {
    readonly secret: WrappedSecret;
    /** YYYYMMDD */
    readonly date: string;
    readonly region: string;
    readonly service: string;
  }): Promise<Uint8Array>;
  /** Wraps the password of a custom key store (the PIN of the token's crypto user). */
  wrapKeyStorePassword(owner: KeyStoreOwner, password: Secret): Promise<Uint8Array>;
  /** Compares in constant time; tells a retry from another request. */
  isKeyStorePassword(login: TokenLogin, password: Secret): Promise<boolean>;
  /** What is known of a token without logging in to it. */
  tokenStatus(clusterId: string): Promise<TokenStatus>;
  /**
   * Logs in afresh, whatever happened before. Until then a PIN that was refused is not tried again, for tokens lock
   * after a few attempts.
   * @throws HsmError of a `token-…` kind
   */
  connectToken(login: TokenLogin): Promise<void>;
  /** Logs out; nothing is lost when the token is not there. */
  disconnectToken(clusterId: string): Promise<void>;
  /**
   * Creates an AES-256 key in the token, which never lets it go (CKA_SENSITIVE, not CKA_EXTRACTABLE).
   * @throws HsmError of a `token-…` kind
   */
  generateTokenKey(
    owner: MaterialOwner,
    login: TokenLogin,
  ): Promise<{
    readonly materialId: string;
    readonly wrapped: Uint8Array;
    /** CKA_ID of the key, hex: for the trail, and to find the key with the token's own tools. */
    readonly backingKeyId: string;
  }>;
  /** Destroys the key in the token. @returns whether there was one. @throws HsmError of a `token-…` kind */
  destroyTokenKey(material: WrappedMaterial): Promise<boolean>;
  /** CKA_ID of a key in a token, hex. */
  backingKeyId(material: WrappedMaterial): Promise<string>;
  /** From the token's own generator. @throws HsmError of a `token-…` kind */
  tokenRandom(login: TokenLogin, lengthInBytes: number): Promise<Uint8Array>;
  /** A 32-byte key for this installation's own tokens (pagination markers, grant tokens); derived from the root key. */
  deriveTokenKey(purpose: string): Promise<Uint8Array>;
  /** A value that identifies the root key without revealing it; the store remembers it to detect a wrong root key. */
  rootKeyFingerprint(): Promise<string>;
  /**
   * Signs a statement about the audit log (domain/audit/audit-checkpoint.ts): Ed25519 with a key derived from the root key,
   * used for nothing else. The signature covers the statement behind a label of its own.
   */
  signCheckpoint(body: string): Promise<Uint8Array>;
  /** Of signCheckpoint's key: X.509 SubjectPublicKeyInfo, DER (RFC 8410). */
  checkpointPublicKey(): Promise<Uint8Array>;
  close(): Promise<void>;
}

export type HsmErrorKind =
  | 'invalid-ciphertext' // ciphertext, context or material do not belong together
  | 'invalid-material' // wrapped material does not open under this root key
  | 'plaintext-too-long' // more than the destination's algorithm can encrypt
  | 'invalid-public-key' // a peer's key that is none, or of another curve
  | 'invalid-import-token' // damaged, or of another key
  | 'expired-import-token'
  | 'incorrect-key-material' // imported bytes that are no material of the key's spec
  | 'unsupported' // this implementation has no such key spec
  | 'unavailable' // the HSM process is gone or restarting
  | TokenErrorKind;

/** Why a PKCS#11 token did not do what it was asked. */
export type TokenErrorKind =
  | 'token-unknown' // no token is configured under this cluster id, or there is none as configured
  | 'token-inactive' // not initialized, or not there
  | 'token-unfit' // cannot make or use such keys
  | 'token-pin-incorrect'
  | 'token-pin-locked'
  | 'token-user-missing' // its user PIN was never set
  | 'token-user-busy' // someone else is logged in and the token takes one at a time
  | 'token-unreachable' // gone, or its driver cannot reach it
  | 'token-no-session'
  | 'token-key-missing' // destroyed by other means than ours
  | 'token-failed';

/** Carries a kind for the pipeline to map; never bytes or names of secrets. */
export class HsmError extends Error {
  readonly kind: HsmErrorKind;
  constructor(kind: HsmErrorKind, message: string) {
    super(message);
    this.name = 'HsmError';
    this.kind = kind;
  }
}
