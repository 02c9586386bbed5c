/** Medians, quartiles and the bootstrap: everything a figure's value and spread are computed with. */

export interface Summary {
  readonly median: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
  readonly min: number;
  readonly max: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** @throws RangeError when there are no values. */
export function summarize(values: readonly number[]): Summary {
  const sorted = ascending(values);
  return {
    median: quantile(sorted, 0.5),
    lowerQuartile: quantile(sorted, 0.25),
    upperQuartile: quantile(sorted, 0.75),
    min: quantile(sorted, 0),
    max: quantile(sorted, 1),
  };
}

/** @throws RangeError when there are no values. */
export function median(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}

/**
 * Interpolates linearly between the two nearest values (type 7 of Hyndman and Fan, "Sample Quantiles in Statistical
 * Packages", 1996).
 * @param sorted ascending.
 * @throws RangeError when there are no values.
 */
export function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new RangeError('there are no values to take a quantile of');
  return below + (above - below) * (position - Math.floor(position));
}

const RESAMPLES = 4000;
const SEED = 20_260_101;

/**
 * The change from the median of `before` to the median of `after`, in percent, as a 95 % interval: the percentile
 * bootstrap (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3). The same input always gives
 * the same interval.
 */
export function changeIntervalInPercent(before: readonly number[], after: readonly number[]): Interval {
  const random = seededRandom(SEED);
  const changes = Array.from({ length: RESAMPLES }, () =>
    changeInPercent(median(resample(before, random)), median(resample(after, random))),
  );
  const sorted = ascending(changes);
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

export function changeInPercent(before: number, after: number): number {
  return (after / before - 1) * 100;
}

export function ascending(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}

function resample(values: readonly number[], random: () => number): readonly number[] {
  return values.map(() => values[Math.floor(random() * values.length)] as number);
}

/** Numbers from 0 to below 1: the generator mulberry32, small and good enough to draw samples. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
