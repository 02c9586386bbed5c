/**
 * All tables. Rows contain portable values only: text, blobs, integers, integer milliseconds (`…_ms`), JSON as text.
 * Account and Region come first in every key table. `revision` starts at 1 and increases by one with each update.
 */
import type {
  ConnectionErrorCodeType,
  ConnectionStateType,
  CustomKeyStoreType,
  KeyLastUsageTrackingOperation,
  KeyManagerType,
  XksProxyConnectivityType,
} from '@keystead/provider-schema/generated/types.ts';
import type { KeySpec, KeyState, KeyUsage, Origin } from '@keystead/provider-schema/vocabulary.ts';

/** The properties that all Regions of a KMS key share: one row per key id, single- or multi-Region. */
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
  /** Keys of Origin EXTERNAL_KEY_STORE only: the id of the external key at its key manager. */
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
  /** Key policy document, exactly as it was put. */
  readonly policy: string;
  /**
   * JSON object: ARN in the policy → unique id of the principal that had the ARN when the policy was put; for a
   * session, the role's unique id, a colon and the session's name.
   */
  readonly policy_principals: string;
  /** JSON object: tag key → tag value. */
  readonly tags: string;
  readonly created_at_ms: number;
  readonly deletion_at_ms: number | null;
  readonly pending_window_in_days: number | null;
  /** 0 | 1; never 1 while the key is pending deletion. */
  readonly deletion_protected: number;
  readonly revision: number;
}

export interface KeyMaterialRow {
  readonly account_id: string;
  readonly key_id: string;
  readonly material_id: string;
  /** Opaque outside the HSM. Null for imported material, of which each Region keeps its own copy. */
  readonly wrapped: Uint8Array | null;
  /** PENDING_ROTATION: imported, and current after the next on-demand rotation. */
  readonly state: 'CURRENT' | 'NON_CURRENT' | 'PENDING_ROTATION';
  readonly created_at_ms: number;
  /** Absent for a key's first material. */
  readonly rotated_at_ms: number | null;
  readonly rotation_type: 'AUTOMATIC' | 'ON_DEMAND' | null;
  readonly revision: number;
}

/** One Region's copy of imported key material: it is imported, expires and is deleted in each Region separately. */
export interface ImportedMaterialRow {
  readonly account_id: string;
  readonly region: string;
  readonly key_id: string;
  readonly material_id: string;
  /** Opaque outside the HSM. Null once deleted or expired, until the same material is imported again. */
  readonly wrapped: Uint8Array | null;
  readonly description: string | null;
  /** Null when it does not expire, or was deleted. */
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
  /** While CONNECTING or DISCONNECTING only: id of the request that the job works for. */
  readonly connection_request_id: string | null;
  readonly created_at_ms: number;
  /** KeyStorePassword or RawSecretAccessKey; opaque outside the HSM. */
  readonly wrapped_secret: Uint8Array;
  /** AWS_CLOUDHSM only. */
  readonly cloud_hsm_cluster_id: string | null;
  readonly trust_anchor_certificate: string | null;
  /** EXTERNAL_KEY_STORE only, as are the other `xks_` columns. */
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
  /** ARN or service name. */
  readonly grantee_principal: string;
  /**
   * Unique id of the principal that had the ARN when the grant was created; without such a principal, the ARN or name.
   */
  readonly grantee_id: string;
  readonly retiring_principal: string | null;
  readonly retiring_id: string | null;
  /** JSON array of grant operations. */
  readonly operations: string;
  /** JSON of GrantConstraints, or null. */
  readonly constraints: string | null;
  /** Root ARN of the account whose credentials created it. */
  readonly issuing_account: string;
  readonly created_at_ms: number;
  readonly revision: number;
}

/**
 * An account of this installation. Its revision increases with every change of its identities, so cached permissions
 * are valid for one revision.
 */
