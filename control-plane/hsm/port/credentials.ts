/**
 * The credential service: secret access keys, and the tokens that clients hold. A secret access key
 * leaves it once, for its owner.
 */
import type { Secret } from '@keystead/provider-schema/secret.ts';

/** Names an access-key secret; bound to its wrapped form as AAD. */
export interface SecretOwner {
  readonly accountId: string;
  readonly accessKeyId: string;
}

/** No session lasts longer than GetSessionToken's 36 hours; clocks of nodes differ by minutes at most. */
export const MAX_SESSION_AGE_MS = 36 * 60 * 60 * 1000 + 5 * 60 * 1000;

/** A token of one purpose does not open as one of another. */
export type SealedTokenPurpose = 'marker' | 'grant' | 'session';

export interface WrappedSecret extends SecretOwner {
  readonly wrapped: Uint8Array;
}

export interface CredentialService {
  /** Generates a secret access key: returned once in plaintext for its owner, and wrapped for the store. */
  generateSecret(owner: SecretOwner): Promise<{ readonly secret: Secret; readonly wrapped: Uint8Array }>;
  /** Wraps a secret that the operator chose (KEYSTEAD_ROOT_SECRET_ACCESS_KEY, `--seed`). */
  wrapSecret(owner: SecretOwner, secret: Secret): Promise<Uint8Array>;
  /**
   * SigV4 signing key of one day, Region and service; the API process never sees the secret itself.
   * @throws HsmError `unsupported` for a day that is neither today, yesterday nor tomorrow (UTC)
   */
  deriveSigningKey(req: {
    readonly secret: WrappedSecret;
    /** YYYYMMDD */
    readonly date: string;
    readonly region: string;
    readonly service: string;
  }): Promise<Uint8Array>;
  /**
   * Seals what a client keeps for this installation: tamper-proof, and for sessions confidential; any node opens what
   * another one sealed.
   */
  sealToken(purpose: SealedTokenPurpose, content: Uint8Array): Promise<Uint8Array>;
  /**
   * `content` is absent for a token that was not sealed here for this purpose, and for a session that was sealed more
   * than 36 hours ago.
   */
  openToken(purpose: SealedTokenPurpose, sealedToken: Uint8Array): Promise<{ readonly content?: Uint8Array }>;
}
