/**
 * The Store port: the only place with SQL lies behind it. Absent is not an error (`undefined`, empty page).
 * A write is a list of conditional mutations that commits whole or not at all, together with its audit records and
 * change-log rows; it is durable when the promise resolves.
 */
import type { ChainAnchor, ChainHead } from '../../domain/audit/audit-chain.ts';
import type { AuditRecord } from '../../domain/audit/audit-record.ts';
import type { IdentityReader } from './identity-reader.ts';
import type { Page } from './page.ts';
import type {
  AliasRow,
  AuditCheckpointRow,
  AuditTreeRow,
  CustomKeyStoreRow,
  GrantRow,
  IdempotencyRow,
  ImportedMaterialRow,
  KeyMaterialRow,
  KeyRow,
  KeySetRow,
  KeyUsageRow,
  MetaRow,
  PrimaryKey,
  TableName,
  Tables,
} from './tables.ts';

export type { AttachedEntity, IdentityReader, KnownPrincipal, NamePage } from './identity-reader.ts';

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

/** One change of declared state, for followers and drift. */
export interface Change {
  readonly accountId: string;
  readonly region: string;
  readonly resourceType:
    | 'key'
    | 'alias'
    | 'grant'
    | 'custom-key-store'
    | 'principal'
    | 'group'
    | 'policy'
    | 'oidc-provider'
    | 'account'
    | 'access-key';
  /** Key id, alias name, grant id, custom key store id, principal ARN, access key id. */
  readonly resourceId: string;
  /** The key a grant or alias belongs to, when there is one. */
  readonly keyId?: string;
  readonly kind: 'created' | 'updated' | 'deleted';
  /** Operation or service event that made it. */
  readonly eventName: string;
}

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

/** A key in one Region: what its Regions share, and what is its own. */
export interface StoredKey {
  readonly shared: KeySetRow;
  readonly regional: KeyRow;
}

export interface RecordedChange extends Change {
  /** Gap-free, grows by one with each change in commit order. */
  readonly sequence: number;
  readonly atMs: number;
  readonly requestId: string;
  readonly eventId: string;
}

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

/** A key, and what is stored of its last use. */
export interface KnownUsage {
  readonly keyId: string;
  readonly createdAtMs: number;
  /** Absent while no use is stored. */
  readonly known?: { readonly usedAtMs: number; readonly revision: number };
}

/** An audit chain with records that have not been read for uses of keys. */
export interface ChainToRead {
  readonly chainId: string;
  /** The last record read, and the mark's revision; absent: none was. */
  readonly mark?: { readonly sequence: number; readonly revision: number };
}

/** What a custom key store stands on; one of these. */
export type KeyStoreBacking =
  | { readonly cloud_hsm_cluster_id: string }
  | { readonly xks_uri_endpoint: string }
  | { readonly xks_vpc_endpoint_service_name: string };