export interface AccountRow {
  readonly account_id: string;
  /** '' when none was given. */
  readonly name: string;
  readonly created_at_ms: number;
  /** `o-…`; null: the account is in no organization. */
  readonly organization_id: string | null;
  /** JSON array of the account's paths in its organization; null as the organization. */
  readonly organization_paths: string | null;
  readonly revision: number;
}

/** A name of an account, used by no other account; an account has at most one. */
export interface AccountAliasRow {
  readonly alias: string;
  readonly account_id: string;
  readonly revision: number;
}

/** A principal that can sign requests or be assumed. */
export interface PrincipalRow {
  /** `AIDA…` a user, `AROA…` a role, `AIPA…` a service; the account id for root. Never reused. */
  readonly principal_id: string;
  readonly account_id: string;
  readonly kind: 'root' | 'user' | 'role' | 'aws-service';
  /** User or role name, `dynamodb.amazonaws.com`; '' for root. */
  readonly name: string;
  /** The name in lower case: names are unique without regard to case. */
  readonly name_key: string;
  readonly arn: string;
  /** Begins and ends with a slash. */
  readonly path: string;
  readonly description: string;
  /** JSON object: tag key → tag value. */
  readonly tags: string;
  readonly permissions_boundary_arn: string | null;
  /** Roles only: the policy that says who can assume it. */
  readonly trust_policy: string | null;
  /** JSON object: ARNs of users and roles in the trust policy → their unique ids, see KeyRow. */
  readonly trust_principals: string | null;
  readonly max_session_duration_in_seconds: number | null;
  readonly created_at_ms: number;
  readonly revision: number;
}

export interface GroupRow {
  /** `AGPA…` */
  readonly group_id: string;
  readonly account_id: string;
  readonly name: string;
  readonly name_key: string;
  readonly arn: string;
  readonly path: string;
  readonly created_at_ms: number;
  readonly revision: number;
}

export interface GroupMemberRow {
  readonly group_id: string;
  /** The user. */
  readonly principal_id: string;
  readonly account_id: string;
  readonly revision: number;
}

/** A customer managed policy; AWS managed policies are in the code. */
export interface ManagedPolicyRow {
  /** `ANPA…` */
  readonly policy_id: string;
  readonly account_id: string;
  readonly name: string;
  readonly name_key: string;
  readonly arn: string;
  readonly path: string;
  readonly description: string;
  /** JSON object: tag key → tag value. */
  readonly tags: string;
  /** The version that is in effect. */
  readonly default_version_number: number;
  /** The last version created; numbers are not reused. */
  readonly latest_version_number: number;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
  readonly revision: number;
}

export interface PolicyVersionRow {
  readonly policy_id: string;
  readonly version_number: number;
  readonly account_id: string;
  /** Exactly as it was put. */
  readonly document: string;
  readonly created_at_ms: number;
  readonly revision: number;
}

export interface InlinePolicyRow {
  /** Principal id or group id. */
  readonly owner_id: string;
  readonly name: string;
  readonly account_id: string;
  /** Exactly as it was put. */
  readonly document: string;
  readonly revision: number;
}

export interface PolicyAttachmentRow {
  /** Principal id or group id. */
  readonly owner_id: string;
  /** ARN of the account's customer managed policy, or of an AWS managed policy. */
  readonly policy_arn: string;
  readonly account_id: string;
  readonly owner_kind: 'user' | 'group' | 'role';
  readonly revision: number;
}

export interface OidcProviderRow {
  readonly account_id: string;
  /** Without the `https://` that identity tokens have in `iss`. */
  readonly url: string;
  readonly arn: string;
  /** JSON array of audiences. */
  readonly client_ids: string;
  /** JSON array of SHA-1 certificate thumbprints, in hexadecimal. */
  readonly thumbprints: string;
  /** JSON object: tag key → tag value. */
  readonly tags: string;
  /** JSON Web Key Set (RFC 7517 section 5) as given; null: fetched from the URL. */
  readonly jwks: string | null;
  /** URL of the key set; when this and `jwks` are null, the provider's discovery document says it. */
  readonly jwks_uri: string | null;
  readonly created_at_ms: number;
  readonly revision: number;
}

