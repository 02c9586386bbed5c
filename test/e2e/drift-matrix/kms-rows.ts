/** The types of keys, aliases and grants. */
import { asked, type Change, fixed, follows, given, type Hand, type Row, stateOnly, type TypeRows } from './row.ts';

const keyPolicy = (sid: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Root',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111122223333:root' },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Sid: sid,
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111122223333:user/bob' },
        Action: `kms:${sid}`,
        Resource: '*',
      },
    ],
  });
const sids = ['Sign', 'Decrypt', 'Encrypt', 'Verify'];

type By = (hand: Hand, keyId: string, round: number, region?: string) => Promise<unknown>;

const putPolicy: By = (hand, KeyId, round, region) =>
  hand.call('PutKeyPolicy', { KeyId, Policy: keyPolicy(sids[round] ?? '') }, region);
const describe: By = (hand, KeyId, round, region) =>
  hand.call('UpdateKeyDescription', { KeyId, Description: `by hand ${round}` }, region);
const tag =
  (TagKey: string): By =>
  (hand, KeyId, round, region) =>
    hand.call('TagResource', { KeyId, Tags: [{ TagKey, TagValue: `by hand ${round}` }] }, region);

/** The rows that every type of key has. */
function keyRows(enabled: 'enabled' | 'is_enabled', region?: string): Readonly<Record<string, Row>> {
  const on = (by: By, more: Partial<Change> = {}): Change => ({
    by: (hand, { arn = '' }, round) => by(hand, arn, round, region),
    ...more,
  });
  return {
    arn: given,
    bypass_policy_lockout_safety_check: asked,
    construct_path: stateOnly,
    deletion_protection: on((hand, KeyId) => hand.call('UnprotectKey', { KeyId }, region), {
      code: 'deletion_protection = each.key == "deletion_protection" ? true : null',
    }),
    deletion_window_in_days: asked,
    description: on(describe, { code: 'description = each.key == "description" ? "declared" : null' }),
    [enabled]: on((hand, KeyId) => hand.call('DisableKey', { KeyId }, region)),
    id: given,
    key_usage: fixed,
    policy: on(putPolicy, {
      code: `policy = each.key == "policy" ? ${JSON.stringify(keyPolicy('GenerateMac'))} : null`,
    }),
    region: fixed,
    tags: on(tag('Team'), {
      reported: 'tags_all["Team"]',
      code: 'tags = each.key == "tags" ? { Team = "declared" } : each.key == "tag removed" ? { Gone = "soon" } : null',
    }),
    tags_all: on(tag('Owner'), { reported: 'tags_all["Owner"]' }),
    'tag added': on(tag('New'), { reported: 'tags_all["New"]' }),
    'tag removed': on((hand, KeyId) => hand.call('UntagResource', { KeyId, TagKeys: ['Gone'] }, region), {
      reported: 'tags_all["Gone"]',
    }),
    'policy left open': on(putPolicy, { reported: 'policy' }),
    'the key': on((hand, KeyId) => hand.call('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 }, region), {
      reported: 'key',
      whole: true,
    }),
    'alias added': on(
      (hand, TargetKeyId, round) =>
        hand.call(
          'CreateAlias',
          { AliasName: `alias/by-hand-${TargetKeyId.slice(-36)}-${round}`, TargetKeyId },
          region,
        ),
      { reported: 'alias', whole: true },
    ),
    'grant added': on(
      (hand, KeyId) =>
        hand.call(
          'CreateGrant',
          { KeyId, GranteePrincipal: 'arn:aws:iam::111122223333:user/bob', Operations: ['Encrypt'] },
          region,
        ),
      { reported: 'grant', whole: true },
    ),
  };
}

/** Whole seconds, as the service keeps them. */
const inDays = (days: number): Date => new Date((Math.floor(Date.now() / 1000) + days * 86_400) * 1000);

