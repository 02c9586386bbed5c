/** Decides which refusals get a record of their own; audit/refusal-tally.ts has the implementation. */
import type { AuditRecord } from '../domain/audit/audit-record.ts';

export interface RefusalTally {
  /**
   * @param records those of one refusal, the caller's own first
   * @returns those to write now; none: the refusal was counted, and a later record says so
   */
  recordsFor(records: readonly AuditRecord[]): readonly AuditRecord[];
}
