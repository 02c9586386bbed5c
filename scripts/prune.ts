/**
 * Removes files from node_modules that nothing here reads, a fifth of it: source maps, the sources of better-sqlite3
 * and its binaries for other platforms, and packages for the other C library, which npm 9 and 10 do not tell apart.
 * `make setup` runs it after npm.
 */
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const modules = join(root, 'node_modules');

/** As packages name it; undefined where there is only one. */
function cLibrary(): 'glibc' | 'musl' | undefined {
  if (process.platform !== 'linux') return undefined;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

/** SQLite's sources stay where the package has nothing built for this platform. */
function pruneSqlite(directory: string): void {
  const own = `${process.platform}${cLibrary() === 'musl' ? 'musl' : ''}-${process.arch}.node`;
  const prebuilds = join(directory, 'prebuilds');
  if (!existsSync(join(prebuilds, own))) return;
  for (const name of globSync('*.node', { cwd: prebuilds })) if (name !== own) rmSync(join(prebuilds, name));
  rmSync(join(directory, 'deps'), { recursive: true, force: true });
}

/** Symbolic links are not followed: they are the packages of this repository. */
function pruneSourceMaps(): void {
  for (const path of globSync('**/*.{js,cjs,mjs,ts,cts,mts}.map', { cwd: modules })) rmSync(join(modules, path));
}

function pruneOtherCLibrary(): void {
  const own = cLibrary();
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  for (const [path, { libc }] of Object.entries<{ libc?: readonly string[] }>(lock.packages))
    if (own && libc && !libc.includes(own)) rmSync(join(root, path), { recursive: true, force: true });
}

pruneSqlite(join(modules, 'better-sqlite3'));
pruneSourceMaps();
pruneOtherCLibrary();
