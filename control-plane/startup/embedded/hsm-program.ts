/** Starts `keystead hsm` for one server. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { User } from '../users.ts';

export interface HsmProgram {
  /** The command line program, which has the command `hsm`. */
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Absent: this process's own. */
  readonly user?: User;
}

/**
 * Resolves once the HSM listens. It ends with this process, whatever program runs in it.
 * @returns the exit code of an HSM that could not start, which has said why on standard error
 */
export async function startHsmProgram(hsm: HsmProgram): Promise<number | undefined> {
  const child = spawn(process.execPath, [hsm.program, 'hsm', '--with-parent', String(process.pid), ...hsm.arguments], {
    env: hsm.environment,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...hsm.user,
  });
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
  const listening = new Promise<undefined>((resolve) => {
    createInterface(child.stdout).once('line', () => resolve(undefined));
  });
  const exitCode = await Promise.race([listening, ended]);
  // Nothing more is read; the HSM must not hold this process back from becoming the server.
  child.stdout.destroy();
  child.unref();
  return exitCode;
}
