/** Builders of complete rows: a test gives only the columns that matter to it. */
import { randomUUID } from 'node:crypto';
import type { AuditRecord } from '@keystead/control-plane/domain/audit/audit-record.ts';
import type { Change } from '@keystead/control-plane/storage/port/changes.ts';
import type {
  AccessKeyRow,
  AccountRow,
  AliasRow,
  CustomKeyStoreRow,
  GrantRow,
  GroupRow,
  IdempotencyRow,
  ImportedMaterialRow,
  KeyMaterialRow,
  KeyRow,
  KeySetRow,
  ManagedPolicyRow,
  PrincipalRow,
} from '@keystead/control-plane/storage/port/tables.ts';

export const account = '111122223333';
export const region = 'eu-central-1';
export const startMs = Date.UTC(2026, 0, 15, 12);

type New<Row> = Omit<Row, 'revision'>;

export const aKeySet = (row: Partial<New<KeySetRow>> = {}): New<KeySetRow> => ({
  account_id: account,
  key_id: randomUUID(),
  key_spec: 'SYMMETRIC_DEFAULT',
  key_usage: 'ENCRYPT_DECRYPT',
  origin: 'AWS_KMS',
  key_manager: 'CUSTOMER',
  multi_region: 0,
  primary_region: region,
  domain_region: region,
  current_material_id: null,
  custom_key_store_id: null,
  xks_key_id: null,
  rotation_enabled: 0,
  rotation_period_in_days: null,
  next_rotation_at_ms: null,
  on_demand_rotation_count: 0,
  ...row,
});

export const aKey = (row: Partial<New<KeyRow>> = {}): New<KeyRow> => ({
  account_id: account,
  region,
  key_id: randomUUID(),
  state: 'Enabled',
  description: '',
  policy: '{}',
  policy_principals: '{}',
  tags: '{}',
  created_at_ms: startMs,
  deletion_at_ms: null,
  pending_window_in_days: null,
  deletion_protected: 0,
  ...row,
});

export const aMaterial = (row: Partial<New<KeyMaterialRow>> = {}): New<KeyMaterialRow> => ({
  account_id: account,
  key_id: randomUUID(),
  material_id: randomUUID(),
  wrapped: new Uint8Array([1, 2, 3]),
  state: 'CURRENT',
  created_at_ms: startMs,
  rotated_at_ms: null,
  rotation_type: null,
  ...row,
});

export const anImportedMaterial = (row: Partial<New<ImportedMaterialRow>> = {}): New<ImportedMaterialRow> => ({
  account_id: account,
  region,
  key_id: randomUUID(),
  material_id: randomUUID(),
  wrapped: new Uint8Array([1, 2, 3]),
  description: null,
  valid_to_ms: null,
  ...row,
});

export const aKeyStore = (row: Partial<New<CustomKeyStoreRow>> = {}): New<CustomKeyStoreRow> => ({
  account_id: account,
  region,
  custom_key_store_id: randomUUID(),
  name: randomUUID(),
  type: 'AWS_CLOUDHSM',
  connection_state: 'DISCONNECTED',
  connection_error_code: null,
  connection_request_id: null,
  created_at_ms: startMs,
  wrapped_secret: new Uint8Array([1, 2, 3]),
  cloud_hsm_cluster_id: null,
  trust_anchor_certificate: null,
  xks_connectivity: null,
  xks_access_key_id: null,
  xks_uri_endpoint: null,
  xks_uri_path: null,
  xks_vpc_endpoint_service_name: null,
  xks_vpc_endpoint_service_owner: null,
  ...row,
});

export const anAlias = (row: Partial<New<AliasRow>> = {}): New<AliasRow> => ({
  account_id: account,
  region,
  alias_name: `alias/${randomUUID()}`,
  target_key_id: randomUUID(),
  created_at_ms: startMs,
  updated_at_ms: startMs,
  ...row,
});

