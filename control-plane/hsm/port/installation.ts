/** The installation service: what one root key stands for, beside the keys that it wraps. */

export interface InstallationService {
  /** A value that identifies the root key without revealing it; the store remembers it to detect a wrong root key. */
  rootKeyFingerprint(): Promise<string>;
  /**
   * Signs a statement about the audit log (domain/audit/audit-checkpoint.ts): Ed25519 with a key derived from the root key,
   * used for nothing else. The signature covers the statement behind a label of its own.
   */
  signCheckpoint(body: string): Promise<Uint8Array>;
  /** Of signCheckpoint's key: X.509 SubjectPublicKeyInfo, DER (RFC 8410). */
  checkpointPublicKey(): Promise<Uint8Array>;
  /** Wipes the root key, and all that was opened under it; ends the HSM process, where there is one. */
  close(): Promise<void>;
}
