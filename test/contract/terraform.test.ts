import * as actions from '@keystead/provider-schema/actions/index.ts';
import * as dataSources from '@keystead/provider-schema/data-sources/index.ts';
import * as ephemeralResources from '@keystead/provider-schema/ephemeral-resources/index.ts';
import * as listResources from '@keystead/provider-schema/list-resources/index.ts';
import { providerRecord } from '@keystead/provider-schema/provider.ts';
import * as resources from '@keystead/provider-schema/resources/index.ts';
import type {
  AttributeRecord,
  AttributeType,
  BlockRecord,
  TerraformRecord,
} from '@keystead/provider-schema/terraform.ts';

/**
 * The upstream provider's attributes, repeated by hand: name, type, and R required, O optional, C computed,
 * F forces replacement, S sensitive. Optional attributes with a default are computed here, because only the older SDK
 * can plan a value for an attribute that is not.
 */
const upstream: Readonly<Record<string, string>> = {
  aws_kms_key: `
    arn string C; bypass_policy_lockout_safety_check bool OC; custom_key_store_id string OF;
    customer_master_key_spec string OCF; deletion_window_in_days number O; description string OC;
    enable_key_rotation bool OC; id string OC; is_enabled bool OC; key_id string C; key_usage string OCF;
    multi_region bool OCF; policy string OC; region string OCF; rotation_period_in_days number OC; tags map(string) O;
    tags_all map(string) OC; xks_key_id string OF`,
  aws_kms_alias: `
    arn string C; id string OC; name string OCF; name_prefix string OCF; region string OCF; target_key_arn string C;
    target_key_id string R`,
  aws_kms_ciphertext: `
    ciphertext_blob string C; context map(string) OF; id string OC; key_id string RF; plaintext string OFS;
    plaintext_wo string O; plaintext_wo_version string OF; region string OCF`,
  aws_kms_grant: `
    grant_creation_tokens set(string) OF; grant_id string C; grant_token string CS; grantee_principal string OF;
    id string OC; key_id string RF; name string OF; operations set(string) RF; region string OCF;
    retire_on_delete bool OCF; retiring_principal string OF`,
  aws_kms_replica_key: `
    arn string C; bypass_policy_lockout_safety_check bool OC; deletion_window_in_days number OC; description string O;
    enabled bool OC; id string OC; key_id string C; key_rotation_enabled bool C; key_spec string C; key_usage string C;
    policy string OC; primary_key_arn string RF; region string OCF; tags map(string) O; tags_all map(string) OC`,
  aws_kms_custom_key_store: `
    cloud_hsm_cluster_id string OF; custom_key_store_name string R; custom_key_store_type string OCF; id string OC;
    key_store_password string OS; region string OCF; trust_anchor_certificate string OF; xks_proxy_connectivity string O;
    xks_proxy_uri_endpoint string O; xks_proxy_uri_path string O; xks_proxy_vpc_endpoint_service_name string O`,
  aws_kms_external_key: `
    arn string C; bypass_policy_lockout_safety_check bool OC; deletion_window_in_days number OC; description string O;
    enabled bool OC; expiration_model string C; id string OC; key_material_base64 string OFS; key_spec string OCF;
    key_state string C; key_usage string OCF; multi_region bool OCF; policy string OC; region string OCF;
    tags map(string) O; tags_all map(string) OC; valid_to string O`,
  aws_kms_replica_external_key: `
    arn string C; bypass_policy_lockout_safety_check bool OC; deletion_window_in_days number OC; description string O;
    enabled bool OC; expiration_model string C; id string OC; key_id string C; key_material_base64 string OFS;
    key_state string C; key_usage string C; policy string OC; primary_key_arn string RF; region string OCF;
    tags map(string) O; tags_all map(string) OC; valid_to string O`,
  aws_kms_key_policy: `
    bypass_policy_lockout_safety_check bool OC; id string OC; key_id string RF; policy string R; region string OCF`,
  aws_iam_user: `
    arn string C; force_destroy bool OC; id string OC; name string R; path string OC; permissions_boundary string O;
    tags map(string) O; tags_all map(string) OC; unique_id string C`,
  aws_iam_role: `
    arn string C; assume_role_policy string R; create_date string C; description string O;
    force_detach_policies bool OC; id string OC; managed_policy_arns set(string) OC; max_session_duration number OC;
    name string OCF; name_prefix string OCF; path string OCF; permissions_boundary string O; tags map(string) O;
    tags_all map(string) OC; unique_id string C`,
  aws_iam_policy: `
    arn string C; attachment_count number C; description string OF; id string OC; name string OCF;
    name_prefix string OCF; path string OCF; policy string R; policy_id string C; tags map(string) O;
    tags_all map(string) OC`,
  aws_iam_user_policy: `
    id string OC; name string OCF; name_prefix string OCF; policy string R; user string RF`,
  aws_iam_role_policy: `
    id string OC; name string OCF; name_prefix string OCF; policy string R; role string RF`,
  aws_iam_group_policy: `
    group string RF; id string OC; name string OCF; name_prefix string OCF; policy string R`,
  aws_iam_user_policy_attachment: `id string OC; policy_arn string RF; user string RF`,
  aws_iam_role_policy_attachment: `id string OC; policy_arn string RF; role string RF`,
  aws_iam_group_policy_attachment: `group string RF; id string OC; policy_arn string RF`,
  aws_iam_policy_attachment: `
    groups set(string) O; id string OC; name string RF; policy_arn string RF; roles set(string) O; users set(string) O`,
  aws_iam_group: `arn string C; id string OC; name string R; path string OC; unique_id string C`,
  aws_iam_group_membership: `group string RF; id string OC; name string RF; users set(string) R`,
  aws_iam_access_key: `
    create_date string C; encrypted_secret string C; encrypted_ses_smtp_password_v4 string C; id string OC;
    key_fingerprint string C; pgp_key string OF; secret string CS; ses_smtp_password_v4 string CS; status string OC;
    user string RF`,
  aws_iam_openid_connect_provider: `
    arn string C; client_id_list set(string) R; id string OC; tags map(string) O; tags_all map(string) OC;
    thumbprint_list list(string) OC; url string RF`,
  aws_iam_service_linked_role: `
    arn string C; aws_service_name string RF; create_date string C; custom_suffix string OF; description string O;
    id string OC; name string C; path string C; tags map(string) O; tags_all map(string) OC; unique_id string C`,
};
/** Attributes that upstream does not have. */
const own: Readonly<Record<string, string>> = {
  aws_kms_key:
    'adopt_pending_deletion string O; construct_path string O; deletion_protection bool O; rotation_triggers map(string) O',
  aws_kms_replica_key: 'construct_path string O; deletion_protection bool O',
  // With the service in its place, grantee_principal is optional here, and required upstream.
  aws_kms_grant: 'grantee_service_principal string OF; retiring_service_principal string OF',
  // Secrets that leave no trace in a state.
  aws_kms_custom_key_store: 'key_store_password_wo string O; key_store_password_wo_version string O',
  aws_kms_external_key: `
    adopt_pending_deletion string O; construct_path string O; deletion_protection bool O;
    key_material_base64_wo string O; key_material_base64_wo_version string OF`,
  aws_kms_replica_external_key:
    'construct_path string O; deletion_protection bool O; key_material_base64_wo string O; key_material_base64_wo_version string OF',
};
const upstreamData: Readonly<Record<string, string>> = {
  aws_kms_key: `
    arn string C; aws_account_id string C; cloud_hsm_cluster_id string C; creation_date string C;
    custom_key_store_id string C; customer_master_key_spec string C; deletion_date string C; description string C;
    enabled bool C; expiration_model string C; grant_tokens list(string) O; id string OC; key_id string R;
    key_manager string C; key_spec string C; key_state string C; key_usage string C; multi_region bool C;
    multi_region_configuration list(object{multi_region_key_type:string,primary_key:list(object{arn:string,region:string}),replica_keys:list(object{arn:string,region:string})}) C;
    origin string C; pending_deletion_window_in_days number C; region string OC; valid_to string C;
    xks_key_configuration list(object{id:string}) C`,
  aws_kms_alias: `
    arn string C; id string OC; name string R; region string OC; target_key_arn string C; target_key_id string C`,
  aws_kms_custom_key_store: `
    cloud_hsm_cluster_id string C; connection_state string C; creation_date string C; custom_key_store_id string OC;
    custom_key_store_name string OC; id string OC; region string OC; trust_anchor_certificate string C`,
  aws_caller_identity: `account_id string C; arn string C; id string OC; user_id string C`,
  aws_iam_policy_document: `
    id string OC; json string C; minified_json string C; override_json string O;
    override_policy_documents list(string) O; policy_id string O; source_json string O;
    source_policy_documents list(string) O; version string O`,
  aws_region: `description string C; endpoint string OC; id string OC; name string OC; region string OC`,
  aws_partition: `dns_suffix string C; id string OC; partition string C; reverse_dns_prefix string C`,
  aws_arn: `
    account string C; arn string R; id string OC; partition string C; region string C; resource string C;
    service string C`,
  aws_iam_session_context: `
    arn string R; id string OC; issuer_arn string C; issuer_id string C; issuer_name string C; session_name string C`,
  aws_default_tags: `id string OC; tags map(string) C`,
  aws_service_principal: `id string C; name string C; region string OC; service_name string R; suffix string C`,
  aws_iam_account_alias: `account_alias string C; id string OC`,
  aws_iam_role: `
    arn string C; assume_role_policy string C; create_date string C; description string C; id string OC;
    max_session_duration number C; name string R; path string C; permissions_boundary string C;
    role_last_used list(object{last_used_date:string,region:string}) C; tags map(string) OC; unique_id string C`,
  aws_iam_policy: `
    arn string OC; attachment_count number C; description string C; id string OC; name string OC; path string C;
    path_prefix string O; policy string C; policy_id string C; tags map(string) OC`,
  aws_iam_user: `
    arn string C; id string OC; path string C; permissions_boundary string C; tags map(string) OC; user_id string C;
    user_name string R`,
  aws_kms_ciphertext: `
    ciphertext_blob string C; context map(string) O; id string OC; key_id string R; plaintext string RS;
    region string OC`,
  aws_kms_public_key: `
    arn string C; customer_master_key_spec string C; encryption_algorithms list(string) C; grant_tokens list(string) O;
    id string OC; key_id string R; key_usage string C; public_key string C; public_key_pem string C; region string OC;
    signing_algorithms list(string) C`,
  aws_kms_secret: `id string OC; region string OC`,
  aws_kms_secrets: `id string OC; plaintext map(string) CS; region string OC`,
  aws_kms_key_last_usage: `
    key_creation_date string C; key_id string R;
    key_last_usage list(object{cloud_trail_event_id:string,kms_request_id:string,operation:string,timestamp:string}) C;
    region string OC; tracking_start_date string C`,
};
/** Data sources that upstream does not have. */
const ownData: readonly string[] = ['aws_kms_aliases', 'aws_kms_keys'];

