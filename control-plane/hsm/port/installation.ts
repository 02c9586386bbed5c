/** The installation service: the root key and its generations, its fingerprint, and the checkpoint key. */
import type { WrappedSecretOf } from './wrapped-secret.ts';

/** What is wrong with the root key in one sentence, and what the operator can do. */
export interface RootKeyRefusal {
  readonly message: string;
  readonly hint: string;
}

/** One generation of the root key, without the key. */
export interface RootKeyGeneration {
  readonly generation: number;
  /** Identifies this generation's key without revealing it. */
  readonly fingerprint: string;
  /** Absent for the first generation, as is the next member. */
  readonly createdAtMs?: number;
  /** User and host of the command that made it, as its operating system says. */
  readonly createdBy?: string;
}

/** The last removal of old generations. */
export interface Removal {
  readonly removedAtMs: number;
  readonly removedBy: string;
}

export interface RootKeyGenerations {
  /** The generation that wraps and seals everything new. */
  readonly inUse: number;
  /** All that this Hsm holds, oldest first. */
  readonly generations: readonly RootKeyGeneration[];
  readonly removal?: Removal;
  /** Why the stored root key, which has changed, was not taken over. */
  readonly refused?: RootKeyRefusal;
}

export interface InstallationService {
  /**
   * Opens the root key, before any other call. The first start of an installation creates it; `mustExist` says that the
   * database has keys already, so that a missing root key is an error; `fingerprint` is that of the root key which this
   * client has used before, and no other is accepted. Does nothing when the root key is open.
   */
  openRootKey(installation: {
    readonly mustExist: boolean;
    readonly fingerprint?: string;
  }): Promise<{ readonly refused?: RootKeyRefusal }>;
  /** A value that identifies the root key without revealing it; it is stored to detect a wrong root key. */
  rootKeyFingerprint(): Promise<string>;
  /** Also takes over generations that were added to the stored root key, or removed from it, meanwhile. */
  rootKeyGenerations(): Promise<RootKeyGenerations>;
  /**
   * From now on everything new is wrapped and sealed under this generation. It never goes back: nothing happens where a
   * later one is in use.
   */
  useGeneration(given: { readonly generation: number }): Promise<{ readonly refused?: RootKeyRefusal }>;
  /**
   * Wraps each secret again, under the generation in use and bound as before; the plaintext never crosses this
   * interface. A result without `wrapped`: the secret cannot be opened.
   */
  rewrap(secrets: readonly WrappedSecretOf[]): Promise<readonly { readonly wrapped?: Uint8Array }[]>;
  /**
   * Signs a statement about the audit log (domain/audit/audit-checkpoint.ts): Ed25519 with a key derived from the first
   * generation of the root key, used for nothing else. The signature covers a label of its own, then the statement.
   * @throws HsmError `unsupported` for a text that is neither a checkpoint nor the digest of one
   */
  signCheckpoint(body: string): Promise<Uint8Array>;
  /** From now on `acceptKey` is refused, also by an HSM process that replaces this one. */
  endSeeding(): Promise<void>;
  /** The public half of signCheckpoint's key: X.509 SubjectPublicKeyInfo, DER (RFC 8410). */
  checkpointPublicKey(): Promise<Uint8Array>;
  /** Wipes the root key and all unwrapped secrets; ends the HSM process, if there is one. */
  close(): Promise<void>;
}
