import { aKey } from '../../support/a-key.ts';
import { type House, openHouse } from '../../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());

const openPolicy = (principal: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'kms:*', Resource: '*' }],
  });

test('a key is born enabled, symmetric, single-Region and without description', async () => {
  const key = await aKey(house);
  expect(key).toMatchObject({
    Enabled: true,
    KeyState: 'Enabled',
    KeySpec: 'SYMMETRIC_DEFAULT',
    KeyUsage: 'ENCRYPT_DECRYPT',
    Origin: 'AWS_KMS',
    MultiRegion: false,
    Description: '',
    CreationDate: new Date(house.clock.now()),
    CurrentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(key.KeyId).toMatch(/^[0-9a-f]{8}-/);
  const described = await house.perform('DescribeKey', { KeyId: key.KeyId });
  expect(described.KeyMetadata).toEqual(key);
});

test('the record of CreateKey shows the metadata and names the new key', async () => {
  const key = await aKey(house, { Description: 'recorded' });
  const [event] = await house.events('CreateKey');
  expect(event).toMatchObject({
    responseElements: {
      keyMetadata: { keyId: key.KeyId, description: 'recorded', creationDate: 'Jan 1, 2026, 12:00:00 PM' },
    },
    resources: [{ accountId: '111122223333', type: 'AWS::KMS::Key', ARN: key.Arn }],
  });
});

test('without a policy a key has the default one', async () => {
  const key = await aKey(house);
  const { Policy } = await house.perform('GetKeyPolicy', { KeyId: key.KeyId });
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
    [{ XksKeyId: 'key1' }, 'ValidationException: XksKeyId goes with'],
    [{ Tags: [{ TagKey: 'aws:x', TagValue: '' }] }, 'TagException: Tags beginning with aws: are reserved'],
    [{ Policy: '{"Version":' }, 'MalformedPolicyDocumentException'],
    [
      { Policy: openPolicy('arn:aws:iam::444455556666:root') },
      'MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future.',
    ],
  ] as const)('%j', async (input, expected) => {
    expect(await house.refusal('CreateKey', input)).toContain(expected);
  });

  test('and leaves nothing behind', async () => {
    const before = await house.store.countKeys('111122223333', 'eu-west-1', 1000);
    await house.refusal('CreateKey', { Policy: '[]' });
    expect(await house.store.countKeys('111122223333', 'eu-west-1', 1000)).toBe(before);
  });
});

test('a policy that locks its caller out is accepted when the check is bypassed', async () => {
  const user = await house.user('keeper');
  const Policy = openPolicy(user.principal.arn);
  expect(await house.refusal('CreateKey', { Policy })).toContain('MalformedPolicyDocumentException');
  await aKey(house, { Policy, BypassPolicyLockoutSafetyCheck: true });
});

test('disabling and enabling is idempotent, and an unchanged key keeps its revision', async () => {
  const { KeyId } = await aKey(house);
  const revision = async () => (await house.perform('GetKeyConfiguration', { KeyId })).Revision;
  const atFirst = await revision();
  await house.perform('EnableKey', { KeyId });
  expect(await revision()).toBe(atFirst);
  await house.perform('DisableKey', { KeyId });
  await house.perform('DisableKey', { KeyId });
  expect(await revision()).toBe(atFirst + 1);
  expect((await house.perform('DescribeKey', { KeyId })).KeyMetadata).toMatchObject({
    KeyState: 'Disabled',
    Enabled: false,
  });
  await house.perform('EnableKey', { KeyId });
  expect((await house.perform('DescribeKey', { KeyId })).KeyMetadata).toMatchObject({ KeyState: 'Enabled' });
});

test('a description can be replaced and emptied', async () => {
  const { KeyId } = await aKey(house, { Description: 'one' });
  await house.perform('UpdateKeyDescription', { KeyId, Description: 'two' });
  expect((await house.perform('DescribeKey', { KeyId })).KeyMetadata?.Description).toBe('two');
  await house.perform('UpdateKeyDescription', { KeyId, Description: '' });
  expect((await house.perform('DescribeKey', { KeyId })).KeyMetadata?.Description).toBe('');
});

test('pages of keys join to the whole list, each key once', async () => {
  await Promise.all(Array.from({ length: 5 }, () => aKey(house)));
  const whole = (await house.perform('ListKeys', { Limit: 1000 })).Keys ?? [];
  const collected: unknown[] = [];
  let Marker: string | undefined;
  do {
    const page = await house.perform('ListKeys', { Limit: 2, Marker });
    expect(page.Keys?.length).toBeLessThanOrEqual(2);
    expect(page.Truncated).toBe(page.NextMarker !== undefined);
    collected.push(...(page.Keys ?? []));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  expect(collected).toEqual(whole);
});

test('a marker that we did not issue for this list is refused', async () => {
  const { KeyId } = await aKey(house);
  expect(await house.refusal('ListKeys', { Marker: 'bm8' })).toContain('InvalidMarkerException');
  await aKey(house);
  const { NextMarker } = await house.perform('ListKeys', { Limit: 1 });
  expect(await house.refusal('ListAliases', { Marker: NextMarker })).toContain('InvalidMarkerException');
  expect(await house.refusal('ListResourceTags', { KeyId, Marker: NextMarker })).toContain('InvalidMarkerException');
  expect(await house.refusal('ListKeys', { Marker: NextMarker }, { region: 'us-east-1' })).toContain(
    'InvalidMarkerException',
  );
});

test('a key of another Region does not exist here', async () => {
  const { KeyId, Arn } = await aKey(house);
  expect(await house.refusal('DescribeKey', { KeyId }, { region: 'us-east-1' })).toBe(
    `NotFoundException: Key 'arn:aws:kms:us-east-1:111122223333:key/${KeyId}' does not exist`,
  );
  expect(await house.refusal('DescribeKey', { KeyId: Arn }, { region: 'us-east-1' })).toContain('NotFoundException');
});

test('a create that carries an idempotency key is done once', async () => {
  const options = { idempotencyKey: 'once' };
  const first = await house.perform('CreateKey', { Description: 'once' }, options);
  const again = await house.perform('CreateKey', { Description: 'once' }, options);
  expect(again.KeyMetadata?.KeyId).toBe(first.KeyMetadata?.KeyId);
});

test('a key can be read whole', async () => {
  const { KeyId } = await aKey(house, {
    Tags: [
      { TagKey: 'b', TagValue: '2' },
      { TagKey: 'a', TagValue: '1' },
    ],
  });
  await house.perform('CreateAlias', { AliasName: 'alias/whole', TargetKeyId: KeyId });
  await house.perform('EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 });
  const grantee = await house.user('whole');
  await house.perform('CreateGrant', { KeyId, GranteePrincipal: grantee.principal.arn, Operations: ['Decrypt'] });
  expect(await house.perform('GetKeyConfiguration', { KeyId: 'alias/whole' })).toMatchObject({
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
