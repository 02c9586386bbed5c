/** Measures two commits by turns, benchmark by benchmark and round by round. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { commitOf, thisMachine } from '../results/machine.ts';
import type { Figure, Results } from '../results/results.ts';
import type { BenchmarkSummary } from './messages.ts';
import { measureInTurn, type RoundsOptions } from './rounds.ts';
import { requireBenchmarks, suiteOf, type Tree } from './worker-process.ts';
import type { Worktrees } from './worktrees.ts';

export interface CommitsOptions extends RoundsOptions {
  /** Empty: all benchmarks but the long ones. */
  readonly names: readonly string[];
}

/** @throws Error when one of the commits has no such benchmarks, or cannot be built. */
export async function measureCommits(
  commits: readonly [string, string],
  worktrees: Worktrees,
  options: CommitsOptions,
): Promise<readonly [Results, Results]> {
  const [a, b] = [await worktrees.add('A', commits[0]), await worktrees.add('B', commits[1])];
  await requireBenchmarks(a, `A (${commits[0].slice(0, 12)})`);
  await requireBenchmarks(b, `B (${commits[1].slice(0, 12)})`);
  const trees = [await worktrees.build('A', a), await worktrees.build('B', b)] as const;
  const figures: readonly [Figure[], Figure[]] = [[], []];
  for (const benchmark of await commonBenchmarks(trees, options.names)) {
    const [ofA = [], ofB = []] = await measureInTurn(trees, benchmark, options);
    figures[0].push(...ofA);
    figures[1].push(...ofB);
  }
  return [await resultsOf(trees[0], figures[0]), await resultsOf(trees[1], figures[1])];
}

/** A benchmark that only one of them has cannot be compared; it is left out. */
async function commonBenchmarks(
  trees: readonly [Tree, Tree],
  names: readonly string[],
): Promise<readonly BenchmarkSummary[]> {
  const [inA, inB] = [(await suiteOf(trees[0])).benchmarks, (await suiteOf(trees[1])).benchmarks];
  const common = inB.filter(({ name }) => inA.some((other) => other.name === name));
  const missing = names.find((name) => !common.some((benchmark) => benchmark.name === name));
  if (missing === undefined)
    return common.filter(({ name, long }) => (names.length > 0 ? names.includes(name) : !long));
  throw new Error(
    `A and B do not both have a benchmark "${missing}": both have ${common.map(({ name }) => name).join(', ')}.`,
  );
}

async function resultsOf({ directory, node }: Tree, figures: readonly Figure[]): Promise<Results> {
  const { stdout } = await promisify(execFile)(node, ['--version']);
  const about = { machine: thisMachine(), nodeVersion: stdout.trim() };
  return { measuredAt: new Date().toISOString(), ...(await commitOf(directory)), dirty: false, ...about, figures };
}
