/** Starts the servers a benchmark compares, each a process of its own, and stops them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cleanEnvironment, scripts } from './paths.ts';

export interface BenchServer {
  readonly endpoint: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface KeysteadOptions {
  /** Default: SQLite in the data directory. */
  readonly database?: string;
  /** Variables on top of the clean environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
}

/** A bare `node:http` server that echoes JSON: the least that an answer can cost. */
export async function startFloor(): Promise<BenchServer> {
  const child = start([scripts.httpFloor]);
  const port = await firstLine(child, /^(\d+)$/);
  return { endpoint: `http://127.0.0.1:${port}`, ...handleOf(child) };
}

/** What our promises cost at the least; its data directory has a `credentials` file, as ours has. */
export async function startPromiseFloor(dataDir: string): Promise<BenchServer> {
  const child = start([scripts.promiseFloor, dataDir]);
  return { endpoint: await firstLine(child, /(http:\/\/\S+)/), ...handleOf(child) };
}

/** Resolves when the server has printed that it listens. */
export async function startKeystead(dataDir: string, options: KeysteadOptions = {}): Promise<BenchServer> {
  const { database = 'sqlite', environment = {}, nodeFlags = [] } = options;
  const where = ['--listen', '127.0.0.1:0', '--data-dir', dataDir, '--database', database];
  const child = start([...nodeFlags, scripts.keystead, 'serve', ...where, '--log-level', 'warn'], environment);
  return { endpoint: await firstLine(child, /(http:\/\/\S+)/), ...handleOf(child) };
}

export async function callerOf({ endpoint }: BenchServer, dataDir: string) {
  const text = await readFile(join(dataDir, 'credentials'), 'utf8');
  const value = (name: string) => new RegExp(`^${name} = (\\S+)$`, 'm').exec(text)?.[1] ?? '';
  const credentials = { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') };
  return { endpoint, credentials, region: 'us-east-1' };
}

const handleOf = (child: ChildProcess) => ({ pid: child.pid ?? 0, stop: () => stop(child) });

function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, args, {
    env: { ...cleanEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** @throws Error when the server ends without such a line. */
async function firstLine(child: ChildProcess, pattern: RegExp): Promise<string> {
  if (!child.stdout) throw new Error('the server has no output to read');
  for await (const line of createInterface({ input: child.stdout })) {
    const found = pattern.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error('the server ended before it was ready');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
