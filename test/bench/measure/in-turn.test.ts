/** The order of floor and subject, and that what was begun is undone. */
import { existsSync } from 'node:fs';
import { withClosers } from '@keystead/bench/measure/closers.ts';
import { inTurn, inTurnRepeatedly } from '@keystead/bench/measure/in-turn.ts';

function recorder() {
  const order: string[] = [];
  const work = (name: string) => () => {
    order.push(name);
    return order.length;
  };
  return { order, works: { subject: work('subject'), floor: work('floor') } };
}

test('floor and subject take turns at going first', async () => {
  const { order, works } = recorder();
  expect(await inTurn(0, works)).toEqual({ floor: 1, subject: 2 });
  expect(await inTurn(1, works)).toEqual({ subject: 3, floor: 4 });
  expect(order).toEqual(['floor', 'subject', 'subject', 'floor']);
});

test('repeated within a round they take turns too', async () => {
  const { order, works } = recorder();
  expect(await inTurnRepeatedly(1, 2, works)).toEqual({ subject: [1, 4], floor: [2, 3] });
  expect(order).toEqual(['subject', 'floor', 'floor', 'subject']);
});

test('what was begun is undone in reverse order, also when preparing fails halfway', async () => {
  const undone: string[] = [];
  let directory = '';
  const failing = withClosers(async (closers) => {
    directory = await closers.directory();
    closers.add(async () => undone.push('first'));
    closers.add(async () => undone.push('second'));
    throw new Error('the third does not start');
  });
  await expect(failing).rejects.toThrow('the third does not start');
  expect(undone).toEqual(['second', 'first']);
  expect(directory).not.toBe('');
  expect(existsSync(directory)).toBe(false);
});
