/** The words for a change, and which changes fail. */
import { compareResults, differencesOf } from '@keystead/bench/results/comparison.ts';
import { comparisonTable, conclusion } from '@keystead/bench/results/comparison-table.ts';
import type { Figure } from '@keystead/bench/results/results.ts';
import { aCount, aFigure, aResults, machine } from '../results-of.ts';

const limits = { worseThanPercent: 5, moreModulesThan: 10 };
const steady = [0.98, 0.99, 1, 1, 1.01, 1.02, 1];
const times = (factor: number) => steady.map((value) => value * factor);
const compare = (a: readonly Figure[], b: readonly Figure[]) => compareResults(aResults(a), aResults(b), limits);
const verdict = (a: Figure, b: Figure) => compare([a], [b]).map(({ word, fails }) => ({ word, fails }))[0];

test('a time that is clearly longer by more than the limit is slower, and fails', () => {
  expect(verdict(aFigure(steady), aFigure(times(1.2)))).toEqual({ word: 'slower', fails: true });
});

test('a time that is clearly longer, but within the limit, is slower and does not fail', () => {
  expect(verdict(aFigure(steady), aFigure(times(1.04)))).toEqual({ word: 'slower', fails: false });
});

test('a shorter time is faster', () => {
  expect(verdict(aFigure(steady), aFigure(times(0.8)))).toEqual({ word: 'faster', fails: false });
});

test('of a rate more is faster, and less fails', () => {
  const rate = { better: 'higher' } as const;
  expect(verdict(aFigure(steady, rate), aFigure(times(1.2), rate))).toEqual({ word: 'faster', fails: false });
  expect(verdict(aFigure(steady, rate), aFigure(times(0.8), rate))).toEqual({ word: 'slower', fails: true });
});

test('a share only changes: it also grows when what it is a share of gets faster', () => {
  const share = { better: 'neither' } as const;
  expect(verdict(aFigure(steady, share), aFigure(times(2), share))).toEqual({ word: 'changed', fails: false });
});

test('noise is not a clear change, however large', () => {
  const noisy = [0.5, 1.6, 0.7, 1.4, 1, 0.6, 1.5];
  expect(verdict(aFigure(steady), aFigure(steady.toReversed()))).toEqual({ word: 'no clear change', fails: false });
  expect(verdict(aFigure(noisy), aFigure(noisy.map((value) => value * 1.1)))).toMatchObject({
    word: 'no clear change',
  });
});

test('too few rounds cannot show a change', () => {
  expect(verdict(aFigure([1, 1, 1, 1]), aFigure([2, 2, 2, 2, 2]))).toEqual({ word: 'too few rounds', fails: false });
});

test('a machine that is slower for subject and floor alike changes nothing', () => {
  const slowed = aFigure(steady, {
    samples: steady.map((subject, round) => ({ round, subject: subject * 2, floor: 2 })),
  });
  const [compared] = compare([aFigure(steady)], [slowed]);
  expect(compared).toMatchObject({ word: 'no clear change', percent: 0 });
  expect(compared?.subjectPercent).toBeCloseTo(100);
  expect(compared?.floorPercent).toBeCloseTo(100);
});

test.each([
  [289, 289, 'same', false],
  [289, 299, 'more', false],
  [289, 300, 'more', true],
  [289, 200, 'fewer', false],
] as const)('a count from %i to %i: %s', (before, after, word, fails) => {
  expect(verdict(aCount(before), aCount(after))).toEqual({ word, fails });
});

test('figures that only one of the results has are named and do not fail', () => {
  const other = aFigure(steady, { id: 'plan-200' });
  expect(compare([aFigure(steady), aCount(1)], [other, aCount(1)]).map(({ word }) => word)).toEqual([
    'only in A',
    'same',
    'only in B',
  ]);
});

test('the limits are the given ones', () => {
  const strict = compareResults(aResults([aFigure(steady)]), aResults([aFigure(times(1.04))]), {
    ...limits,
    worseThanPercent: 2,
  });
  expect(strict.map(({ fails }) => fails)).toEqual([true]);
});

test('different machines, Node.js versions and uncommitted changes are reported', () => {
  const a = aResults([]);
  expect(differencesOf(a, a)).toEqual([]);
  const b = aResults([], { machine: { ...machine, processors: 64 }, nodeVersion: 'v26.0.0', dirty: true });
  expect(differencesOf(a, b)).toEqual([
    expect.stringContaining('The machines differ: A was measured on 2 × Example CPU'),
    'The Node.js versions differ: A v24.0.0, B v26.0.0.',
    'B was measured with uncommitted changes.',
  ]);
});

test('the table and its conclusion name what fails', () => {
  const compared = compare([aFigure(steady), aCount(100)], [aFigure(times(1.2)), aCount(90)]);
  expect(comparisonTable(compared)).toContain('| 1.000 | 1.200 | +20.0 % |');
  expect(comparisonTable(compared)).toContain('| **slower** | +20.0 % | 0.0 % |');
  expect(comparisonTable(compared)).toContain('| 100 | 90 | −10.0 % |  | fewer |');
  expect(conclusion(compared, limits)).toBe('Worse by more than 5 % or 10 modules: encrypt-1-median.');
  expect(conclusion(compare([aFigure([1])], [aFigure([2])]), limits)).toContain('1 figures cannot be judged');
  expect(conclusion([], limits)).toContain('No figure is clearly worse by more than 5 %');
});
