import { inRotation } from '@keystead/bench/measure/in-rotation.ts';

test('each round begins with the next side, and every side is measured once', async () => {
  const order: string[] = [];
  const work = (name: string) => async () => order.push(name);
  const works = { subject: work('s'), promise: work('p'), echo: work('e') };
  for (const round of [0, 1, 2, 3]) order.push(JSON.stringify(await inRotation(round, works)));
  expect(order.filter((entry) => entry.length === 1).join('')).toBe('spepesesp'.concat('spe'));
  expect(order[3]).toBe('{"subject":1,"promise":2,"echo":3}');
});
