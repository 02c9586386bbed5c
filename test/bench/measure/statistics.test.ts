/** What a figure's value, spread and change are computed with. */
import {
  changeInPercent,
  changeIntervalInPercent,
  median,
  quantile,
  summarize,
} from '@keystead/bench/measure/statistics.ts';
import { valuesOf } from '@keystead/bench/results/results.ts';
import fc from 'fast-check';

const values = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });

test('the median of an odd number of values is the middle one, of an even number the mean of the middle two', () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7])).toBe(7);
});

test('quartiles lie between the nearest two values', () => {
  expect(summarize([1, 2, 3, 4])).toEqual({ median: 2.5, lowerQuartile: 1.75, upperQuartile: 3.25, min: 1, max: 4 });
  expect(quantile([10, 20], 0.99)).toBeCloseTo(19.9);
});

test('no values have no median', () => {
  expect(() => median([])).toThrow(RangeError);
  expect(() => summarize([])).toThrow(RangeError);
});

test('minimum, quartiles, median and maximum are in this order, whatever the order of the values', () => {
  fc.assert(
    fc.property(values, (given) => {
      const { min, lowerQuartile, median: middle, upperQuartile, max } = summarize(given);
      const inOrder = [min, lowerQuartile, middle, upperQuartile, max];
      expect(inOrder.toSorted((a, b) => a - b)).toEqual(inOrder);
      expect(summarize(given.toReversed())).toEqual(summarize(given));
    }),
  );
});

test("a round's value is the ratio of its own subject and floor; of a count it is the count", () => {
  const samples = [
    { round: 0, subject: 10, floor: 2 },
    { round: 1, subject: 30, floor: 3 },
  ];
  expect(valuesOf({ samples })).toEqual([5, 10]);
  expect(valuesOf({ samples: [{ round: 0, subject: 289 }] })).toEqual([289]);
});

test('a change is given in percent of the value before', () => {
  expect(changeInPercent(4, 5)).toBe(25);
  expect(changeInPercent(5, 4)).toBeCloseTo(-20);
});

test('the interval of a change of two constants is that change', () => {
  const { low, high } = changeIntervalInPercent([2, 2, 2, 2, 2], [3, 3, 3, 3, 3]);
  expect([low, high]).toEqual([50, 50]);
});

test('the interval is the same each time, and holds the change of the medians', () => {
  fc.assert(
    fc.property(values, values, (before, after) => {
      const interval = changeIntervalInPercent(before, after);
      expect(changeIntervalInPercent(before, after)).toEqual(interval);
      expect(interval.low).toBeLessThanOrEqual(interval.high);
    }),
    { numRuns: 20 },
  );
  const { low, high } = changeIntervalInPercent([9, 10, 10, 10, 11], [10, 11, 11, 11, 12]);
  expect(low).toBeLessThanOrEqual(10);
  expect(high).toBeGreaterThanOrEqual(10);
});

test('the interval of values and themselves holds zero', () => {
  fc.assert(
    fc.property(values, (given) => {
      const { low, high } = changeIntervalInPercent(given, given);
      expect(low).toBeLessThanOrEqual(0);
      expect(high).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 20 },
  );
});
