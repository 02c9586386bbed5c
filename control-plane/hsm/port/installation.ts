/** The installation service: the root key, its fingerprint, and the checkpoint key derived from it. */

/** What is wrong with the root key in one sentence, and what the operator can do. */
export interface RootKeyRefusal {
  readonly message: string;
  readonly hint: string;
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
  /**
   * Signs a statement about the audit log (domain/audit/audit-checkpoint.ts): Ed25519 with a key derived from the root
   * key, used for nothing else. The signature covers a label of its own, then the statement.
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