const imported = (region?: string): Readonly<Record<string, Row>> => ({
  expiration_model: follows('valid_to'),
  key_material_base64: asked,
  key_material_base64_wo: asked,
  key_material_base64_wo_version: asked,
  key_state: follows('enabled'),
  valid_to: {
    by: (hand, { arn = '' }, round) => hand.importMaterial(arn, inDays(100 + round), region),
    code: `valid_to = each.key == "valid_to" ? "${inDays(300).toISOString()}" : null`,
    whole: true,
  },
  'key material deleted': {
    by: (hand, { arn = '' }) => hand.call('DeleteImportedKeyMaterial', { KeyId: arn }, region),
    reported: 'enabled',
    whole: true,
  },
});

const REPLICAS = 'eu-west-1';
const leavingReplica: Row = {
  reason: 'as of aws_kms_key; an apply could not make it again before it is gone',
};
/** Of every key with imported material: a replica takes the same. */
export const MATERIAL = Buffer.alloc(32, 7).toString('base64');

export const kmsRows: Readonly<Record<string, TypeRows>> = {
  aws_kms_key: {
    body: `
  enable_key_rotation     = contains(["enable_key_rotation", "rotation_period_in_days"], each.key)
  rotation_period_in_days = each.key == "rotation_period_in_days" ? 180 : null`,
    rows: {
      ...keyRows('is_enabled'),
      adopt_pending_deletion: asked,
      custom_key_store_id: fixed,
      customer_master_key_spec: fixed,
      enable_key_rotation: { by: (hand, { arn = '' }) => hand.call('DisableKeyRotation', { KeyId: arn }) },
      key_id: given,
      multi_region: fixed,
      rotation_period_in_days: {
        by: (hand, { arn = '' }, round) =>
          hand.call('EnableKeyRotation', { KeyId: arn, RotationPeriodInDays: 200 + round }),
      },
      rotation_triggers: stateOnly,
      xks_key_id: fixed,
      'timeouts.create': asked,
      'description left open': {
        by: (hand, { arn = '' }, round) => describe(hand, arn, round),
        reported: 'description',
      },
      'rotation left open': {
        by: (hand, { arn = '' }, round) =>
          hand.call('EnableKeyRotation', { KeyId: arn, RotationPeriodInDays: 100 + round }),
        reported: 'enable_key_rotation',
      },
    },
  },
  aws_kms_external_key: {
    body: `
  key_material_base64 = "${MATERIAL}"
  enabled             = true`,
    rows: {
      ...keyRows('enabled'),
      ...imported(),
      adopt_pending_deletion: asked,
      key_spec: fixed,
      multi_region: fixed,
    },
  },
  aws_kms_replica_key: {
    body: `
  region          = "${REPLICAS}"
  primary_key_arn = aws_kms_key.primary_of_aws_kms_replica_key[each.key].arn`,
    rows: {
      ...keyRows('enabled', REPLICAS),
      'the key': leavingReplica,
      key_id: given,
      key_rotation_enabled: { reason: 'the primary key has it, with a row of its own' },
      key_spec: fixed,
      primary_key_arn: { reason: 'a primary key that was moved stops every apply; drift.test.ts moves one' },
    },
  },
  aws_kms_replica_external_key: {
    body: `
  region              = "${REPLICAS}"
  primary_key_arn     = aws_kms_external_key.primary_of_aws_kms_replica_external_key[each.key].arn
  key_material_base64 = "${MATERIAL}"
  enabled             = true`,
    rows: {
      ...keyRows('enabled', REPLICAS),
      'the key': leavingReplica,
      ...imported(REPLICAS),
      key_id: given,
      primary_key_arn: { reason: 'moves as of aws_kms_replica_key, which has a row' },
    },
  },
  aws_kms_key_policy: {
    body: `
  key_id = aws_kms_key.governed[each.key].key_id
  policy = ${JSON.stringify(keyPolicy('GenerateMac'))}`,
    rows: {
      bypass_policy_lockout_safety_check: asked,
      id: given,
      key_id: fixed,
      policy: { by: (hand, { key_id: KeyId = '' }, round) => putPolicy(hand, KeyId, round) },
      region: fixed,
    },
  },
  aws_kms_alias: {
    body: `
  name          = "alias/\${replace(each.key, " ", "-")}"
  target_key_id = aws_kms_key.other["one"].key_id`,
    rows: {
      arn: given,
      id: given,
      name: fixed,
      name_prefix: fixed,
      region: fixed,
      target_key_arn: follows('target_key_id'),
      target_key_id: {
        by: async (hand, { name: AliasName = '' }, round) => {
          const { Aliases } = await hand.call('ListAliases', { Limit: 100 });
          const at = (name: string) => Aliases?.find((alias) => alias.AliasName === name)?.TargetKeyId ?? '';
          return hand.call('UpdateAlias', {
            AliasName,
            TargetKeyId: at(round % 2 === 0 ? 'alias/two' : 'alias/three'),
          });
        },
      },
      'the alias': {
        by: (hand, { name: AliasName = '' }) => hand.call('DeleteAlias', { AliasName }),
        reported: 'alias',
        whole: true,
      },
    },
  },
  aws_kms_grant: {
    body: `
  key_id            = aws_kms_key.other["two"].key_id
  grantee_principal = "arn:aws:iam::111122223333:user/bob"
  operations        = ["Decrypt"]`,
    rows: {
      ...Object.fromEntries(
        [
          ...[
            'grant_creation_tokens',
            'grant_token',
            'grantee_principal',
            'grantee_service_principal',
            'key_id',
            'name',
          ],
          ...['operations', 'region', 'retiring_principal', 'retiring_service_principal'],
          ...['encryption_context_equals', 'encryption_context_subset', 'source_arn'].map(
            (name) => `constraints.${name}`,
          ),
        ].map((name) => [name, fixed]),
      ),
      grant_id: given,
      id: given,
      retire_on_delete: asked,
      'the grant': {
        by: (hand, { grant_id: GrantId = '', key_id: KeyId = '' }) => hand.call('RevokeGrant', { KeyId, GrantId }),
        reported: 'grant',
        whole: true,
      },
    },
  },
};

