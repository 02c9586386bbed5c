/** Reads of the stored answers to requests with an idempotency key. */
import type { IdempotencyRow } from './tables.ts';

export interface IdempotencyReader {
  findIdempotent(accountId: string, principalId: string, idempotencyKey: string): Promise<IdempotencyRow | undefined>;
  /** Rows with expires_at_ms ≤ nowMs, oldest first. */
  listExpiredIdempotency(nowMs: number, limit: number): Promise<readonly IdempotencyRow[]>;
}
