/** The jobs that maintain the audit log: checkpoints, delivery and retention, as configured. */
import type { Store } from '../storage/port/store.ts';
import type { AuditSettings } from './audit-settings.ts';
import { takeCheckpoints } from './checkpoint.ts';
import { deliverLogFiles } from './deliver.ts';
import type { Job } from './job.ts';
import { pruneAuditLog } from './prune.ts';

export function auditJobs(store: Store, settings: AuditSettings): readonly Job[] {
  const { logDirectory } = settings;
  return [
    takeCheckpoints(settings),
    ...(logDirectory === undefined ? [] : [deliverLogFiles(logDirectory)]),
    pruneAuditLog(store),
  ];
}
