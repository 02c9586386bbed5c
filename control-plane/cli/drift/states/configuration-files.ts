/** The configuration of stacks as far as it decides what drift is: whether it is still the same. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Stack } from './stack.ts';

/** Of the files of a directory and of the modules that `terraform init` installed, by name; none for a state from a file. */
export async function digestOfConfiguration({ source, code }: Stack): Promise<readonly string[]> {
  const dir = code ?? ('dir' in source ? source.dir : undefined);
  if (dir === undefined) return [];
  if (dir.endsWith('.json')) return [await digestOfFile(dir)];
  const text = await readFile(join(dir, '.terraform/modules/modules.json'), 'utf8').catch(() => '{}');
  const { Modules = [] } = JSON.parse(text) as { Modules?: readonly { readonly Dir: string }[] };
  const dirs = [...new Set([dir, ...Modules.map((module) => join(dir, module.Dir))])].sort();
  return (await Promise.all(dirs.map(digestsIn))).flat();
}

async function digestsIn(dir: string): Promise<readonly string[]> {
  const names = (await readdir(dir).catch(() => [])).filter((name) => /\.(tf|tf\.json|tofu)$/.test(name)).sort();
  return Promise.all(names.map((name) => digestOfFile(join(dir, name))));
}

async function digestOfFile(path: string): Promise<string> {
  const digest = createHash('sha256').update(await readFile(path));
  return `${basename(path)} ${digest.digest('base64url')}`;
}
