/** GetKeyLastUsage: which uses count, and when they show. */
import { type Jobs, startJobs } from '@keystead/control-plane/jobs/runner.ts';
import type { KeyLastUsageData } from '@keystead/provider-schema/generated/types.ts';
import { aKey } from '../../support/a-key.ts';
import {
  addRoot,
  DAY_MS,
  openTestControlPlane,
  rootOf,
  type TestControlPlane,
} from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
const running: Jobs[] = [];
beforeEach(async () => {
  controlPlane = await openTestControlPlane();
});
afterEach(async () => {
  for (const jobs of running.splice(0)) await jobs.stop();
  await controlPlane?.close();
});

async function someJobs(): Promise<Jobs> {
  const jobs = startJobs({ ...controlPlane.engines, nodeId: 'node-1', intervalMs: 3_600_000 });
  running.push(jobs);
  await jobs.runOnce();
  return jobs;
}

const region = { region: 'us-east-1' };
const Plaintext = Buffer.from('something');
const usage = async (KeyId: string, options = {}): Promise<KeyLastUsageData | undefined> =>
  (await controlPlane.perform('GetKeyLastUsage', { KeyId }, options)).KeyLastUsage;
const stored = (keyId: string) => controlPlane.store.findKeyUsage('111122223333', 'eu-west-1', keyId);

