import { aKey } from '../../support/a-key.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const openPolicy = (principal: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'kms:*', Resource: '*' }],
  });

test('a key is by default enabled, symmetric, single-Region and without description', async () => {
  const key = await aKey(controlPlane);
  expect(key).toMatchObject({
    Enabled: true,
    KeyState: 'Enabled',
    KeySpec: 'SYMMETRIC_DEFAULT',
    KeyUsage: 'ENCRYPT_DECRYPT',
    Origin: 'AWS_KMS',
    MultiRegion: false,
    Description: '',
    CreationDate: new Date(controlPlane.clock.now()),
    CurrentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(key.KeyId).toMatch(/^[0-9a-f]{8}-/);
  const described = await controlPlane.perform('DescribeKey', { KeyId: key.KeyId });
  expect(described.KeyMetadata).toEqual(key);
});

test('the record of CreateKey contains the metadata and names the new key', async () => {
  const key = await aKey(controlPlane, { Description: 'recorded' });
  const [event] = await controlPlane.events('CreateKey');
  expect(event).toMatchObject({
    responseElements: {
      keyMetadata: { keyId: key.KeyId, description: 'recorded', creationDate: 'Jan 1, 2026, 12:00:00 PM' },
    },
    resources: [{ accountId: '111122223333', type: 'AWS::KMS::Key', ARN: key.Arn }],
  });
});

test('without a policy a key has the default one', async () => {
  const key = await aKey(controlPlane);
  const { Policy } = await controlPlane.perform('GetKeyPolicy', { KeyId: key.KeyId });
  expect(JSON.parse(Policy ?? '')).toMatchObject({ Id: 'key-default-1' });
});

describe('CreateKey refuses', () => {
  test.each([
    [
      { KeySpec: 'SYMMETRIC_DEFAULT', CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT' },
      'ValidationException: You cannot specify KeySpec and CustomerMasterKeySpec',
    ],
    [{ KeySpec: 'RSA_2048' }, 'ValidationException: You must specify a KeyUsage value'],
    [
      { KeySpec: 'HMAC_256', KeyUsage: 'SIGN_VERIFY' },
      'ValidationException: KeyUsage SIGN_VERIFY is not compatible with KeySpec HMAC_256',
    ],
    [
      { KeyUsage: 'SIGN_VERIFY' },
      'ValidationException: KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT',
    ],
    [
      { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE', Origin: 'EXTERNAL' },
      'UnsupportedOperationException: KeySpec ML_KEM_512 is not compatible with Origin EXTERNAL.',
    ],
    [
      { KeySpec: 'ML_DSA_65', KeyUsage: 'SIGN_VERIFY', Origin: 'EXTERNAL' },
      'UnsupportedOperationException: KeySpec ML_DSA_65 is not compatible with Origin EXTERNAL.',
    ],
    [{ Origin: 'AWS_CLOUDHSM' }, 'ValidationException: Origin AWS_CLOUDHSM needs a CustomKeyStoreId.'],
    [{ CustomKeyStoreId: 'cks-1234567890abcdef0' }, 'ValidationException: CustomKeyStoreId does not fit'],
    [{ CustomKeyStoreId: 'cks-1234567890abcdef0', Origin: 'AWS_CLOUDHSM' }, 'CustomKeyStoreNotFoundException'],
    [
      { CustomKeyStoreId: 'cks-1234567890abcdef0', Origin: 'AWS_CLOUDHSM', MultiRegion: true },
      'UnsupportedOperationException',
    ],
    [{ XksKeyId: 'key1' }, 'ValidationException: XksKeyId is required for Origin EXTERNAL_KEY_STORE'],
    [{ Tags: [{ TagKey: 'aws:x', TagValue: '' }] }, 'TagException: Tags beginning with aws: are reserved'],
    [{ Policy: '{"Version":' }, 'MalformedPolicyDocumentException'],
    [
      { Policy: openPolicy('arn:aws:iam::444455556666:root') },
      'MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future.',
    ],
  ] as const)('%j', async (input, expected) => {
    expect(await controlPlane.refusal('CreateKey', input)).toContain(expected);
  });

  test('and leaves nothing behind', async () => {
    const before = await controlPlane.store.countKeys('111122223333', 'eu-west-1', 1000);
    await controlPlane.refusal('CreateKey', { Policy: '[]' });
    expect(await controlPlane.store.countKeys('111122223333', 'eu-west-1', 1000)).toBe(before);
  });
});

test('a policy that locks out the caller is accepted when the check is bypassed', async () => {
  const user = await controlPlane.user('keeper');
  const Policy = openPolicy(user.principal.arn);
  expect(await controlPlane.refusal('CreateKey', { Policy })).toContain('MalformedPolicyDocumentException');
  await aKey(controlPlane, { Policy, BypassPolicyLockoutSafetyCheck: true });
});

test('disabling and enabling is idempotent, and an unchanged key keeps its revision', async () => {
  const { KeyId } = await aKey(controlPlane);
  const revision = async () => (await controlPlane.perform('GetKeyConfiguration', { KeyId })).Revision;
  const atFirst = await revision();
  await controlPlane.perform('EnableKey', { KeyId });
  expect(await revision()).toBe(atFirst);
  await controlPlane.perform('DisableKey', { KeyId });
  await controlPlane.perform('DisableKey', { KeyId });
  expect(await revision()).toBe(atFirst + 1);
  expect((await controlPlane.perform('DescribeKey', { KeyId })).KeyMetadata).toMatchObject({
    KeyState: 'Disabled',
    Enabled: false,
  });
  await controlPlane.perform('EnableKey', { KeyId });
  expect((await controlPlane.perform('DescribeKey', { KeyId })).KeyMetadata).toMatchObject({ KeyState: 'Enabled' });
});

test('a description can be replaced and emptied', async () => {
  const { KeyId } = await aKey(controlPlane, { Description: 'one' });
  await controlPlane.perform('UpdateKeyDescription', { KeyId, Description: 'two' });
  expect((await controlPlane.perform('DescribeKey', { KeyId })).KeyMetadata?.Description).toBe('two');
  await controlPlane.perform('UpdateKeyDescription', { KeyId, Description: '' });
  expect((await controlPlane.perform('DescribeKey', { KeyId })).KeyMetadata?.Description).toBe('');
});

test('the pages together are the whole list, each key once', async () => {
  await Promise.all(Array.from({ length: 5 }, () => aKey(controlPlane)));
  const whole = (await controlPlane.perform('ListKeys', { Limit: 1000 })).Keys ?? [];
  const collected: unknown[] = [];
  let Marker: string | undefined;
  do {
    const page = await controlPlane.perform('ListKeys', { Limit: 2, Marker });
    expect(page.Keys?.length).toBeLessThanOrEqual(2);
    expect(page.Truncated).toBe(page.NextMarker !== undefined);
    collected.push(...(page.Keys ?? []));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  expect(collected).toEqual(whole);
});

describe('ListKeys by ResourceOwners', () => {
  const owners = (...ResourceOwners: ('SELF' | 'OTHER_ACCOUNTS_VIA_RAM')[]) => ({ Limit: 1000, ResourceOwners });

  test('lists the account’s own keys, for the account itself, alone or with others', async () => {
    await aKey(controlPlane);
    const own = await controlPlane.perform('ListKeys', { Limit: 1000 });
    expect(own.Keys).not.toEqual([]);
    for (const both of [
      owners('SELF'),
      owners('SELF', 'OTHER_ACCOUNTS_VIA_RAM'),
      owners('OTHER_ACCOUNTS_VIA_RAM', 'SELF'),
    ])
      expect(await controlPlane.perform('ListKeys', both)).toEqual(own);
  });

  test('lists no own key for other accounts, and nothing is shared by them', async () => {
    await aKey(controlPlane);
    const shared = owners('OTHER_ACCOUNTS_VIA_RAM');
    expect(await controlPlane.perform('ListKeys', shared)).toEqual({ Keys: [], Truncated: false });
    await aKey(controlPlane);
    const { NextMarker: Marker } = await controlPlane.perform('ListKeys', { Limit: 1 });
    expect(await controlPlane.refusal('ListKeys', { ...shared, Marker })).toContain('InvalidMarkerException');
  });

  test.each([
    ['another owner', ['BOGUS']],
    ['another owner beside a good one', ['SELF', 'BOGUS']],
    ['no owner', []],
    ['three owners', ['SELF', 'SELF', 'OTHER_ACCOUNTS_VIA_RAM']],
  ])('is refused for %s', async (_what, ResourceOwners) => {
    expect(await controlPlane.refusal('ListKeys', { ResourceOwners } as never)).toMatch(
      /^ValidationException: 1 validation error detected: Value '\[.*\]' at 'resourceOwners' failed to satisfy constraint/,
    );
  });

  test('needs no other permission than a list of own keys', async () => {
    const user = await controlPlane.user('lister');
    const refusal = await controlPlane.refusal('ListKeys', owners('OTHER_ACCOUNTS_VIA_RAM'), { as: user });
    expect(refusal).toMatch(/not authorized to perform: kms:ListKeys/);
  });
});

test('a marker that we did not issue for this list is refused', async () => {
  const { KeyId } = await aKey(controlPlane);
  expect(await controlPlane.refusal('ListKeys', { Marker: 'bm8' })).toContain('InvalidMarkerException');
  await aKey(controlPlane);
  const { NextMarker } = await controlPlane.perform('ListKeys', { Limit: 1 });
  expect(await controlPlane.refusal('ListAliases', { Marker: NextMarker })).toContain('InvalidMarkerException');
  expect(await controlPlane.refusal('ListResourceTags', { KeyId, Marker: NextMarker })).toContain(
    'InvalidMarkerException',
  );
  expect(await controlPlane.refusal('ListKeys', { Marker: NextMarker }, { region: 'us-east-1' })).toContain(
    'InvalidMarkerException',
  );
});

test('a key of another Region does not exist here', async () => {
  const { KeyId, Arn } = await aKey(controlPlane);
  expect(await controlPlane.refusal('DescribeKey', { KeyId }, { region: 'us-east-1' })).toBe(
    `NotFoundException: Key 'arn:aws:kms:us-east-1:111122223333:key/${KeyId}' does not exist`,
  );
  expect(await controlPlane.refusal('DescribeKey', { KeyId: Arn }, { region: 'us-east-1' })).toContain(
    'NotFoundException',
  );
});

test('a create with an idempotency key is done once', async () => {
  const options = { idempotencyKey: 'once' };
  const first = await controlPlane.perform('CreateKey', { Description: 'once' }, options);
  const again = await controlPlane.perform('CreateKey', { Description: 'once' }, options);
  expect(again.KeyMetadata?.KeyId).toBe(first.KeyMetadata?.KeyId);
});

test('GetKeyConfiguration returns everything about a key', async () => {
  const { KeyId } = await aKey(controlPlane, {
    Tags: [
      { TagKey: 'b', TagValue: '2' },
      { TagKey: 'a', TagValue: '1' },
    ],
  });
  await controlPlane.perform('CreateAlias', { AliasName: 'alias/whole', TargetKeyId: KeyId });
  await controlPlane.perform('EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 });
  const grantee = await controlPlane.user('whole');
  await controlPlane.perform('CreateGrant', {
    KeyId,
    GranteePrincipal: grantee.principal.arn,
    Operations: ['Decrypt'],
  });
  expect(await controlPlane.perform('GetKeyConfiguration', { KeyId: 'alias/whole' })).toMatchObject({
    KeyMetadata: { KeyId },
    Policy: expect.stringContaining('key-default-1'),
    Tags: [
      { TagKey: 'a', TagValue: '1' },
      { TagKey: 'b', TagValue: '2' },
    ],
    RotationStatus: { KeyRotationEnabled: true, RotationPeriodInDays: 90 },
    Aliases: [{ AliasName: 'alias/whole', TargetKeyId: KeyId }],
    Grants: [{ GranteePrincipal: grantee.principal.arn, Operations: ['Decrypt'] }],
  });
});
