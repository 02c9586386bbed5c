/** The port of sealed tokens. */

/**
 * Seals and opens the tokens that clients keep for us: pagination markers, grant tokens, session tokens. All are opaque
 * and tamper-proof; session tokens are also confidential.
 */
export interface SealedTokens {
  seal(purpose: SealedTokenPurpose, value: unknown): string;
  /** undefined for a token that was not sealed here, or was sealed for another purpose. */
  open(purpose: SealedTokenPurpose, sealedToken: string): unknown;
}

export type SealedTokenPurpose = 'marker' | 'grant' | 'session';
