import { timeOfId, timeOrderedId } from '@keystead/control-plane/domain/identifiers/time-ordered-id.ts';

const now = Date.UTC(2026, 0, 1, 12, 0, 0, 123);

test('an id is a UUID of version 7 that contains its millisecond', () => {
  const id = timeOrderedId(now);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(timeOfId(id)).toBe(now);
});

test('the example of RFC 9562, appendix A.6, contains its time', () => {
  expect(timeOfId('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')).toBe(Date.UTC(2022, 1, 22, 19, 22, 22));
});

test('ids of one moment differ, and ids of later moments sort after earlier ones', () => {
  expect(new Set(Array.from({ length: 1000 }, () => timeOrderedId(now))).size).toBe(1000);
  expect(timeOrderedId(now) < timeOrderedId(now + 1)).toBe(true);
  expect(timeOfId(timeOrderedId(0))).toBe(0);
});

test.each(['', 'x', '017f22e2-79b0-4cc3-98c4-dc0c0c07398f', '017F22E2-79B0-7CC3-98C4-DC0C0C07398F'])(
  'the id "%s" does not contain a time',
  (id) => {
    expect(timeOfId(id)).toBeUndefined();
  },
);
