/** Why the Hsm refused or failed. */

export type HsmErrorKind =
  | 'invalid-ciphertext' // ciphertext, context or material do not belong together
  | 'invalid-material' // wrapped material cannot be unwrapped with this root key
  | 'plaintext-too-long' // more than the destination's algorithm can encrypt
  | 'invalid-public-key' // the other party's key is not a public key of the same curve
  | 'invalid-import-token' // damaged, or belongs to another key
  | 'expired-import-token'
  | 'incorrect-key-material' // imported bytes do not fit the key's spec
  | 'unsupported' // this implementation does not support the key spec or operation
  | 'unavailable' // the HSM process has ended or is restarting
  | 'root-key-closed' // openRootKey was not called, or was refused
  | Pkcs11ErrorKind;

/** Why a PKCS#11 token refused or failed. */
export type Pkcs11ErrorKind =
  | 'pkcs11-token-unknown' // no token is configured for this cluster id, or its module cannot be loaded
  | 'pkcs11-token-inactive' // not initialized, or not found
  | 'pkcs11-token-unfit' // cannot create or use such keys
  | 'pkcs11-pin-incorrect'
  | 'pkcs11-pin-locked'
  | 'pkcs11-user-missing' // its user PIN was never set
  | 'pkcs11-user-busy' // another user is logged in, and the token admits one at a time
  | 'pkcs11-token-unreachable' // removed, or its driver cannot reach it
  | 'pkcs11-no-session'
  | 'pkcs11-key-missing' // destroyed outside Keystead
  | 'pkcs11-token-failed';

/** Carries a kind, which the pipeline maps; the message never contains secrets or their names. */
export class HsmError extends Error {
  readonly kind: HsmErrorKind;
  constructor(kind: HsmErrorKind, message: string) {
    super(message);
    this.name = 'HsmError';
    this.kind = kind;
  }
}
