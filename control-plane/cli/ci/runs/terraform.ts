/** Terraform or OpenTofu as the child of a job: its messages, its end, and what it is told when the job is interrupted. */
import { type ChildProcess, type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { CommandError } from '../../shared/report.ts';
import { linesOf, type Message, parseMessage } from './messages.ts';

export interface Place {
  readonly binary: string;
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface Ended {
  readonly code: number;
  readonly messages: readonly Message[];
  /** What it wrote to standard error. */
  readonly stderr: string;
  /** The job was told to stop meanwhile, and Terraform with it. */
  readonly interrupted: boolean;
}

type Running = ChildProcessByStdio<null, Readable, Readable>;

const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;

/** @param workspace undefined: the one that is selected in the directory */
export function placeOf(binary: string, dir: string, workspace: string | undefined): Place {
  const env = { ...process.env, TF_IN_AUTOMATION: '1', TF_INPUT: '0' };
  return { binary, dir, env: workspace === undefined ? env : { ...env, TF_WORKSPACE: workspace } };
}

/**
 * Runs a command that prints messages, to its end, and prints them for people.
 *
 * SIGINT, SIGTERM or SIGHUP is passed on once, as SIGINT: Terraform finishes what is under way, writes its state and
 * frees the lock. A second one would make it end at once without doing so, and is not passed on.
 * @throws CommandError when the program is not there
 */
export async function runTerraform(place: Place, args: readonly string[]): Promise<Ended> {
  const child = start(place, args);
  const failed = failure(child, place.binary);
  const ended = new Promise<number>((done) => child.once('close', (code) => done(code ?? 1)));
  const interruption = passOnSignals(child);
  try {
    const [messages, stderr, code] = await Promise.race([
      Promise.all([readMessages(child), readAll(child.stderr), ended]),
      failed,
    ]);
    if (stderr !== '') process.stderr.write(stderr);
    return { code, messages, stderr, interrupted: interruption.happened() };
  } finally {
    interruption.stop();
  }
}

/** A group of its own: what the terminal or the CI system sends to the job's group does not reach it a second time. */
function start({ binary, dir, env }: Place, args: readonly string[]): Running {
  return spawn(binary, [`-chdir=${dir}`, ...args], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
}

const failure = (child: ChildProcess, binary: string): Promise<never> =>
  new Promise((_, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(notStarted(binary, error)));
  });

function notStarted(binary: string, { code, message }: NodeJS.ErrnoException): CommandError {
  const why = code === 'ENOENT' ? 'is not on the PATH' : `cannot be started: ${message}`;
  return new CommandError(`"${binary}" ${why}.`, 'Install Terraform or OpenTofu, or name it with --terraform.');
}

async function readMessages(child: Running): Promise<readonly Message[]> {
  const messages: Message[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const message = parseMessage(line);
    if (message) messages.push(message);
    for (const printed of message ? linesOf(message) : [line]) console.log(printed);
  }
  return messages;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function passOnSignals(child: ChildProcess): { happened(): boolean; stop(): void } {
  let count = 0;
  const pass = (signal: NodeJS.Signals) => {
    count += 1;
    if (count === 1) child.kill('SIGINT');
    const what =
      count === 1 ? 'was told to stop, and finishes what is under way' : 'is still finishing what is under way';
    console.error(`keystead: ${signal}: Terraform ${what}. Its state is written before this ends.`);
  };
  for (const signal of signals) process.on(signal, pass);
  return {
    happened: () => count > 0,
    stop: () => {
      for (const signal of signals) process.off(signal, pass);
    },
  };
}

/** What a command prints, for reading. @throws CommandError when it fails */
export async function outputOf({ binary, dir, env }: Place, args: readonly string[], hint: string): Promise<string> {
  const options = { env, maxBuffer: MAX_OUTPUT_BYTES };
  const { stdout } = await promisify(execFile)(binary, [`-chdir=${dir}`, ...args], options).catch(
    (error: NodeJS.ErrnoException & { readonly stderr?: string }) => {
      if (typeof error.code === 'string' && error.stderr === undefined) throw notStarted(binary, error);
      if (error.code === 'ENOENT' || error.code === 'EACCES') throw notStarted(binary, error);
      const said = (error.stderr || error.message).trim();
      throw new CommandError(`"${binary} ${args[0]}" failed in ${dir}: ${said}`, hint);
    },
  );
  return stdout;
}
