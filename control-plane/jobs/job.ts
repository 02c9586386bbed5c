/** Job: an operation the clock asks for, one key at a time. */
import type { Hsm } from '../hsm/hsm.ts';
import type { StoredKey, StoreReader, Write } from '../storage/store.ts';

/** What a job works with; it reads, and decides a write. */
export interface JobContext {
  readonly store: StoreReader;
  readonly hsm: Hsm;
  readonly nowMs: number;
  /** UUID, in the audit records of this key's write. */
  readonly requestId: string;
}

export interface KeyJob {
  /** For logs. */
  readonly name: string;
  /** Keys that are due, at most `limit`. */
  due(store: StoreReader, nowMs: number, limit: number): Promise<readonly StoredKey[]>;
  /** What to write for one of them: the change, its change-log rows and its audit records together. */
  decide(ctx: JobContext, key: StoredKey): Promise<Write>;
}
