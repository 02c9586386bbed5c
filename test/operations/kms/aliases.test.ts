import { aKey } from '../../support/a-key.ts';
import { addRoot, openTestControlPlane, rootOf, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const arnOf = (name: string) => `arn:aws:kms:eu-west-1:111122223333:${name}`;

test('an alias names its key wherever an alias is accepted', async () => {
  const { KeyId } = await aKey(controlPlane);
  await controlPlane.perform('CreateAlias', { AliasName: 'alias/app', TargetKeyId: KeyId });
  for (const name of ['alias/app', arnOf('alias/app')]) {
    expect((await controlPlane.perform('DescribeKey', { KeyId: name })).KeyMetadata?.KeyId).toBe(KeyId);
  }
  expect(await controlPlane.refusal('EnableKey', { KeyId: 'alias/app' })).toBe(
    "NotFoundException: Invalid keyId 'alias/app'",
  );
});

test('creating an alias that exists is refused, with the same target or another', async () => {
  const { KeyId } = await aKey(controlPlane);
  await controlPlane.perform('CreateAlias', { AliasName: 'alias/taken', TargetKeyId: KeyId });
  expect(await controlPlane.refusal('CreateAlias', { AliasName: 'alias/taken', TargetKeyId: KeyId })).toBe(
    `AlreadyExistsException: An alias with the name ${arnOf('alias/taken')} already exists`,
  );
});

test('names of AWS managed keys and names without prefix are refused', async () => {
  const { KeyId } = await aKey(controlPlane);
  expect(await controlPlane.refusal('CreateAlias', { AliasName: 'alias/aws/s3', TargetKeyId: KeyId })).toBe(
    'NotAuthorizedException: ',
  );
  expect(await controlPlane.refusal('CreateAlias', { AliasName: 'app', TargetKeyId: KeyId })).toContain(
    'ValidationException',
  );
});

test('an alias cannot point at an alias', async () => {
  const { KeyId } = await aKey(controlPlane);
  await controlPlane.perform('CreateAlias', { AliasName: 'alias/pointed-at', TargetKeyId: KeyId });
  await controlPlane.perform('CreateAlias', { AliasName: 'alias/pointing', TargetKeyId: KeyId });
  const text = 'ValidationException: Aliases must refer to keys. Not aliases';
  for (const TargetKeyId of ['alias/pointed-at', arnOf('alias/pointed-at'), 'alias/aws/s3']) {
    expect(await controlPlane.refusal('CreateAlias', { AliasName: 'alias/new', TargetKeyId })).toBe(text);
    expect(await controlPlane.refusal('UpdateAlias', { AliasName: 'alias/pointing', TargetKeyId })).toBe(text);
  }
  // An alias that does not exist, or that is in another account or Region, is refused as an unknown id.
  const elsewhere = arnOf('alias/pointed-at');
  for (const TargetKeyId of [
    'alias/nowhere',
    elsewhere.replace('111122223333', '444455556666'),
    elsewhere.replace('eu-west-1', 'us-east-1'),
  ]) {
    expect(await controlPlane.refusal('CreateAlias', { AliasName: 'alias/new', TargetKeyId })).toBe(
      `NotFoundException: Invalid keyId '${TargetKeyId}'`,
    );
  }
});

test('a key pending deletion cannot get a new alias but keeps those it has', async () => {
  const { KeyId } = await aKey(controlPlane);
  await controlPlane.perform('CreateAlias', { AliasName: 'alias/leaving', TargetKeyId: KeyId });
  await controlPlane.perform('ScheduleKeyDeletion', { KeyId });
  expect(await controlPlane.refusal('CreateAlias', { AliasName: 'alias/late', TargetKeyId: KeyId })).toContain(
    'is pending deletion.',
  );
  const { KeyId: other } = await aKey(controlPlane);
  await controlPlane.perform('UpdateAlias', { AliasName: 'alias/leaving', TargetKeyId: other });
  expect((await controlPlane.perform('DescribeKey', { KeyId: 'alias/leaving' })).KeyMetadata?.KeyId).toBe(other);
});

test('a moved alias keeps its creation date and shows when it moved', async () => {
  const [from, to] = [await aKey(controlPlane), await aKey(controlPlane)];
  await controlPlane.perform('CreateAlias', { AliasName: 'alias/moving', TargetKeyId: from.KeyId });
  const createdAt = new Date(controlPlane.clock.now());
  controlPlane.clock.advance(60_000);
  await controlPlane.perform('UpdateAlias', { AliasName: 'alias/moving', TargetKeyId: to.KeyId });
  const { Aliases } = await controlPlane.perform('ListAliases', { KeyId: to.KeyId });
  expect(Aliases).toEqual([
    {
      AliasName: 'alias/moving',
      AliasArn: arnOf('alias/moving'),
      TargetKeyId: to.KeyId,
      CreationDate: createdAt,
      LastUpdatedDate: new Date(controlPlane.clock.now()),
    },
  ]);
  expect((await controlPlane.perform('ListAliases', { KeyId: from.KeyId })).Aliases).toEqual([]);
  const [event] = await controlPlane.events('UpdateAlias');
  expect(event?.resources?.map((resource) => resource.ARN)).toEqual([to.Arn, arnOf('alias/moving')]);
});

test('deleting an alias does not delete its key', async () => {
  const { KeyId } = await aKey(controlPlane);
  await controlPlane.perform('CreateAlias', { AliasName: 'alias/gone', TargetKeyId: KeyId });
  await controlPlane.perform('DeleteAlias', { AliasName: 'alias/gone' });
  expect(await controlPlane.refusal('DeleteAlias', { AliasName: 'alias/gone' })).toBe(
    `NotFoundException: Alias ${arnOf('alias/gone')} is not found.`,
  );
  await controlPlane.perform('DescribeKey', { KeyId });
});

test('sixty creations at once leave a key with fifty aliases', async () => {
  const { KeyId } = await aKey(controlPlane);
  const attempts = Array.from({ length: 60 }, (_, i) =>
    controlPlane.perform('CreateAlias', { AliasName: `alias/crowd-${i}`, TargetKeyId: KeyId }).then(
      () => 'made',
      (error) => error.code,
    ),
  );
  const outcomes = await Promise.all(attempts);
  expect(await controlPlane.store.countAliases('111122223333', 'eu-west-1', KeyId)).toBe(50);
  expect(outcomes.filter((outcome) => outcome === 'made')).toHaveLength(50);
  expect(new Set(outcomes)).toEqual(new Set(['made', 'LimitExceededException']));
  const { KeyId: other } = await aKey(controlPlane);
  await controlPlane.perform('CreateAlias', { AliasName: 'alias/elsewhere', TargetKeyId: other });
  expect(await controlPlane.refusal('UpdateAlias', { AliasName: 'alias/elsewhere', TargetKeyId: KeyId })).toContain(
    'LimitExceededException',
  );
});

test('aliases of one account do not exist in another', async () => {
  await addRoot(controlPlane.store, '444455556666', controlPlane.clock.now());
  const stranger = { as: rootOf('444455556666') };
  const { KeyId } = await aKey(controlPlane);
  await controlPlane.perform('CreateAlias', { AliasName: 'alias/private', TargetKeyId: KeyId });
  expect(await controlPlane.refusal('DescribeKey', { KeyId: 'alias/private' }, stranger)).toContain(
    'NotFoundException',
  );
  const { Aliases = [] } = await controlPlane.perform('ListAliases', {}, stranger);
  expect(Aliases.filter(({ TargetKeyId }) => TargetKeyId !== undefined)).toEqual([]);
});