/** Reads; all answer from committed state, and see every write this node acknowledged. */
export interface StoreReader extends IdentityReader {
  findKey(accountId: string, region: string, keyId: string): Promise<StoredKey | undefined>;
  /** For a ciphertext that names only the key id: the key of that id in this Region, in whichever account. */
  findKeyInAnyAccount(region: string, keyId: string): Promise<StoredKey | undefined>;
  /** All Regions of one key, ordered by Region. */
  listRelatedKeys(accountId: string, keyId: string): Promise<readonly KeyRow[]>;
  /** Ordered by key id. `after` is the last key id of the previous page. */
  listKeys(
    accountId: string,
    region: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<Page<Pick<KeyRow, 'account_id' | 'region' | 'key_id'>>>;
  /** Counts no further than `upTo`. */
  countKeys(accountId: string, region: string, upTo: number): Promise<number>;
  findMaterial(accountId: string, keyId: string, materialId: string): Promise<KeyMaterialRow | undefined>;
  /** Oldest first. */
  listMaterials(accountId: string, keyId: string): Promise<readonly KeyMaterialRow[]>;
  /** A Region's copy of imported material. */
  findImportedMaterial(
    accountId: string,
    region: string,
    keyId: string,
    materialId: string,
  ): Promise<ImportedMaterialRow | undefined>;
  /** The copies of all Regions, ordered by Region. */
  listImportedMaterials(accountId: string, keyId: string): Promise<readonly ImportedMaterialRow[]>;

  /** A key's last use, as far as the audit log has been read. */
  findKeyUsage(accountId: string, region: string, keyId: string): Promise<KeyUsageRow | undefined>;
  /** Those of these keys that exist, at most a few hundred. */
  listKeyUsages(accountId: string, region: string, keyIds: readonly string[]): Promise<readonly KnownUsage[]>;
  /** Chains that have grown since they were read, and were not read after `readBeforeMs`. Ordered by chain id. */
  listChainsToReadForUsage(readBeforeMs: number, limit: number): Promise<readonly ChainToRead[]>;

  /** Time of the oldest record that was not read for uses of keys; undefined when every record was. */
  findUnreadForUsageSince(): Promise<number | undefined>;

  findCustomKeyStore(accountId: string, region: string, keyStoreId: string): Promise<CustomKeyStoreRow | undefined>;
  /** Ordered by id. */
  listCustomKeyStores(accountId: string, region: string): Promise<readonly CustomKeyStoreRow[]>;
  /** In every account and Region: those on this cluster, proxy endpoint or endpoint service. */
  listCustomKeyStoresOn(backing: KeyStoreBacking): Promise<readonly CustomKeyStoreRow[]>;
  /** CONNECTING or DISCONNECTING, at most `limit`. */
  listCustomKeyStoresInTransition(limit: number): Promise<readonly CustomKeyStoreRow[]>;
  /** Whether the key store holds a KMS key in any state, or one on this external key. */
  hasKeyInKeyStore(accountId: string, keyStoreId: string, xksKeyId?: string): Promise<boolean>;

  findAlias(accountId: string, region: string, aliasName: string): Promise<AliasRow | undefined>;
  /** Ordered by alias name. */
  listAliases(
    accountId: string,
    region: string,
    query: { readonly keyId?: string; readonly after?: string; readonly limit: number },
  ): Promise<Page<AliasRow>>;
  countAliases(accountId: string, region: string, keyId: string): Promise<number>;

  findGrant(accountId: string, region: string, keyId: string, grantId: string): Promise<GrantRow | undefined>;
  /** Ordered by grant id. */
  listGrants(
    accountId: string,
    region: string,
    keyId: string,
    query: { readonly granteePrincipal?: string; readonly after?: string; readonly limit: number },
  ): Promise<Page<GrantRow>>;
  /** Grants on one key to a grantee that is recognised by one of these, at most five: unique ids, ARNs, service names. */
  listGrantsForGrantees(
    accountId: string,
    region: string,
    keyId: string,
    granteeIds: readonly string[],
  ): Promise<readonly GrantRow[]>;
  findGrantsByName(accountId: string, region: string, keyId: string, name: string): Promise<readonly GrantRow[]>;
  /** In one Region, over all accounts; ordered by grant id. */
  listRetirableGrants(
    region: string,
    /** As in the row: unique id, or ARN. */
    retiringId: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<Page<GrantRow>>;
  countGrants(accountId: string, region: string, keyId: string): Promise<number>;

  findIdempotent(accountId: string, principalId: string, idempotencyKey: string): Promise<IdempotencyRow | undefined>;
  /** Rows with expires_at_ms ≤ nowMs, oldest first. */
  listExpiredIdempotency(nowMs: number, limit: number): Promise<readonly IdempotencyRow[]>;
  findMeta(name: string): Promise<MetaRow | undefined>;

  /** Ordered by sequence, those after `after`. */
  listChanges(query: {
    readonly accountId?: string;
    readonly region?: string;
    readonly after: number;
    readonly limit: number;
  }): Promise<Page<RecordedChange>>;
  /** Every chain with its end as committed, for verifyChain in domain/audit/audit-chain.ts. */
  listAuditChains(): Promise<readonly ChainHead[]>;
  /** Ordered by sequence within one chain, those after `after`. */
  listAudit(chainId: string, page: { readonly after: number; readonly limit: number }): Promise<Page<RecordedAudit>>;
  /** The same records' hashes alone. */
  listAuditLinks(
    chainId: string,
    page: { readonly after: number; readonly limit: number },
  ): Promise<Page<RecordedLink>>;
  /** Where a record is, by its eventID; reads the whole log. */
  findAuditPlace(eventId: string): Promise<{ readonly chainId: string; readonly sequence: number } | undefined>;
  /** A page may be short or empty and still tell where to go on. */
  lookupAudit(query: AuditQuery): Promise<{ readonly records: readonly AuditRecord[]; readonly next?: string }>;
  /** How far each chain is covered by checkpoints; ordered by chain id. */
  listAuditTrees(): Promise<readonly AuditTreeRow[]>;
  findLastCheckpoint(): Promise<AuditCheckpointRow | undefined>;
  /** Ordered by number, those after `after`. */
  listCheckpoints(page: { readonly after: number; readonly limit: number }): Promise<Page<AuditCheckpointRow>>;

  /** Keys whose automatic rotation is due: enabled, primary, next_rotation_at_ms ≤ nowMs. */
  listKeysDueForRotation(nowMs: number, limit: number): Promise<readonly StoredKey[]>;
  /** Keys in PendingDeletion with deletion_at_ms ≤ nowMs. */
  listKeysDueForDeletion(nowMs: number, limit: number): Promise<readonly StoredKey[]>;
  /** Copies of imported material with valid_to_ms ≤ nowMs, oldest first. */
  listExpiredMaterials(nowMs: number, limit: number): Promise<readonly ImportedMaterialRow[]>;
}

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
