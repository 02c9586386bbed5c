/** How the samples of a CPU profile are divided among parts of a program. */
import { type CpuProfile, GARBAGE_COLLECTION, NODE, partsOf } from '@keystead/bench/measure/cpu-profile.ts';

const frame = (functionName: string, url = '') => ({ functionName, url });

/** root → server.ts → (net, then sign.ts), idle, garbage collector; a sample every 10 µs. */
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 5, 6] },
    { id: 2, callFrame: frame('serve', 'file:///server.ts'), children: [3, 4] },
    { id: 3, callFrame: frame('writev', 'node:net') },
    { id: 4, callFrame: frame('sign', 'file:///sign.ts') },
    { id: 5, callFrame: frame('(idle)') },
    { id: 6, callFrame: frame('(garbage collector)') },
  ],
  samples: [2, 3, 4, 5, 6, 1],
  timeDeltas: [10, 10, 10, 10, 10, 10],
  startTime: 1000,
  endTime: 1060,
};

const partOf = (url: string) => /([a-z]+)\.ts$/.exec(url)?.[1];

test('a sample belongs to the innermost part on its stack, and waiting to none', () => {
  expect(partsOf(profile, { from: 1000, to: 1060 }, partOf)).toEqual(
    new Map([
      ['server', 20],
      ['sign', 10],
      [GARBAGE_COLLECTION, 10],
      [NODE, 10],
    ]),
  );
});

test('only samples of the time that is asked for count', () => {
  expect(partsOf(profile, { from: 1020, to: 1030 }, partOf)).toEqual(new Map([['sign', 10]]));
});
