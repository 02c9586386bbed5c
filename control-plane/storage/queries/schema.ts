/**
 * All tables, as the queries see them: those that mutations can change, and those that the store maintains itself
 * (change log, audit log, nodes). Queries are built and compiled with Kysely and run by the engines.
 */
import type { Generated, Kysely } from 'kysely';
import type { RecordedChange } from '../port/changes.ts';
import type { Tables } from '../port/tables.ts';
import type { SegmentRow } from '../segments/format.ts';

/**
 * One row: the sequence of the last change and, on PostgreSQL, the number of the last touch. Every write with changes
 * updates it, which puts them into commit order.
 */
export interface ChangeHeadRow {
  readonly id: 1;
  readonly last_sequence: number;
  readonly last_touch: Generated<number>;
}

/** A write that touched rows which nodes keep in memory, or made changes; only the newest are kept. */
export interface TouchRow {
  readonly number: number;
  /** JSON array of names (memory/remembering-reader.ts); null: any row. */
  readonly row_names: string | null;
  /** Of the change log, after the write; and how many of its changes are the write's. */
  readonly last_sequence: number;
  readonly changes: number;
}

export interface ChangeLogRow {
  readonly sequence: number;
  readonly account_id: string;
  readonly region: string;
  readonly resource_type: RecordedChange['resourceType'];
  readonly resource_id: string;
  readonly key_id: string | null;
  readonly kind: RecordedChange['kind'];
  readonly event_name: string;
  readonly at_ms: number;
  readonly request_id: string;
  readonly event_id: string;
}

/** A server that writes audit chains: one row per SQLite file, one per process on PostgreSQL. */
export interface NodeRow {
  readonly node_id: string;
  readonly name: string;
  readonly started_at_ms: number;
  readonly seen_at_ms: number;
}

/** The end of each chain, updated in the commit that appends: a truncated chain no longer matches its row. */
export interface AuditChainRow {
  readonly chain_id: string;
  readonly node_id: string;
  readonly last_sequence: number;
  readonly last_hash: string;
  /** The last record that retention removed, or 0; its hash; and the Merkle tree up to it (AuditTreeRow's peaks). */
  readonly pruned_sequence: number;
  readonly pruned_hash: string;
  readonly pruned_peaks: string;
}

/**
 * A record as earlier versions stored it; a job moves these rows into segments. `record_json` is hashed; the columns
 * after it serve look-ups only.
 */
export interface AuditLogRow {
  readonly chain_id: string;
  readonly sequence: number;
  readonly previous_hash: string;
  readonly hash: string;
  readonly record_json: string;
  readonly account_id: string;
  readonly region: string;
  readonly event_source: string;
  readonly event_name: string;
  readonly user_name: string | null;
  readonly access_key_id: string | null;
  /** 0 | 1 */
  readonly read_only: number;
  readonly resource_type: string | null;
  readonly request_id: string;
  readonly event_id: string;
  readonly at_ms: number;
}

/** Links a resource to the records of `audit_log` that name it. */
export interface AuditResourceRow {
  readonly account_id: string;
  readonly resource_arn: string;
  readonly at_ms: number;
  readonly chain_id: string;
  readonly sequence: number;
}

/** Records of one chain, see segments/format.ts. */
export interface AuditSegmentRow extends SegmentRow {
  readonly id: Generated<number>;
}

/** That a sealed segment has a record with this term, see segments/terms.ts. Times and sequence are the segment's. */
export interface AuditTermRow {
  readonly term: number;
  readonly to_ms: number;
  readonly last_sequence: number;
  /** Id of the segment. */
  readonly segment: number;
  readonly from_ms: number;
}

export interface MigrationRow {
  readonly number: number;
  readonly name: string;
  readonly applied_at_ms: number;
}

export interface Schema extends Tables {
  readonly change_head: ChangeHeadRow;
  readonly touches: TouchRow;
  readonly change_log: ChangeLogRow;
  readonly nodes: NodeRow;
  readonly audit_chains: AuditChainRow;
  readonly audit_log: AuditLogRow;
  readonly audit_resources: AuditResourceRow;
  readonly audit_segments: AuditSegmentRow;
  readonly audit_terms: AuditTermRow;
  readonly migrations: MigrationRow;
}

/** Builds and compiles queries; never runs one. */
export type QueryBuilder = Kysely<Schema>;
