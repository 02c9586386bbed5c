/**
 * `make bench`: every benchmark, one after the other (two at once would measure each other). Prints a Markdown table;
 * with `--write` puts it into docs/benchmarks.md with the machine it was measured on.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { benchAuthorization } from './authorization.ts';
import { benchEncrypt } from './encrypt.ts';
import { benchKeyUsage } from './key-usage.ts';
import { benchManyKeys } from './many-keys.ts';
import { benchPlan } from './plan.ts';
import { benchProviderStart } from './provider-start.ts';
import { type Figure, markdownTable } from './report.ts';
import { root } from './servers.ts';
import { benchSignatures } from './signatures.ts';

const benches = {
  encrypt: benchEncrypt,
  'key-usage': benchKeyUsage,
  signatures: benchSignatures,
  authorization: benchAuthorization,
  'provider-start': benchProviderStart,
  plan: benchPlan,
} as const;
/** Too long for every run: named, they run alone and have a table of their own. */
const longBenches = { 'many-keys': benchManyKeys } as const;

type Bench = () => Promise<readonly Figure[]>;

const all: Readonly<Record<string, Bench>> = { ...benches, ...longBenches };
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = named.find((name) => !Object.hasOwn(all, name));
if (unknown !== undefined) {
  console.error(`There is no benchmark "${unknown}": there are ${Object.keys(all).join(', ')}.`);
  process.exit(2);
}
const chosen = named.length > 0 ? named : Object.keys(benches);
const figures: Figure[] = [];
for (const name of chosen) {
  console.error(`measuring ${name} …`);
  figures.push(...((await all[name]?.()) ?? []));
}
const table = markdownTable(figures);
console.log(table);
if (process.argv.includes('--write')) await writeFigures(chosen.length === 1 ? (chosen[0] ?? '') : '');

/** A long benchmark's figures stand in a place of their own. */
async function writeFigures(alone: string): Promise<void> {
  const place = Object.hasOwn(longBenches, alone) ? `figures ${alone}` : 'figures';
  const file = join(root, 'docs/benchmarks.md');
  const text = await readFile(file, 'utf8');
  const start = `<!-- ${place} -->`;
  const end = `<!-- /${place} -->`;
  const [before, after] = [text.indexOf(start), text.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`docs/benchmarks.md has no place for ${place}`);
  await writeFile(file, `${text.slice(0, before)}${start}\n${machine()}\n\n${table}\n${text.slice(after)}`);
}

function machine(): string {
  const processors = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `Measured on ${new Date().toISOString().slice(0, 10)}: ${processors.length} × ${processors[0]?.model ?? 'unknown CPU'}, ${memory}, Linux ${release().replace(/-.*/, '')}, Node ${process.version}. Figures are medians of alternating rounds.`;
}