export interface AccessKeyRow {
  /** `AKIA…` */
  readonly access_key_id: string;
  readonly account_id: string;
  readonly principal_id: string;
  readonly wrapped_secret: Uint8Array;
  readonly status: 'Active' | 'Inactive';
  readonly created_at_ms: number;
  readonly revision: number;
}

/** An access key's last use, as far as the audit log has been read. */
export interface AccessKeyUsageRow {
  readonly access_key_id: string;
  readonly used_at_ms: number;
  /** `kms`, `iam`, … */
  readonly service: string;
  readonly region: string;
  readonly revision: number;
}

/** The answer to a create request with an idempotency key. */
export interface IdempotencyRow {
  readonly account_id: string;
  readonly principal_id: string;
  readonly idempotency_key: string;
  readonly operation: string;
  /** SHA-256 of the request, hex: the same key with another request is refused. */
  readonly request_hash: string;
  /** Encoded output, JSON. */
  readonly response: string;
  readonly expires_at_ms: number;
  readonly revision: number;
}

/** The session that an identity token opened first, for roles whose trust policies ask. */
export interface IdentityTokenUseRow {
  /** SHA-256 of the signed part of the token, hex. */
  readonly token_digest: string;
  /** Unique id of the role. */
  readonly role_id: string;
  readonly session_name: string;
  /** When the token expires, and a server whose clock is late no longer takes it. */
  readonly expires_at_ms: number;
  readonly revision: number;
}

/** A server, and the generations of the root key that its HSM holds. */
export interface RootKeyHolderRow {
  readonly holder_id: string;
  readonly oldest: number;
  readonly newest: number;
  /** Identifies the newest generation's key without revealing it. */
  readonly newest_fingerprint: string;
  readonly seen_at_ms: number;
  readonly revision: number;
}

/** Facts about the installation: root key fingerprint, first account, seed records, …. */
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
  /** The id of the use's audit record. */
  readonly event_id: string;
  readonly request_id: string;
  readonly revision: number;
}

/** The last use of a key by one principal for one action, as far as the audit log has been read. */
export interface KeyUserRow {
  readonly account_id: string;
  readonly region: string;
  readonly key_id: string;
  /** Unique id of a user or role, account id of a root user, name of a service. */
  readonly principal_id: string;
  /** `kms:Decrypt` */
  readonly action: string;
  readonly principal_account_id: string;
  readonly used_at_ms: number;
  /** The id of the use's audit record. */
  readonly event_id: string;
  /** JSON: UseFacts in domain/keys/key-users.ts. */
  readonly facts_json: string;
  readonly revision: number;
}

/** How far the search for uses of keys has read an audit chain. */
export interface UsageMarkRow {
  readonly chain_id: string;
  /** The last record read. */
  readonly sequence: number;
  readonly read_at_ms: number;
  readonly revision: number;
}

/** How far checkpoints cover an audit chain. */
export interface AuditTreeRow {
  readonly chain_id: string;
  /** Number of covered records: those with sequence 1 to size. */
  readonly size: number;
  /** Link hash of record `size`. */
  readonly head_hash: string;
  /** JSON array of hex: the chain's Merkle tree as its largest perfect subtrees, left to right. */
  readonly peaks: string;
  /** Records up to this one can be pruned, according to the newest checkpoint. */
  readonly prunable: number;
  readonly revision: number;
}

/** A signed statement of the end of every audit chain at one moment. */
export interface AuditCheckpointRow {
  /** From 1, without gaps. */
  readonly number: number;
  /** The exact text that was signed, see domain/audit/audit-checkpoint.ts. */
  readonly body: string;
  /** Ed25519, hex. */
  readonly signature: string;
  readonly at_ms: number;
  readonly revision: number;
}

