import { aKey } from '../../support/a-key.ts';
import { DAY_MS, openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeEach(async () => {
  controlPlane = await openTestControlPlane();
});
afterEach(() => controlPlane?.close());

const there = { region: 'us-east-1' };
const arnIn = (region: string, keyId: string) => `arn:aws:kms:${region}:111122223333:key/${keyId}`;

async function aPrimary(replicaRegions: readonly string[] = []) {
  const key = await aKey(controlPlane, {
    MultiRegion: true,
    Description: 'primary',
    Tags: [{ TagKey: 'a', TagValue: '1' }],
  });
  for (const ReplicaRegion of replicaRegions)
    await controlPlane.perform('ReplicateKey', { KeyId: key.KeyId, ReplicaRegion });
  return key;
}

test('a replica is Creating in the answer, can be used at once, and copies nothing of the primary’s own', async () => {
  const { KeyId } = await aPrimary();
  const answer = await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
  expect(answer).toMatchObject({
    ReplicaKeyMetadata: {
      KeyId,
      Arn: arnIn('us-east-1', KeyId),
      KeyState: 'Creating',
      Enabled: false,
      Description: '',
    },
    ReplicaPolicy: expect.stringContaining('key-default-1'),
  });
  expect(answer).not.toHaveProperty('ReplicaTags');
  expect(answer.ReplicaKeyMetadata).not.toHaveProperty('CurrentKeyMaterialId');
  const tags = [{ TagKey: 'a', TagValue: '2' }];
  const tagged = await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-west-2', Tags: tags });
  expect(tagged.ReplicaTags).toEqual(tags);
  const { KeyMetadata } = await controlPlane.perform('DescribeKey', { KeyId }, there);
  expect(KeyMetadata).toMatchObject({
    KeyState: 'Enabled',
    MultiRegionConfiguration: { MultiRegionKeyType: 'REPLICA' },
  });
  const [event] = await controlPlane.events('CreateKey', there);
  expect(event).toMatchObject({ eventType: 'AwsServiceEvent', resources: [{ ARN: arnIn('us-east-1', KeyId) }] });
});

test('one Region decrypts ciphertexts of another, made before or after a rotation', async () => {
  const { KeyId } = await aPrimary(['us-east-1']);
  const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext: Buffer.from('here') });
  await controlPlane.perform('RotateKeyOnDemand', { KeyId });
  for (const named of [{}, { KeyId }, { KeyId: arnIn('us-east-1', KeyId) }]) {
    const opened = await controlPlane.perform('Decrypt', { CiphertextBlob, ...named }, there);
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('here');
    expect(opened.KeyId).toBe(arnIn('us-east-1', KeyId));
  }
  const back = await controlPlane.perform('Encrypt', { KeyId, Plaintext: Buffer.from('there') }, there);
  const opened = await controlPlane.perform('Decrypt', { CiphertextBlob: back.CiphertextBlob });
  expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('there');
});

test('a Region has at most one related key', async () => {
  const { KeyId } = await aPrimary(['us-east-1']);
  for (const ReplicaRegion of ['us-east-1', 'eu-west-1']) {
    expect(await controlPlane.refusal('ReplicateKey', { KeyId, ReplicaRegion })).toContain('AlreadyExistsException');
  }
});

