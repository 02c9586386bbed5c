/**
 * Says whether the Terraform command that started this process looks at every object of its state. No protocol message
 * says that; the arguments of the command do.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Environment } from '../credentials/shared-files.ts';

const LOOKING: ReadonlySet<string> = new Set(['plan', 'apply', 'destroy', 'refresh']);
/** They leave objects out, or name another state. */
const NARROWING = /^--?(target|exclude|target-file|exclude-file|state)(=|$)/;

/** @param words the command line, with the program first; undefined: it could not be read, and the answer is no */
export function looksAtWholeState(words: readonly string[] | undefined, env: Environment): boolean {
  if (words === undefined) return false;
  const command = words.slice(1).find((word) => !word.startsWith('-'));
  if (command === undefined || !LOOKING.has(command)) return false;
  const fromEnvironment = [env.TF_CLI_ARGS, env[`TF_CLI_ARGS_${command}`]].flatMap((text) => text?.split(/\s+/) ?? []);
  return ![...words, ...fromEnvironment].some((word) => NARROWING.test(word.replace(/^['"]/, '')));
}

/** @returns undefined where the system does not tell */
export function parentCommandLine(): readonly string[] | undefined {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${process.ppid}/cmdline`, 'utf8').split('\0').slice(0, -1)
      : execFileSync('ps', ['-o', 'args=', '-p', String(process.ppid)], { encoding: 'utf8' })
          .trim()
          .split(/\s+/);
  } catch {
    return undefined;
  }
}
