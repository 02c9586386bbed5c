/**
 * Load by wrk, a program in C: it leaves the processors to the server, where a driver in Node.js would take as much as
 * a fast server does. One request, sent again and again by all connections.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PreparedRequest } from './request.ts';

export interface WrkOrder {
  readonly request: PreparedRequest;
  readonly connections: number;
  readonly seconds: number;
}

export interface WrkResult {
  readonly requestsPerSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** @throws Error that says how to install it. */
export function requireWrk(): void {
  if (spawnSync('wrk', ['--version']).error === undefined) return;
  throw new Error('This benchmark needs wrk. On Debian: apt-get install wrk; with Homebrew: brew install wrk.');
}

/** @throws Error when the server gave any answer but 200, or none. */
export async function loadWithWrk({ request, connections, seconds }: WrkOrder): Promise<WrkResult> {
  const directory = await mkdtemp(join(tmpdir(), 'keystead-wrk-'));
  try {
    const script = join(directory, 'request.lua');
    await writeFile(script, scriptOf(request));
    const options = ['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`];
    const { stdout } = await promisify(execFile)('wrk', [...options, '--script', script, request.url]);
    return resultOf(stdout, request);
  } finally {
    await rm(directory, { recursive: true });
  }
}

const RESULT = 'keystead-result ';

function scriptOf({ headers, body }: PreparedRequest): string {
  return [
    'wrk.method = "POST"',
    `wrk.body = ${luaString(body)}`,
    ...Object.entries(headers).map(([name, value]) => `wrk.headers[${luaString(name)}] = ${luaString(value)}`),
    'done = function(summary, latency)',
    '  local e = summary.errors',
    `  io.write(string.format("${RESULT}%d %d %d %d %d\\n", summary.requests, summary.duration,`,
    '    e.status + e.connect + e.read + e.write + e.timeout, latency:percentile(50), latency:percentile(99)))',
    'end',
  ].join('\n');
}

/** Every byte that could mean something to Lua is written as its number. */
function luaString(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[\w ./:=;,+-]/.test(character) ? character : `\\${String(byte).padStart(3, '0')}`;
  });
  return `"${bytes.join('')}"`;
}

function resultOf(stdout: string, { url }: PreparedRequest): WrkResult {
  const [requests, durationUs, failures, medianUs, p99Us] = (stdout.split(RESULT)[1] ?? '').split(/\s/).map(Number);
  if (!requests || !durationUs || medianUs === undefined || p99Us === undefined) {
    throw new Error(`${url} answered nothing to wrk: ${stdout}`);
  }
  if (failures !== 0) throw new Error(`${failures} of ${requests} requests to ${url} failed`);
  return {
    requestsPerSecond: requests / (durationUs / 1_000_000),
    medianMs: medianUs / 1000,
    p99Ms: p99Us / 1000,
  };
}
