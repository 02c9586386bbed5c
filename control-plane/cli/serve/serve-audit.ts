/** The options of `keystead serve` that are about the audit log. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { Option } from 'commander';
import type { AuditConfig } from '../../startup/audit-config.ts';
import { pathOf, positive, wholeNumber } from './option-values.ts';

export interface AuditOptions {
  readonly auditLogDir?: string;
  readonly auditCheckpointInterval: string;
  readonly auditRetentionDays?: string;
  readonly auditDeadline: string;
  readonly auditRefusals: string;
  readonly auditMirror?: string;
}

export const auditOptions: readonly Option[] = [
  new Option('--audit-log-dir <dir>', "deliver audit log files there, in CloudTrail's layout").env(
    'KEYSTEAD_AUDIT_LOG_DIR',
  ),
  new Option('--audit-checkpoint-interval <seconds>', 'how often the audit log is signed and its files delivered')
    .env('KEYSTEAD_AUDIT_CHECKPOINT_INTERVAL')
    .default('300'),
  new Option('--audit-retention-days <days>', 'how long audit records stay in the database (default: for ever)').env(
    'KEYSTEAD_AUDIT_RETENTION_DAYS',
  ),
  new Option('--audit-deadline <seconds>', 'refuse a request whose audit record takes longer to write')
    .env('KEYSTEAD_AUDIT_DEADLINE')
    .default('10'),
  new Option(
    '--audit-refusals <number>',
    "records of one principal's refusals per minute; more are counted; 0: no limit",
  )
    .env('KEYSTEAD_AUDIT_REFUSALS')
    .default('300'),
  new Option('--audit-mirror <file>', 'append every audit record to this file too, before the answer').env(
    'KEYSTEAD_AUDIT_MIRROR',
  ),
];

export function auditConfigOf(options: AuditOptions): AuditConfig {
  const { auditRetentionDays: retention } = options;
  return {
    checkpointIntervalInSeconds: positive('--audit-checkpoint-interval', options.auditCheckpointInterval),
    deadlineInSeconds: positive('--audit-deadline', options.auditDeadline),
    refusalsPerMinute: wholeNumber('--audit-refusals', options.auditRefusals),
    ...defined({
      logDirectory: pathOf(options.auditLogDir),
      retentionInDays: retention === undefined ? undefined : positive('--audit-retention-days', retention),
      mirrorFile: pathOf(options.auditMirror),
    }),
  };
}
