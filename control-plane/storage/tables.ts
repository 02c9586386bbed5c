/**
 * Every table, once. Rows hold portable values only: text, blobs, integers, integer milliseconds (`…Ms`), JSON as text.
 * Account and Region come first in every key table. `revision` starts at 1 and grows by one with each update.
 */
import type {
  ConnectionErrorCodeType,
  ConnectionStateType,
  CustomKeyStoreType,
  KeyLastUsageTrackingOperation,
  KeyManagerType,
  XksProxyConnectivityType,
} from '@keystead/provider-schema/generated/types.ts';
import type { KeySpec, KeyState, KeyUsage, Origin } from '@keystead/provider-schema/records.ts';

/** What all Regions of a KMS key share: one row per key id, single- or multi-Region. */
export interface KeySetRow {
  readonly account_id: string;
  readonly key_id: string;
  readonly key_spec: KeySpec;
  readonly key_usage: KeyUsage;
  readonly origin: Origin;
  readonly key_manager: KeyManagerType;
  /** 0 | 1 */
  readonly multi_region: number;
  readonly primary_region: string;
  /** Region whose domain key wraps the material; fixed at creation. */
  readonly domain_region: string;
  readonly current_material_id: string | null;
  /** Keys of Origin AWS_CLOUDHSM and EXTERNAL_KEY_STORE only. */
  readonly custom_key_store_id: string | null;
  /** Keys of Origin EXTERNAL_KEY_STORE only: the external key manager's name for the other half. */
  readonly xks_key_id: string | null;
  /** 0 | 1 */
  readonly rotation_enabled: number;
  readonly rotation_period_in_days: number | null;
  readonly next_rotation_at_ms: number | null;
  readonly on_demand_rotation_count: number;
  readonly revision: number;
}

/** One row per key and Region. */
export interface KeyRow {
  readonly account_id: string;
  readonly region: string;
  readonly key_id: string;
  readonly state: KeyState;
  readonly description: string;
  /** Key policy document as put. */
  readonly policy: string;
  /** JSON object: tag key → tag value. */
  readonly tags: string;
  readonly created_at_ms: number;
  readonly deletion_at_ms: number | null;
  readonly pending_window_in_days: number | null;
  readonly revision: number;
}

export interface KeyMaterialRow {
  readonly account_id: string;
  readonly key_id: string;
  readonly material_id: string;
  /** Opaque outside the hsm. Null for imported material, of which each Region keeps its own copy. */
  readonly wrapped: Uint8Array | null;
  /** PENDING_ROTATION: imported to become the current one with the next rotation on demand. */
  readonly state: 'CURRENT' | 'NON_CURRENT' | 'PENDING_ROTATION';
  readonly created_at_ms: number;
  /** Absent for a key's first material. */
  readonly rotated_at_ms: number | null;
  readonly rotation_type: 'AUTOMATIC' | 'ON_DEMAND' | null;
  readonly revision: number;
}

/** One Region's copy of imported key material: every Region imports, expires and deletes for itself. */
export interface ImportedMaterialRow {
  readonly account_id: string;
  readonly region: string;
  readonly key_id: string;
  readonly material_id: string;
  /** Opaque outside the hsm. Null once deleted or expired, until the same material is imported again. */
  readonly wrapped: Uint8Array | null;
  readonly description: string | null;
  /** Null when it does not expire, or is not there. */
  readonly valid_to_ms: number | null;
  readonly revision: number;
}

export interface CustomKeyStoreRow {
  readonly account_id: string;
  readonly region: string;
  /** `cks-` and 17 hex digits. */
  readonly custom_key_store_id: string;
  readonly name: string;
  readonly type: CustomKeyStoreType;
  readonly connection_state: ConnectionStateType;
  /** While FAILED only. */
  readonly connection_error_code: ConnectionErrorCodeType | null;
  readonly created_at_ms: number;
  /** KeyStorePassword or RawSecretAccessKey; opaque outside the hsm. */
  readonly wrapped_secret: Uint8Array;
  /** AWS_CLOUDHSM only. */
  readonly cloud_hsm_cluster_id: string | null;
  readonly trust_anchor_certificate: string | null;
  /** EXTERNAL_KEY_STORE only, to the last column. */
  readonly xks_connectivity: XksProxyConnectivityType | null;
  readonly xks_access_key_id: string | null;
  readonly xks_uri_endpoint: string | null;
  readonly xks_uri_path: string | null;
  readonly xks_vpc_endpoint_service_name: string | null;
  readonly xks_vpc_endpoint_service_owner: string | null;
  readonly revision: number;
}

export interface AliasRow {
  readonly account_id: string;
  readonly region: string;
  /** With the `alias/` prefix. */
  readonly alias_name: string;
  readonly target_key_id: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
  readonly revision: number;
}

export interface GrantRow {
  readonly account_id: string;
  readonly region: string;
  readonly key_id: string;
  /** 64 lower-case hex digits. */
  readonly grant_id: string;
  /** '' when none was given. */
  readonly name: string;
  readonly grantee_principal: string;
  readonly retiring_principal: string | null;
  /** JSON array of grant operations. */
  readonly operations: string;
  /** JSON of GrantConstraints, or null. */
  readonly constraints: string | null;
  /** Root ARN of the account whose credentials made it. */
  readonly issuing_account: string;
  readonly created_at_ms: number;
  readonly revision: number;
}

