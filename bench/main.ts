/**
 * `make bench`: runs the chosen benchmarks one after the other (two at once would disturb each other). Prints a
 * Markdown table
 * and writes a results file; with `--write` the table goes into docs/benchmarks.md.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { benchmarks, chooseBenchmarks } from './benchmarks/index.ts';
import type { Benchmark } from './measure/benchmark.ts';
import { commitOf, thisMachine } from './results/machine.ts';
import { type Figure, type Results, writeResults } from './results/results.ts';
import { figuresTable, measuredOn } from './results/table.ts';
import { cleanUpWhenInterrupted, progress, runCommand } from './run/command.ts';
import { namesOf, optionalRounds } from './run/options.ts';
import { measureInTurn } from './run/rounds.ts';
import { root } from './servers/paths.ts';

const help = `Usage: make bench [B=NAME[,NAME]] [ARGS="OPTION …"]

Measures Keystead against floors in the same run and prints a table.

Options
  --only NAME[,NAME]  only these benchmarks (also B=NAME)
  --rounds N          rounds of each benchmark (default: each has its own number)
  --results FILE      where the results go (default: bench/results.json)
  --write             put the table into docs/benchmarks.md
  --help              print this

Benchmarks
${benchmarks.map(({ name, summary, long }) => `  ${name.padEnd(18)}  ${summary}${long ? '; only when named' : ''}`).join('\n')}`;

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      rounds: { type: 'string' },
      results: { type: 'string', default: join(root, 'bench/results.json') },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(help);
  const chosen = chooseBenchmarks(
    namesOf(
      values.only,
      positionals.flatMap((name) => name.split(',')),
    ),
  );
  const place = values.write ? placeOf(chosen) : undefined;
  for (const benchmark of chosen) benchmark.check?.();
  cleanUpWhenInterrupted(async () => undefined);
  const results = await measureAll(chosen, optionalRounds(values.rounds));
  await writeResults(values.results, results);
  console.log(figuresTable(results.figures));
  progress(`results: ${relative(process.cwd(), values.results)}`);
  if (place !== undefined) await writeFigures(place, results);
});

async function measureAll(chosen: readonly Benchmark[], options: { readonly rounds?: number }): Promise<Results> {
  const tree = { label: 'this work tree', directory: root, node: process.execPath };
  const figures: Figure[] = [];
  for (const { name, rounds, lasting, long = false } of chosen) {
    const [measured = []] = await measureInTurn([tree], { name, rounds, lasting, long }, { ...options, progress });
    figures.push(...measured);
  }
  const about = { machine: thisMachine(), nodeVersion: process.version };
  return { measuredAt: new Date().toISOString(), ...(await commitOf(root)), ...about, figures };
}

/**
 * A long benchmark's figures stand in a place of their own.
 * @throws Error when the table would lack rows that the page has.
 */
function placeOf(chosen: readonly Benchmark[]): string {
  const [first] = chosen;
  if (chosen.length === 1 && first?.long) return `figures ${first.name}`;
  const defaults = chooseBenchmarks([]);
  if (chosen.length === defaults.length && chosen.every(({ long }) => !long)) return 'figures';
  throw new Error('--write needs a run of all benchmarks but the long ones, or of one long benchmark alone.');
}

async function writeFigures(place: string, results: Results): Promise<void> {
  const file = join(root, 'docs/benchmarks.md');
  const text = await readFile(file, 'utf8');
  const start = `<!-- ${place} -->`;
  const [before, after] = [text.indexOf(start), text.indexOf(`<!-- /${place} -->`)];
  if (before < 0 || after < before) throw new Error(`docs/benchmarks.md has no place for ${place}`);
  const figures = `${start}\n${measuredOn(results)}\n\n${figuresTable(results.figures)}\n`;
  await writeFile(file, `${text.slice(0, before)}${figures}${text.slice(after)}`);
  progress('figures: docs/benchmarks.md');
}