function typeText(type: AttributeType): string {
  if (typeof type === 'string') return type;
  if (type[0] !== 'object') return `${type[0]}(${typeText(type[1])})`;
  const members = Object.entries(type[1]).map(([name, member]) => `${name}:${typeText(member)}`);
  return `object{${members.join(',')}}`;
}

function attributeText([name, record]: readonly [string, AttributeRecord]): string {
  const flags = [
    record.required && 'R',
    record.optional && 'O',
    record.computed && 'C',
    record.forcesReplacement && 'F',
    record.sensitive && 'S',
  ];
  return `${name} ${typeText(record.type)} ${flags.filter(Boolean).join('')}`;
}

function written(text: string): readonly string[] {
  return text
    .split(';')
    .map((line) => line.trim())
    .sort();
}

const all: readonly TerraformRecord[] = [
  ...[resources, dataSources, ephemeralResources, listResources, actions].flatMap((kind) =>
    Object.values<TerraformRecord>(kind),
  ),
  providerRecord,
];

interface Level {
  readonly where: string;
  readonly attributes: Readonly<Record<string, AttributeRecord>>;
}

function levels(where: string, block: TerraformRecord | BlockRecord): readonly Level[] {
  const nested = Object.entries(block.blocks ?? {}).flatMap(([name, inner]) => levels(`${where}.${name}`, inner));
  return [{ where, attributes: block.attributes }, ...nested];
}

