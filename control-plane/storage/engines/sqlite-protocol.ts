/** Messages between the SQLite engine and its worker thread: plain values, which are copied between threads. */
import type { StoreFault } from '../port/store.ts';
import type { AuditEntry } from '../queries/audit-log.ts';

export interface WorkerStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** Whether the write fails with a conflict when no row is touched. */
  readonly mustTouch: boolean;
}

export interface WriteJob {
  readonly id: number;
  readonly statements: readonly WorkerStatement[];
  readonly audit: readonly AuditEntry[];
}

export type WorkerRequest = WriteJob | 'close';

export interface WriteResult {
  readonly id: number;
  /**
   * `conflict`: only this write was rolled back. `unavailable`: nothing of the batch was committed. `refused`: SQLite
   * rejected the statement itself, a programming error.
   */
  readonly outcome: 'committed' | 'conflict' | 'unavailable' | 'refused';
  readonly message: string;
  /** Of `unavailable`. */
  readonly fault?: StoreFault;
  /** Rows that the last statement returned. */
  readonly rows: readonly unknown[];
}

export type WorkerReply = 'ready' | readonly WriteResult[];

export interface WorkerSetup {
  readonly file: string;
  readonly chainId: string;
}
