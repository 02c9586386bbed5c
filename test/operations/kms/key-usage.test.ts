/** GetKeyLastUsage: which uses count, and when they are told. */
import { type Jobs, startJobs } from '@keystead/control-plane/jobs/runner.ts';
import type { KeyLastUsageData } from '@keystead/provider-schema/generated/types.ts';
import { aKey } from '../../support/a-key.ts';
import { addRoot, DAY_MS, type House, openHouse, rootOf } from '../../support/house.ts';

let house: House;
const running: Jobs[] = [];
beforeEach(async () => {
  house = await openHouse();
});
afterEach(async () => {
  for (const jobs of running.splice(0)) await jobs.stop();
  await house?.close();
});

async function someJobs(): Promise<Jobs> {
  const jobs = startJobs({ ...house.engines, nodeId: 'node-1', intervalMs: 3_600_000 });
  running.push(jobs);
  await jobs.runOnce();
  return jobs;
}

const region = { region: 'us-east-1' };
const Plaintext = Buffer.from('something');
const usage = async (KeyId: string, options = {}): Promise<KeyLastUsageData | undefined> =>
  (await house.perform('GetKeyLastUsage', { KeyId }, options)).KeyLastUsage;
const stored = (keyId: string) => house.store.findKeyUsage('111122223333', 'eu-west-1', keyId);

