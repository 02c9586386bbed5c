/**
 * The Store port: the only place with SQL lies behind it. Absent is not an error (`undefined`, empty page).
 * A write is a list of conditional mutations that commits whole or not at all, together with its audit records and
 * change-log rows; it is durable when the promise resolves.
 */
import type { ChainAnchor } from '../../domain/audit/audit-chain.ts';
import type { AuditRecord } from '../../domain/audit/audit-record.ts';
import type { AliasReader } from './aliases.ts';
import type { AuditReader } from './audit.ts';
import type { Change, ChangeReader } from './changes.ts';
import type { CustomKeyStoreReader } from './custom-key-stores.ts';
import type { GrantReader } from './grants.ts';
import type { IdempotencyReader } from './idempotency.ts';
import type { AccountReader } from './identities/accounts.ts';
import type { GroupReader } from './identities/groups.ts';
import type { ManagedPolicyReader } from './identities/managed-policies.ts';
import type { OidcProviderReader } from './identities/oidc-providers.ts';
import type { PolicyAttachmentReader } from './identities/policy-attachments.ts';
import type { PrincipalReader } from './identities/principals.ts';
import type { InstallationReader } from './installation.ts';
import type { KeyMaterialReader } from './key-materials.ts';
import type { KeyReader } from './keys.ts';
import type { PrimaryKey, TableName, Tables } from './tables.ts';
import type { UsageReader } from './usage.ts';

export type Mutation = {
  [T in TableName]:
    | { readonly op: 'insert'; readonly table: T; readonly row: Omit<Tables[T], 'revision'> }
    | {
        readonly op: 'update';
        readonly table: T;
        readonly key: PrimaryKey<T>;
        /** Revision the caller read; the row's becomes this plus one. */
        readonly revision: number;
        readonly set: Partial<Omit<Tables[T], 'revision' | keyof PrimaryKey<T>>>;
      }
    | { readonly op: 'delete'; readonly table: T; readonly key: PrimaryKey<T>; readonly revision: number }
    /** Asserts that the row still has this revision, changing nothing. */
    | { readonly op: 'require'; readonly table: T; readonly key: PrimaryKey<T>; readonly revision: number }
    /**
     * Deletes every row with these column values; none is fine. In a write that carries changes it also covers rows
     * that another such write is adding at the same moment.
     */
    | { readonly op: 'deleteAll'; readonly table: T; readonly where: Partial<Tables[T]> };
}[TableName];

/**
 * All or nothing. A write names each row at most once, and one that carries changes carries the audit record of the
 * request that made them.
 */
export interface Write {
  readonly mutations: readonly Mutation[];
  readonly changes: readonly Change[];
  readonly audit: readonly AuditRecord[];
}

/** A condition of a write did not hold: another write came first, or the row to insert exists. Retry from the read. */
export class WriteConflict extends Error {
  override readonly name = 'WriteConflict';
}

/** The database cannot be reached or refused to commit; nothing was acknowledged. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
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

/** The database's schema and this program's do not fit each other. */
export class StoreVersionMismatch extends Error {
  override readonly name = 'StoreVersionMismatch';
}

/**
 * Reads; all answer from committed state, and see every write this node acknowledged.
 *
 * One interface per subject, in a file of its own, and this is all of them in one object. A caller takes the subjects it
 * reads, `AliasReader & GrantReader`, and a fake of one is an object literal. They are not members by subject
 * (`store.keys.find…`) because each name says its subject already, and is the same word wherever it is called, passed on
 * or searched for.
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
    IdempotencyReader,
    InstallationReader,
    ChangeReader,
    AuditReader {}

/** What a store has to say to operators; pino's loggers fit. */
export interface StoreLog {
  warn(fields: object, message: string): void;
}

export interface Lease {
  readonly name: string;
  readonly fencingToken: number;
  readonly revision: number;
}

export interface Store extends StoreReader {
  readonly engine: 'sqlite' | 'postgres';
  /**
   * Commits all of it or nothing, durably.
   * @throws WriteConflict when a condition did not hold.
   * @throws StoreUnavailable when the commit could not be made.
   */
  write(write: Write): Promise<void>;
  /**
   * Removes a chain's oldest records: those after sequence `from`, where an earlier call left off (0: none was made),
   * up to and including the new anchor.
   * @throws WriteConflict when the chain was pruned meanwhile.
   */
  pruneAudit(chainId: string, from: number, anchor: ChainAnchor): Promise<void>;
  /** Takes or renews a lease; undefined while another holder's has not expired. */
  acquireLease(name: string, holder: string, nowMs: number, ttlMs: number): Promise<Lease | undefined>;
  releaseLease(lease: Lease, holder: string): Promise<void>;
  /** Answers quickly whether the database can be read and written (readiness). */
  ping(): Promise<void>;
  close(): Promise<void>;
}
