import type { KeyMaterialService } from '@keystead/control-plane/hsm/port/key-material.ts';
import { type JobEngines, type Jobs, startJobs } from '@keystead/control-plane/jobs/runner.ts';
import { aKey } from '../support/a-key.ts';
import { DAY_MS, openTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
const running: Jobs[] = [];
beforeEach(async () => {
  controlPlane = await openTestControlPlane();
});
afterEach(async () => {
  for (const jobs of running.splice(0)) await jobs.stop();
  await controlPlane?.close();
});

/** Jobs that run only when a test starts them: the interval is longer than any test. */
async function someJobs(engines: Partial<JobEngines> = {}): Promise<Jobs> {
  const jobs = startJobs({ ...controlPlane.engines, nodeId: 'node-1', intervalMs: 3_600_000, ...engines });
  running.push(jobs);
  await jobs.runOnce();
  return jobs;
}

const there = { region: 'us-east-1' };
const stateOf = async (KeyId: string, options = {}) =>
  (await controlPlane.perform('DescribeKey', { KeyId }, options)).KeyMetadata?.KeyState;

describe('rotation', () => {
  test('happens when it is due, not before, and again a period later', async () => {
    const key = await aKey(controlPlane);
    const startedAt = controlPlane.clock.now();
    await controlPlane.perform('EnableKeyRotation', { KeyId: key.KeyId, RotationPeriodInDays: 90 });
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', {
      KeyId: key.KeyId,
      Plaintext: Buffer.from('old'),
    });
    const jobs = await someJobs();
    controlPlane.clock.advance(90 * DAY_MS - 1);
    expect(await jobs.runOnce()).toEqual({ held: true, done: 0, failed: 0 });
    controlPlane.clock.advance(60_000);
    expect(await jobs.runOnce()).toEqual({ held: true, done: 1, failed: 0 });
    expect(await jobs.runOnce()).toEqual({ held: true, done: 0, failed: 0 });
    const { NextRotationDate } = await controlPlane.perform('GetKeyRotationStatus', { KeyId: key.KeyId });
    expect(NextRotationDate).toEqual(new Date(startedAt + 180 * DAY_MS));
    const { Rotations } = await controlPlane.perform('ListKeyRotations', { KeyId: key.KeyId });
    expect(Rotations).toMatchObject([{ RotationType: 'AUTOMATIC', KeyMaterialState: 'CURRENT' }]);
    const opened = await controlPlane.perform('Decrypt', { CiphertextBlob });
    expect(opened.KeyMaterialId).toBe(key.CurrentKeyMaterialId);
    const [event] = await controlPlane.events('RotateKey');
    expect(event).toMatchObject({
      eventType: 'AwsServiceEvent',
      userIdentity: { accountId: '111122223333', invokedBy: 'AWS Internal' },
      serviceEventDetails: { rotationType: 'AUTOMATIC', previousKeyMaterialId: key.CurrentKeyMaterialId },
    });
  });

  test('skips a disabled key and makes up for it once when the key is enabled', async () => {
    const { KeyId } = await aKey(controlPlane);
    await controlPlane.perform('EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 });
    await controlPlane.perform('DisableKey', { KeyId });
    const jobs = await someJobs();
    controlPlane.clock.advance(300 * DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ done: 0 });
    await controlPlane.perform('EnableKey', { KeyId });
    expect(await jobs.runOnce()).toMatchObject({ done: 1 });
    expect(await jobs.runOnce()).toMatchObject({ done: 0 });
  });

  test('of a multi-Region key happens once, and every Region follows', async () => {
    const { KeyId } = await aKey(controlPlane, { MultiRegion: true });
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
    await controlPlane.perform('EnableKeyRotation', { KeyId });
    const jobs = await someJobs();
    controlPlane.clock.advance(365 * DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ done: 1 });
    const [here, away] = [
      await controlPlane.perform('DescribeKey', { KeyId }),
      await controlPlane.perform('DescribeKey', { KeyId }, there),
    ];
    expect(away.KeyMetadata?.CurrentKeyMaterialId).toBe(here.KeyMetadata?.CurrentKeyMaterialId);
  });
});

