/**
 * Processor time of small pieces of work in this process, all threads counted: other work on the machine does not
 * lengthen it. The pieces take turns in short slices; the median slice counts.
 */
import { median } from './statistics.ts';

const WARM_UP_MS = 300;
const SLICE_MS = 100;
const SLICES = 5;

/** @returns microseconds of processor time for one run of each work. */
export function microsecondsPerRun<Name extends string>(
  round: number,
  works: Readonly<Record<Name, () => unknown>>,
): Readonly<Record<Name, number>> {
  const names = Object.keys(works) as Name[];
  const runs = new Map(names.map((name) => [name, runsPerSlice(works[name])]));
  const slices = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let slice = 0; slice < SLICES; slice += 1) {
    const order = (round + slice) % 2 === 0 ? names : names.toReversed();
    for (const name of order) slices.get(name)?.push(sliceOf(works[name], runs.get(name) ?? 1));
  }
  return Object.fromEntries(names.map((name) => [name, median(slices.get(name) ?? [])])) as Record<Name, number>;
}

/** Warms the work up, which compiles it, and counts how often it runs in a slice. */
function runsPerSlice(work: () => unknown): number {
  const endsAt = performance.now() + WARM_UP_MS;
  let runs = 0;
  for (; performance.now() < endsAt; runs += 1) work();
  return Math.max(1, Math.round((runs * SLICE_MS) / WARM_UP_MS));
}

function sliceOf(work: () => unknown, runs: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < runs; i += 1) work();
  return microsecondsSince(before) / runs;
}

/** Processor time of the whole process since `before`. */
export function microsecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
