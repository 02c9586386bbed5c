/** Messages between the SQLite engine and its worker thread: plain values, which are copied between threads. */
import type { StoreFault } from '../port/store.ts';
import type { NewRecord } from '../segments/format.ts';

export interface WorkerStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** Whether the write fails with a conflict when no row is touched. */
  readonly mustTouch: boolean;
}

export interface WriteJob {
  readonly id: number;
  readonly statements: readonly WorkerStatement[];
  readonly audit: readonly NewRecord[];
}

/** The jobs of one turn of the event loop. */
export type WorkerRequest = readonly WriteJob[] | 'close';

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

export interface BatchResult {
  /** Ids of the jobs that were committed and returned no rows, as most are. */
  readonly committed: readonly number[];
  readonly others: readonly WriteResult[];
}

export type WorkerReply = 'ready' | BatchResult;

export interface WorkerSetup {
  readonly file: string;
  readonly chainId: string;
}