describe('deletion', () => {
  test('happens when the waiting period is over, and deletes aliases, grants and material too', async () => {
    const { KeyId, Arn } = await aKey(controlPlane);
    const user = await controlPlane.user('app');
    await controlPlane.perform('CreateAlias', { AliasName: 'alias/doomed', TargetKeyId: KeyId });
    await controlPlane.perform('CreateGrant', { KeyId, GranteePrincipal: user.principal.arn, Operations: ['Decrypt'] });
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext: Buffer.from('x') });
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    const jobs = await someJobs();
    controlPlane.clock.advance(7 * DAY_MS - 1);
    expect(await jobs.runOnce()).toMatchObject({ done: 0 });
    controlPlane.clock.advance(1);
    expect(await jobs.runOnce()).toMatchObject({ done: 1, failed: 0 });
    expect(await controlPlane.refusal('DescribeKey', { KeyId })).toBe(`NotFoundException: Key '${Arn}' does not exist`);
    expect(await controlPlane.refusal('DescribeKey', { KeyId: 'alias/doomed' })).toContain('NotFoundException');
    expect(await controlPlane.refusal('Decrypt', { CiphertextBlob })).toContain('AccessDeniedException');
    expect(await controlPlane.store.countGrants('111122223333', 'eu-west-1', KeyId)).toBe(0);
    expect(await controlPlane.store.listMaterials('111122223333', KeyId)).toEqual([]);
    const [event] = await controlPlane.events('DeleteKey');
    expect(event).toMatchObject({
      eventType: 'AwsServiceEvent',
      serviceEventDetails: { keyId: KeyId },
      resources: [{ ARN: Arn }],
    });
    const { Changes } = await controlPlane.perform('ListChanges', {});
    expect(Changes.at(-1)).toMatchObject({ ResourceId: KeyId, Kind: 'deleted', EventName: 'DeleteKey' });
  });

  test('does not happen to a key whose deletion was cancelled', async () => {
    const { KeyId } = await aKey(controlPlane);
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    await controlPlane.perform('CancelKeyDeletion', { KeyId });
    const jobs = await someJobs();
    controlPlane.clock.advance(8 * DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ done: 0 });
    expect(await stateOf(KeyId)).toBe('Disabled');
  });

  test('of the last replica starts the waiting period of its primary', async () => {
    const { KeyId } = await aKey(controlPlane, { MultiRegion: true });
    for (const ReplicaRegion of ['us-east-1', 'us-west-2'])
      await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion });
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext: Buffer.from('x') });
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 10 });
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 }, there);
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 8 }, { region: 'us-west-2' });
    const jobs = await someJobs();
    controlPlane.clock.advance(7 * DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ done: 1 });
    expect(await stateOf(KeyId)).toBe('PendingReplicaDeletion');
    controlPlane.clock.advance(DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ done: 1 });
    expect((await controlPlane.perform('DescribeKey', { KeyId })).KeyMetadata).toMatchObject({
      KeyState: 'PendingDeletion',
      DeletionDate: new Date(controlPlane.clock.now() + 10 * DAY_MS),
      MultiRegionConfiguration: { ReplicaKeys: [] },
    });
    await controlPlane.perform('CancelKeyDeletion', { KeyId });
    await controlPlane.perform('EnableKey', { KeyId });
    await controlPlane.perform('Decrypt', { CiphertextBlob });
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    controlPlane.clock.advance(7 * DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ done: 1 });
    expect(await controlPlane.store.listMaterials('111122223333', KeyId)).toEqual([]);
  });

  test('of two last replicas in one run starts it too', async () => {
    const { KeyId } = await aKey(controlPlane, { MultiRegion: true });
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-west-2' });
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId });
    for (const region of ['us-east-1', 'us-west-2'])
      await controlPlane.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 }, { region });
    const jobs = await someJobs();
    controlPlane.clock.advance(7 * DAY_MS);
    await jobs.runOnce();
    await jobs.runOnce();
    expect(await stateOf(KeyId)).toBe('PendingDeletion');
  });

  test('frees the Region for a new replica of the same key', async () => {
    const { KeyId } = await aKey(controlPlane, { MultiRegion: true });
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext: Buffer.from('x') }, there);
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 }, there);
    const jobs = await someJobs();
    controlPlane.clock.advance(7 * DAY_MS);
    await jobs.runOnce();
    expect(await controlPlane.refusal('DescribeKey', { KeyId }, there)).toContain('NotFoundException');
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
    await controlPlane.perform('Decrypt', { CiphertextBlob }, there);
  });
});

