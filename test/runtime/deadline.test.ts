import { setTimeout as sleep } from 'node:timers/promises';
import { Deadline } from '@keystead/control-plane/runtime/deadline.ts';

const late = () => new Error('late');
const never = () => new Promise<never>(() => undefined);

test('work that ends in time gives its result, or its own error', async () => {
  const deadline = new Deadline(60_000, late);
  expect(await deadline.within(Promise.resolve(1))).toBe(1);
  await expect(deadline.within(Promise.reject(new Error('its own')))).rejects.toThrow('its own');
});

test('work that takes longer is late, each from its own beginning, whatever ended before it', async () => {
  const deadline = new Deadline(50, late);
  const begun = performance.now();
  await deadline.within(Promise.resolve());
  const first = deadline.within(never()).catch(() => performance.now() - begun);
  await sleep(30);
  const between = performance.now() - begun;
  const second = deadline.within(never()).catch(() => performance.now() - begun);
  const inTime = deadline.within(sleep(1).then(() => 'in time'));
  expect(await inTime).toBe('in time');
  expect(await first).toBeGreaterThanOrEqual(49);
  expect((await second) as number).toBeGreaterThanOrEqual(between + 49);
});

test('an error that comes after the deadline is nobody’s', async () => {
  const deadline = new Deadline(5, late);
  const { promise, reject } = Promise.withResolvers<void>();
  await expect(deadline.within(promise)).rejects.toThrow('late');
  reject(new Error('its own, later'));
  await sleep(5);
});
