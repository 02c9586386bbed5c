/** The demo's control plane as a process: started, found again by a later `make up`, and stopped. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, say } from './say.ts';

const root = join(import.meta.dirname, '../..');

/** The `keystead` command, as `make bundles` built it: it starts sooner than the sources. */
export const command = join(root, 'dist/keystead/keystead.js');

export interface RunningServer {
  readonly pid: number;
  readonly endpoint: string;
}

export function demoDirectory(name: 'demo' | 'up'): string {
  return join(process.env.KEYSTEAD_DEMO_DIR ?? join(root, '.keystead'), name);
}

/** Starts a server, or finds the one that an earlier `make up` left running. */
export async function openServer(directory: string, args: readonly string[]): Promise<RunningServer> {
  return runningServer(directory) ?? (await startServer(directory, args));
}

/** The server survives this program (`make up`), so it writes to files, not to pipes of ours. */
async function startServer(directory: string, args: readonly string[]): Promise<RunningServer> {
  const output = join(directory, 'server.out');
  const log = openSync(join(directory, 'server.log'), 'w');
  const child = spawn(process.execPath, [command, 'serve', ...args], {
    detached: true,
    stdio: ['ignore', openSync(output, 'w'), log],
  });
  const pid = child.pid ?? 0;
  writeFileSync(join(directory, 'server.pid'), `${pid}\n`);
  child.unref();
  return { pid, endpoint: await announced(child, output, join(directory, 'server.log')) };
}

/** The server that an earlier `make up` left running. */
function runningServer(directory: string): RunningServer | undefined {
  const pid = serverPid(directory);
  const endpoint = pid && announcedEndpoint(join(directory, 'server.out'));
  return endpoint ? { pid, endpoint } : undefined;
}

/** undefined: it is not running. The process id can be another program's by now, so its command line is checked. */
function serverPid(directory: string): number | undefined {
  const file = join(directory, 'server.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  return pid > 0 && commandLine(pid).includes(join(directory, 'data')) ? pid : undefined;
}

/** Empty when there is no such process. A bare Linux has no ps, macOS has no /proc. */
function commandLine(pid: number): string {
  if (!existsSync('/proc/self/cmdline')) {
    return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** @returns whether it was running */
export async function stopServer(directory: string): Promise<boolean> {
  const pid = serverPid(directory);
  if (pid === undefined) return false;
  process.kill(pid, 'SIGTERM');
  while (serverPid(directory) !== undefined) await new Promise((wake) => setTimeout(wake, 50));
  rmSync(join(directory, 'server.pid'), { force: true });
  return true;
}

/** `make down`: ends what `make up` left running; its data stays. */
export async function takeDown(): Promise<void> {
  const directory = demoDirectory('up');
  say((await stopServer(directory)) ? 'Keystead is stopped.' : 'Keystead is not running.');
  if (existsSync(directory)) say(`Its keys and stacks stay in ${directory}: "make up" goes on with them.`);
}

async function announced(child: ChildProcess, output: string, log: string): Promise<string> {
  for (;;) {
    const endpoint = announcedEndpoint(output);
    if (endpoint !== undefined) return endpoint;
    expect(child.exitCode === null, `the control plane did not start:\n${readFileSync(log, 'utf8')}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

function announcedEndpoint(output: string): string | undefined {
  return / at (http:\/\/\S+)/.exec(readFileSync(output, 'utf8'))?.[1];
}
