/** Times the start of a program: from its spawn to a line it prints, or to its end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cleanEnvironment } from './paths.ts';

export interface TimedStart {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** The line that says that the program is ready. */
  readonly line: RegExp;
  readonly stopWith: 'SIGTERM' | 'SIGKILL';
}

/** Stops the program again. @throws Error when it ends without that line. */
export async function millisecondsUntilLine({ program, args, environment, line, stopWith }: TimedStart) {
  const startedAt = performance.now();
  const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let elapsedMs: number | undefined;
  for await (const text of createInterface({ input: child.stdout })) {
    if (!line.test(text)) continue;
    elapsedMs = performance.now() - startedAt;
    child.kill(stopWith);
  }
  await ended;
  if (elapsedMs === undefined) throw new Error(`${program} ended without the line that says it is ready (${line})`);
  return elapsedMs;
}

/** The floor of every start: an empty script in the same Node. @returns what times one start of it, in ms */
export async function startEmptyScript(directory: string): Promise<() => Promise<number>> {
  const script = join(directory, 'empty.js');
  await writeFile(script, '');
  return async () => {
    const startedAt = performance.now();
    await once(spawn(process.execPath, [script], { env: cleanEnvironment(), stdio: 'ignore' }), 'exit');
    return performance.now() - startedAt;
  };
}
