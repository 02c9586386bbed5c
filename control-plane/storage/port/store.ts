/**
 * The Store port: only its implementations contain SQL. A missing row is not an error (`undefined`, empty page).
 * A write is a list of conditional mutations that commits whole or not at all, together with its audit records and
 * change-log rows; it is durable when the promise resolves.
 */
import type { ChainAnchor } from '../../domain/audit/audit-chain.ts';
import type { AuditRecord } from '../../domain/audit/audit-record.ts';
import type { AliasReader } from './aliases.ts';
import type { AuditArrangement, AuditIndexRepair, AuditReader } from './audit.ts';
import type { Change, ChangeReader } from './changes.ts';
import type { CustomKeyStoreReader } from './custom-key-stores.ts';
import type { DriftReportReader } from './drift-reports.ts';
import type { GrantReader } from './grants.ts';
import type { IdempotencyReader } from './idempotency.ts';
import type { AccountReader } from './identities/accounts.ts';
import type { GroupReader } from './identities/groups.ts';
import type { ManagedPolicyReader } from './identities/managed-policies.ts';
import type { OidcProviderReader } from './identities/oidc-providers.ts';
import type { PolicyAttachmentReader } from './identities/policy-attachments.ts';
import type { PrincipalReader } from './identities/principals.ts';
import type { TokenUseReader } from './identities/token-uses.ts';
import type { InstallationReader } from './installation.ts';
import type { KeyMaterialReader } from './key-materials.ts';
import type { KeyReader } from './keys.ts';
import type { PrimaryKey, TableName, Tables } from './tables.ts';
import type { UsageReader } from './usage.ts';
import type { WrappedSecretReader } from './wrapped-secrets.ts';

export type Mutation = {
  [T in TableName]:
    | { readonly op: 'insert'; readonly table: T; readonly row: Omit<Tables[T], 'revision'> }
    | {
        readonly op: 'update';
        readonly table: T;
        readonly key: PrimaryKey<T>;
        /** The revision that the caller read; the update increases it by one. */
        readonly revision: number;
        readonly set: Partial<Omit<Tables[T], 'revision' | keyof PrimaryKey<T>>>;
      }
    | { readonly op: 'delete'; readonly table: T; readonly key: PrimaryKey<T>; readonly revision: number }
    /** Asserts that the row still has this revision, changing nothing. */
    | { readonly op: 'require'; readonly table: T; readonly key: PrimaryKey<T>; readonly revision: number }
    /**
     * Deletes all rows with these column values; it is not an error if there are none. In a write with changes, it also
     * deletes rows that another such write adds at the same moment.
     */
    | { readonly op: 'deleteAll'; readonly table: T; readonly where: Partial<Tables[T]> };
}[TableName];

/**
 * Commits whole or not at all. A write names each row at most once; a write with changes has the audit record of the
 * request that made them.
 */
export interface Write {
  readonly mutations: readonly Mutation[];
  readonly changes: readonly Change[];
  readonly audit: readonly AuditRecord[];
}

/** A condition of a write did not hold: another write came first, or the row to insert exists. Read again and retry. */
export class WriteConflict extends Error {
  override readonly name = 'WriteConflict';
}

/** What the operator must repair; nothing else about the store is known to be wrong. */
export type StoreFault = 'disk-full' | 'damaged';

/** The database cannot be reached or refused to commit; nothing was acknowledged. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  readonly fault: StoreFault | undefined;
  constructor(message: string, fault?: StoreFault) {
    super(message);
    this.fault = fault;
  }
}

/** Another server has this data directory open. */
export class StoreLocked extends Error {
  override readonly name = 'StoreLocked';
  readonly directory: string;
  constructor(directory: string) {
    super(`Another keystead server is using ${directory}: stop it, or choose another data directory`);
    this.directory = directory;
  }
}

/** The database's schema is not the one that this program needs. */
export class StoreVersionMismatch extends Error {
  override readonly name = 'StoreVersionMismatch';
}

/**
 * All reads return committed state, and see every write that this node acknowledged.
 *
 * There is one interface per subject, each in its own file; this one combines them. A caller declares only the subjects
 * that it reads, `AliasReader & GrantReader`, and a fake of one is an object literal. The methods are not grouped by
 * subject (`store.keys.find…`), because each name contains its subject already and can be searched for.
 */
export interface StoreReader
  extends KeyReader,
    KeyMaterialReader,
    UsageReader,
    CustomKeyStoreReader,
    AliasReader,
    GrantReader,
    AccountReader,
    PrincipalReader,
    GroupReader,
    ManagedPolicyReader,
    PolicyAttachmentReader,
    OidcProviderReader,
    TokenUseReader,
    IdempotencyReader,
    InstallationReader,
    WrappedSecretReader,
    ChangeReader,
    DriftReportReader,
    AuditReader {}

/** The part of a pino logger that a store uses. */
export interface StoreLog {
  warn(fields: object, message: string): void;
}

export interface Lease {
  readonly name: string;
  readonly fencingToken: number;
  readonly revision: number;
}

/** The look-ups that an engine answers from memory, since it was opened. */
export interface MemoryCounts {
  readonly hits: number;
  readonly misses: number;
  /** Answers that were forgotten for want of room. */
  readonly evictions: number;
  readonly answers: number;
  /** An estimate of the answers' size. */
  readonly sizeInBytes: number;
}

/** Reads that can be answered from memory where other nodes write, too. */
export interface RequestReads {
  /**
   * Resolves when the reads return nothing that a write, acknowledged by any node before this call, has replaced.
   * @throws StoreUnavailable
   */
  catchUp(): Promise<void>;
  /** Without `catchUp` they can return what another node has replaced since. */
  readonly reads: StoreReader;
}

export interface Store extends StoreReader {
  readonly engine: 'sqlite' | 'postgres';
  /** Absent: every look-up reads the database. */
  memory?(): MemoryCounts;
  /** Absent: the store's own reads are as fast. */
  readonly forRequests?: RequestReads;
  /**
   * Commits the whole write or nothing, durably.
   * @throws WriteConflict when a condition did not hold.
   * @throws StoreUnavailable when the database cannot commit.
   */
  write(write: Write): Promise<void>;
  /**
   * Removes a chain's oldest records: those after sequence `from`, the anchor of the previous call (0 in the first
   * call), up to and including the new anchor.
   * @throws WriteConflict when the chain was pruned meanwhile.
   */
  pruneAudit(chainId: string, from: number, anchor: ChainAnchor): Promise<void>;
  /**
   * Arranges some records of a chain; what a reader sees stays the same. Each call does a limited amount of work.
   * @returns false when there was nothing to do
   * @throws WriteConflict when another server arranged or pruned the same records meanwhile.
   */
  arrangeAudit(arrangement: AuditArrangement): Promise<boolean>;
  /** Stores again what a segment is searched by. Can be repeated. @throws WriteConflict when it changed meanwhile. */
  repairAuditSegment(chainId: string, lastSequence: number): Promise<void>;
  /** Stores what the records say where the log is searched by something else. Can be repeated. */
  repairAuditIndex(repair: AuditIndexRepair): Promise<void>;
  /** Takes or renews a lease; undefined while another holder's lease has not expired. */
  acquireLease(name: string, holder: string, nowMs: number, ttlMs: number): Promise<Lease | undefined>;
  releaseLease(lease: Lease, holder: string): Promise<void>;
  /** Checks that the database can be written (readiness). @throws StoreUnavailable */
  ping(): Promise<void>;
  close(): Promise<void>;
}
