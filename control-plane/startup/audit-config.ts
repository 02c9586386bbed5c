/** The operator's settings for the audit log, and the settings of the jobs that follow from them. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { AuditMirror } from '../audit/mirror.ts';
import type { AuditSettings } from '../jobs/audit-settings.ts';
import { exitCodes, StartError } from './start-error.ts';

export interface AuditConfig {
  /** Log files and checkpoints are delivered here. */
  readonly logDirectory?: string;
  readonly checkpointIntervalInSeconds: number;
  /** How long records stay in the database; absent: forever. */
  readonly retentionInDays?: number;
  /** A request whose audit record takes longer to write is refused. */
  readonly deadlineInSeconds: number;
  /** Records of one principal's refusals in a minute; further ones are counted. 0: every refusal has a record. */
  readonly refusalsPerMinute: number;
  /** Every record is written to this file too, before its request is answered. */
  readonly mirrorFile?: string;
}

export const defaultAudit: AuditConfig = {
  checkpointIntervalInSeconds: 300,
  deadlineInSeconds: 10,
  refusalsPerMinute: 300,
};

const DAY_IN_MS = 24 * 60 * 60 * 1000;

/** The same settings in milliseconds, for the jobs. */
export function auditSettings({
  checkpointIntervalInSeconds,
  logDirectory,
  retentionInDays,
}: AuditConfig): AuditSettings {
  return {
    checkpointIntervalMs: checkpointIntervalInSeconds * 1000,
    ...defined({
      logDirectory,
      retentionMs: retentionInDays === undefined ? undefined : retentionInDays * DAY_IN_MS,
    }),
  };
}

/** @throws StartError when the file cannot be written: better now than at the first request */
export async function requireMirror(mirror: AuditMirror): Promise<void> {
  await mirror.append([]).catch((error: Error) => {
    throw new StartError(
      `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`,
      'Choose another file with --audit-mirror, or give its directory to the user who runs keystead.',
      exitCodes.failure,
    );
  });
}
