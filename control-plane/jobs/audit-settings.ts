/** How the jobs look after the audit log. */
export interface AuditSettings {
  /** The least time between two checkpoints, unless many records wait. */
  readonly checkpointIntervalMs: number;
  /** Where log files go; absent: nowhere. */
  readonly logDirectory?: string;
  /** How long records stay in the database; absent: for ever. */
  readonly retentionMs?: number;
}
