/** What counts as drift and what does not, case by case. */
import {
  account,
  alias,
  arnOf,
  brief,
  compare,
  declared,
  defaultPolicy,
  grant,
  type KeyChanges,
  keyId,
  keyState,
  runningKey,
  type StateResource,
  tag,
} from '../state.ts';

const regions = (primary: string, ...replicas: readonly string[]) => ({
  MultiRegionKeyType: 'PRIMARY' as const,
  PrimaryKey: { Arn: arnOf(keyId, primary), Region: primary },
  ReplicaKeys: replicas.map((Region) => ({ Arn: arnOf(keyId, Region), Region })),
});

const grantState = (values: StateResource['values'] = {}): StateResource => ({
  address: 'aws_kms_grant.bob',
  type: 'aws_kms_grant',
  values: {
    grant_id: 'a1',
    key_id: keyId,
    grantee_principal: `arn:aws:iam::${account}:user/bob`,
    operations: ['Decrypt', 'Encrypt'],
    region: 'us-east-1',
    ...values,
  },
});
const aliasState = (values: StateResource['values'] = {}): StateResource => ({
  address: 'aws_kms_alias.orders',
  type: 'aws_kms_alias',
  values: {
    arn: `arn:aws:kms:us-east-1:${account}:alias/orders`,
    name: 'alias/orders',
    target_key_id: keyId,
    target_key_arn: arnOf(keyId),
    region: 'us-east-1',
    ...values,
  },
});
const policyState = (policy: string): StateResource => ({
  address: 'aws_kms_key_policy.orders',
  type: 'aws_kms_key_policy',
  values: { id: keyId, key_id: arnOf(keyId), policy, region: 'us-east-1' },
});
const replicaState = (values: StateResource['values'] = {}): StateResource => ({
  address: 'aws_kms_replica_key.west',
  type: 'aws_kms_replica_key',
  values: {
    arn: arnOf(keyId, 'us-west-2'),
    description: null,
    enabled: true,
    key_id: keyId,
    key_rotation_enabled: false,
    policy: defaultPolicy,
    primary_key_arn: arnOf(keyId),
    region: 'us-west-2',
    tags_all: {},
    ...values,
  },
});

const otherPolicy = JSON.stringify({ ...JSON.parse(defaultPolicy), Id: 'other' });
const respelled = JSON.stringify({
  Statement: { Resource: ['*'], Action: ['kms:*'], Principal: { AWS: account }, Effect: 'Allow' },
  Version: '2012-10-17',
});

