import { aKey } from '../../support/a-key.ts';
import { DAY_MS, type House, openHouse } from '../../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());

test('deletion waits thirty days unless told otherwise', async () => {
  const { KeyId, Arn } = await aKey(house);
  const DeletionDate = new Date(house.clock.now() + 30 * DAY_MS);
  expect(await house.perform('ScheduleKeyDeletion', { KeyId })).toEqual({
    KeyId: Arn,
    KeyState: 'PendingDeletion',
    PendingWindowInDays: 30,
    DeletionDate,
  });
  expect((await house.perform('DescribeKey', { KeyId })).KeyMetadata).toMatchObject({
    KeyState: 'PendingDeletion',
    DeletionDate,
  });
  const [event] = await house.events('ScheduleKeyDeletion');
  expect(event?.responseElements).toEqual({
    keyId: Arn,
    keyState: 'PendingDeletion',
    pendingWindowInDays: 30,
    deletionDate: 'Jan 31, 2026, 12:00:00 PM',
  });
});

test.each([6, 31])('a waiting period of %d days is refused', async (PendingWindowInDays) => {
  const { KeyId } = await aKey(house);
  expect(await house.refusal('ScheduleKeyDeletion', { KeyId, PendingWindowInDays })).toContain('ValidationException');
});

test('a key is scheduled once, cancelled once, and then disabled', async () => {
  const { KeyId, Arn } = await aKey(house);
  expect(await house.refusal('CancelKeyDeletion', { KeyId })).toBe(
    `KMSInvalidStateException: ${Arn} is not pending deletion.`,
  );
  await house.perform('ScheduleKeyDeletion', { KeyId });
  expect(await house.refusal('ScheduleKeyDeletion', { KeyId })).toBe(
    `KMSInvalidStateException: ${Arn} is pending deletion.`,
  );
  expect(await house.refusal('EnableKey', { KeyId })).toBe(`KMSInvalidStateException: ${Arn} is pending deletion.`);
  expect(await house.perform('CancelKeyDeletion', { KeyId })).toEqual({ KeyId: Arn });
  const { KeyMetadata } = await house.perform('DescribeKey', { KeyId });
  expect(KeyMetadata).toMatchObject({ KeyState: 'Disabled' });
  expect(KeyMetadata).not.toHaveProperty('DeletionDate');
});

test('of many who schedule one key, one succeeds', async () => {
  const { KeyId } = await aKey(house);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => house.perform('ScheduleKeyDeletion', { KeyId })),
  );
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
});
