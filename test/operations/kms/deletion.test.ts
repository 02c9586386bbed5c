import { aKey } from '../../support/a-key.ts';
import { DAY_MS, openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

test('deletion waits thirty days by default', async () => {
  const { KeyId, Arn } = await aKey(controlPlane);
  const DeletionDate = new Date(controlPlane.clock.now() + 30 * DAY_MS);
  expect(await controlPlane.perform('ScheduleKeyDeletion', { KeyId })).toEqual({
    KeyId: Arn,
    KeyState: 'PendingDeletion',
    PendingWindowInDays: 30,
    DeletionDate,
  });
  expect((await controlPlane.perform('DescribeKey', { KeyId })).KeyMetadata).toMatchObject({
    KeyState: 'PendingDeletion',
    DeletionDate,
  });
  const [event] = await controlPlane.events('ScheduleKeyDeletion');
  expect(event?.responseElements).toEqual({
    keyId: Arn,
    keyState: 'PendingDeletion',
    pendingWindowInDays: 30,
    deletionDate: 'Jan 31, 2026, 12:00:00 PM',
  });
});

test.each([6, 31])('a waiting period of %d days is refused', async (PendingWindowInDays) => {
  const { KeyId } = await aKey(controlPlane);
  expect(await controlPlane.refusal('ScheduleKeyDeletion', { KeyId, PendingWindowInDays })).toContain(
    'ValidationException',
  );
});

test('a deletion is scheduled once and cancelled once, and the key is then disabled', async () => {
  const { KeyId, Arn } = await aKey(controlPlane);
  expect(await controlPlane.refusal('CancelKeyDeletion', { KeyId })).toBe(
    `KMSInvalidStateException: ${Arn} is not pending deletion.`,
  );
  await controlPlane.perform('ScheduleKeyDeletion', { KeyId });
  expect(await controlPlane.refusal('ScheduleKeyDeletion', { KeyId })).toBe(
    `KMSInvalidStateException: ${Arn} is pending deletion.`,
  );
  expect(await controlPlane.refusal('EnableKey', { KeyId })).toBe(
    `KMSInvalidStateException: ${Arn} is pending deletion.`,
  );
  expect(await controlPlane.perform('CancelKeyDeletion', { KeyId })).toEqual({ KeyId: Arn });
  const { KeyMetadata } = await controlPlane.perform('DescribeKey', { KeyId });
  expect(KeyMetadata).toMatchObject({ KeyState: 'Disabled' });
  expect(KeyMetadata).not.toHaveProperty('DeletionDate');
});

test('of many requests to schedule one key’s deletion, one succeeds', async () => {
  const { KeyId } = await aKey(controlPlane);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => controlPlane.perform('ScheduleKeyDeletion', { KeyId })),
  );
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
});