const everyLevel = all.flatMap((record) => levels(`${record.kind} ${record.type}`, record));
const everyAttribute = everyLevel.flatMap(({ where, attributes }) =>
  Object.entries(attributes).map(([name, record]) => ({ where: `${where}.${name}`, record, siblings: attributes })),
);

/** Names of attributes that say that upstream does not have them. */
function marked({ attributes }: TerraformRecord): readonly string[] {
  return Object.entries(attributes).flatMap(([name, { own }]) => (own ? [name] : []));
}

describe('resources and data sources', () => {
  // A resource that upstream does not have has no second source to be compared with.
  const fromUpstream = Object.values<TerraformRecord>(resources).filter(({ type }) => Object.hasOwn(upstream, type));

  test('are all of upstream that are named here', () => {
    expect(fromUpstream.map(({ type }) => type).sort()).toEqual(Object.keys(upstream).sort());
  });

  test.each(fromUpstream)('$type has the attributes of upstream, and those that we add', ({ type, attributes }) => {
    const expected = [...written(upstream[type] ?? ''), ...written(own[type] ?? '')].filter((line) => line !== '');
    expect(Object.entries(attributes).map(attributeText).sort()).toEqual(expected.sort());
  });

  test('mark as own what upstream does not have', () => {
    for (const record of fromUpstream) {
      const names = written(own[record.type] ?? '').map((line) => line.replace(/ .*/, ''));
      expect([record.type, record.own, [...marked(record)].sort()]).toEqual([
        record.type,
        undefined,
        names.filter((name) => name !== '').sort(),
      ]);
    }
    const whole = (types: Readonly<Record<string, TerraformRecord>>) =>
      Object.entries(types).flatMap(([type, record]) => (record.own ? [type] : []));
    expect(whole(resources)).toEqual(Object.keys(resources).filter((type) => !Object.hasOwn(upstream, type)));
    expect(whole(dataSources)).toEqual([...ownData]);
    expect(whole(ephemeralResources)).toEqual(['aws_kms_data_key']);
    expect([whole(listResources), whole(actions)]).toEqual([[], ['aws_kms_rotate_key']]);
  });

  test.each(Object.entries(resources))('%s is exported under its type', (type, record) => {
    expect([record.type, record.kind]).toEqual([type, 'resource']);
  });

  const dataFromUpstream = Object.entries(dataSources).filter(([type]) => !ownData.includes(type));

  test('include all data sources of upstream that are named here, and our own', () => {
    expect(Object.keys(dataSources).sort()).toEqual([...Object.keys(upstreamData), ...ownData].sort());
  });

  test.each(dataFromUpstream)('data source %s has the attributes of upstream', (type, record) => {
    expect(Object.entries(record.attributes).map(attributeText).sort()).toEqual(written(upstreamData[type] ?? ''));
    expect(record.type).toBe(type);
    expect(record.kind).toBe('data-source');
  });

  test('have the nested blocks of upstream', () => {
    const blocks = fromUpstream.flatMap((record) =>
      Object.entries(record.blocks ?? {}).map(
        ([name, block]) => `${record.type}.${name} ${block.nesting} ${Object.keys(block.attributes).join()}`,
      ),
    );
    expect(blocks).toEqual([
      'aws_iam_role.inline_policy set name,policy',
      'aws_kms_custom_key_store.timeouts single create,delete,update',
      'aws_kms_custom_key_store.xks_proxy_authentication_credential list access_key_id,raw_secret_access_key,raw_secret_access_key_wo,raw_secret_access_key_wo_version',
      'aws_kms_grant.constraints set encryption_context_equals,encryption_context_subset,source_arn',
      'aws_kms_key.timeouts single create',
    ]);
    const ofData = Object.values<TerraformRecord>(dataSources).flatMap((record) =>
      levels(record.type, record)
        .slice(1)
        .map(({ where, attributes }) => `${where} ${Object.entries(attributes).map(attributeText).join('; ')}`),
    );
    expect(ofData).toEqual([
      'aws_iam_policy_document.statement actions set(string) O; effect string O; not_actions set(string) O; ' +
        'not_resources set(string) O; resources set(string) O; sid string O',
      'aws_iam_policy_document.statement.condition test string R; values list(string) R; variable string R',
      'aws_iam_policy_document.statement.not_principals identifiers set(string) R; type string R',
      'aws_iam_policy_document.statement.principals identifiers set(string) R; type string R',
      'aws_kms_secret.secret context map(string) O; grant_tokens list(string) O; name string R; payload string R',
      'aws_kms_secrets.secret context map(string) O; encryption_algorithm string O; grant_tokens list(string) O; ' +
        'key_id string O; name string R; payload string R',
    ]);
  });

  test('give the defaults of upstream', () => {
    const defaults = fromUpstream.flatMap((record) =>
      Object.entries(record.attributes)
        .filter(([, attribute]) => attribute.default !== undefined)
        .map(([name, attribute]) => `${record.type}.${name}=${attribute.default}`),
    );
    expect(defaults.sort()).toEqual([
      'aws_iam_access_key.status=Active',
      'aws_iam_group.path=/',
      'aws_iam_policy.path=/',
      'aws_iam_role.force_detach_policies=false',
      'aws_iam_role.max_session_duration=3600',
      'aws_iam_role.path=/',
      'aws_iam_user.force_destroy=false',
      'aws_iam_user.path=/',
      'aws_kms_custom_key_store.custom_key_store_type=AWS_CLOUDHSM',
      'aws_kms_external_key.bypass_policy_lockout_safety_check=false',
      'aws_kms_external_key.deletion_window_in_days=30',
      'aws_kms_external_key.key_usage=ENCRYPT_DECRYPT',
      'aws_kms_grant.retire_on_delete=false',
      'aws_kms_key.bypass_policy_lockout_safety_check=false',
      'aws_kms_key.customer_master_key_spec=SYMMETRIC_DEFAULT',
      'aws_kms_key.enable_key_rotation=false',
      'aws_kms_key.is_enabled=true',
      'aws_kms_key.key_usage=ENCRYPT_DECRYPT',
      'aws_kms_key_policy.bypass_policy_lockout_safety_check=false',
      'aws_kms_replica_external_key.bypass_policy_lockout_safety_check=false',
      'aws_kms_replica_external_key.deletion_window_in_days=30',
      'aws_kms_replica_key.bypass_policy_lockout_safety_check=false',
      'aws_kms_replica_key.deletion_window_in_days=30',
      'aws_kms_replica_key.enabled=true',
    ]);
  });

  test('can be imported, each with a readable form of import id', () => {
    const without = Object.values<TerraformRecord>(resources).filter(({ importId }) => !importId);
    // As upstream: what a ciphertext holds cannot be found out from the ciphertext.
    expect(without.map(({ type }) => type)).toEqual(['aws_kms_ciphertext']);
  });
});

