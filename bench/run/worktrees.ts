/** Two commits, each checked out and built in a work tree of its own below dist/bench/, and removed again. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../servers/paths.ts';
import type { Tree } from './worker-process.ts';

export interface Worktrees {
  add(label: string, commit: string): Promise<string>;
  /** Installs and builds what the benchmarks need. @throws Error when that fails. */
  build(label: string, directory: string): Promise<Tree>;
  removeAll(): Promise<void>;
}

const git = (...args: string[]) => promisify(execFile)('git', args, { cwd: root });

/** @returns the full id; undefined when the repository has no such commit. */
export async function findCommit(name: string): Promise<string | undefined> {
  if (name.startsWith('-')) return undefined;
  const found = await git('rev-parse', '--verify', '--quiet', `${name}^{commit}`).catch(() => undefined);
  return found?.stdout.trim();
}

export function createWorktrees(progress: (line: string) => void): Worktrees {
  const added: string[] = [];
  const builds = new Set<ChildProcess>();
  let removing: Promise<void> | undefined;
  const removeAdded = async () => {
    await Promise.all([...builds].map(endGroup));
    for (const directory of added) await remove(directory);
  };
  return {
    add: async (label, commit) => {
      const parent = join(root, 'dist/bench');
      await mkdir(parent, { recursive: true });
      const directory = join(parent, `${label.toLowerCase()}-${commit.slice(0, 12)}`);
      progress(`${label}: checking out ${commit.slice(0, 12)}`);
      await remove(directory); // what a killed run has left
      added.push(directory);
      await git('worktree', 'add', '--detach', '--force', directory, commit);
      return directory;
    },
    build: async (label, directory) => {
      progress(`${label}: make provider, which installs first`);
      const build = makeProvider(directory);
      builds.add(build);
      const [code] = await once(build, 'exit');
      builds.delete(build);
      if (code !== 0) throw new Error(`"make provider" in ${directory} ended with ${code}.`);
      return { label, directory, node: join(directory, 'node_modules/.bin/node') };
    },
    removeAll: () => {
      removing ??= removeAdded();
      return removing;
    },
  };
}

async function remove(directory: string): Promise<void> {
  await git('worktree', 'remove', '--force', '--force', directory).catch(() => undefined);
  await rm(directory, { recursive: true, force: true, maxRetries: 3 }); // what is there, but is not a work tree
  await git('worktree', 'prune');
}

/** Ends make and what it has started, so that nothing writes into a directory that is being removed. */
async function endGroup(build: ChildProcess): Promise<void> {
  if (build.pid === undefined || build.exitCode !== null || build.signalCode !== null) return;
  const ended = once(build, 'exit');
  process.kill(-build.pid, 'SIGKILL');
  await ended;
}

/**
 * Runs `make provider`, which installs first, in a process group of its own, so that it can be ended as a whole. Output
 * goes to standard error, as progress does. The settings of a make or npm above this process are not passed on.
 */
function makeProvider(directory: string): ChildProcess {
  const foreign = /^(MAKE|MFLAGS|npm_|NODE_OPTIONS)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  return spawn('make', ['provider'], { cwd: directory, env, stdio: ['ignore', 2, 'inherit'], detached: true });
}
