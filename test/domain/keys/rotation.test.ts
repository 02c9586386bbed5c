import {
  isRotationShown,
  nextRotationAtMs,
  noRotation,
  requireOnDemandRotation,
  startRotation,
} from '@keystead/control-plane/domain/keys/rotation.ts';
import fc from 'fast-check';

const day = 86_400_000;
const minute = 60_000;
const nowMs = Date.UTC(2026, 0, 1);

test('a schedule starts with the day it is enabled, yearly unless a period is given', () => {
  expect(startRotation(nowMs)).toEqual({
    rotation_enabled: 1,
    rotation_period_in_days: 365,
    next_rotation_at_ms: nowMs + 365 * day,
  });
  expect(startRotation(nowMs, 90)).toMatchObject({ next_rotation_at_ms: nowMs + 90 * day });
});

test('the next date counts from the due date, however late the job runs', () => {
  expect(nextRotationAtMs(nowMs, 90, nowMs + 5 * minute)).toBe(nowMs + 90 * day);
});

test('one rotation makes up for all dates that passed while a key was disabled', () => {
  expect(nextRotationAtMs(nowMs, 90, nowMs + 200 * day)).toBe(nowMs + 270 * day);
});

test('the next date is always in the future, at most one period away, and on the schedule', () => {
  const latenessMs = fc.integer({ min: 0, max: 10_000 * day });
  fc.assert(
    fc.property(fc.integer({ min: 90, max: 2560 }), latenessMs, (period, late) => {
      const next = nextRotationAtMs(nowMs, period, nowMs + late);
      expect(next).toBeGreaterThan(nowMs + late);
      expect(next - (nowMs + late)).toBeLessThanOrEqual(period * day);
      expect((next - nowMs) % (period * day)).toBe(0);
    }),
  );
});

test('a key pending deletion shows no rotation', () => {
  const schedule = startRotation(nowMs);
  expect(isRotationShown(schedule, 'Enabled')).toBe(true);
  expect(isRotationShown(schedule, 'Disabled')).toBe(true);
  expect(isRotationShown(schedule, 'PendingDeletion')).toBe(false);
  expect(isRotationShown(schedule, 'PendingReplicaDeletion')).toBe(false);
  expect(isRotationShown(noRotation, 'Enabled')).toBe(false);
});

describe('rotation on demand', () => {
  const rotated = (shared: object) => ({
    arn: 'arn',
    shared: { ...noRotation, on_demand_rotation_count: 0, ...shared },
  });

  test('is allowed 25 times in the life of a key', () => {
    expect(() => requireOnDemandRotation(rotated({ on_demand_rotation_count: 24 }), nowMs)).not.toThrow();
    expect(() => requireOnDemandRotation(rotated({ on_demand_rotation_count: 25 }), nowMs)).toThrow(
      expect.objectContaining({
        code: 'LimitExceededException',
        message:
          'The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: arn',
      }),
    );
  });

  test('is refused within 20 minutes of an automatic rotation, and while one is overdue', () => {
    const due = (inMs: number) => rotated({ ...startRotation(nowMs), next_rotation_at_ms: nowMs + inMs });
    expect(() => requireOnDemandRotation(due(20 * minute), nowMs)).not.toThrow();
    for (const inMs of [20 * minute - 1, 0, -day]) {
      expect(() => requireOnDemandRotation(due(inMs), nowMs)).toThrow(
        expect.objectContaining({ code: 'ConflictException' }),
      );
    }
  });
});