describe('the provider block', () => {
  test('accepts every argument of upstream, versions 3 to 6, and three of its own, all optional', () => {
    const own = 'allow_plaintext_endpoint recent_use_days unsafe_changes';
    expect(marked(providerRecord).join(' ')).toBe(own);
    const names = [...Object.keys(providerRecord.attributes), ...Object.keys(providerRecord.blocks ?? {})];
    expect(names.sort()).toEqual(
      `access_key ${own} allowed_account_ids assume_role assume_role_with_web_identity custom_ca_bundle default_tags
       ec2_metadata_service_endpoint ec2_metadata_service_endpoint_mode endpoints forbidden_account_ids http_proxy
       https_proxy ignore_tags insecure max_retries no_proxy profile region retry_mode s3_force_path_style s3_us_east_1_regional_endpoint
       s3_use_path_style secret_key shared_config_files shared_credentials_file shared_credentials_files
       skip_credentials_validation skip_get_ec2_platforms skip_metadata_api_check skip_region_validation skip_requesting_account_id sts_region tag_policy_compliance token
       token_bucket_rate_limiter_capacity use_dualstack_endpoint use_fips_endpoint user_agent`
        .split(/\s+/)
        .sort(),
    );
    for (const { attributes } of levels('provider', providerRecord)) {
      for (const attribute of Object.values(attributes)) expect(attribute.optional).toBe(true);
    }
  });

  test('says what replaced the arguments that upstream removed', () => {
    const replaced = levels('provider', providerRecord).flatMap(({ attributes }) =>
      Object.entries(attributes).flatMap(([name, { deprecated }]) => (deprecated === undefined ? [] : [name])),
    );
    expect(replaced).toEqual([
      's3_force_path_style',
      'shared_credentials_file',
      'skip_get_ec2_platforms',
      'duration_seconds',
    ]);
  });

  test('takes the services of every version among the endpoints', () => {
    const services = Object.keys(providerRecord.blocks?.endpoints?.attributes ?? {});
    // Of all versions; of 3 alone; of 4 and 5; of 6.
    expect(services).toEqual(expect.arrayContaining(['kms', 'sts', 'iam', 'sso']));
    expect(services).toEqual(expect.arrayContaining(['worklink', 'sdb', 'opsworks', 'lookoutmetrics', 's3vectors']));
    expect(new Set(services).size).toBe(services.length);
  });

  test('accepts the metadata that modules send', () => {
    expect(Object.keys(providerRecord.meta ?? {})).toEqual(['user_agent']);
  });
});

