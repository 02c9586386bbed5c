import type { Caller } from '@keystead/control-plane/context/door.ts';
import { aKey } from '../../support/a-key.ts';
import { allowed, everything } from '../../support/callers.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const many = (count: number) => Array.from({ length: count }, (_, i) => ({ TagKey: `t${i}`, TagValue: `${i}` }));

test('tags are added, replaced, removed and listed in pages', async () => {
  const { KeyId } = await aKey(controlPlane, { Tags: many(3) });
  await controlPlane.perform('TagResource', {
    KeyId,
    Tags: [
      { TagKey: 't1', TagValue: 'new' },
      { TagKey: 'z', TagValue: '' },
    ],
  });
  await controlPlane.perform('UntagResource', { KeyId, TagKeys: ['t0', 'never-there'] });
  const first = await controlPlane.perform('ListResourceTags', { KeyId, Limit: 2 });
  expect(first).toMatchObject({
    Tags: [
      { TagKey: 't1', TagValue: 'new' },
      { TagKey: 't2', TagValue: '2' },
    ],
    Truncated: true,
  });
  const second = await controlPlane.perform('ListResourceTags', { KeyId, Limit: 2, Marker: first.NextMarker });
  expect(second).toEqual({ Tags: [{ TagKey: 'z', TagValue: '' }], Truncated: false });
});

test('tags whose keys differ only in case are two tags, and a condition is met only by the tag of exactly that case', async () => {
  const both = [
    { TagKey: 'Team', TagValue: 'blue' },
    { TagKey: 'team', TagValue: 'red' },
  ];
  const { KeyId } = await aKey(controlPlane, { Tags: both });
  expect((await controlPlane.perform('ListResourceTags', { KeyId })).Tags).toEqual(both);
  const user = await controlPlane.user('tagger');
  const where = (operator: string, key: string, value: string) =>
    allowed(user, { ...everything, Condition: { [operator]: { [key]: value } } });
  const describes = (as: Caller, id: string) =>
    controlPlane.perform('DescribeKey', { KeyId: id }, { as }).then(
      () => true,
      () => false,
    );
  expect(await describes(where('StringEquals', 'aws:ResourceTag/Team', 'blue'), KeyId)).toBe(true);
  expect(await describes(where('StringEquals', 'AWS:ResourceTag/team', 'red'), KeyId)).toBe(true);
  expect(await describes(where('StringEquals', 'aws:ResourceTag/TEAM', 'blue'), KeyId)).toBe(false);
  expect(await describes(where('StringEquals', 'aws:ResourceTag/Team', 'red'), KeyId)).toBe(false);
  const lower = await aKey(controlPlane, { Tags: [{ TagKey: 'team', TagValue: 'blue' }] });
  expect(await describes(where('StringEquals', 'aws:ResourceTag/Team', 'blue'), lower.KeyId)).toBe(false);
  // A Deny holds for the tag in any case.
  const denied = allowed(user, everything, {
    ...everything,
    Effect: 'Deny',
    Condition: { StringEquals: { 'aws:ResourceTag/Team': 'blue' } },
  });
  expect(await describes(denied, lower.KeyId)).toBe(false);
  const creates = (TagKey: string) =>
    controlPlane
      .perform(
        'CreateKey',
        { Tags: [{ TagKey, TagValue: 'blue' }] },
        { as: where('StringEquals', 'aws:RequestTag/Team', 'blue') },
      )
      .then(
        () => true,
        () => false,
      );
  expect([await creates('Team'), await creates('team')]).toEqual([true, false]);
});

test('a limit beyond the operation is clamped, not refused', async () => {
  const { KeyId } = await aKey(controlPlane, { Tags: many(50) });
  expect((await controlPlane.perform('ListResourceTags', { KeyId, Limit: 1000 })).Tags).toHaveLength(50);
  expect(await controlPlane.refusal('ListResourceTags', { KeyId, Limit: 1001 })).toContain('ValidationException');
});

test('a new key and a replica cannot have more than fifty tags', async () => {
  const refusal = 'TagException: Too many tags';
  expect(await controlPlane.refusal('CreateKey', { Tags: many(51) })).toBe(refusal);
  const { KeyId } = await aKey(controlPlane, { MultiRegion: true });
  const replica = { KeyId, ReplicaRegion: 'us-east-1', Tags: many(51) };
  expect(await controlPlane.refusal('ReplicateKey', replica)).toBe(refusal);
});