const everyAttribute = (names: readonly string[], row: Row) => Object.fromEntries(names.map((name) => [name, row]));

/** Not in the configuration of the matrix. */
export const otherRows: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  aws_kms_ciphertext: everyAttribute(
    ['ciphertext_blob', 'context', 'id', 'key_id', 'plaintext', 'plaintext_wo', 'plaintext_wo_version', 'region'],
    stateOnly,
  ),
  kms_data_key_without_plaintext: everyAttribute(
    ['ciphertext_blob', 'id', 'keepers', 'key_id', 'key_spec', 'number_of_bytes', 'region'],
    stateOnly,
  ),
  aws_kms_custom_key_store: {
    ...everyAttribute(['id'], given),
    ...everyAttribute(
      [
        'cloud_hsm_cluster_id',
        'custom_key_store_type',
        'region',
        'trust_anchor_certificate',
        'xks_proxy_vpc_endpoint_service_name',
      ],
      fixed,
    ),
    ...everyAttribute(
      [
        'key_store_password',
        'key_store_password_wo',
        'key_store_password_wo_version',
        'timeouts.create',
        'timeouts.delete',
        'timeouts.update',
      ],
      asked,
    ),
    ...everyAttribute(
      [
        ...[
          'access_key_id',
          'raw_secret_access_key',
          'raw_secret_access_key_wo',
          'raw_secret_access_key_wo_version',
        ].map((name) => `xks_proxy_authentication_credential.${name}`),
        ...['custom_key_store_name', 'xks_proxy_connectivity', 'xks_proxy_uri_endpoint', 'xks_proxy_uri_path'],
      ],
      { reason: 'needs a token or a proxy behind it; a change is in the change log, as of every other object' },
    ),
  },
};
