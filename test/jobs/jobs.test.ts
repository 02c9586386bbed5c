import type { KeyMaterialService } from '@keystead/control-plane/hsm/port/key-material.ts';
import { type JobEngines, type Jobs, startJobs } from '@keystead/control-plane/jobs/runner.ts';
import { aKey } from '../support/a-key.ts';
import { DAY_MS, type House, openHouse } from '../support/house.ts';

let house: House;
const running: Jobs[] = [];
beforeEach(async () => {
  house = await openHouse();
});
afterEach(async () => {
  for (const jobs of running.splice(0)) await jobs.stop();
  await house?.close();
});

/** Jobs that run when a test says so: the interval is longer than any test. */
async function someJobs(engines: Partial<JobEngines> = {}): Promise<Jobs> {
  const jobs = startJobs({ ...house.engines, nodeId: 'node-1', intervalMs: 3_600_000, ...engines });
  running.push(jobs);
  await jobs.runOnce();
  return jobs;
}

const there = { region: 'us-east-1' };
const stateOf = async (KeyId: string, options = {}) =>
  (await house.perform('DescribeKey', { KeyId }, options)).KeyMetadata?.KeyState;

describe('rotation', () => {
  test('comes on the day it is due, not before, and again a period later', async () => {
    const key = await aKey(house);
    const startedAt = house.clock.now();
    await house.perform('EnableKeyRotation', { KeyId: key.KeyId, RotationPeriodInDays: 90 });
    const { CiphertextBlob } = await house.perform('Encrypt', { KeyId: key.KeyId, Plaintext: Buffer.from('old') });
    const jobs = await someJobs();
    house.clock.advance(90 * DAY_MS - 1);
    expect(await jobs.runOnce()).toEqual({ held: true, done: 0, failed: 0 });
    house.clock.advance(60_000);
    expect(await jobs.runOnce()).toEqual({ held: true, done: 1, failed: 0 });
    expect(await jobs.runOnce()).toEqual({ held: true, done: 0, failed: 0 });
    const { NextRotationDate } = await house.perform('GetKeyRotationStatus', { KeyId: key.KeyId });
    expect(NextRotationDate).toEqual(new Date(startedAt + 180 * DAY_MS));
    const { Rotations } = await house.perform('ListKeyRotations', { KeyId: key.KeyId });
    expect(Rotations).toMatchObject([{ RotationType: 'AUTOMATIC', KeyMaterialState: 'CURRENT' }]);
    const opened = await house.perform('Decrypt', { CiphertextBlob });
    expect(opened.KeyMaterialId).toBe(key.CurrentKeyMaterialId);
    const [event] = await house.events('RotateKey');
    expect(event).toMatchObject({
      eventType: 'AwsServiceEvent',
      userIdentity: { accountId: '111122223333', invokedBy: 'AWS Internal' },
      serviceEventDetails: { rotationType: 'AUTOMATIC', previousKeyMaterialId: key.CurrentKeyMaterialId },
    });
  });

  test('passes over a disabled key and makes up for it once when it is enabled', async () => {
    const { KeyId } = await aKey(house);
    await house.perform('EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 });
    await house.perform('DisableKey', { KeyId });
    const jobs = await someJobs();
    house.clock.advance(300 * DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ done: 0 });
    await house.perform('EnableKey', { KeyId });
    expect(await jobs.runOnce()).toMatchObject({ done: 1 });
    expect(await jobs.runOnce()).toMatchObject({ done: 0 });
  });

  test('of a multi-Region key happens once, and every Region follows', async () => {
    const { KeyId } = await aKey(house, { MultiRegion: true });
    await house.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
    await house.perform('EnableKeyRotation', { KeyId });
    const jobs = await someJobs();
    house.clock.advance(365 * DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ done: 1 });
    const [here, away] = [
      await house.perform('DescribeKey', { KeyId }),
      await house.perform('DescribeKey', { KeyId }, there),
    ];
    expect(away.KeyMetadata?.CurrentKeyMaterialId).toBe(here.KeyMetadata?.CurrentKeyMaterialId);
  });
});