test('a key never has more than fifty tags', async () => {
  const { KeyId } = await aKey(controlPlane, { Tags: many(50) });
  expect(await controlPlane.refusal('TagResource', { KeyId, Tags: [{ TagKey: 'extra', TagValue: '' }] })).toContain(
    'LimitExceededException',
  );
  await controlPlane.perform('TagResource', { KeyId, Tags: [{ TagKey: 't7', TagValue: 'changed' }] });
});

test('two requests that add tags at the same time both succeed', async () => {
  const { KeyId } = await aKey(controlPlane);
  const names = Array.from({ length: 10 }, (_, i) => `t${i}`);
  await Promise.all(
    names.map((TagKey) => controlPlane.perform('TagResource', { KeyId, Tags: [{ TagKey, TagValue: '' }] })),
  );
  const { Tags } = await controlPlane.perform('ListResourceTags', { KeyId });
  expect(Tags?.map((tag) => tag.TagKey)).toEqual(names);
});

test('tags of a key pending deletion cannot be changed; its policy can', async () => {
  const { KeyId } = await aKey(controlPlane);
  const { Policy } = await controlPlane.perform('GetKeyPolicy', { KeyId });
  await controlPlane.perform('ScheduleKeyDeletion', { KeyId });
  expect(await controlPlane.refusal('TagResource', { KeyId, Tags: many(1) })).toContain('is pending deletion.');
  expect(await controlPlane.refusal('UntagResource', { KeyId, TagKeys: ['x'] })).toContain('is pending deletion.');
  await controlPlane.perform('PutKeyPolicy', { KeyId, Policy: Policy ?? '' });
});

test('a policy is returned as it was put', async () => {
  const { KeyId } = await aKey(controlPlane);
  const Policy = `{"Version":"2012-10-17", "Statement":[{"Sid":"all","Effect":"Allow",
    "Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}`;
  await controlPlane.perform('PutKeyPolicy', { KeyId, Policy, PolicyName: 'default' });
  expect(await controlPlane.perform('GetKeyPolicy', { KeyId })).toEqual({ Policy, PolicyName: 'default' });
  expect(await controlPlane.perform('ListKeyPolicies', { KeyId })).toEqual({
    PolicyNames: ['default'],
    Truncated: false,
  });
});

test('a key does not have a policy of another name', async () => {
  const { KeyId } = await aKey(controlPlane);
  expect(await controlPlane.refusal('GetKeyPolicy', { KeyId, PolicyName: 'other' })).toBe(
    'NotFoundException: No such policy exists',
  );
  expect(await controlPlane.refusal('PutKeyPolicy', { KeyId, Policy: '{}', PolicyName: 'other' })).toContain(
    'UnsupportedOperationException',
  );
});

test('the policy AWS_RAM does not exist here, and nobody but Resource Access Manager could put it', async () => {
  const { KeyId } = await aKey(controlPlane);
  const { Policy = '' } = await controlPlane.perform('GetKeyPolicy', { KeyId });
  expect(await controlPlane.refusal('PutKeyPolicy', { KeyId, Policy, PolicyName: 'AWS_RAM' })).toBe(
    'ValidationException: The AWS_RAM policy can only be managed by the RAM service.',
  );
  expect(await controlPlane.refusal('GetKeyPolicy', { KeyId, PolicyName: 'AWS_RAM' })).toBe(
    'NotFoundException: No such policy exists',
  );
});

test('a key policy can have two statements of one Sid', async () => {
  const { KeyId } = await aKey(controlPlane);
  const root = { Sid: 'Twice', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Resource: '*' };
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { ...root, Action: 'kms:Describe*' },
      { ...root, Action: 'kms:*' },
    ],
  });
  await controlPlane.perform('PutKeyPolicy', { KeyId, Policy });
  expect((await controlPlane.perform('GetKeyPolicy', { KeyId })).Policy).toBe(Policy);
  await aKey(controlPlane, { Policy });
});

test('a refused policy does not replace the old one', async () => {
  const { KeyId } = await aKey(controlPlane);
  const before = await controlPlane.perform('GetKeyPolicy', { KeyId });
  expect(await controlPlane.refusal('PutKeyPolicy', { KeyId, Policy: '{}' })).toContain(
    'MalformedPolicyDocumentException',
  );
  expect(await controlPlane.perform('GetKeyPolicy', { KeyId })).toEqual(before);
});
