/** The options of `keystead serve` that are about the audit log. */
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { AuditConfig } from '../../startup/config.ts';
import { exitCodes } from '../../startup/start-error.ts';
import { CommandError } from '../shared/report.ts';

export interface AuditOptions {
  readonly auditLogDir?: string;
  readonly auditCheckpointInterval: string;
  readonly auditRetentionDays?: string;
  readonly auditDeadline: string;
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
  new Option('--audit-deadline <seconds>', 'a request whose audit record takes longer to write is refused')
    .env('KEYSTEAD_AUDIT_DEADLINE')
    .default('10'),
  new Option('--audit-mirror <file>', 'append every audit record to this file too, before the answer').env(
    'KEYSTEAD_AUDIT_MIRROR',
  ),
];

export function auditConfigOf(options: AuditOptions): AuditConfig {
  const { auditLogDir, auditRetentionDays, auditMirror } = options;
  return {
    checkpointIntervalInSeconds: positive('--audit-checkpoint-interval', options.auditCheckpointInterval),
    deadlineInSeconds: positive('--audit-deadline', options.auditDeadline),
    ...(auditLogDir !== undefined && { logDirectory: resolve(auditLogDir) }),
    ...(auditRetentionDays !== undefined && {
      retentionInDays: positive('--audit-retention-days', auditRetentionDays),
    }),
    ...(auditMirror !== undefined && { mirrorFile: resolve(auditMirror) }),
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new CommandError(`${name} is "${text}".`, 'It takes a positive number.', exitCodes.usage);
}
