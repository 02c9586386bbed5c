/**
 * `make bench-compare A B`: what a change did. A and B are two results files, or two commits, which it then measures by
 * turns. Exit status 1: a figure is clearly worse than the limits allow. 2: nothing could be compared.
 */
import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { compareResults, differencesOf, type Limits } from './results/comparison.ts';
import { comparisonTable, conclusion } from './results/comparison-table.ts';
import { type Results, readResults, writeResults } from './results/results.ts';
import { cleanUpWhenInterrupted, progress, runCommand } from './run/command.ts';
import { measureCommits } from './run/commits.ts';
import { limitOf, namesOf, optionalRounds } from './run/options.ts';
import { createWorktrees, findCommit } from './run/worktrees.ts';
import { root } from './servers/paths.ts';

const help = `Usage: make bench-compare A B [ARGS="OPTION …"]

Says figure by figure what changed from A to B. A and B are
  two results files, for example   make bench-compare before.json after.json
  or two commits, for example      make bench-compare main HEAD
Commits are checked out and built below dist/bench/ and measured by turns, which takes twice as long as "make bench".

Options
  --worse-than PERCENT      exit status 1 when a figure is clearly worse by more than this (default: 5)
  --more-modules-than N     exit status 1 when a count of modules is larger by more than this (default: 10)
  --only NAME[,NAME]        of commits: measure only these benchmarks
  --rounds N                of commits: rounds of each benchmark
  --help                    print this`;

interface Given {
  readonly text: string;
  readonly isFile: boolean;
}

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'worse-than': { type: 'string', default: '5' },
      'more-modules-than': { type: 'string', default: '10' },
      only: { type: 'string' },
      rounds: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [a, b] = positionals;
  if (values.help) return console.log(help);
  if (a === undefined || b === undefined || positionals.length > 2) throw new Error(help);
  const limits = {
    worseThanPercent: limitOf('--worse-than', values['worse-than']),
    moreModulesThan: limitOf('--more-modules-than', values['more-modules-than']),
  };
  const measuring = { ...optionalRounds(values.rounds), names: namesOf(values.only, []), progress };
  report(await resultsOf([await given(a), await given(b)], measuring), limits);
});

async function given(text: string): Promise<Given> {
  const found = await stat(text).catch(() => undefined);
  return { text, isFile: found?.isFile() ?? false };
}

type Measuring = Parameters<typeof measureCommits>[2];

async function resultsOf([a, b]: readonly [Given, Given], measuring: Measuring): Promise<readonly [Results, Results]> {
  if (a.isFile && b.isFile) return [await readResults(a.text), await readResults(b.text)];
  if (!a.isFile && !b.isFile) return measureBoth([await requireCommit(a), await requireCommit(b)], measuring);
  const [file, other] = a.isFile ? [a, b] : [b, a];
  throw new Error(
    `${file.text} is a results file and ${other.text} is not. Give two results files or two commits: figures of one ` +
      'run and of another day are not measured by turns.',
  );
}

/** @throws Error when it names neither a file nor a commit. */
async function requireCommit({ text }: Given): Promise<string> {
  const commit = await findCommit(text);
  if (commit === undefined) throw new Error(`"${text}" is neither a file nor a commit of this repository.`);
  return commit;
}

/** Keeps the results of both, and removes the work trees. */
async function measureBoth(commits: readonly [string, string], measuring: Measuring) {
  const worktrees = createWorktrees(progress);
  cleanUpWhenInterrupted(worktrees.removeAll);
  try {
    const both = await measureCommits(commits, worktrees, measuring);
    for (const [index, results] of both.entries()) {
      const side = index === 0 ? 'a' : 'b';
      const file = join(root, 'dist/bench', `${side}-${commits[index]?.slice(0, 12)}.json`);
      await writeResults(file, results);
      progress(`results: ${relative(process.cwd(), file)}`);
    }
    return both;
  } finally {
    await worktrees.removeAll();
  }
}

function report([a, b]: readonly [Results, Results], limits: Limits): void {
  const compared = compareResults(a, b, limits);
  for (const difference of differencesOf(a, b)) console.log(`Note: ${difference}`);
  console.log(comparisonTable(compared));
  console.log(conclusion(compared, limits));
  if (compared.some(({ fails }) => fails)) process.exitCode = 1;
}