describe('these are not drift:', () => {
  const cases: readonly (readonly [string, StateResource['values'], KeyChanges])[] = [
    ['a key as declared', {}, {}],
    ['a policy with the same meaning in other words', { policy: respelled }, {}],
    ['a null description against an empty one', { description: null }, { KeyMetadata: { Description: '' } }],
    ['null tags against none', { tags_all: null }, {}],
    ['a policy that the state does not hold', { policy: null }, {}],
    ['an empty policy, which declares none', { policy: '' }, {}],
    ['a period declared for a rotation that is off', { rotation_period_in_days: 100 }, {}],
    [
      'a rotation whose period was left to the service',
      { enable_key_rotation: true },
      { RotationStatus: { KeyRotationEnabled: true, RotationPeriodInDays: 365 } },
    ],
    ['protection as declared', { deletion_protection: true }, { DeletionProtection: true }],
    ['no protection, declared or not', { deletion_protection: false }, { DeletionProtection: false }],
    ['an attribute that the state lacks', { is_enabled: undefined, enable_key_rotation: undefined }, {}],
    ['tags of AWS itself', {}, { Tags: [tag('aws:cloudformation:stack', 'x')] }],
    ['tags in another order', { tags_all: { b: '2', a: '' } }, { Tags: [tag('a', ''), tag('b', '2')] }],
  ];
  test.each(cases)('%s', (_, values, changes) => {
    expect(brief(compare(declared(keyState(values)), [runningKey(changes)]))).toEqual([]);
  });

  test('tags that ignore_tags hides', () => {
    const key = runningKey({ Tags: [tag('cost-center', '1'), tag('Owner', 'x')] });
    const options = { ignoresTag: (name: string) => name.startsWith('cost-') };
    const state = declared(keyState({ tags_all: { Owner: 'x' } }));
    expect(brief(compare(state, [key], options))).toEqual([]);
  });

  test("a key's older policy when an aws_kms_key_policy has it, of this state or another", () => {
    const key = runningKey({ Policy: otherPolicy });
    expect(brief(compare(declared(keyState(), policyState(otherPolicy)), [key]))).toEqual([]);
    expect(brief(compare([...declared(policyState(otherPolicy)), ...declared(keyState())], [key]))).toEqual([]);
  });

  test('a replica whose rotation follows its primary key', () => {
    const MultiRegionConfiguration = regions('us-east-1', 'us-west-2');
    const replica = runningKey({
      KeyMetadata: { Arn: arnOf(keyId, 'us-west-2'), Description: '', MultiRegionConfiguration },
      RotationStatus: { KeyRotationEnabled: true, RotationPeriodInDays: 365 },
    });
    const primary = runningKey({ KeyMetadata: { MultiRegionConfiguration } });
    expect(brief(compare(declared(keyState(), replicaState()), [primary, replica]))).toEqual([]);
  });

  test('aliases, by name and by prefix, and grants as declared', () => {
    const generated = 'alias/orders-20261122085113000000000001';
    const state = declared(
      keyState(),
      aliasState({ target_key_id: arnOf(keyId) }),
      { ...aliasState({ name: generated, name_prefix: 'alias/orders-' }), address: 'aws_kms_alias.generated' },
      grantState({ key_id: arnOf(keyId) }),
    );
    const key = runningKey({ Aliases: [alias('alias/orders'), alias(generated)], Grants: [grant()] });
    expect(brief(compare(state, [key]))).toEqual([]);
  });

  test('what another state declares on the same key, and a key in two states is reported once', () => {
    const key = runningKey({ Aliases: [alias('alias/orders')], Grants: [grant(), grant({ GrantId: 'b2' })] });
    const state = [...declared(keyState(), aliasState()), ...declared(keyState(), grantState())];
    expect(brief(compare(state, [key]))).toEqual([
      `${arnOf(keyId)}: grant unknown to Terraform (undefined → "grant of Decrypt, Encrypt to arn:aws:iam::${account}:user/bob on aws_kms_key.orders")`,
    ]);
  });

  test('a replica that Terraform destroyed and that waits for its deletion', () => {
    const MultiRegionConfiguration = regions('us-east-1', 'us-west-2');
    const primary = runningKey({ KeyMetadata: { MultiRegionConfiguration } });
    const replica = runningKey({
      KeyMetadata: { Arn: arnOf(keyId, 'us-west-2'), KeyState: 'PendingDeletion', MultiRegionConfiguration },
    });
    expect(brief(compare(declared(keyState()), [primary, replica]))).toEqual([]);
  });

  test('alias and grant on a key that waits for its deletion: they still exist', () => {
    const key = runningKey({
      KeyMetadata: { KeyState: 'PendingDeletion', Enabled: false },
      Aliases: [alias('alias/orders')],
      Grants: [grant()],
    });
    expect(brief(compare(declared(aliasState(), grantState()), [key]))).toEqual([]);
  });

  test('an object that Terraform is about to destroy, which is not unknown to Terraform either', () => {
    const state = declared(
      keyState(),
      { ...grantState(), deposed_key: 'd0d0d0d0' },
      { ...keyState({ key_id: 'gone', arn: arnOf('gone') }), address: 'aws_kms_key.old', deposed_key: 'd1d1d1d1' },
    );
    expect(brief(compare(state, [runningKey({ Grants: [grant()] })]))).toEqual([]);
  });
});

