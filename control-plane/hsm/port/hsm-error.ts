/** Why the Hsm did not do what it was asked. */

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
  | Pkcs11ErrorKind;

/** Why a PKCS#11 token did not do what it was asked. */
export type Pkcs11ErrorKind =
  | 'pkcs11-token-unknown' // no token is configured under this cluster id, or there is none as configured
  | 'pkcs11-token-inactive' // not initialized, or not there
  | 'pkcs11-token-unfit' // cannot make or use such keys
  | 'pkcs11-pin-incorrect'
  | 'pkcs11-pin-locked'
  | 'pkcs11-user-missing' // its user PIN was never set
  | 'pkcs11-user-busy' // someone else is logged in and the token takes one at a time
  | 'pkcs11-token-unreachable' // gone, or its driver cannot reach it
  | 'pkcs11-no-session'
  | 'pkcs11-key-missing' // destroyed by other means than ours
  | 'pkcs11-token-failed';

/** Carries a kind for the pipeline to map; never bytes or names of secrets. */
export class HsmError extends Error {
  readonly kind: HsmErrorKind;
  constructor(kind: HsmErrorKind, message: string) {
    super(message);
    this.name = 'HsmError';
    this.kind = kind;
  }
}
