/** Processor time of another process, thread by thread, as Linux counts it. */
import { readdir, readFile } from 'node:fs/promises';

/** Linux counts in hundredths of a second (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

export interface ThreadTimes {
  /** The thread that runs the event loop. */
  readonly main: number;
  /** All threads of `worker_threads` together. */
  readonly workers: number;
  /** What V8, libuv and Node.js start: garbage collection, compilation, file operations. */
  readonly platform: number;
}

/** Seconds since the process started. @throws Error where there is no /proc */
export async function threadSeconds(pid: number): Promise<ThreadTimes> {
  const times = { main: 0, workers: 0, platform: 0 };
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const { name, seconds } = readStat(await readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8'));
    const kind = Number(thread) === pid ? 'main' : name.startsWith('WorkerThread') ? 'workers' : 'platform';
    times[kind] += seconds;
  }
  return times;
}

export async function processSeconds(pid: number): Promise<number> {
  return readStat(await readFile(`/proc/${pid}/stat`, 'utf8')).seconds;
}

/** Of a /proc stat line: name in parentheses, then fields from the third on. Source: proc_pid_stat(5). */
export function readStat(line: string): { readonly name: string; readonly seconds: number } {
  const end = line.lastIndexOf(')');
  const fields = line.slice(end + 2).split(' ');
  const [userTicks, systemTicks] = [fields[11], fields[12]].map(Number);
  return {
    name: line.slice(line.indexOf('(') + 1, end),
    seconds: ((userTicks ?? 0) + (systemTicks ?? 0)) / TICKS_PER_SECOND,
  };
}

/** The HSM processes that run now, by their title. */
export async function hsmProcesses(): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const titles = await Promise.all(
    pids.map(async (pid) => ({ pid, title: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') })),
  );
  return titles.filter(({ title }) => title.startsWith('keystead-hsm')).map(({ pid }) => pid);
}
