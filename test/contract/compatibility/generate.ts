/** Writes docs/compatibility.md; with `--check` it only exits 1 if the page is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { compatibilityDocument } from './document.ts';

const path = resolve(import.meta.dirname, '../../../docs/compatibility.md');

export function isFresh(): boolean {
  try {
    return readFileSync(path, 'utf8') === compatibilityDocument();
  } catch {
    return false;
  }
}

function main(args: readonly string[]): void {
  if (!args.includes('--check')) writeFileSync(path, compatibilityDocument());
  else if (!isFresh()) {
    console.error('Stale: docs/compatibility.md. Run `make generate`.');
    process.exitCode = 1;
  }
}

if (import.meta.main) main(process.argv.slice(2));
