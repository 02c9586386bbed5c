/**
 * Removes files from node_modules that nothing here reads, a fifth of it: source maps, the sources of better-sqlite3
 * and its binaries for other platforms, and packages for the other C library, which the lock file does not tell apart.
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

/** Names of packages for the other C library, of which each has a twin for this one: `x-musl` and `x`, `x-gnu` or `x-glibc`. */
export function ofOtherCLibrary(names: readonly string[], own: 'glibc' | 'musl'): readonly string[] {
  const all = new Set(names);
  return names.flatMap((name) => {
    const [, base] = /^(.*-linux-.*)-musl$/.exec(name) ?? [];
    if (base === undefined) return [];
    const twins = [base, `${base}-gnu`, `${base}-glibc`].filter((twin) => all.has(twin));
    if (twins.length === 0) return [];
    return own === 'glibc' ? [name] : twins;
  });
}

function pruneOtherCLibrary(): void {
  const own = cLibrary();
  if (own === undefined) return;
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  for (const path of ofOtherCLibrary(Object.keys(lock.packages), own))
    rmSync(join(root, path), { recursive: true, force: true });
}

if (import.meta.main) {
  pruneSqlite(join(modules, 'better-sqlite3'));
  pruneSourceMaps();
  pruneOtherCLibrary();
}
