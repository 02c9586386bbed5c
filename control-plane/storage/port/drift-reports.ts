/** Reads over the drift reports of stacks. */
import type { Page } from './page.ts';
import type { DriftReportRow, DriftStackRow } from './tables.ts';

/** A report without its document. */
export type DriftReportEntry = Omit<DriftReportRow, 'document' | 'revision'>;

export interface DriftReportReader {
  findDriftStack(accountId: string, stackName: string): Promise<DriftStackRow | undefined>;
  countDriftStacks(accountId: string): Promise<number>;
  findDriftReport(accountId: string, stackName: string, number: number): Promise<DriftReportRow | undefined>;
  /** The last report of each stack, ordered by the stacks' names. */
  listLastDriftReports(
    accountId: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<Page<DriftReportEntry>>;
  /** The reports of one stack, the last one first. @param before numbers less than this */
  listDriftReports(
    accountId: string,
    stackName: string,
    page: { readonly before?: number; readonly limit: number },
  ): Promise<Page<DriftReportEntry>>;
  /** The last reports of the stacks of all accounts, the newest first. */
  newestDriftReports(limit: number): Promise<readonly DriftReportEntry[]>;
}
