/**
 * The commands of a README, run as a reader runs them: each `sh` block in a shell, in order. A `text` block after it
 * shows lines of what it prints: they must be printed in this order, with ids and times of any run in their places. A
 * line that ends in "…" shows only its beginning.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { run } from './server.ts';

export interface Block {
  readonly commands: string;
  /** Lines that the README shows; undefined: it shows none, and every command must succeed. */
  readonly shown: readonly string[] | undefined;
}

/** Blocks by the title of their section. */
export function sectionsOf(readme: string): ReadonlyMap<string, readonly Block[]> {
  return new Map(
    readme
      .split(/^## /m)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), blocksOf(part)]),
  );
}

function blocksOf(section: string): readonly Block[] {
  const blocks: Block[] = [];
  for (const [, language, text = ''] of section.matchAll(/^```(sh|text)\n(.*?)^```$/gms)) {
    const last = blocks.at(-1);
    if (language === 'sh') blocks.push({ commands: text, shown: undefined });
    else if (last !== undefined) blocks.splice(-1, 1, { ...last, shown: text.trim().split('\n') });
  }
  return blocks;
}

export interface Shell {
  /** @returns what the commands printed. @throws when they fail, or do not print what the README shows */
  run(block: Block): Promise<string>;
}

/** What a block assigns and defines is there in the next one. */
export function openShell(directory: string, env: Readonly<Record<string, string>>): Shell {
  const assigned = join(directory, '.assigned.sh');
  writeFileSync(assigned, '');
  return {
    async run({ commands, shown }) {
      // Commands that are shown to be refused do not end the block.
      const options = shown === undefined ? 'set -aeuo pipefail' : 'set -auo pipefail';
      const script = `exec 2>&1\n. ${assigned}\n${options}\n${commands}\n{ export -p; declare -f; } > ${assigned}\n`;
      const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      const result = await run('env', ['-i', ...variables, 'bash', '-c', script], { cwd: directory });
      const { code } = result;
      const stdout = stripVTControlCharacters(result.stdout);
      if (code !== 0) throw new Error(`These commands ended with ${code}:\n${commands}\n${stdout}`);
      if (shown !== undefined) expectShown(shown, stdout, commands);
      return stdout;
    },
  };
}

function expectShown(shown: readonly string[], printed: string, commands: string): void {
  const lines = masked(printed).split('\n');
  let from = 0;
  for (const line of masked(shown.join('\n')).split('\n')) {
    const wanted = line.trim();
    if (wanted === '' || wanted === '…') continue;
    const found = lines.findIndex((candidate, index) => index >= from && agrees(candidate.trim(), wanted));
    if (found === -1)
      throw new Error(`"${wanted}" was not printed${from > 0 ? ' there' : ''} by\n${commands}\n${printed}`);
    from = found + 1;
  }
}

const agrees = (printed: string, wanted: string): boolean =>
  wanted.endsWith('…') ? printed.startsWith(wanted.slice(0, -1).trimEnd()) : printed === wanted;

/** The example values of AWS's documents stand for the ids of any run. */
const anyRun: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '1234abcd-12ab-34cd-56ef-1234567890ab'],
  [/\bmrk-[0-9a-f]{32}\b/g, 'mrk-1234abcd12ab34cd56ef1234567890ab'],
  [/\bcks-[0-9a-z]{17}\b/g, 'cks-1234567890abcdef0'],
  [/\b[0-9a-f]{64}\b/g, '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'],
  [/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, '2027-01-31T12:00:00Z'],
  [/\bA[A-Z]{3}[A-Z2-7]{16,17}\b/g, 'AIDAEXAMPLE'],
];

export function masked(text: string): string {
  return anyRun.reduce((all, [pattern, instead]) => all.replaceAll(pattern, instead), text);
}
