/**
 * The PKCS#11 service: the tokens behind custom key stores of type AWS_CLOUDHSM, each in the place of an AWS CloudHSM
 * cluster. The key material service uses the keys in a token; its requests carry the login.
 * Source: OASIS PKCS #11 Specification version 3.1.
 */
import type { Secret } from '@keystead/provider-schema/secret.ts';
import type { KeyStoreOwner, MaterialOwner, Pkcs11Login, WrappedMaterial } from './wrapped-material.ts';

/**
 * `inactive`: without a user PIN, or not found. `unfit`: cannot create AES keys or encrypt with AES-GCM, or more than
 * one token fits the configuration.
 */
export type Pkcs11TokenStatus = 'unknown' | 'inactive' | 'unfit' | 'ready';

export interface Pkcs11TokenReport {
  readonly status: Pkcs11TokenStatus;
  /** What is wrong with a token that is not ready, for operators. */
  readonly cause?: string;
}

export interface Pkcs11Service {
  /** Wraps the password of a custom key store (the PIN of the token's crypto user). */
  wrapKeyStorePassword(owner: KeyStoreOwner, password: Secret): Promise<Uint8Array>;
  /** Compares in constant time; distinguishes a retry from a request with another password. */
  isKeyStorePassword(login: Pkcs11Login, password: Secret): Promise<boolean>;
  /** The status of a token, without logging in to it. */
  pkcs11TokenStatus(clusterId: string): Promise<Pkcs11TokenReport>;
  /**
   * Logs in again, whatever happened before. Other calls do not retry a refused PIN, because tokens lock after a few
   * attempts.
   * @throws HsmError of a `pkcs11-…` kind
   */
  connectPkcs11Token(login: Pkcs11Login): Promise<void>;
  /** Logs out; not an error when the token is missing. */
  disconnectPkcs11Token(clusterId: string): Promise<void>;
  /**
   * Creates an AES-256 key in the token, which it cannot leave (CKA_SENSITIVE, not CKA_EXTRACTABLE).
   * @throws HsmError of a `pkcs11-…` kind
   */
  generatePkcs11Key(
    owner: MaterialOwner,
    login: Pkcs11Login,
  ): Promise<{
    readonly materialId: string;
    readonly wrapped: Uint8Array;
    /** CKA_ID of the key, hex: for the audit log, and to find the key with the token's own tools. */
    readonly backingKeyId: string;
  }>;
  /** Destroys the key in the token. @returns whether it existed. @throws HsmError of a `pkcs11-…` kind */
  destroyPkcs11Key(material: WrappedMaterial): Promise<boolean>;
  /** CKA_ID of a key in a token, hex. */
  backingKeyId(material: WrappedMaterial): Promise<string>;
  /** From the token's own generator. @throws HsmError of a `pkcs11-…` kind */
  pkcs11Random(login: Pkcs11Login, lengthInBytes: number): Promise<Uint8Array>;
}
