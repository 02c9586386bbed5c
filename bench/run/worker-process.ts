/** Starts the processes in which benchmarks run, of this work tree or of another commit's, and ends them. */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { FigureDescription, RoundSamples } from '../measure/benchmark.ts';
import { cleanEnvironment, workerScript } from '../servers/paths.ts';
import { type Answer, type Order, PROTOCOL, type Suite } from './messages.ts';

/** A work tree whose benchmarks are run. */
export interface Tree {
  readonly label: string;
  readonly directory: string;
  /** The Node.js that this tree pins. */
  readonly node: string;
}

export interface Worker {
  readonly figures: readonly FigureDescription[];
  measure(round: number): Promise<RoundSamples>;
  close(): Promise<void>;
}

const running = new Set<ChildProcess>();

/** Called before anything is installed there. @throws Error when the tree's benchmarks are older than this command. */
export async function requireBenchmarks(directory: string, label: string): Promise<void> {
  await access(workerScript(directory)).catch(() => {
    throw new Error(
      `The benchmarks of ${label} are older than this command, which therefore cannot run them. ` +
        'Measure two newer commits, or compare two results files that "make bench" has written.',
    );
  });
}

/** @throws Error when the tree's benchmarks speak another protocol. */
export async function suiteOf({ label, directory, node }: Tree): Promise<Suite> {
  const options = { cwd: directory, env: cleanEnvironment() };
  const { stdout } = await promisify(execFile)(node, [workerScript(directory), '--describe'], options);
  const suite = JSON.parse(stdout) as Suite;
  if (suite.protocol === PROTOCOL) return suite;
  throw new Error(
    `The benchmarks of ${label} speak protocol ${suite.protocol}, this command speaks protocol ${PROTOCOL}. ` +
      'Run "make bench" at each commit and compare the two results files.',
  );
}

/** Resolves when the benchmark is prepared. @throws Error with the benchmark's message when it cannot be. */
export async function startWorker(tree: Tree, benchmark: string): Promise<Worker> {
  const child = fork(workerScript(tree.directory), [benchmark], {
    cwd: tree.directory,
    execPath: tree.node,
    execArgv: [],
    env: cleanEnvironment(),
    stdio: ['ignore', 2, 'inherit', 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const about = `${benchmark} (${tree.label})`;
  try {
    const ready = await answerOf(child, about);
    if (!('ready' in ready)) throw new Error(`${about} did not say that it is ready`);
    return { figures: ready.ready, measure: (round) => measure(child, about, round), close: () => end(child) };
  } catch (error) {
    await end(child);
    throw error;
  }
}

/** Lets every benchmark stop its servers and remove its files. */
export async function endWorkers(): Promise<void> {
  await Promise.all([...running].map((child) => end(child)));
}

async function measure(child: ChildProcess, about: string, round: number): Promise<RoundSamples> {
  child.send({ measure: round } satisfies Order);
  const answer = await answerOf(child, about);
  if (!('measured' in answer)) throw new Error(`${about} measured nothing`);
  return answer.measured;
}

/** @throws Error when the benchmark failed, or its process ended. */
async function answerOf(child: ChildProcess, about: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const ended = (code: number | null) => reject(new Error(`the process of ${about} ended with ${code}`));
  child.once('message', (answer: Answer) => resolve(answer));
  child.once('exit', ended);
  const answer = await promise.finally(() => child.off('exit', ended));
  if ('failed' in answer) throw new Error(`${about}: ${answer.failed}`);
  return answer;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  if (child.connected) child.disconnect();
  await ended;
}
