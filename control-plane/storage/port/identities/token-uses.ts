/** Reads over the uses of identity tokens. */
import type { IdentityTokenUseRow } from '../tables.ts';

export interface TokenUseReader {
  findIdentityTokenUse(tokenDigest: string): Promise<IdentityTokenUseRow | undefined>;
  /** Rows with expires_at_ms ≤ nowMs, oldest first. */
  listExpiredIdentityTokenUses(nowMs: number, limit: number): Promise<readonly IdentityTokenUseRow[]>;
}
