import { aKey } from '../../support/a-key.ts';
import { DAY_MS, openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeEach(async () => {
  controlPlane = await openTestControlPlane();
});
afterEach(() => controlPlane?.close());

test('rotation is off at first, and yearly when enabled without a period', async () => {
  const { KeyId, Arn } = await aKey(controlPlane);
  const off = { KeyId: Arn, KeyRotationEnabled: false };
  expect(await controlPlane.perform('GetKeyRotationStatus', { KeyId })).toEqual(off);
  await controlPlane.perform('EnableKeyRotation', { KeyId });
  expect(await controlPlane.perform('GetKeyRotationStatus', { KeyId })).toEqual({
    KeyId: Arn,
    KeyRotationEnabled: true,
    RotationPeriodInDays: 365,
    NextRotationDate: new Date(controlPlane.clock.now() + 365 * DAY_MS),
  });
});

test('enabling again changes the period and restarts it', async () => {
  const { KeyId } = await aKey(controlPlane);
  await controlPlane.perform('EnableKeyRotation', { KeyId });
  controlPlane.clock.advance(DAY_MS);
  await controlPlane.perform('EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 });
  expect((await controlPlane.perform('GetKeyRotationStatus', { KeyId })).NextRotationDate).toEqual(
    new Date(controlPlane.clock.now() + 90 * DAY_MS),
  );
});

test.each([89, 2561])('a period of %d days is refused', async (RotationPeriodInDays) => {
  const { KeyId } = await aKey(controlPlane);
  expect(await controlPlane.refusal('EnableKeyRotation', { KeyId, RotationPeriodInDays })).toContain(
    'ValidationException',
  );
});

test('rotation can be disabled, twice', async () => {
  const { KeyId, Arn } = await aKey(controlPlane);
  await controlPlane.perform('EnableKeyRotation', { KeyId });
  await controlPlane.perform('DisableKeyRotation', { KeyId });
  await controlPlane.perform('DisableKeyRotation', { KeyId });
  const off = { KeyId: Arn, KeyRotationEnabled: false };
  expect(await controlPlane.perform('GetKeyRotationStatus', { KeyId })).toEqual(off);
});

test('a disabled key keeps its schedule, which cannot be changed', async () => {
  const { KeyId } = await aKey(controlPlane);
  await controlPlane.perform('EnableKeyRotation', { KeyId });
  await controlPlane.perform('DisableKey', { KeyId });
  expect((await controlPlane.perform('GetKeyRotationStatus', { KeyId })).KeyRotationEnabled).toBe(true);
  expect(await controlPlane.refusal('DisableKeyRotation', { KeyId })).toContain('DisabledException');
  expect(await controlPlane.refusal('RotateKeyOnDemand', { KeyId })).toContain('DisabledException');
});

test('a schedule is not shown while the key is pending deletion, and shown again when that is cancelled', async () => {
  const { KeyId } = await aKey(controlPlane);
  await controlPlane.perform('EnableKeyRotation', { KeyId });
  await controlPlane.perform('ScheduleKeyDeletion', { KeyId });
  expect((await controlPlane.perform('GetKeyRotationStatus', { KeyId })).KeyRotationEnabled).toBe(false);
  await controlPlane.perform('CancelKeyDeletion', { KeyId });
  expect((await controlPlane.perform('GetKeyRotationStatus', { KeyId })).KeyRotationEnabled).toBe(true);
});

test('rotation on demand replaces the material; old ciphertexts can still be decrypted', async () => {
  const key = await aKey(controlPlane);
  const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId: key.KeyId, Plaintext: Buffer.from('old') });
  controlPlane.clock.advance(1000);
  // The ARN, whatever form the request used.
  expect(await controlPlane.perform('RotateKeyOnDemand', { KeyId: key.KeyId })).toEqual({ KeyId: key.Arn });
  const { KeyMetadata } = await controlPlane.perform('DescribeKey', { KeyId: key.KeyId });
  expect(KeyMetadata?.CurrentKeyMaterialId).not.toBe(key.CurrentKeyMaterialId);
  const opened = await controlPlane.perform('Decrypt', { CiphertextBlob });
  expect(opened.KeyMaterialId).toBe(key.CurrentKeyMaterialId);
  const [event] = await controlPlane.events('RotateKey');
  expect(event).toMatchObject({
    eventType: 'AwsServiceEvent',
    serviceEventDetails: {
      keyId: key.KeyId,
      rotationType: 'ON_DEMAND',
      keyOrigin: 'AWS_KMS',
      previousKeyMaterialId: key.CurrentKeyMaterialId,
      currentKeyMaterialId: KeyMetadata?.CurrentKeyMaterialId,
    },
  });
});

test('rotations are listed, and on request the first material with them', async () => {
  const key = await aKey(controlPlane);
  controlPlane.clock.advance(1000);
  await controlPlane.perform('RotateKeyOnDemand', { KeyId: key.KeyId });
  const { Rotations } = await controlPlane.perform('ListKeyRotations', { KeyId: key.KeyId });
  expect(Rotations).toMatchObject([
    { KeyMaterialState: 'CURRENT', RotationType: 'ON_DEMAND', RotationDate: new Date(controlPlane.clock.now()) },
  ]);
  const all = { KeyId: key.KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL', Limit: 1 } as const;
  const first = await controlPlane.perform('ListKeyRotations', all);
  expect(first).toMatchObject({
    Rotations: [{ KeyMaterialId: key.CurrentKeyMaterialId, KeyMaterialState: 'NON_CURRENT' }],
    Truncated: true,
  });
  expect(first.Rotations?.[0]).not.toHaveProperty('RotationDate');
  const second = await controlPlane.perform('ListKeyRotations', { ...all, Marker: first.NextMarker });
  expect(second).toEqual({ Rotations, Truncated: false });
});

test('the twenty-sixth rotation on demand is refused', async () => {
  const { KeyId, Arn } = await aKey(controlPlane);
  for (let i = 0; i < 25; i++) await controlPlane.perform('RotateKeyOnDemand', { KeyId });
  expect(await controlPlane.refusal('RotateKeyOnDemand', { KeyId })).toContain(
    `LimitExceededException: The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${Arn}`,
  );
});

test('rotation on demand is refused shortly before an automatic one', async () => {
  const { KeyId } = await aKey(controlPlane);
  await controlPlane.perform('EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 });
  controlPlane.clock.advance(90 * DAY_MS - 60_000);
  expect(await controlPlane.refusal('RotateKeyOnDemand', { KeyId })).toContain('ConflictException');
});
