/** The machine's processes, listed by `ps` on Linux and macOS. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

interface ProcessRow {
  readonly pid: number;
  readonly parentPid: number;
  /** The process has ended, but its parent has not yet read its exit status. */
  readonly defunct: boolean;
}

async function processes(): Promise<readonly ProcessRow[]> {
  const { stdout } = await execute('ps', ['-A', '-o', 'pid=,ppid=,stat=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length === 3)
    .map(([pid, parentPid, state]) => ({
      pid: Number(pid),
      parentPid: Number(parentPid),
      defunct: state?.startsWith('Z') === true,
    }));
}

export async function childrenOf(parentPid: number): Promise<readonly number[]> {
  const all = await processes();
  return all.filter((row) => row.parentPid === parentPid && !row.defunct).map((row) => row.pid);
}

/** Waits until none of the processes runs. @returns those that still run after `patienceMs`. */
export async function stillRunning(pids: readonly number[], patienceMs: number): Promise<readonly number[]> {
  const endsAt = performance.now() + patienceMs;
  for (;;) {
    const all = await processes();
    const left = pids.filter((pid) => all.some((row) => row.pid === pid && !row.defunct));
    if (left.length === 0 || performance.now() > endsAt) return left;
    await sleep(20);
  }
}

/** All processes below one: its children, and theirs. */
export async function descendantsOf(pid: number): Promise<readonly number[]> {
  const children = await childrenOf(pid);
  return [...children, ...(await Promise.all(children.map(descendantsOf))).flat()];
}

/**
 * The HSM process of a server: the only child of `keystead hsm`, which is the only child of the server. Waits while it
 * is being restarted.
 */
export async function hsmOf(serverPid: number, patienceMs = 30_000): Promise<number> {
  const endsAt = performance.now() + patienceMs;
  for (;;) {
    const keeper = (await childrenOf(serverPid)).at(-1);
    const child = keeper && (await childrenOf(keeper)).at(-1);
    if (child !== undefined) return child;
    if (performance.now() > endsAt) throw new Error(`the server ${serverPid} has no HSM process`);
    await sleep(20);
  }
}
