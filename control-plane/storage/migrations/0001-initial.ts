/**
 * The first schema. Each table is written once for both engines; the indexes are those that the queries page through.
 * Without foreign keys: a write names every row that it relies on, and the order of its statements does not matter.
 */
import { type CompiledQuery, sql } from 'kysely';
import type { Dialect } from '../queries/dialect.ts';

type ColumnType = 'text' | 'text?' | 'integer' | 'integer?' | 'blob' | 'blob?';
type Columns = Readonly<Record<string, ColumnType>>;

interface Table {
  readonly columns: Columns;
  readonly key: readonly string[];
}

const tables: Readonly<Record<string, Table>> = {
  key_sets: {
    columns: {
      account_id: 'text',
      key_id: 'text',
      key_spec: 'text',
      key_usage: 'text',
      origin: 'text',
      key_manager: 'text',
      multi_region: 'integer',
      primary_region: 'text',
      domain_region: 'text',
      current_material_id: 'text?',
      custom_key_store_id: 'text?',
      xks_key_id: 'text?',
      rotation_enabled: 'integer',
      rotation_period_in_days: 'integer?',
      next_rotation_at_ms: 'integer?',
      on_demand_rotation_count: 'integer',
      revision: 'integer',
    },
    key: ['account_id', 'key_id'],
  },
  keys: {
    columns: {
      account_id: 'text',
      region: 'text',
      key_id: 'text',
      state: 'text',
      description: 'text',
      policy: 'text',
      policy_principals: 'text',
      tags: 'text',
      created_at_ms: 'integer',
      deletion_at_ms: 'integer?',
      pending_window_in_days: 'integer?',
      revision: 'integer',
    },
    key: ['account_id', 'region', 'key_id'],
  },
  key_materials: {
    columns: {
      account_id: 'text',
      key_id: 'text',
      material_id: 'text',
      wrapped: 'blob?',
      state: 'text',
      created_at_ms: 'integer',
      rotated_at_ms: 'integer?',
      rotation_type: 'text?',
      revision: 'integer',
    },
    key: ['account_id', 'key_id', 'material_id'],
  },
  imported_materials: {
    columns: {
      account_id: 'text',
      region: 'text',
      key_id: 'text',
      material_id: 'text',
      wrapped: 'blob?',
      description: 'text?',
      valid_to_ms: 'integer?',
      revision: 'integer',
    },
    key: ['account_id', 'region', 'key_id', 'material_id'],
  },
  custom_key_stores: {
    columns: {
      account_id: 'text',
      region: 'text',
      custom_key_store_id: 'text',
      name: 'text',
      type: 'text',
      connection_state: 'text',
      connection_error_code: 'text?',
      connection_request_id: 'text?',
      created_at_ms: 'integer',
      wrapped_secret: 'blob',
      cloud_hsm_cluster_id: 'text?',
      trust_anchor_certificate: 'text?',
      xks_connectivity: 'text?',
      xks_access_key_id: 'text?',
      xks_uri_endpoint: 'text?',
      xks_uri_path: 'text?',
      xks_vpc_endpoint_service_name: 'text?',
      xks_vpc_endpoint_service_owner: 'text?',
      revision: 'integer',
    },
    key: ['account_id', 'region', 'custom_key_store_id'],
  },
  aliases: {
    columns: {
      account_id: 'text',
      region: 'text',
      alias_name: 'text',
      target_key_id: 'text',
      created_at_ms: 'integer',
      updated_at_ms: 'integer',
      revision: 'integer',
    },
    key: ['account_id', 'region', 'alias_name'],
  },
  grants: {
    columns: {
      account_id: 'text',
      region: 'text',
      key_id: 'text',
      grant_id: 'text',
      name: 'text',
      grantee_principal: 'text',
      grantee_id: 'text',
      retiring_principal: 'text?',
      retiring_id: 'text?',
      operations: 'text',
      constraints: 'text?',
      issuing_account: 'text',
      created_at_ms: 'integer',
      revision: 'integer',
    },
    key: ['account_id', 'region', 'key_id', 'grant_id'],
  },
  key_usage: {
    columns: {
      account_id: 'text',
      region: 'text',
      key_id: 'text',
      operation: 'text',
      used_at_ms: 'integer',
      event_id: 'text',
      request_id: 'text',
      revision: 'integer',
    },
    key: ['account_id', 'region', 'key_id'],
  },
  usage_marks: {
    columns: { chain_id: 'text', sequence: 'integer', read_at_ms: 'integer', revision: 'integer' },
    key: ['chain_id'],
  },
  accounts: {
    columns: {
      account_id: 'text',
      name: 'text',
      created_at_ms: 'integer',
      revision: 'integer',
    },
    key: ['account_id'],
  },
  principals: {
    columns: {
      principal_id: 'text',
      account_id: 'text',
      kind: 'text',
      name: 'text',
      name_key: 'text',
      arn: 'text',
      path: 'text',
      description: 'text',
      tags: 'text',
      permissions_boundary_arn: 'text?',
      trust_policy: 'text?',
      trust_principals: 'text?',
      max_session_duration_in_seconds: 'integer?',
      created_at_ms: 'integer',
      revision: 'integer',
    },
    key: ['principal_id'],
  },
  groups: {
    columns: {
      group_id: 'text',
      account_id: 'text',
      name: 'text',
      name_key: 'text',
      arn: 'text',
      path: 'text',
      created_at_ms: 'integer',
      revision: 'integer',
    },
    key: ['group_id'],
  },
  group_members: {
    columns: {
      group_id: 'text',
      principal_id: 'text',
      account_id: 'text',
      revision: 'integer',
    },
    key: ['group_id', 'principal_id'],
  },
  managed_policies: {
    columns: {
      policy_id: 'text',
      account_id: 'text',
      name: 'text',
      name_key: 'text',
      arn: 'text',
      path: 'text',
      description: 'text',
      tags: 'text',
      default_version_number: 'integer',
      latest_version_number: 'integer',
      created_at_ms: 'integer',
      updated_at_ms: 'integer',
      revision: 'integer',
    },
    key: ['policy_id'],
  },
  policy_versions: {
    columns: {
      policy_id: 'text',
      version_number: 'integer',
      account_id: 'text',
      document: 'text',
      created_at_ms: 'integer',
      revision: 'integer',
    },
    key: ['policy_id', 'version_number'],
  },
  inline_policies: {
    columns: {
      owner_id: 'text',
      name: 'text',
      account_id: 'text',
      document: 'text',
      revision: 'integer',
    },
    key: ['owner_id', 'name'],
  },
  policy_attachments: {
    columns: {
      owner_id: 'text',
      policy_arn: 'text',
      account_id: 'text',
      owner_kind: 'text',
      revision: 'integer',
    },
    key: ['owner_id', 'policy_arn'],
  },
  oidc_providers: {
    columns: {
      account_id: 'text',
      url: 'text',
      arn: 'text',
      client_ids: 'text',
      thumbprints: 'text',
      tags: 'text',
      jwks: 'text?',
      jwks_uri: 'text?',
      created_at_ms: 'integer',
      revision: 'integer',
    },
    key: ['account_id', 'url'],
  },
  access_keys: {
    columns: {
      access_key_id: 'text',
      account_id: 'text',
      principal_id: 'text',
      wrapped_secret: 'blob',
      status: 'text',
      created_at_ms: 'integer',
      revision: 'integer',
    },
    key: ['access_key_id'],
  },
  access_key_usage: {
    columns: {
      access_key_id: 'text',
      used_at_ms: 'integer',
      service: 'text',
      region: 'text',
      revision: 'integer',
    },
    key: ['access_key_id'],
  },
  idempotency: {
    columns: {
      account_id: 'text',
      principal_id: 'text',
      idempotency_key: 'text',
      operation: 'text',
      request_hash: 'text',
      response: 'text',
      expires_at_ms: 'integer',
      revision: 'integer',
    },
    key: ['account_id', 'principal_id', 'idempotency_key'],
  },
  meta: { columns: { name: 'text', value: 'text', revision: 'integer' }, key: ['name'] },
  leases: {
    columns: {
      name: 'text',
      holder: 'text',
      fencing_token: 'integer',
      expires_at_ms: 'integer',
      revision: 'integer',
    },
    key: ['name'],
  },
  change_head: { columns: { id: 'integer', last_sequence: 'integer' }, key: ['id'] },
  change_log: {
    columns: {
      sequence: 'integer',
      account_id: 'text',
      region: 'text',
      resource_type: 'text',
      resource_id: 'text',
      key_id: 'text?',
      kind: 'text',
      event_name: 'text',
      at_ms: 'integer',
      request_id: 'text',
      event_id: 'text',
    },
    key: ['sequence'],
  },
  nodes: {
    columns: { node_id: 'text', name: 'text', started_at_ms: 'integer', seen_at_ms: 'integer' },
    key: ['node_id'],
  },
  audit_chains: {
    columns: {
      chain_id: 'text',
      node_id: 'text',
      last_sequence: 'integer',
      last_hash: 'text',
      pruned_sequence: 'integer',
      pruned_hash: 'text',
      pruned_peaks: 'text',
    },
    key: ['chain_id'],
  },
  audit_trees: {
    columns: {
      chain_id: 'text',
      size: 'integer',
      head_hash: 'text',
      peaks: 'text',
      prunable: 'integer',
      revision: 'integer',
    },
    key: ['chain_id'],
  },
  audit_checkpoints: {
    columns: { number: 'integer', body: 'text', signature: 'text', at_ms: 'integer', revision: 'integer' },
    key: ['number'],
  },
  audit_log: {
    columns: {
      chain_id: 'text',
      sequence: 'integer',
      previous_hash: 'text',
      hash: 'text',
      record_json: 'text',
      account_id: 'text',
      region: 'text',
      event_source: 'text',
      event_name: 'text',
      user_name: 'text?',
      access_key_id: 'text?',
      read_only: 'integer',
      resource_type: 'text?',
      request_id: 'text',
      event_id: 'text',
      at_ms: 'integer',
    },
    key: ['chain_id', 'sequence'],
  },
  audit_resources: {
    columns: {
      account_id: 'text',
      resource_arn: 'text',
      at_ms: 'integer',
      chain_id: 'text',
      sequence: 'integer',
    },
    key: ['account_id', 'resource_arn', 'at_ms', 'chain_id', 'sequence'],
  },
};

