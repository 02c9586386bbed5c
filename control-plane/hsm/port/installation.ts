/** The installation service: the root key's fingerprint, and the checkpoint key derived from it. */

export interface InstallationService {
  /** A value that identifies the root key without revealing it; it is stored to detect a wrong root key. */
  rootKeyFingerprint(): Promise<string>;
  /**
   * Signs a statement about the audit log (domain/audit/audit-checkpoint.ts): Ed25519 with a key derived from the root
   * key, used for nothing else. The signature covers a label of its own, then the statement.
   */
  signCheckpoint(body: string): Promise<Uint8Array>;
  /** The public half of signCheckpoint's key: X.509 SubjectPublicKeyInfo, DER (RFC 8410). */
  checkpointPublicKey(): Promise<Uint8Array>;
  /** Wipes the root key and all unwrapped secrets; ends the HSM process, if there is one. */
  close(): Promise<void>;
}
