import { aKey } from '../../support/a-key.ts';
import { type House, openHouse } from '../../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());

const many = (count: number) => Array.from({ length: count }, (_, i) => ({ TagKey: `t${i}`, TagValue: `${i}` }));

test('tags are added, replaced, removed and listed in pages', async () => {
  const { KeyId } = await aKey(house, { Tags: many(3) });
  await house.perform('TagResource', {
    KeyId,
    Tags: [
      { TagKey: 't1', TagValue: 'new' },
      { TagKey: 'z', TagValue: '' },
    ],
  });
  await house.perform('UntagResource', { KeyId, TagKeys: ['t0', 'never-there'] });
  const first = await house.perform('ListResourceTags', { KeyId, Limit: 2 });
  expect(first).toMatchObject({
    Tags: [
      { TagKey: 't1', TagValue: 'new' },
      { TagKey: 't2', TagValue: '2' },
    ],
    Truncated: true,
  });
  const second = await house.perform('ListResourceTags', { KeyId, Limit: 2, Marker: first.NextMarker });
  expect(second).toEqual({ Tags: [{ TagKey: 'z', TagValue: '' }], Truncated: false });
});

test('a limit beyond the operation is clamped, not refused', async () => {
  const { KeyId } = await aKey(house, { Tags: many(50) });
  expect((await house.perform('ListResourceTags', { KeyId, Limit: 1000 })).Tags).toHaveLength(50);
  expect(await house.refusal('ListResourceTags', { KeyId, Limit: 1001 })).toContain('ValidationException');
});

test('a key never has more than fifty tags', async () => {
  const { KeyId } = await aKey(house, { Tags: many(50) });
  expect(await house.refusal('TagResource', { KeyId, Tags: [{ TagKey: 'extra', TagValue: '' }] })).toContain(
    'LimitExceededException',
  );
  await house.perform('TagResource', { KeyId, Tags: [{ TagKey: 't7', TagValue: 'changed' }] });
});

test('tags that two requests add at the same time are both there', async () => {
  const { KeyId } = await aKey(house);
  const names = Array.from({ length: 10 }, (_, i) => `t${i}`);
  await Promise.all(names.map((TagKey) => house.perform('TagResource', { KeyId, Tags: [{ TagKey, TagValue: '' }] })));
  const { Tags } = await house.perform('ListResourceTags', { KeyId });
  expect(Tags?.map((tag) => tag.TagKey)).toEqual(names);
});

test('tags are not touched while a key waits for its deletion; its policy is', async () => {
  const { KeyId } = await aKey(house);
  const { Policy } = await house.perform('GetKeyPolicy', { KeyId });
  await house.perform('ScheduleKeyDeletion', { KeyId });
  expect(await house.refusal('TagResource', { KeyId, Tags: many(1) })).toContain('is pending deletion.');
  expect(await house.refusal('UntagResource', { KeyId, TagKeys: ['x'] })).toContain('is pending deletion.');
  await house.perform('PutKeyPolicy', { KeyId, Policy: Policy ?? '' });
});

test('a policy is returned as it was put', async () => {
  const { KeyId } = await aKey(house);
  const Policy = `{"Version":"2012-10-17", "Statement":[{"Sid":"all","Effect":"Allow",
    "Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}`;
  await house.perform('PutKeyPolicy', { KeyId, Policy, PolicyName: 'default' });
  expect(await house.perform('GetKeyPolicy', { KeyId })).toEqual({ Policy, PolicyName: 'default' });
  expect(await house.perform('ListKeyPolicies', { KeyId })).toEqual({ PolicyNames: ['default'], Truncated: false });
});

test('a key has no policy of another name', async () => {
  const { KeyId } = await aKey(house);
  expect(await house.refusal('GetKeyPolicy', { KeyId, PolicyName: 'other' })).toBe(
    'NotFoundException: No such policy exists',
  );
  expect(await house.refusal('PutKeyPolicy', { KeyId, Policy: '{}', PolicyName: 'other' })).toContain(
    'UnsupportedOperationException',
  );
});

test('a refused policy leaves the old one', async () => {
  const { KeyId } = await aKey(house);
  const before = await house.perform('GetKeyPolicy', { KeyId });
  expect(await house.refusal('PutKeyPolicy', { KeyId, Policy: '{}' })).toContain('MalformedPolicyDocumentException');
  expect(await house.perform('GetKeyPolicy', { KeyId })).toEqual(before);
});
