/**
 * When each stack was last compared with what runs, and what was found. The labels are an account, the name that a stack
 * was given in its report, and a severity; how many stacks are shown is bounded, so that no account can fill the
 * monitoring. Nothing tells what differs, or who made it.
 */
import { keysteadShapes } from '@keystead/provider-schema/shapes/keystead/structures.ts';
import { Gauge, type Registry } from 'prom-client';
import type { DriftReportEntry } from '../storage/port/drift-reports.ts';

/** The last reports of the stacks of all accounts, the newest first. */
export type ReadDriftReports = (limit: number) => Promise<readonly DriftReportEntry[]>;

/** Six series for each. */
const STACKS_SHOWN = 500;

export function registerDriftReports(registry: Registry, read: ReadDriftReports): void {
  const registers = [registry];
  const reports = sharedRead(read);
  new Gauge({
    name: 'keystead_drift_last_compared_timestamp_seconds',
    help: 'When the last drift report of a stack was kept, in seconds since 1970. Absent while the database cannot be read.',
    labelNames: ['account', 'stack'],
    registers,
    async collect() {
      this.reset();
      for (const { account_id: account, stack_name: stack, published_at_ms: atMs } of await reports()) {
        this.set({ account, stack }, atMs / 1000);
      }
    },
  });
  new Gauge({
    name: 'keystead_drift_findings',
    help: 'Findings of the last drift report of a stack, by severity.',
    labelNames: ['account', 'stack', 'severity'],
    registers,
    async collect() {
      this.reset();
      for (const { account_id: account, stack_name: stack, findings } of await reports()) {
        const counts = JSON.parse(findings) as Readonly<Record<string, number>>;
        for (const severity of keysteadShapes.DriftSeverityType.enum) {
          this.set({ account, stack, severity: severity.replaceAll(' ', '-') }, counts[severity] ?? 0);
        }
      }
    },
  });
}

/** Both metrics of an answer tell of the same reports. A database that cannot be read does not take the others with it. */
function sharedRead(read: ReadDriftReports): () => Promise<readonly DriftReportEntry[]> {
  let reading: Promise<readonly DriftReportEntry[]> | undefined;
  return () => {
    reading ??= read(STACKS_SHOWN)
      .catch(() => [])
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
}
