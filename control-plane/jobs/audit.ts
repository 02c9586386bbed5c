/** The jobs that look after the audit log: checkpoints, delivery, retention; as far as the configuration asks for them. */
import type { Store } from '../storage/port/store.ts';
import { takeCheckpoints } from './checkpoint.ts';
import { deliverLogFiles } from './deliver.ts';
import type { Job } from './job.ts';
import { pruneAuditLog } from './prune.ts';

export interface AuditSettings {
  /** The least time between two checkpoints, unless many records wait. */
  readonly checkpointIntervalMs: number;
  /** Where log files go; absent: nowhere. */
  readonly logDirectory?: string;
  /** How long records stay in the database; absent: for ever. */
  readonly retentionMs?: number;
}

export function auditJobs(store: Store, settings: AuditSettings): readonly Job[] {
  const { logDirectory } = settings;
  return [
    takeCheckpoints(settings),
    ...(logDirectory === undefined ? [] : [deliverLogFiles(logDirectory)]),
    pruneAuditLog(store),
  ];
}