/** A stack whose drift reports are kept. */
export interface DriftStackRow {
  readonly account_id: string;
  readonly stack_name: string;
  /** Of its last report. */
  readonly last_number: number;
  /** What the next comparison can go on from, as its client wrote it. */
  readonly continuation: Uint8Array | null;
  readonly revision: number;
}

export interface DriftReportRow {
  readonly account_id: string;
  readonly stack_name: string;
  /** From 1 for each stack. */
  readonly number: number;
  readonly published_at_ms: number;
  /** ARN; of a session, the role's. */
  readonly published_by: string;
  /** Of the last change of the account that was compared. */
  readonly sequence: number;
  readonly resources: number;
  /** JSON object: severity → number of findings. */
  readonly findings: string;
  /** As it was put. */
  readonly document: Uint8Array;
  readonly revision: number;
}

export interface LeaseRow {
  readonly name: string;
  readonly holder: string;
  /** Increases with every new holder; a write with an older token is refused. */
  readonly fencing_token: number;
  readonly expires_at_ms: number;
  readonly revision: number;
}

/** Tables that mutations can change. */
export interface Tables {
  readonly key_sets: KeySetRow;
  readonly keys: KeyRow;
  readonly key_materials: KeyMaterialRow;
  readonly imported_materials: ImportedMaterialRow;
  readonly custom_key_stores: CustomKeyStoreRow;
  readonly aliases: AliasRow;
  readonly grants: GrantRow;
  readonly key_usage: KeyUsageRow;
  readonly key_users: KeyUserRow;
  readonly usage_marks: UsageMarkRow;
  readonly accounts: AccountRow;
  readonly account_aliases: AccountAliasRow;
  readonly principals: PrincipalRow;
  readonly groups: GroupRow;
  readonly group_members: GroupMemberRow;
  readonly managed_policies: ManagedPolicyRow;
  readonly policy_versions: PolicyVersionRow;
  readonly inline_policies: InlinePolicyRow;
  readonly policy_attachments: PolicyAttachmentRow;
  readonly oidc_providers: OidcProviderRow;
  readonly access_keys: AccessKeyRow;
  readonly access_key_usage: AccessKeyUsageRow;
  readonly idempotency: IdempotencyRow;
  readonly identity_token_uses: IdentityTokenUseRow;
  readonly meta: MetaRow;
  readonly root_key_holders: RootKeyHolderRow;
  readonly audit_trees: AuditTreeRow;
  readonly audit_checkpoints: AuditCheckpointRow;
  readonly drift_stacks: DriftStackRow;
  readonly drift_reports: DriftReportRow;
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
  key_users: ['account_id', 'region', 'key_id', 'principal_id', 'action'],
  usage_marks: ['chain_id'],
  accounts: ['account_id'],
  account_aliases: ['alias'],
  principals: ['principal_id'],
  groups: ['group_id'],
  group_members: ['group_id', 'principal_id'],
  managed_policies: ['policy_id'],
  policy_versions: ['policy_id', 'version_number'],
  inline_policies: ['owner_id', 'name'],
  policy_attachments: ['owner_id', 'policy_arn'],
  oidc_providers: ['account_id', 'url'],
  access_keys: ['access_key_id'],
  access_key_usage: ['access_key_id'],
  idempotency: ['account_id', 'principal_id', 'idempotency_key'],
  identity_token_uses: ['token_digest'],
  meta: ['name'],
  root_key_holders: ['holder_id'],
  audit_trees: ['chain_id'],
  audit_checkpoints: ['number'],
  drift_stacks: ['account_id', 'stack_name'],
  drift_reports: ['account_id', 'stack_name', 'number'],
  leases: ['name'],
} as const satisfies { readonly [T in TableName]: readonly (keyof Tables[T])[] };

export type PrimaryKey<T extends TableName> = Pick<
  Tables[T],
  Extract<(typeof primaryKeys)[T][number], keyof Tables[T]>
>;