describe('the last use of a key', () => {
  test('is none for a key that was only made and described, and tracking started with it', async () => {
    const { KeyId } = await aKey(house);
    await house.perform('DescribeKey', { KeyId });
    const created = new Date(house.clock.now());
    house.clock.advance(DAY_MS);
    expect(await house.perform('GetKeyLastUsage', { KeyId })).toEqual({
      KeyId,
      KeyCreationDate: created,
      TrackingStartDate: created,
      KeyLastUsage: {},
    });
  });

  test('is told at once, with the request and the event that the trail has', async () => {
    const { KeyId, Arn } = await aKey(house);
    house.clock.advance(5_000);
    await house.perform('Encrypt', { KeyId, Plaintext });
    const [event] = await house.events('Encrypt');
    expect(await house.perform('GetKeyLastUsage', { KeyId: Arn })).toMatchObject({
      KeyId,
      KeyLastUsage: {
        Operation: 'Encrypt',
        Timestamp: new Date(house.clock.now()),
        CloudTrailEventId: event?.eventID,
        KmsRequestId: event?.requestID,
      },
    });
  });

  test('is the latest of all, whether the job has read it or not', async () => {
    const jobs = await someJobs();
    const { KeyId } = await aKey(house);
    await house.perform('GenerateDataKey', { KeyId, KeySpec: 'AES_256' });
    house.clock.advance(60_000);
    await jobs.runOnce();
    expect(await stored(KeyId)).toMatchObject({ operation: 'GenerateDataKey' });
    expect(await usage(KeyId)).toMatchObject({ Operation: 'GenerateDataKey' });
    house.clock.advance(60_000);
    await house.perform('Encrypt', { KeyId, Plaintext });
    expect(await usage(KeyId)).toMatchObject({ Operation: 'Encrypt', Timestamp: new Date(house.clock.now()) });
    await jobs.runOnce();
    expect(await stored(KeyId)).toMatchObject({ operation: 'Encrypt', revision: 2 });
    house.clock.advance(400 * DAY_MS);
    await house.perform('DescribeKey', { KeyId });
    await jobs.runOnce();
    expect(await stored(KeyId)).toMatchObject({ operation: 'Encrypt', revision: 2 });
    expect(await usage(KeyId)).toMatchObject({ Operation: 'Encrypt' });
  });

  test('is no refused use, no dry run and no look at the public key', async () => {
    const jobs = await someJobs();
    const { KeyId } = await aKey(house, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    await house.perform('GetPublicKey', { KeyId });
    const sign = { KeyId, Message: Plaintext, SigningAlgorithm: 'ECDSA_SHA_256' } as const;
    await house.refusal('Sign', { ...sign, DryRun: true });
    await house.refusal('Encrypt', { KeyId, Plaintext });
    expect(await usage(KeyId)).toEqual({});
    house.clock.advance(60_000);
    await jobs.runOnce();
    expect(await usage(KeyId)).toEqual({});
    await house.perform('Sign', sign);
    expect(await usage(KeyId)).toMatchObject({ Operation: 'Sign' });
  });

  test('is told for both keys of a re-encryption', async () => {
    const [from, to] = [await aKey(house), await aKey(house)];
    const { CiphertextBlob } = await house.perform('Encrypt', { KeyId: from.KeyId, Plaintext });
    house.clock.advance(1000);
    await house.perform('ReEncrypt', { CiphertextBlob, DestinationKeyId: to.KeyId });
    for (const { KeyId } of [from, to]) expect(await usage(KeyId)).toMatchObject({ Operation: 'ReEncrypt' });
    house.clock.advance(60_000);
    await (await someJobs()).runOnce();
    for (const { KeyId } of [from, to]) expect(await stored(KeyId)).toMatchObject({ operation: 'ReEncrypt' });
  });

  test('by another account is told with the event in the trail of the owner', async () => {
    const other = '444455556666';
    await addRoot(house.store, other, house.clock.now());
    const { KeyId, Arn } = await aKey(house);
    const GranteePrincipal = `arn:aws:iam::${other}:root`;
    await house.perform('CreateGrant', { KeyId, GranteePrincipal, Operations: ['Encrypt'] });
    await house.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: rootOf(other) });
    const [own] = await house.events('Encrypt');
    const [theirs] = await house.events('Encrypt', { accountId: other });
    expect(own?.eventID).not.toBe(theirs?.eventID);
    const told = { Operation: 'Encrypt', CloudTrailEventId: own?.eventID, KmsRequestId: theirs?.requestID };
    expect(await usage(KeyId)).toMatchObject(told);
    house.clock.advance(60_000);
    await (await someJobs()).runOnce();
    expect(await stored(KeyId)).toMatchObject({ event_id: own?.eventID });
  });

  test('is tracked apart for a primary key and its replica', async () => {
    const jobs = await someJobs();
    const { KeyId } = await aKey(house, { MultiRegion: true });
    await house.perform('ReplicateKey', { KeyId, ReplicaRegion: region.region });
    await house.perform('Encrypt', { KeyId, Plaintext }, region);
    expect(await usage(KeyId)).toEqual({});
    house.clock.advance(60_000);
    await jobs.runOnce();
    expect(await usage(KeyId)).toEqual({});
    expect(await usage(KeyId, region)).toMatchObject({ Operation: 'Encrypt' });
  });

  test('goes with the key', async () => {
    const jobs = await someJobs();
    const { KeyId } = await aKey(house);
    await house.perform('Encrypt', { KeyId, Plaintext });
    house.clock.advance(60_000);
    await jobs.runOnce();
    expect(await stored(KeyId)).toBeDefined();
    await house.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    house.clock.advance(8 * DAY_MS);
    await jobs.runOnce();
    expect(await stored(KeyId)).toBeUndefined();
  });

  test('takes no alias, and asks for the permission of its own', async () => {
    const { KeyId } = await aKey(house);
    await house.perform('CreateAlias', { AliasName: 'alias/used', TargetKeyId: KeyId });
    expect(await house.refusal('GetKeyLastUsage', { KeyId: 'alias/used' })).toMatch(
      /^(NotFound|InvalidArn|Validation)/,
    );
    const as = await house.user('nobody');
    expect(await house.refusal('GetKeyLastUsage', { KeyId }, { as })).toMatch(
      /^AccessDeniedException: .*kms:GetKeyLastUsage/,
    );
  });
});
