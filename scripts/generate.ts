/**
 * Writes everything that is generated and checked in, or with --check says which files are stale and exits 1.
 * Each room's generator knows its own files; the order follows their dependencies. Generators that need a maintainer's
 * tools run in `make generate` only, which installs the tools; --check compares digests instead (scripts/digests.ts).
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { byTools, recordDigests, staleOutputs } from './digests.ts';

const root = join(import.meta.dirname, '..');
const ownGenerators = ['provider-schema/generate.ts', 'test/contract/compatibility/generate.ts'];
const hint = 'Hint: run "make generate" and commit what it writes.';

function fails(generator: string, ...args: readonly string[]): boolean {
  return spawnSync(process.execPath, [join(root, generator), ...args], { stdio: 'inherit' }).status !== 0;
}

function check(): readonly string[] {
  return [...ownGenerators.filter((generator) => fails(generator, '--check')), ...staleOutputs(root)];
}

function write(): readonly string[] {
  if (!existsSync(join(root, 'scripts/generators/node_modules'))) {
    return ['The generators are not installed: run "make generate", which installs them'];
  }
  const [first = '', ...rest] = ownGenerators;
  const failed = [first, ...byTools.map(({ generator }) => generator), ...rest].filter((generator) => fails(generator));
  if (failed.length === 0) {
    recordDigests(root);
    for (const { output } of byTools) console.log(`wrote ${output}`);
  }
  return failed;
}

const failed = process.argv.includes('--check') ? check() : write();
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}. ${hint}`);
  process.exitCode = 1;
}
