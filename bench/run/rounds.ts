/**
 * Runs a benchmark round by round in one tree, or in two by turns: the order of the trees changes with each round (A B,
 * B A, A B, …), so that a drift of the machine's speed hits both.
 */
import type { FigureDescription } from '../measure/benchmark.ts';
import type { Figure, RoundSample } from '../results/results.ts';
import type { BenchmarkSummary } from './messages.ts';
import { startWorker, type Tree, type Worker } from './worker-process.ts';

export interface RoundsOptions {
  readonly rounds?: number;
  readonly progress: (line: string) => void;
}

/** @returns for each tree the figures with all their samples */
export async function measureInTurn(
  trees: readonly Tree[],
  benchmark: BenchmarkSummary,
  options: RoundsOptions,
): Promise<readonly (readonly Figure[])[]> {
  // A count comes out the same in each round.
  const rounds = benchmark.rounds === 1 ? 1 : (options.rounds ?? benchmark.rounds);
  const collected = trees.map((tree) => createCollector(tree, benchmark));
  try {
    for (let round = 0; round < rounds; round += 1) {
      options.progress(`${benchmark.name}: round ${round + 1} of ${rounds}`);
      for (const side of round % 2 === 0 ? collected : collected.toReversed()) await side.measure(round);
    }
  } finally {
    for (const side of collected) await side.close();
  }
  return collected.map((side) => side.figures());
}

function createCollector(tree: Tree, { name, lasting }: BenchmarkSummary) {
  let kept: Worker | undefined;
  let descriptions: readonly FigureDescription[] = [];
  const samples = new Map<string, RoundSample[]>();
  const close = async () => {
    await kept?.close();
    kept = undefined;
  };
  const measure = async (round: number) => {
    kept ??= await startWorker(tree, name);
    descriptions = kept.figures;
    for (const [id, sample] of Object.entries(await kept.measure(round))) {
      samples.set(id, [...(samples.get(id) ?? []), { round, ...sample }]);
    }
    if (!lasting) await close();
  };
  const figures = () =>
    descriptions.map((description) => ({
      ...description,
      benchmark: name,
      samples: samples.get(description.id) ?? [],
    }));
  return { measure, close, figures };
}