interface Index {
  readonly table: string;
  readonly columns: readonly string[];
  readonly unique?: true;
  /** A partial index, of the rows in which this column is 0. */
  readonly whereZero?: string;
}

const indexes: Readonly<Record<string, Index>> = {
  keys_by_id: { table: 'keys', columns: ['region', 'key_id'] },
  idempotency_by_expiry: { table: 'idempotency', columns: ['expires_at_ms'] },
  keys_by_set: { table: 'keys', columns: ['account_id', 'key_id', 'region'] },
  keys_due_for_deletion: { table: 'keys', columns: ['deletion_at_ms'] },
  imported_materials_by_key: { table: 'imported_materials', columns: ['account_id', 'key_id'] },
  imported_materials_by_expiry: { table: 'imported_materials', columns: ['valid_to_ms'] },
  key_sets_due_for_rotation: { table: 'key_sets', columns: ['next_rotation_at_ms'] },
  // On both engines, NULLs do not conflict in a unique index: each index applies to the stores of one type.
  custom_key_stores_by_name: { table: 'custom_key_stores', columns: ['account_id', 'region', 'name'], unique: true },
  custom_key_stores_by_cluster: { table: 'custom_key_stores', columns: ['cloud_hsm_cluster_id'], unique: true },
  custom_key_stores_by_uri: {
    table: 'custom_key_stores',
    columns: ['account_id', 'region', 'xks_uri_endpoint', 'xks_uri_path'],
    unique: true,
  },
  custom_key_stores_by_service: {
    table: 'custom_key_stores',
    columns: ['xks_vpc_endpoint_service_name'],
    unique: true,
  },
  custom_key_stores_by_endpoint: { table: 'custom_key_stores', columns: ['region', 'xks_uri_endpoint'] },
  custom_key_stores_by_state: { table: 'custom_key_stores', columns: ['connection_state'] },
  key_sets_by_key_store: { table: 'key_sets', columns: ['account_id', 'custom_key_store_id', 'xks_key_id'] },
  aliases_by_key: { table: 'aliases', columns: ['account_id', 'region', 'target_key_id', 'alias_name'] },
  grants_by_grantee: {
    table: 'grants',
    columns: ['account_id', 'region', 'key_id', 'grantee_id', 'grant_id'],
  },
  grants_by_name: { table: 'grants', columns: ['account_id', 'region', 'key_id', 'name', 'grant_id'] },
  grants_by_retiring_principal: { table: 'grants', columns: ['region', 'retiring_id', 'grant_id'] },
  principals_by_arn: { table: 'principals', columns: ['arn'], unique: true },
  principals_by_name: { table: 'principals', columns: ['account_id', 'kind', 'name_key'], unique: true },
  principals_by_boundary: { table: 'principals', columns: ['account_id', 'permissions_boundary_arn'] },
  groups_by_name: { table: 'groups', columns: ['account_id', 'name_key'], unique: true },
  group_members_by_principal: { table: 'group_members', columns: ['principal_id', 'group_id'] },
  managed_policies_by_name: { table: 'managed_policies', columns: ['account_id', 'name_key'], unique: true },
  managed_policies_by_arn: { table: 'managed_policies', columns: ['arn'], unique: true },
  policy_attachments_by_policy: {
    table: 'policy_attachments',
    columns: ['account_id', 'policy_arn', 'owner_kind', 'owner_id'],
  },
  oidc_providers_by_arn: { table: 'oidc_providers', columns: ['arn'], unique: true },
  access_keys_by_principal: { table: 'access_keys', columns: ['principal_id', 'access_key_id'] },
  change_log_by_account: { table: 'change_log', columns: ['account_id', 'sequence'] },
  change_log_by_region: { table: 'change_log', columns: ['account_id', 'region', 'sequence'] },
  // No index on the records' ids: they contain the time (domain/identifiers/time-ordered-id.ts), and every request pays
  // for every index.
  audit_log_by_time: { table: 'audit_log', columns: ['account_id', 'at_ms', 'chain_id', 'sequence'] },
  audit_log_by_user: { table: 'audit_log', columns: ['account_id', 'user_name', 'at_ms', 'chain_id', 'sequence'] },
  audit_log_by_access_key: {
    table: 'audit_log',
    columns: ['account_id', 'access_key_id', 'at_ms', 'chain_id', 'sequence'],
  },
  audit_log_of_changes: {
    table: 'audit_log',
    columns: ['account_id', 'at_ms', 'chain_id', 'sequence'],
    whereZero: 'read_only',
  },
  audit_log_by_event: {
    table: 'audit_log',
    columns: ['account_id', 'event_name', 'at_ms', 'chain_id', 'sequence'],
  },
};

