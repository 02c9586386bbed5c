/**
 * Removes from the lock files for which C library a package is: npm 11 writes it, npm 9 and 10 remove it again, and an
 * install must leave the lock file as it is. `make lock` runs it; prune.ts tells such packages apart by their names.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Directories that have a package-lock.json, relative to the repository. */
export const lockDirectories = ['', 'scripts/generators', 'scripts/jsii', 'scripts/pipelines', 'scripts/typescript'];

/** @param text a package-lock.json */
export function withoutCLibraries(text: string): string {
  const lock = JSON.parse(text);
  for (const locked of Object.values<{ libc?: unknown }>(lock.packages)) delete locked.libc;
  return `${JSON.stringify(lock, null, 2)}\n`;
}

function main(): void {
  for (const directory of lockDirectories) {
    const path = join(import.meta.dirname, '..', directory, 'package-lock.json');
    writeFileSync(path, withoutCLibraries(readFileSync(path, 'utf8')));
  }
}

if (import.meta.main) main();
