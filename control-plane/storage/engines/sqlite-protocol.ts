/** What the SQLite engine and its worker thread say to each other: plain values that a thread boundary copies. */
import type { AuditEntry } from '../queries/audit-log.ts';

export interface WorkerStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** Whether touching no row means that the write lost. */
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
  /** `conflict`: undone alone, the rest of the batch stands. `unavailable`: nothing of the batch was committed.
   *  `refused`: SQLite calls the statement itself wrong, a programming error. */
  readonly outcome: 'committed' | 'conflict' | 'unavailable' | 'refused';
  readonly message: string;
  /** Rows that the last statement returned. */
  readonly rows: readonly unknown[];
}

export type WorkerReply = 'ready' | readonly WriteResult[];

export interface WorkerSetup {
  readonly file: string;
  readonly chainId: string;
}