test('two replications to one Region at once make one replica', async () => {
  const { KeyId } = await aPrimary();
  const outcomes = await Promise.allSettled(
    [1, 2, 3].map(() => controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' })),
  );
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
});

test('only a primary can be replicated', async () => {
  const { KeyId } = await aPrimary(['us-east-1']);
  expect(await controlPlane.refusal('ReplicateKey', { KeyId, ReplicaRegion: 'us-west-2' }, there)).toBe(
    `UnsupportedOperationException: ${arnIn('us-east-1', KeyId)} is not a multi-region primary key.`,
  );
  const single = await aKey(controlPlane);
  expect(await controlPlane.refusal('ReplicateKey', { KeyId: single.KeyId, ReplicaRegion: 'us-west-2' })).toContain(
    'UnsupportedOperationException',
  );
});

test('rotation is configured at the primary and shown everywhere', async () => {
  const { KeyId } = await aPrimary(['us-east-1']);
  await controlPlane.perform('EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 });
  expect((await controlPlane.perform('GetKeyRotationStatus', { KeyId }, there)).KeyRotationEnabled).toBe(true);
  for (const operation of ['EnableKeyRotation', 'DisableKeyRotation', 'RotateKeyOnDemand'] as const) {
    expect(await controlPlane.refusal(operation, { KeyId }, there)).toContain('UnsupportedOperationException');
  }
});

test('state, tags and description are each Region’s own', async () => {
  const { KeyId } = await aPrimary(['us-east-1']);
  await controlPlane.perform('DisableKey', { KeyId }, there);
  expect((await controlPlane.perform('DescribeKey', { KeyId })).KeyMetadata?.KeyState).toBe('Enabled');
  expect((await controlPlane.perform('ListResourceTags', { KeyId }, there)).Tags).toEqual([]);
});

describe('the primary Region', () => {
  test('moves to a replica, and both keys show it', async () => {
    const { KeyId } = await aPrimary(['us-east-1', 'us-west-2']);
    await controlPlane.perform('UpdatePrimaryRegion', { KeyId, PrimaryRegion: 'us-east-1' });
    const types = await Promise.all(
      ['eu-west-1', 'us-east-1', 'us-west-2'].map(async (region) => {
        const { KeyMetadata } = await controlPlane.perform('DescribeKey', { KeyId }, { region });
        expect(KeyMetadata?.MultiRegionConfiguration?.PrimaryKey?.Region).toBe('us-east-1');
        return KeyMetadata?.MultiRegionConfiguration?.MultiRegionKeyType;
      }),
    );
    expect(types).toEqual(['REPLICA', 'PRIMARY', 'REPLICA']);
    await controlPlane.perform('RotateKeyOnDemand', { KeyId }, there);
    expect(await controlPlane.events('UpdatePrimaryRegion')).toHaveLength(1);
    expect(await controlPlane.events('UpdatePrimaryRegion', there)).toHaveLength(1);
  });

  test('moves only from the primary, to a replica that is enabled', async () => {
    const { KeyId } = await aPrimary(['us-east-1']);
    expect(await controlPlane.refusal('UpdatePrimaryRegion', { KeyId, PrimaryRegion: 'eu-west-1' })).toContain(
      'UnsupportedOperation',
    );
    expect(await controlPlane.refusal('UpdatePrimaryRegion', { KeyId, PrimaryRegion: 'us-west-2' })).toContain(
      'NotFoundException',
    );
    expect(await controlPlane.refusal('UpdatePrimaryRegion', { KeyId, PrimaryRegion: 'eu-west-1' }, there)).toContain(
      'is not a multi-region primary key.',
    );
    await controlPlane.perform('DisableKey', { KeyId }, there);
    expect(await controlPlane.refusal('UpdatePrimaryRegion', { KeyId, PrimaryRegion: 'us-east-1' })).toBe(
      `DisabledException: ${arnIn('us-east-1', KeyId)} is disabled.`,
    );
  });
});

test('the primary Region moves only for a caller that the policies of both keys allow', async () => {
  const { KeyId } = await aPrimary(['us-east-1']);
  const mover = await controlPlane.user('mover');
  const allow = (principal: string, action: string) => ({
    Effect: 'Allow',
    Principal: { AWS: principal },
    Action: action,
    Resource: '*',
  });
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      allow('arn:aws:iam::111122223333:root', 'kms:*'),
      allow(mover.principal.arn, 'kms:UpdatePrimaryRegion'),
    ],
  });
  const move = { KeyId, PrimaryRegion: 'us-east-1' };
  await controlPlane.perform('PutKeyPolicy', { KeyId, Policy });
  expect(await controlPlane.refusal('UpdatePrimaryRegion', move, { as: mover })).toContain('AccessDeniedException');
  await controlPlane.perform('PutKeyPolicy', { KeyId, Policy }, there);
  await controlPlane.perform('UpdatePrimaryRegion', move, { as: mover });
});

describe('deletion', () => {
  test('of a primary with replicas waits for them, without a date', async () => {
    const { KeyId, Arn } = await aPrimary(['us-east-1']);
    expect(await controlPlane.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })).toEqual({
      KeyId: Arn,
      KeyState: 'PendingReplicaDeletion',
      PendingWindowInDays: 7,
    });
    const { KeyMetadata } = await controlPlane.perform('DescribeKey', { KeyId });
    expect(KeyMetadata).toMatchObject({ KeyState: 'PendingReplicaDeletion', PendingDeletionWindowInDays: 7 });
    expect(await controlPlane.refusal('ReplicateKey', { KeyId, ReplicaRegion: 'us-west-2' })).toContain(
      'is pending replica deletion.',
    );
    await controlPlane.perform('Encrypt', { KeyId, Plaintext: Buffer.from('x') }, there);
    await controlPlane.perform('CancelKeyDeletion', { KeyId });
    expect((await controlPlane.perform('DescribeKey', { KeyId })).KeyMetadata?.KeyState).toBe('Disabled');
  });

  test('of a replica has a date', async () => {
    const { KeyId } = await aPrimary(['us-east-1']);
    expect(await controlPlane.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 }, there)).toEqual({
      KeyId: arnIn('us-east-1', KeyId),
      KeyState: 'PendingDeletion',
      PendingWindowInDays: 7,
      DeletionDate: new Date(controlPlane.clock.now() + 7 * DAY_MS),
    });
  });
});

test.each(['cn-north-1', 'us-gov-west-1', 'abcdefghijklmnop-qrstuvwxyz-1'])(
  'a key is not replicated to %s, which callers of its Region cannot reach',
  async (ReplicaRegion) => {
    const { KeyId } = await aKey(controlPlane, { MultiRegion: true });
    expect(await controlPlane.refusal('ReplicateKey', { KeyId, ReplicaRegion })).toBe(
      `ValidationException: A key in eu-west-1 cannot be replicated to ${ReplicaRegion}.`,
    );
  },
);
