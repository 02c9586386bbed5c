/** Reads over the audit log and the checkpoints that cover it. */
import type { ChainHead } from '../../domain/audit/audit-chain.ts';
import type { AuditRecord } from '../../domain/audit/audit-record.ts';
import type { Page, SequencePage } from './page.ts';
import type { AuditCheckpointRow, AuditTreeRow } from './tables.ts';

export interface RecordedAudit {
  readonly chainId: string;
  /** From 1, without gaps, per chain. */
  readonly sequence: number;
  /** Hex SHA-256, see domain/audit/audit-chain.ts. */
  readonly previousHash: string;
  readonly hash: string;
  /** The exact JSON text that was hashed. */
  readonly recordJson: string;
}

/** A record's place in its chain, without the record. */
export interface RecordedLink {
  readonly sequence: number;
  readonly hash: string;
  readonly atMs: number;
}

export interface AuditQuery {
  readonly accountId: string;
  readonly region?: string;
  readonly resourceArn?: string;
  readonly eventName?: string;
  readonly eventSource?: string;
  readonly userName?: string;
  readonly accessKeyId?: string;
  readonly readOnly?: boolean;
  readonly resourceType?: string;
  /** No index serves the two ids: give the time that they tell with them (domain/identifiers/time-ordered-id.ts). */
  readonly eventId?: string;
  readonly requestId?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly limit: number;
  /** Opaque position from the previous page, newest first. */
  readonly before?: string;
}

export interface AuditLogReader {
  /** Every chain with its end as committed, for verifyChain in domain/audit/audit-chain.ts. */
  listAuditChains(): Promise<readonly ChainHead[]>;
  /** Ordered by sequence within one chain. */
  listAudit(chainId: string, page: SequencePage): Promise<Page<RecordedAudit>>;
  /** The same records' hashes alone. */
  listAuditLinks(chainId: string, page: SequencePage): Promise<Page<RecordedLink>>;
  /** Where a record is, by its eventID; reads the whole log. */
  findAuditPlace(eventId: string): Promise<{ readonly chainId: string; readonly sequence: number } | undefined>;
  /** A page may be short or empty and still tell where to go on. */
  lookupAudit(query: AuditQuery): Promise<{ readonly records: readonly AuditRecord[]; readonly next?: string }>;
}

export interface CheckpointReader {
  /** How far each chain is covered by checkpoints; ordered by chain id. */
  listAuditTrees(): Promise<readonly AuditTreeRow[]>;
  findLastCheckpoint(): Promise<AuditCheckpointRow | undefined>;
  /** Ordered by number. */
  listCheckpoints(page: SequencePage): Promise<Page<AuditCheckpointRow>>;
}

/** What it takes to verify, deliver and prune the log. */
export interface AuditReader extends AuditLogReader, CheckpointReader {}
