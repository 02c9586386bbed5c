/** Reads of the audit log and of its checkpoints. */
import type { ChainHead } from '../../domain/audit/audit-chain.ts';
import type { AuditIndexEntry, AuditIndexValues, ResourceLink } from '../../domain/audit/audit-index.ts';
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
  /** The two ids are not indexed: also give the time that they contain (domain/identifiers/time-ordered-id.ts). */
  readonly eventId?: string;
  readonly requestId?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly limit: number;
  /** Opaque position from the previous page, newest first. */
  readonly before?: string;
}

export interface AuditLogReader {
  /** Every chain with its committed end, for verifyChain in domain/audit/audit-chain.ts. */
  listAuditChains(): Promise<readonly ChainHead[]>;
  /** Ordered by sequence within one chain. */
  listAudit(chainId: string, page: SequencePage): Promise<Page<RecordedAudit>>;
  /** Only the hashes of the same records. */
  listAuditLinks(chainId: string, page: SequencePage): Promise<Page<RecordedLink>>;
  /** The chain and sequence of a record, by its eventID; reads the whole log. */
  findAuditPlace(eventId: string): Promise<{ readonly chainId: string; readonly sequence: number } | undefined>;
  /** A page can be short or empty and still have a `next` position. */
  lookupAudit(query: AuditQuery): Promise<{ readonly records: readonly AuditRecord[]; readonly next?: string }>;
}

export interface CheckpointReader {
  /** How far each chain is covered by checkpoints; ordered by chain id. */
  listAuditTrees(): Promise<readonly AuditTreeRow[]>;
  findLastCheckpoint(): Promise<AuditCheckpointRow | undefined>;
  /** Ordered by number. */
  listCheckpoints(page: SequencePage): Promise<Page<AuditCheckpointRow>>;
}

/** Chains whose records have to be arranged: sealed as segments and added to the index that look-ups use. */
export interface AuditArrangementReader {
  listAuditToArrange(nowMs: number, limit: number): Promise<readonly string[]>;
}

export interface AuditArrangement {
  readonly chainId: string;
  readonly nowMs: number;
}

/** Records that are stored together, and how they are searched. */
export interface IndexedSegment {
  readonly first: number;
  readonly last: number;
  /** What is stored beside the records otherwise than they say: `time`. */
  readonly differences: readonly string[];
  /** What the records say, and searches do not find them by: `user ada`. */
  readonly missing: readonly string[];
}

/** A record, and what the log is searched by for it, as stored. Only of records that earlier versions stored. */
export interface IndexedAudit {
  readonly sequence: number;
  readonly recordJson: string;
  readonly stored: AuditIndexValues;
}

/** What the log is searched by, for comparing it with the records (domain/audit/audit-index.ts). */
export interface AuditIndexReader {
  /** Ordered by sequence within one chain. */
  listAuditIndex(chainId: string, page: SequencePage): Promise<Page<IndexedAudit>>;
  /** Ordered by sequence within one chain. */
  listIndexedSegments(chainId: string, page: SequencePage): Promise<Page<IndexedSegment>>;
  /** Those of these links that are stored. */
  findResourceLinks(links: readonly ResourceLink[]): Promise<readonly ResourceLink[]>;
  /** All stored links, in one fixed order, and whether the record of each names that resource. */
  listResourceLinks(page: {
    readonly after?: ResourceLink;
    readonly limit: number;
  }): Promise<Page<{ readonly link: ResourceLink; readonly isNamed: boolean }>>;
}

/** What to store so that searches find again what the records say. */
export interface AuditIndexRepair {
  readonly chainId: string;
  readonly entries: readonly { readonly sequence: number; readonly entry: AuditIndexEntry }[];
  /** Links that are missing. */
  readonly add: readonly ResourceLink[];
  /** Links that no record has. */
  readonly remove: readonly ResourceLink[];
}

/** The reads for verifying, delivering and pruning the log. */
export interface AuditReader extends AuditLogReader, AuditIndexReader, AuditArrangementReader, CheckpointReader {}
