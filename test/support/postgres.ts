/**
 * A real PostgreSQL for tests: the installed server binaries, a new data directory, a free port on loopback, synced
 * commits. One server per test file; a database per suite.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { postgresPrograms } from '../../scripts/tools.mjs';

const execute = promisify(execFile);

export interface PostgresOptions {
  /** Whether commits are synced to disk; false only for tests that do not test durability. Default true. */
  readonly fsync?: boolean;
}

export interface PostgresServer {
  /** `postgres://…` of a new, empty database. */
  createDatabase(): Promise<string>;
  /** Kills the server and all its children at once, like a power failure. */
  kill(): Promise<void>;
  /** Starts the server again with the same data and port. */
  restart(): Promise<void>;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
}

const START_ATTEMPTS = 300;
const START_INTERVAL_MS = 50;
const RESTART_ATTEMPTS = 100;

/** A test that calls this must declare `needs('postgres')`. */
export async function startPostgres({ fsync = true }: PostgresOptions = {}): Promise<PostgresServer> {
  const bin = postgresPrograms();
  if (bin === undefined) throw new Error('PostgreSQL is not installed.');
  const user = serverUser();
  const directory = mkdtempSync(join(tmpdir(), 'keystead-postgres-'));
  if (user) chownSync(directory, user.uid, user.gid);
  const data = join(directory, 'data');
  const port = await freePort();
  const url = (database: string) => `postgres://keystead@127.0.0.1:${port}/${database}`;
  const identity = { cwd: directory, ...user };
  await execute(
    join(bin, 'initdb'),
    ['--pgdata', data, '--username', 'keystead', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
    identity,
  );
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    fsync: fsync ? 'on' : 'off',
    shared_buffers: '32MB',
  };
  const run = async () => {
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...options], {
      ...identity,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    child.stderr?.on('data', (text) => {
      log = `${log}${text}`.slice(-4_000);
    });
    await ready(url('postgres'), child, () => log);
    return child;
  };
  let server = await run();
  // An interrupted test run ends its server too.
  const killWithUs = () => server.kill('SIGKILL');
  process.once('exit', killWithUs);
  return {
    createDatabase: async () => {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      await query(url('postgres'), `create database ${name}`);
      return url(name);
    },
    kill: async () => {
      // Stopped first, so that it cannot start further children before it is killed.
      server.kill('SIGSTOP');
      const children = childrenOf(server.pid);
      const gone = ended(server);
      server.kill('SIGKILL');
      await gone;
      for (const child of children) killQuietly(child);
    },
    restart: async () => {
      server = await retryStart(run);
    },
    stop: async () => {
      const gone = ended(server);
      server.kill('SIGINT');
      await gone;
      process.off('exit', killWithUs);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Killed children keep the shared memory until the system has ended them; until then PostgreSQL does not start. */
async function retryStart<Server>(run: () => Promise<Server>): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt === RESTART_ATTEMPTS || !/shared memory block|lock file/.test(String(error))) throw error;
      await sleep(START_INTERVAL_MS);
    }
  }
}

/** PostgreSQL refuses to run as root; then it runs as the user `postgres`, else `nobody`. */
function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const account = ['postgres', 'nobody'].map((name) => accounts.find(([user]) => user === name)).find(Boolean);
  if (!account) throw new Error('PostgreSQL cannot run as root, and neither the user "postgres" nor "nobody" exists');
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const address = probe.address();
  await new Promise((closed) => probe.close(closed));
  if (address === null || typeof address === 'string') throw new Error('there is no free port on loopback');
  return address.port;
}

async function ready(url: string, server: ChildProcess, log: () => string): Promise<void> {
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    if (server.exitCode !== null) break;
    try {
      await query(url, 'select 1');
      return;
    } catch {
      await sleep(START_INTERVAL_MS);
    }
  }
  server.kill('SIGKILL');
  throw new Error(`PostgreSQL did not start:\n${log()}`);
}

/** Runs one statement on a connection of its own. */
export async function query(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

const ended = (server: ChildProcess): Promise<unknown> =>
  server.exitCode !== null || server.signalCode !== null
    ? Promise.resolve()
    : new Promise((exit) => server.once('exit', exit));

/** On Linux the children are listed in /proc; on other systems they end by themselves after their parent. */
function childrenOf(pid: number | undefined): readonly number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
