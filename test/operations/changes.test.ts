import { type House, openHouse, region } from '../support/house.ts';
import { aKey } from './a-key.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house?.close());

test('changes are listed in order, with what changed and by which operation, in every Region', async () => {
  const { KeyId } = await aKey(house, { MultiRegion: true });
  await house.perform('CreateAlias', { AliasName: 'alias/app', TargetKeyId: KeyId });
  await house.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
  await house.perform('DescribeKey', { KeyId });
  await house.perform('DeleteAlias', { AliasName: 'alias/app' });
  const { Changes, NextSequence } = await house.perform('ListChanges', {});
  expect(Changes.map(({ Region, ResourceType, Kind, EventName }) => [Region, ResourceType, Kind, EventName])).toEqual([
    [region, 'key', 'created', 'CreateKey'],
    [region, 'alias', 'created', 'CreateAlias'],
    ['us-east-1', 'key', 'created', 'ReplicateKey'],
    [region, 'alias', 'deleted', 'DeleteAlias'],
  ]);
  expect(await house.perform('ListChanges', { After: NextSequence })).toEqual({ Changes: [], NextSequence });
  const [one] = (await house.perform('ListChanges', { Limit: 1 })).Changes;
  expect(one).toEqual(Changes[0]);
});

test('a change names the request that made it, which the audit tells about', async () => {
  const { KeyId } = await aKey(house);
  const user = await house.user('app');
  await house.perform('PutKeyPolicy', {
    KeyId,
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' },
        { Effect: 'Allow', Principal: { AWS: user.principal.arn }, Action: 'kms:DisableKey', Resource: '*' },
      ],
    }),
  });
  await house.perform('DisableKey', { KeyId }, { as: user });
  const { Changes } = await house.perform('ListChanges', {});
  const { Events } = await house.perform('LookupEvents', { RequestId: Changes.at(-1)?.RequestId });
  expect(Events).toMatchObject([{ EventName: 'DisableKey', Username: 'app' }]);
});

test('events are looked up newest first, by key and by page; refusals are among them', async () => {
  const { KeyId, Arn } = await aKey(house);
  await house.refusal('CancelKeyDeletion', { KeyId });
  await house.perform('DisableKey', { KeyId });
  const first = await house.perform('LookupEvents', { ResourceArn: Arn, MaxResults: 2 });
  expect(first.Events.map((event) => event.EventName)).toEqual(['DisableKey', 'CancelKeyDeletion']);
  expect(JSON.parse(first.Events[1]?.CloudTrailEvent ?? '')).toMatchObject({ errorCode: 'KMSInvalidStateException' });
  const second = await house.perform('LookupEvents', { ResourceArn: Arn, MaxResults: 2, NextToken: first.NextToken });
  expect(second.Events.map((event) => event.EventName)).toEqual(['CreateKey']);
  expect(await house.refusal('LookupEvents', { MaxResults: 2, NextToken: first.NextToken })).toContain(
    'InvalidNextTokenException',
  );
});

test('a time range that ends before it starts is refused', async () => {
  const now = house.clock.now();
  expect(await house.refusal('LookupEvents', { StartTime: new Date(now), EndTime: new Date(now - 1000) })).toContain(
    'InvalidTimeRangeException',
  );
});