test('an idempotency key is deleted when it expires, and then stands for a new request', async () => {
  const create = () => controlPlane.perform('CreateKey', {}, { idempotencyKey: 'once' });
  const keyId = async () => (await create()).KeyMetadata?.KeyId;
  const first = await keyId();
  const jobs = await someJobs();
  controlPlane.clock.advance(DAY_MS - 1);
  expect(await jobs.runOnce()).toMatchObject({ done: 0, failed: 0 });
  expect(await keyId()).toBe(first);
  controlPlane.clock.advance(1);
  expect(await jobs.runOnce()).toMatchObject({ done: 1, failed: 0 });
  expect(await controlPlane.store.listExpiredIdempotency(controlPlane.clock.now(), 10)).toEqual([]);
  expect(await keyId()).not.toBe(first);
});

test('the use of an identity token is forgotten when no server takes the token any more, and not before', async () => {
  const expires_at_ms = controlPlane.clock.now() + 600_000;
  const row = { token_digest: 'cd'.repeat(32), role_id: 'AROA1', session_name: 'job-1', expires_at_ms };
  const mutations = [{ op: 'insert', table: 'identity_token_uses', row }] as const;
  await controlPlane.store.write({ mutations, changes: [], audit: [] });
  const jobs = await someJobs();
  controlPlane.clock.advance(599_999);
  expect(await jobs.runOnce()).toMatchObject({ done: 0 });
  expect(await controlPlane.store.findIdentityTokenUse(row.token_digest)).toMatchObject(row);
  controlPlane.clock.advance(1);
  expect(await jobs.runOnce()).toMatchObject({ done: 1, failed: 0 });
  expect(await controlPlane.store.findIdentityTokenUse(row.token_digest)).toBeUndefined();
});

test('only one of two processes works, and the other takes over when the first is stopped', async () => {
  const first = await someJobs();
  const second = await someJobs({ nodeId: 'node-2' });
  expect(await first.runOnce()).toMatchObject({ held: true });
  expect(await second.runOnce()).toMatchObject({ held: false });
  await first.stop();
  expect(await second.runOnce()).toMatchObject({ held: true });
});

test('a process that was killed loses its lease after some time', async () => {
  const first = await someJobs();
  const second = await someJobs({ nodeId: 'node-2' });
  controlPlane.clock.advance(4 * 3_600_000);
  expect(await second.runOnce()).toMatchObject({ held: true });
  expect(await first.runOnce()).toMatchObject({ held: false });
});

test('one key that cannot be rotated does not stop the others, and is tried again', async () => {
  const [bad, good] = [await aKey(controlPlane), await aKey(controlPlane)];
  for (const { KeyId } of [bad, good])
    await controlPlane.perform('EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 });
  let failing = true;
  const { keyMaterial } = controlPlane.engines;
  const generateKey: KeyMaterialService['generateKey'] = async (owner) => {
    if (failing && owner.keyId === bad.KeyId) throw new Error('switched to fail');
    return keyMaterial.generateKey(owner);
  };
  const jobs = await someJobs({ keyMaterial: { ...keyMaterial, generateKey } });
  controlPlane.clock.advance(90 * DAY_MS);
  expect(await jobs.runOnce()).toEqual({ held: true, done: 1, failed: 1 });
  failing = false;
  expect(await jobs.runOnce()).toEqual({ held: true, done: 1, failed: 0 });
});