describe('deletion', () => {
  test('comes when the waiting period is over and takes aliases, grants and material with it', async () => {
    const { KeyId, Arn } = await aKey(house);
    const user = await house.user('app');
    await house.perform('CreateAlias', { AliasName: 'alias/doomed', TargetKeyId: KeyId });
    await house.perform('CreateGrant', { KeyId, GranteePrincipal: user.principal.arn, Operations: ['Decrypt'] });
    const { CiphertextBlob } = await house.perform('Encrypt', { KeyId, Plaintext: Buffer.from('x') });
    await house.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    const jobs = await someJobs();
    house.clock.advance(7 * DAY_MS - 1);
    expect(await jobs.runOnce()).toMatchObject({ done: 0 });
    house.clock.advance(1);
    expect(await jobs.runOnce()).toMatchObject({ done: 1, failed: 0 });
    expect(await house.refusal('DescribeKey', { KeyId })).toBe(`NotFoundException: Key '${Arn}' does not exist`);
    expect(await house.refusal('DescribeKey', { KeyId: 'alias/doomed' })).toContain('NotFoundException');
    expect(await house.refusal('Decrypt', { CiphertextBlob })).toContain('AccessDeniedException');
    expect(await house.store.countGrants('111122223333', 'eu-west-1', KeyId)).toBe(0);
    expect(await house.store.listMaterials('111122223333', KeyId)).toEqual([]);
    const [event] = await house.events('DeleteKey');
    expect(event).toMatchObject({
      eventType: 'AwsServiceEvent',
      serviceEventDetails: { keyId: KeyId },
      resources: [{ ARN: Arn }],
    });
    const { Changes } = await house.perform('ListChanges', {});
    expect(Changes.at(-1)).toMatchObject({ ResourceId: KeyId, Kind: 'deleted', EventName: 'DeleteKey' });
  });

  test('does not come to a key that was spared', async () => {
    const { KeyId } = await aKey(house);
    await house.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    await house.perform('CancelKeyDeletion', { KeyId });
    const jobs = await someJobs();
    house.clock.advance(8 * DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ done: 0 });
    expect(await stateOf(KeyId)).toBe('Disabled');
  });

  test('of the last replica starts the waiting period of its primary', async () => {
    const { KeyId } = await aKey(house, { MultiRegion: true });
    for (const ReplicaRegion of ['us-east-1', 'us-west-2'])
      await house.perform('ReplicateKey', { KeyId, ReplicaRegion });
    const { CiphertextBlob } = await house.perform('Encrypt', { KeyId, Plaintext: Buffer.from('x') });
    await house.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 10 });
    await house.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 }, there);
    await house.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 8 }, { region: 'us-west-2' });
    const jobs = await someJobs();
    house.clock.advance(7 * DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ done: 1 });
    expect(await stateOf(KeyId)).toBe('PendingReplicaDeletion');
    house.clock.advance(DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ done: 1 });
    expect((await house.perform('DescribeKey', { KeyId })).KeyMetadata).toMatchObject({
      KeyState: 'PendingDeletion',
      DeletionDate: new Date(house.clock.now() + 10 * DAY_MS),
      MultiRegionConfiguration: { ReplicaKeys: [] },
    });
    await house.perform('CancelKeyDeletion', { KeyId });
    await house.perform('EnableKey', { KeyId });
    await house.perform('Decrypt', { CiphertextBlob });
    await house.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    house.clock.advance(7 * DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ done: 1 });
    expect(await house.store.listMaterials('111122223333', KeyId)).toEqual([]);
  });

  test('of two last replicas in one run starts it too', async () => {
    const { KeyId } = await aKey(house, { MultiRegion: true });
    await house.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
    await house.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-west-2' });
    await house.perform('ScheduleKeyDeletion', { KeyId });
    for (const region of ['us-east-1', 'us-west-2'])
      await house.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 }, { region });
    const jobs = await someJobs();
    house.clock.advance(7 * DAY_MS);
    await jobs.runOnce();
    await jobs.runOnce();
    expect(await stateOf(KeyId)).toBe('PendingDeletion');
  });

  test('frees the Region for a new replica of the same key', async () => {
    const { KeyId } = await aKey(house, { MultiRegion: true });
    await house.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
    const { CiphertextBlob } = await house.perform('Encrypt', { KeyId, Plaintext: Buffer.from('x') }, there);
    await house.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 }, there);
    const jobs = await someJobs();
    house.clock.advance(7 * DAY_MS);
    await jobs.runOnce();
    expect(await house.refusal('DescribeKey', { KeyId }, there)).toContain('NotFoundException');
    await house.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
    await house.perform('Decrypt', { CiphertextBlob }, there);
  });
});

test('an idempotency key is forgotten when its day is over, and means a new request then', async () => {
  const create = () => house.perform('CreateKey', {}, { idempotencyKey: 'once' });
  const keyId = async () => (await create()).KeyMetadata?.KeyId;
  const first = await keyId();
  const jobs = await someJobs();
  house.clock.advance(DAY_MS - 1);
  expect(await jobs.runOnce()).toMatchObject({ done: 0, failed: 0 });
  expect(await keyId()).toBe(first);
  house.clock.advance(1);
  expect(await jobs.runOnce()).toMatchObject({ done: 1, failed: 0 });
  expect(await house.store.listExpiredIdempotency(house.clock.now(), 10)).toEqual([]);
  expect(await keyId()).not.toBe(first);
});

test('of two processes one works, and the other takes over when the first is gone', async () => {
  const first = await someJobs();
  const second = await someJobs({ nodeId: 'node-2' });
  expect(await first.runOnce()).toMatchObject({ held: true });
  expect(await second.runOnce()).toMatchObject({ held: false });
  await first.stop();
  expect(await second.runOnce()).toMatchObject({ held: true });
});

test('a process that stopped without a word loses its lease with time', async () => {
  const first = await someJobs();
  const second = await someJobs({ nodeId: 'node-2' });
  house.clock.advance(4 * 3_600_000);
  expect(await second.runOnce()).toMatchObject({ held: true });
  expect(await first.runOnce()).toMatchObject({ held: false });
});

test('one key that cannot be rotated does not stop the others, and is tried again', async () => {
  const [bad, good] = [await aKey(house), await aKey(house)];
  for (const { KeyId } of [bad, good]) await house.perform('EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 });
  let failing = true;
  const { keyMaterial } = house.engines;
  const generateKey: KeyMaterialService['generateKey'] = async (owner) => {
    if (failing && owner.keyId === bad.KeyId) throw new Error('switched to fail');
    return keyMaterial.generateKey(owner);
  };
  const jobs = await someJobs({ keyMaterial: { ...keyMaterial, generateKey } });
  house.clock.advance(90 * DAY_MS);
  expect(await jobs.runOnce()).toEqual({ held: true, done: 1, failed: 1 });
  failing = false;
  expect(await jobs.runOnce()).toEqual({ held: true, done: 1, failed: 0 });
});