describe('the last use of a key', () => {
  test('is empty for a key that was only created and described, and tracking started with its creation', async () => {
    const { KeyId } = await aKey(controlPlane);
    await controlPlane.perform('DescribeKey', { KeyId });
    const created = new Date(controlPlane.clock.now());
    controlPlane.clock.advance(DAY_MS);
    expect(await controlPlane.perform('GetKeyLastUsage', { KeyId })).toEqual({
      KeyId,
      KeyCreationDate: created,
      TrackingStartDate: created,
      KeyLastUsage: {},
    });
  });

  test('shows at once, with the request and the event in the audit log', async () => {
    const { KeyId, Arn } = await aKey(controlPlane);
    controlPlane.clock.advance(5_000);
    await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    const [event] = await controlPlane.events('Encrypt');
    expect(await controlPlane.perform('GetKeyLastUsage', { KeyId: Arn })).toMatchObject({
      KeyId,
      KeyLastUsage: {
        Operation: 'Encrypt',
        Timestamp: new Date(controlPlane.clock.now()),
        CloudTrailEventId: event?.eventID,
        KmsRequestId: event?.requestID,
      },
    });
  });

  test('is the latest of all, whether the job has read it or not', async () => {
    const jobs = await someJobs();
    const { KeyId } = await aKey(controlPlane);
    await controlPlane.perform('GenerateDataKey', { KeyId, KeySpec: 'AES_256' });
    controlPlane.clock.advance(60_000);
    await jobs.runOnce();
    expect(await stored(KeyId)).toMatchObject({ operation: 'GenerateDataKey' });
    expect(await usage(KeyId)).toMatchObject({ Operation: 'GenerateDataKey' });
    controlPlane.clock.advance(60_000);
    await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    expect(await usage(KeyId)).toMatchObject({ Operation: 'Encrypt', Timestamp: new Date(controlPlane.clock.now()) });
    await jobs.runOnce();
    expect(await stored(KeyId)).toMatchObject({ operation: 'Encrypt', revision: 2 });
    controlPlane.clock.advance(400 * DAY_MS);
    await controlPlane.perform('DescribeKey', { KeyId });
    await jobs.runOnce();
    expect(await stored(KeyId)).toMatchObject({ operation: 'Encrypt', revision: 2 });
    expect(await usage(KeyId)).toMatchObject({ Operation: 'Encrypt' });
  });

  test('is not a refused use, a dry run or a read of the public key', async () => {
    const jobs = await someJobs();
    const { KeyId } = await aKey(controlPlane, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    await controlPlane.perform('GetPublicKey', { KeyId });
    const sign = { KeyId, Message: Plaintext, SigningAlgorithm: 'ECDSA_SHA_256' } as const;
    await controlPlane.refusal('Sign', { ...sign, DryRun: true });
    await controlPlane.refusal('Encrypt', { KeyId, Plaintext });
    expect(await usage(KeyId)).toEqual({});
    controlPlane.clock.advance(60_000);
    await jobs.runOnce();
    expect(await usage(KeyId)).toEqual({});
    await controlPlane.perform('Sign', sign);
    expect(await usage(KeyId)).toMatchObject({ Operation: 'Sign' });
  });

  test('shows for both keys of a re-encryption', async () => {
    const [from, to] = [await aKey(controlPlane), await aKey(controlPlane)];
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId: from.KeyId, Plaintext });
    controlPlane.clock.advance(1000);
    await controlPlane.perform('ReEncrypt', { CiphertextBlob, DestinationKeyId: to.KeyId });
    for (const { KeyId } of [from, to]) expect(await usage(KeyId)).toMatchObject({ Operation: 'ReEncrypt' });
    controlPlane.clock.advance(60_000);
    await (await someJobs()).runOnce();
    for (const { KeyId } of [from, to]) expect(await stored(KeyId)).toMatchObject({ operation: 'ReEncrypt' });
  });

  test('by another account shows with the event in the audit log of the owner', async () => {
    const other = '444455556666';
    await addRoot(controlPlane.store, other, controlPlane.clock.now());
    const { KeyId, Arn } = await aKey(controlPlane);
    const GranteePrincipal = `arn:aws:iam::${other}:root`;
    await controlPlane.perform('CreateGrant', { KeyId, GranteePrincipal, Operations: ['Encrypt'] });
    await controlPlane.perform('Encrypt', { KeyId: Arn, Plaintext }, { as: rootOf(other) });
    const [own] = await controlPlane.events('Encrypt');
    const [theirs] = await controlPlane.events('Encrypt', { accountId: other });
    expect(own?.eventID).not.toBe(theirs?.eventID);
    const shown = { Operation: 'Encrypt', CloudTrailEventId: own?.eventID, KmsRequestId: theirs?.requestID };
    expect(await usage(KeyId)).toMatchObject(shown);
    controlPlane.clock.advance(60_000);
    await (await someJobs()).runOnce();
    expect(await stored(KeyId)).toMatchObject({ event_id: own?.eventID });
  });

  test('is tracked apart for a primary key and its replica', async () => {
    const jobs = await someJobs();
    const { KeyId } = await aKey(controlPlane, { MultiRegion: true });
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: region.region });
    await controlPlane.perform('Encrypt', { KeyId, Plaintext }, region);
    expect(await usage(KeyId)).toEqual({});
    controlPlane.clock.advance(60_000);
    await jobs.runOnce();
    expect(await usage(KeyId)).toEqual({});
    expect(await usage(KeyId, region)).toMatchObject({ Operation: 'Encrypt' });
  });

  test('is deleted with the key', async () => {
    const jobs = await someJobs();
    const { KeyId } = await aKey(controlPlane);
    await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    controlPlane.clock.advance(60_000);
    await jobs.runOnce();
    expect(await stored(KeyId)).toBeDefined();
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    controlPlane.clock.advance(8 * DAY_MS);
    await jobs.runOnce();
    expect(await stored(KeyId)).toBeUndefined();
  });

  test('does not accept an alias, and needs a permission of its own', async () => {
    const { KeyId } = await aKey(controlPlane);
    await controlPlane.perform('CreateAlias', { AliasName: 'alias/used', TargetKeyId: KeyId });
    expect(await controlPlane.refusal('GetKeyLastUsage', { KeyId: 'alias/used' })).toMatch(
      /^(NotFound|InvalidArn|Validation)/,
    );
    const as = await controlPlane.user('nobody');
    expect(await controlPlane.refusal('GetKeyLastUsage', { KeyId }, { as })).toMatch(
      /^AccessDeniedException: .*kms:GetKeyLastUsage/,
    );
  });
});
