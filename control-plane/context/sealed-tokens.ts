/** The port of sealed tokens. */
import type { SealedTokenPurpose } from '../hsm/port/credentials.ts';

/**
 * Seals and opens the tokens that clients keep for us: pagination markers, grant tokens, session tokens. All are opaque
 * and tamper-proof; session tokens are also confidential. The keys never leave the HSM.
 */
export interface SealedTokens {
  seal(purpose: SealedTokenPurpose, value: unknown): Promise<string>;
  /** undefined for a token that was not sealed here, or was sealed for another purpose. */
  open(purpose: SealedTokenPurpose, sealedToken: string): Promise<unknown>;
}