export interface PrincipalRow {
  readonly account_id: string;
  readonly kind: 'root' | 'user';
  /** User name; '' for root. */
  readonly name: string;
  readonly arn: string;
  /** `AIDA…`; the account id for root. */
  readonly principal_id: string;
  readonly created_at_ms: number;
  readonly revision: number;
}

export interface AccessKeyRow {
  /** `AKIA…` */
  readonly access_key_id: string;
  readonly account_id: string;
  readonly principal_arn: string;
  readonly wrapped_secret: Uint8Array;
  readonly status: 'Active' | 'Inactive';
  readonly created_at_ms: number;
  readonly revision: number;
}

/** The answer to a create that carried an idempotency key. */
export interface IdempotencyRow {
  readonly account_id: string;
  readonly principal_arn: string;
  readonly idempotency_key: string;
  readonly operation: string;
  /** SHA-256 of the request, hex: the same key with another request is refused. */
  readonly request_hash: string;
  /** Encoded output, JSON. */
  readonly response: string;
  readonly expires_at_ms: number;
  readonly revision: number;
}

/** Installation facts: root key fingerprint, ids. */
export interface MetaRow {
  readonly name: string;
  readonly value: string;
  readonly revision: number;
}

/** A key's last use, as far as the audit log has been read. */
export interface KeyUsageRow {
  readonly account_id: string;
  readonly region: string;
  readonly key_id: string;
  readonly operation: KeyLastUsageTrackingOperation;
  readonly used_at_ms: number;
  /** Of the audit record that tells the use. */
  readonly event_id: string;
  readonly request_id: string;
  readonly revision: number;
}

/** How far an audit chain has been read for uses of keys. */
export interface UsageMarkRow {
  readonly chain_id: string;
  /** The last record read. */
  readonly sequence: number;
  readonly read_at_ms: number;
  readonly revision: number;
}

/** How far an audit chain is covered by checkpoints. */
export interface AuditTreeRow {
  readonly chain_id: string;
  /** Records covered: those with sequence 1 to size. */
  readonly size: number;
  /** Link hash of record `size`. */
  readonly head_hash: string;
  /** JSON array of hex: the chain's Merkle tree as its largest perfect subtrees, left to right. */
  readonly peaks: string;
  /** Records up to this one may be pruned: the newest checkpoint says so. */
  readonly prunable: number;
  readonly revision: number;
}

/** A signed statement of where every audit chain ended at one moment. */
export interface AuditCheckpointRow {
  /** From 1, without gaps. */
  readonly number: number;
  /** The exact text that was signed, see domain/audit-checkpoint.ts. */
  readonly body: string;
  /** Ed25519, hex. */
  readonly signature: string;
  readonly at_ms: number;
  readonly revision: number;
}

export interface LeaseRow {
  readonly name: string;
  readonly holder: string;
  /** Grows with every new holder; a write that names an older one loses. */
  readonly fencing_token: number;
  readonly expires_at_ms: number;
  readonly revision: number;
}

/** Tables that mutations may name. */
export interface Tables {
  readonly key_sets: KeySetRow;
  readonly keys: KeyRow;
  readonly key_materials: KeyMaterialRow;
  readonly imported_materials: ImportedMaterialRow;
  readonly custom_key_stores: CustomKeyStoreRow;
  readonly aliases: AliasRow;
  readonly grants: GrantRow;
  readonly key_usage: KeyUsageRow;
  readonly usage_marks: UsageMarkRow;
  readonly principals: PrincipalRow;
  readonly access_keys: AccessKeyRow;
  readonly idempotency: IdempotencyRow;
  readonly meta: MetaRow;
  readonly audit_trees: AuditTreeRow;
  readonly audit_checkpoints: AuditCheckpointRow;
  readonly leases: LeaseRow;
}
export type TableName = keyof Tables;

export const primaryKeys = {
  key_sets: ['account_id', 'key_id'],
  keys: ['account_id', 'region', 'key_id'],
  key_materials: ['account_id', 'key_id', 'material_id'],
  imported_materials: ['account_id', 'region', 'key_id', 'material_id'],
  custom_key_stores: ['account_id', 'region', 'custom_key_store_id'],
  aliases: ['account_id', 'region', 'alias_name'],
  grants: ['account_id', 'region', 'key_id', 'grant_id'],
  key_usage: ['account_id', 'region', 'key_id'],
  usage_marks: ['chain_id'],
  principals: ['account_id', 'kind', 'name'],
  access_keys: ['access_key_id'],
  idempotency: ['account_id', 'principal_arn', 'idempotency_key'],
  meta: ['name'],
  audit_trees: ['chain_id'],
  audit_checkpoints: ['number'],
  leases: ['name'],
} as const satisfies { readonly [T in TableName]: readonly (keyof Tables[T])[] };

export type PrimaryKey<T extends TableName> = Pick<
  Tables[T],
  Extract<(typeof primaryKeys)[T][number], keyof Tables[T]>
>;
