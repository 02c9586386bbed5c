/**
 * Removes from node_modules what nothing here reads, a fifth of it: packages' source maps, and what better-sqlite3 brings for
 * other platforms and to be compiled. `make setup` runs it after npm.
 */
import { existsSync, globSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const modules = join(import.meta.dirname, '../node_modules');

function isMusl(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return process.platform === 'linux' && header.glibcVersionRuntime === undefined;
}

/** SQLite's sources stay where the package has nothing built for this platform. */
function pruneSqlite(directory: string): void {
  const own = `${process.platform}${isMusl() ? 'musl' : ''}-${process.arch}.node`;
  const prebuilds = join(directory, 'prebuilds');
  if (!existsSync(join(prebuilds, own))) return;
  for (const name of globSync('*.node', { cwd: prebuilds })) if (name !== own) rmSync(join(prebuilds, name));
  rmSync(join(directory, 'deps'), { recursive: true, force: true });
}

/** Symbolic links, which the packages of this repository are there, are not followed. */
function pruneSourceMaps(): void {
  for (const path of globSync('**/*.{js,cjs,mjs,ts,cts,mts}.map', { cwd: modules })) rmSync(join(modules, path));
}

pruneSqlite(join(modules, 'better-sqlite3'));
pruneSourceMaps();
