/** Settings of the jobs that maintain the audit log. */
export interface AuditSettings {
  /** The least time between two checkpoints, unless many records wait. */
  readonly checkpointIntervalMs: number;
  /** The directory of log files; absent: they are not delivered. */
  readonly logDirectory?: string;
  /** How long records stay in the database; absent: for ever. */
  readonly retentionMs?: number;
}
