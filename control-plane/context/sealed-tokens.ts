/** The port of sealed tokens. */

/**
 * Seals and opens what clients hold for us: pagination markers, grant tokens, session tokens. Tamper-proof, opaque; session
 * tokens confidential too.
 */
export interface SealedTokens {
  seal(purpose: SealedTokenPurpose, value: unknown): string;
  /** undefined when we did not make it, or made it for another purpose. */
  open(purpose: SealedTokenPurpose, sealedToken: string): unknown;
}

export type SealedTokenPurpose = 'marker' | 'grant' | 'session';
