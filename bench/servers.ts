/** Starts the servers a benchmark compares, each a process of its own, and stops them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const root = join(import.meta.dirname, '..');

export interface BenchServer {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export async function startFloor(): Promise<BenchServer> {
  const child = spawn(process.execPath, [join(root, 'bench/http-floor.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await firstLine(child, /^(\d+)$/);
  return { endpoint: `http://127.0.0.1:${port}`, stop: () => stop(child) };
}

export async function startKeystead(dataDir: string, database = 'sqlite'): Promise<BenchServer> {
  const options = [
    'serve',
    '--listen',
    '127.0.0.1:0',
    '--data-dir',
    dataDir,
    '--database',
    database,
    '--log-level',
    'warn',
  ];
  const child = spawn(process.execPath, [join(root, 'control-plane/bin/keystead'), ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { endpoint: await firstLine(child, /(http:\/\/\S+)/), stop: () => stop(child) };
}

export async function credentialsOf(dataDir: string) {
  const text = await readFile(join(dataDir, 'credentials'), 'utf8');
  const value = (name: string) => new RegExp(`^${name} = (\\S+)$`, 'm').exec(text)?.[1] ?? '';
  return { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') };
}

async function firstLine(child: ChildProcess, pattern: RegExp): Promise<string> {
  if (!child.stdout) throw new Error('the server has no output to read');
  for await (const line of createInterface({ input: child.stdout })) {
    const found = pattern.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error('the server ended before it was ready');
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
