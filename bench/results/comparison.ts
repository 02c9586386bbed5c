/** What a change did: two results figure by figure, each change with its 95 % interval and a word for it. */
import { changeInPercent, changeIntervalInPercent, type Interval, median } from '../measure/statistics.ts';
import { machineText } from './machine.ts';
import { type Figure, type Results, valuesOf } from './results.ts';

/**
 * `changed`: clearly, but the figure has no better or worse. `too few rounds`: an interval of so few samples would look
 * more certain than it is.
 */
export type Word =
  | 'faster'
  | 'slower'
  | 'changed'
  | 'no clear change'
  | 'too few rounds'
  | 'same'
  | 'more'
  | 'fewer'
  | 'only in A'
  | 'only in B';

export interface Limits {
  /** A figure that is clearly slower fails beyond this. */
  readonly worseThanPercent: number;
  /** A count that is larger by more than this fails. */
  readonly moreModulesThan: number;
}

export interface ComparedFigure {
  readonly figure: Figure;
  readonly word: Word;
  readonly before?: number;
  readonly after?: number;
  readonly percent?: number;
  readonly interval?: Interval;
  /** The same of subject and floor alone, to be read only where machine and day are the same. */
  readonly subjectPercent?: number;
  readonly floorPercent?: number;
  readonly fails: boolean;
}

/** Below this, the most a bootstrap of the median can say is that the two ranges do not overlap. */
export const MIN_ROUNDS = 5;

export function compareResults(a: Results, b: Results, limits: Limits): readonly ComparedFigure[] {
  const inB = new Map(b.figures.map((figure) => [figure.id, figure]));
  const inA = new Set(a.figures.map(({ id }) => id));
  return [
    ...a.figures.map((figure): ComparedFigure => {
      const other = inB.get(figure.id);
      return other ? compareFigure(figure, other, limits) : { figure, word: 'only in A', fails: false };
    }),
    ...b.figures.flatMap((figure): readonly ComparedFigure[] =>
      inA.has(figure.id) ? [] : [{ figure, word: 'only in B', fails: false }],
    ),
  ];
}

function compareFigure(a: Figure, b: Figure, limits: Limits): ComparedFigure {
  if (a.floorName === undefined || b.floorName === undefined) return compareCount(a, b, limits);
  const [before, after] = [valuesOf(a), valuesOf(b)];
  const percent = changeInPercent(median(before), median(after));
  const interval = changeIntervalInPercent(before, after);
  const word = wordFor(b, percent, interval, Math.min(before.length, after.length));
  return {
    figure: b,
    word,
    before: median(before),
    after: median(after),
    percent,
    interval,
    subjectPercent: changeOf(a, b, ({ subject }) => subject),
    floorPercent: changeOf(a, b, ({ floor = Number.NaN }) => floor),
    fails: word === 'slower' && Math.abs(percent) > limits.worseThanPercent,
  };
}

function wordFor({ better }: Figure, percent: number, { low, high }: Interval, rounds: number): Word {
  if (rounds < MIN_ROUNDS) return 'too few rounds';
  if (low <= 0 && high >= 0) return 'no clear change';
  if (better === 'neither') return 'changed';
  return percent > 0 === (better === 'higher') ? 'faster' : 'slower';
}

function compareCount(a: Figure, b: Figure, { moreModulesThan }: Limits): ComparedFigure {
  const [before, after] = [median(valuesOf(a)), median(valuesOf(b))];
  const word = after === before ? 'same' : after > before ? 'more' : 'fewer';
  const fails = b.better === 'lower' && after - before > moreModulesThan;
  return { figure: b, word, before, after, percent: changeInPercent(before, after), fails };
}

function changeOf(a: Figure, b: Figure, pick: (sample: Figure['samples'][number]) => number): number {
  return changeInPercent(median(a.samples.map(pick)), median(b.samples.map(pick)));
}

/** Sentences on why the two results are not of the same kind; none when they are. */
export function differencesOf(a: Results, b: Results): readonly string[] {
  const [machineA, machineB] = [machineText(a.machine), machineText(b.machine)];
  return [
    ...(machineA === machineB
      ? []
      : [
          `The machines differ: A was measured on ${machineA}, B on ${machineB}. Ratios of different machines compare badly.`,
        ]),
    ...(a.nodeVersion === b.nodeVersion
      ? []
      : [`The Node.js versions differ: A ${a.nodeVersion}, B ${b.nodeVersion}.`]),
    ...(a.dirty ? ['A was measured with uncommitted changes.'] : []),
    ...(b.dirty ? ['B was measured with uncommitted changes.'] : []),
  ];
}