describe('these are drift:', () => {
  const cases: readonly (readonly [string, StateResource['values'], KeyChanges, readonly string[]])[] = [
    ['a disabled key', {}, { KeyMetadata: { Enabled: false } }, ['is_enabled changed (true → false)']],
    ['an enabled key', { is_enabled: false }, {}, ['is_enabled changed (false → true)']],
    [
      'another description',
      { description: null },
      { KeyMetadata: { Description: 'x' } },
      ['description changed ("" → "x")'],
    ],
    [
      'rotation switched on, reported once',
      { rotation_period_in_days: 100 },
      { RotationStatus: { KeyRotationEnabled: true, RotationPeriodInDays: 365 } },
      ['enable_key_rotation changed (false → true)'],
    ],
    [
      'rotation switched off',
      { enable_key_rotation: true, rotation_period_in_days: 100 },
      {},
      ['enable_key_rotation changed (true → false)'],
    ],
    [
      'protection lifted',
      { deletion_protection: true },
      { DeletionProtection: false },
      ['deletion_protection changed (true → false)'],
    ],
    [
      'protection that is not declared',
      { deletion_protection: null },
      { DeletionProtection: true },
      ['deletion_protection changed (false → true)'],
    ],
    [
      'another period',
      { enable_key_rotation: true, rotation_period_in_days: 100 },
      { RotationStatus: { KeyRotationEnabled: true, RotationPeriodInDays: 90 } },
      ['rotation_period_in_days changed (100 → 90)'],
    ],
    [
      'each tag changed, added and removed',
      { tags_all: { a: '1', b: '2', 'c "d"': '' } },
      { Tags: [tag('a', '9'), tag('b', '2'), tag('constructor', 'x')] },
      [
        'tags_all["a"] changed ("1" → "9")',
        'tags_all["c \\"d\\""] changed ("" → undefined)',
        'tags_all["constructor"] changed (undefined → "x")',
      ],
    ],
    [
      'another policy',
      {},
      { Policy: otherPolicy },
      [`policy changed (${JSON.stringify(defaultPolicy)} → ${JSON.stringify(otherPolicy)})`],
    ],
    [
      'a key that waits for its deletion, whatever else changed on it',
      { description: 'x' },
      { KeyMetadata: { KeyState: 'PendingDeletion', Enabled: false, DeletionDate: 1_800_000_000 } },
      ['key missing (undefined → "PendingDeletion")'],
    ],
    [
      'a primary key that waits for its replicas to be deleted',
      {},
      { KeyMetadata: { KeyState: 'PendingReplicaDeletion' } },
      ['key missing (undefined → "PendingReplicaDeletion")'],
    ],
  ];
  test.each(cases)('%s', (_, values, changes, expected) => {
    const found = brief(compare(declared(keyState(values)), [runningKey(changes)]));
    expect(found).toEqual(expected.map((part) => `aws_kms_key.orders: ${part}`));
  });

  test('a key that is gone, with its grant, its alias and its policy', () => {
    const state = declared(keyState(), grantState(), aliasState(), policyState(otherPolicy));
    expect(brief(compare(state, [])).map((line) => line.replace(/ \(.*/, ''))).toEqual([
      'aws_kms_key.orders: key missing',
      'aws_kms_grant.bob: grant missing',
      'aws_kms_alias.orders: alias missing',
      'aws_kms_key_policy.orders: key missing',
    ]);
  });

  test('the policy of a key that aws_kms_key_policy declares, reported there', () => {
    const found = compare(declared(keyState(), policyState(otherPolicy)), [runningKey()]);
    expect(found).toMatchObject([
      { address: 'aws_kms_key_policy.orders', attribute: 'policy', details: ['Id: declared "other", actual ""'] },
    ]);
  });

  test('an alias that points elsewhere, which is not unknown to Terraform there', () => {
    const other = runningKey({
      KeyMetadata: { KeyId: 'other', Arn: arnOf('other') },
      Aliases: [alias('alias/orders'), alias('alias/new')],
    });
    const state = declared(
      keyState(),
      { ...keyState({ key_id: 'other', arn: arnOf('other') }), address: 'aws_kms_key.other' },
      aliasState(),
    );
    expect(brief(compare(state, [runningKey(), other]))).toEqual([
      `aws_kms_alias.orders: target_key_id changed ("${keyId}" → "other")`,
      `arn:aws:kms:us-east-1:${account}:alias/new: alias unknown to Terraform (undefined → "alias/new → aws_kms_key.other")`,
    ]);
  });

  test('a grant to a service, by the service’s name', () => {
    const SourceArn = `arn:aws:dynamodb:us-east-1:${account}:table/orders`;
    const service = 'dynamodb.amazonaws.com';
    const { GranteePrincipal: _, ...rest } = grant();
    const key = runningKey({ Grants: [{ ...rest, GranteeServicePrincipal: service, Constraints: { SourceArn } }] });
    expect(compare(declared(keyState()), [key])).toMatchObject([
      {
        actual: `grant of Decrypt, Encrypt to ${service} with {"SourceArn":"${SourceArn}"} on aws_kms_key.orders`,
      },
    ]);
    const state = grantState({ grantee_principal: '', grantee_service_principal: service });
    expect(compare(declared(keyState(), state), [runningKey()])).toMatchObject([
      { what: 'missing', declared: { grantee_principal: service, operations: ['Decrypt', 'Encrypt'] } },
    ]);
  });

  test('a grant made by hand, with its name and constraints', () => {
    const Constraints = { EncryptionContextSubset: { Department: 'finance' } };
    const key = runningKey({ Grants: [grant({ GrantId: 'b2', Name: 'night', Constraints })] });
    expect(compare(declared(keyState()), [key])).toEqual([
      {
        region: 'us-east-1',
        resourceArn: arnOf(keyId),
        what: 'unknown to Terraform',
        attribute: 'grant',
        actual: `grant "night" of Decrypt, Encrypt to arn:aws:iam::${account}:user/bob with {"EncryptionContextSubset":{"Department":"finance"}} on aws_kms_key.orders`,
        grantId: 'b2',
      },
    ]);
  });

  test('a replica that is not in a state, but not one that is in a state', () => {
    const MultiRegionConfiguration = regions('us-east-1', 'us-west-2', 'eu-west-1');
    const keys = ['us-east-1', 'us-west-2', 'eu-west-1'].map((region) =>
      runningKey({
        KeyMetadata: {
          Arn: arnOf(keyId, region),
          Description: region === 'us-east-1' ? 'orders' : '',
          MultiRegionConfiguration,
        },
      }),
    );
    expect(compare(declared(keyState(), replicaState()), keys)).toEqual([
      {
        region: 'eu-west-1',
        resourceArn: arnOf(keyId, 'eu-west-1'),
        what: 'unknown to Terraform',
        attribute: 'replica',
        actual: 'replica in eu-west-1 of aws_kms_key.orders',
        keyArn: arnOf(keyId),
      },
    ]);
  });

  test('a primary key that was moved, on the key and on its replica', () => {
    const MultiRegionConfiguration = regions('us-west-2', 'us-east-1');
    const keys = ['us-east-1', 'us-west-2'].map((region) =>
      runningKey({ KeyMetadata: { Arn: arnOf(keyId, region), MultiRegionConfiguration } }),
    );
    expect(brief(compare(declared(keyState(), replicaState({ description: 'orders' })), keys))).toEqual([
      'aws_kms_key.orders: primary_region changed ("us-east-1" → "us-west-2")',
      `aws_kms_replica_key.west: primary_key_arn changed ("${arnOf(keyId)}" → "${arnOf(keyId, 'us-west-2')}")`,
    ]);
  });

  test('a difference in a sensitive attribute, marked so that neither value is shown', () => {
    const state = declared(keyState({}, { sensitive_values: { description: true, tags_all: {} } }));
    const key = runningKey({ KeyMetadata: { Description: 'x' }, Tags: [tag('a', '1')] });
    expect(compare(state, [key])).toMatchObject([
      { attribute: 'description', isSensitive: true },
      { attribute: 'tags_all["a"]', actual: '1' },
    ]);
  });
});

describe('drift of a key with imported material', () => {
  const valid_to = '2027-01-01T02:00:00+02:00';
  const ValidTo = Date.UTC(2027, 0, 1) / 1000;
  const externalState = (values: StateResource['values'] = {}): StateResource => {
    const { key_id: _, is_enabled: __, ...rest } = keyState().values;
    return {
      address: 'aws_kms_external_key.orders',
      type: 'aws_kms_external_key',
      values: { ...rest, enabled: true, ...values },
    };
  };

  test('is not found while the key is as declared, in all its Regions', () => {
    const everywhere = { ...regions('us-east-1', 'us-west-2') };
    const keys = [
      runningKey({ KeyMetadata: { ValidTo, MultiRegionConfiguration: everywhere } }),
      runningKey({
        KeyMetadata: {
          Arn: arnOf(keyId, 'us-west-2'),
          MultiRegionConfiguration: { ...everywhere, MultiRegionKeyType: 'REPLICA' },
        },
      }),
    ];
    const { values } = replicaState({ description: 'orders' });
    const replica = { address: 'aws_kms_replica_external_key.west', type: 'aws_kms_replica_external_key', values };
    expect(brief(compare(declared(externalState({ valid_to }), replica), keys))).toEqual([]);
  });

  test('is another expiry, and one that nobody declared', () => {
    const later = runningKey({ KeyMetadata: { ValidTo: ValidTo + 60 } });
    expect(brief(compare(declared(externalState({ valid_to })), [later]))).toEqual([
      `aws_kms_external_key.orders: valid_to changed ("${valid_to}" → "2027-01-01T00:01:00.000Z")`,
    ]);
    expect(brief(compare(declared(externalState({ valid_to })), [runningKey()]))).toEqual([
      `aws_kms_external_key.orders: valid_to changed ("${valid_to}" → undefined)`,
    ]);
    expect(brief(compare(declared(externalState()), [runningKey({ KeyMetadata: { ValidTo } })]))).toEqual([
      'aws_kms_external_key.orders: valid_to changed (undefined → "2027-01-01T00:00:00.000Z")',
    ]);
  });

  test('is reported once where the material is gone: the key is not enabled', () => {
    const gone = runningKey({ KeyMetadata: { Enabled: false, KeyState: 'PendingImport' } });
    expect(brief(compare(declared(externalState({ valid_to })), [gone]))).toEqual([
      'aws_kms_external_key.orders: enabled changed (true → false)',
    ]);
  });

  test('is a grant that was made by hand', () => {
    expect(brief(compare(declared(externalState()), [runningKey({ Grants: [grant()] })]))).toHaveLength(1);
  });
});

test('a difference of a resource that a program declares names its construct', () => {
  const found = compare(declared(keyState({ construct_path: 'app/Keys/Orders' })), [
    runningKey({ KeyMetadata: { Description: 'by hand' } }),
  ]);
  expect(found).toMatchObject([{ attribute: 'description', constructPath: 'app/Keys/Orders' }]);
});