export function initial(dialect: Dialect): readonly CompiledQuery[] {
  return [
    ...Object.entries(tables).map(([name, table]) => createTable(dialect, name, table)),
    ...Object.entries(indexes).map(([name, index]) => createIndex(dialect, name, index)),
    dialect.queries.insertInto('change_head').values({ id: 1, last_sequence: 0 }).compile(),
  ];
}

function createTable(dialect: Dialect, name: string, { columns, key }: Table): CompiledQuery {
  const types = { text: dialect.text, integer: dialect.integer, blob: dialect.blob };
  const definitions = Object.entries(columns).map(([column, type]) => {
    const nullable = type.endsWith('?');
    const base = type.replace('?', '') as keyof typeof types;
    return sql`${sql.id(column)} ${sql.raw(types[base])}${sql.raw(nullable ? '' : ' not null')}`;
  });
  const primaryKey = sql`primary key (${sql.join(key.map((column) => sql.id(column)))})`;
  const body = sql.join([...definitions, primaryKey]);
  return sql`create table ${sql.id(name)} (${body}) ${sql.raw(dialect.tableOptions)}`.compile(dialect.queries);
}

function createIndex({ queries }: Dialect, name: string, { table, columns, unique, whereZero }: Index): CompiledQuery {
  const index = queries.schema
    .createIndex(name)
    .on(table)
    .columns([...columns]);
  if (whereZero !== undefined) return index.where(sql.ref(whereZero), '=', sql.lit(0)).compile();
  return (unique ? index.unique() : index).compile();
}
