/**
 * `make bench`: every benchmark, one after the other (two at once would measure each other). Prints a Markdown table;
 * with `--write` puts it into docs/benchmarks.md with the machine it was measured on.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { benchEncrypt } from './encrypt.ts';
import { benchPlan } from './plan.ts';
import { benchProviderStart } from './provider-start.ts';
import { type Figure, markdownTable } from './report.ts';
import { root } from './servers.ts';

const benches = { encrypt: benchEncrypt, 'provider-start': benchProviderStart, plan: benchPlan } as const;

const chosen = process.argv.slice(2).filter((argument) => argument in benches) as (keyof typeof benches)[];
const figures: Figure[] = [];
for (const name of chosen.length > 0 ? chosen : (Object.keys(benches) as (keyof typeof benches)[])) {
  console.error(`measuring ${name} …`);
  figures.push(...(await benches[name]()));
}
const table = markdownTable(figures);
console.log(table);
if (process.argv.includes('--write')) {
  const file = join(root, 'docs/benchmarks.md');
  const text = await readFile(file, 'utf8');
  const measured = `<!-- figures -->\n${machine()}\n\n${table}\n<!-- /figures -->`;
  await writeFile(file, text.replace(/<!-- figures -->[\s\S]*<!-- \/figures -->/, measured));
}

function machine(): string {
  const processors = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `Measured on ${new Date().toISOString().slice(0, 10)}: ${processors.length} × ${processors[0]?.model ?? 'unknown CPU'}, ${memory}, Linux ${release().replace(/-.*/, '')}, Node ${process.version}. Figures are medians of alternating rounds.`;
}