describe('every attribute', () => {
  test.each(everyAttribute)(
    '$where has a source, and its flags do not contradict each other',
    ({ record, siblings }) => {
      expect(record.required || record.optional || record.computed).toBeTruthy();
      if (record.required) expect([record.optional, record.computed]).toEqual([undefined, undefined]);
      // Without the legacy type system a value can be planned for a null configuration only when it is computed.
      if (record.default !== undefined) expect([record.optional, record.computed]).toEqual([true, true]);
      if (record.stable) expect(record.computed).toBe(true);
      if (record.validators) expect(record.required ?? record.optional).toBe(true);
      // Upstream's are sensitive, too; see writeOnly in attributes.ts.
      if (record.writeOnly) expect([record.computed, record.sensitive]).toEqual([undefined, undefined]);
      if (record.refinement) expect(record.computed).toBe(true);
      const { conflictsWith = [], requiredWith = [], exactlyOneOf = [], writeOnlyVersion: version } = record;
      for (const other of [...conflictsWith, ...requiredWith, ...exactlyOneOf, ...(version ? [version] : [])]) {
        expect(Object.keys(siblings)).toContain(other);
      }
      expect(record.description).toMatch(/^\S.*\.$/);
    },
  );

  test.each(everyLevel)('$where has names that Terraform accepts', ({ attributes }) => {
    for (const name of Object.keys(attributes)) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
  });
});
