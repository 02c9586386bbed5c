import {
  cancelDeletion,
  requirePendingWindow,
  scheduleDeletion,
} from '@keystead/control-plane/domain/keys/deletion.ts';

const nowMs = Date.UTC(2026, 0, 1);

test('the waiting period is 30 days unless given', () => {
  expect(requirePendingWindow()).toBe(30);
});

test.each([7, 15, 30])('%d days is a waiting period', (days) => {
  expect(requirePendingWindow(days)).toBe(days);
});

test.each([1, 6, 31, 365])('%d days is not a waiting period, although the shape allows it', (days) => {
  expect(() => requirePendingWindow(days)).toThrow(expect.objectContaining({ code: 'ValidationException' }));
});

test('a key is deleted when its window ends, to the millisecond', () => {
  expect(scheduleDeletion(7, nowMs, false)).toEqual({
    state: 'PendingDeletion',
    deletion_at_ms: Date.UTC(2026, 0, 8),
    pending_window_in_days: 7,
  });
});

test('a primary with replicas waits without a date and remembers its window', () => {
  expect(scheduleDeletion(7, nowMs, true)).toEqual({
    state: 'PendingReplicaDeletion',
    deletion_at_ms: null,
    pending_window_in_days: 7,
  });
});

test('a cancelled deletion leaves the key disabled, never enabled', () => {
  expect(cancelDeletion(true)).toEqual({ state: 'Disabled', deletion_at_ms: null, pending_window_in_days: null });
});

test('a cancelled deletion leaves a key without its imported material pending import', () => {
  expect(cancelDeletion(false).state).toBe('PendingImport');
});