export const aGrant = (row: Partial<New<GrantRow>> = {}): New<GrantRow> => ({
  account_id: account,
  region,
  key_id: randomUUID(),
  grant_id: randomUUID().replaceAll('-', '').repeat(2),
  name: '',
  grantee_principal: `arn:aws:iam::${account}:user/alice`,
  grantee_id: `arn:aws:iam::${account}:user/alice`,
  retiring_principal: null,
  retiring_id: null,
  operations: '["Encrypt"]',
  constraints: null,
  issuing_account: `arn:aws:iam::${account}:root`,
  created_at_ms: startMs,
  ...row,
});

export const anAccount = (row: Partial<New<AccountRow>> = {}): New<AccountRow> => ({
  account_id: account,
  name: '',
  created_at_ms: startMs,
  organization_id: null,
  organization_paths: null,
  ...row,
});

export const aPrincipal = (row: Partial<New<PrincipalRow>> = {}): New<PrincipalRow> => {
  const name = row.name ?? randomUUID();
  return {
    principal_id: `AIDA${randomUUID()}`,
    account_id: account,
    kind: 'user',
    name,
    name_key: name.toLowerCase(),
    arn: `arn:aws:iam::${account}:user/${name}`,
    path: '/',
    description: '',
    tags: '{}',
    permissions_boundary_arn: null,
    trust_policy: null,
    trust_principals: null,
    max_session_duration_in_seconds: null,
    created_at_ms: startMs,
    ...row,
  };
};

export const aGroup = (row: Partial<New<GroupRow>> = {}): New<GroupRow> => ({
  group_id: `AGPA${randomUUID()}`,
  account_id: account,
  name: 'ops',
  name_key: 'ops',
  arn: `arn:aws:iam::${account}:group/ops`,
  path: '/',
  created_at_ms: startMs,
  ...row,
});

export const aManagedPolicy = (row: Partial<New<ManagedPolicyRow>> = {}): New<ManagedPolicyRow> => ({
  policy_id: `ANPA${randomUUID()}`,
  account_id: account,
  name: 'p',
  name_key: 'p',
  arn: `arn:aws:iam::${account}:policy/p`,
  path: '/',
  description: '',
  tags: '{}',
  default_version_number: 1,
  latest_version_number: 1,
  created_at_ms: startMs,
  updated_at_ms: startMs,
  ...row,
});

export const anAccessKey = (row: Partial<New<AccessKeyRow>> = {}): New<AccessKeyRow> => ({
  access_key_id: `AKIA${randomUUID().slice(0, 8).toUpperCase()}`,
  account_id: account,
  principal_id: 'AIDAALICE',
  wrapped_secret: new Uint8Array([9, 8, 7]),
  status: 'Active',
  created_at_ms: startMs,
  ...row,
});

export const anAnswer = (row: Partial<New<IdempotencyRow>> = {}): New<IdempotencyRow> => ({
  account_id: account,
  principal_id: account,
  idempotency_key: randomUUID(),
  operation: 'CreateKey',
  request_hash: '00',
  response: '{}',
  expires_at_ms: startMs,
  ...row,
});

export const aChange = (change: Partial<Change> = {}): Change => ({
  accountId: account,
  region,
  resourceType: 'key',
  resourceId: randomUUID(),
  kind: 'created',
  eventName: 'CreateKey',
  ...change,
});

export const keyArn = (keyId: string): string => `arn:aws:kms:${region}:${account}:key/${keyId}`;

export const aRecord = (record: Partial<AuditRecord> = {}): AuditRecord => ({
  eventVersion: '1.11',
  userIdentity: { type: 'Root', accountId: account },
  eventTime: new Date(startMs).toISOString().replace('.000Z', 'Z'),
  eventSource: 'kms.amazonaws.com',
  eventName: 'CreateKey',
  awsRegion: region,
  sourceIPAddress: '127.0.0.1',
  userAgent: 'test',
  requestParameters: null,
  responseElements: null,
  requestID: randomUUID(),
  eventID: randomUUID(),
  readOnly: false,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: account,
  eventCategory: 'Management',
  ...record,
});
