/** Starts a real `keystead serve` for a test, on a free port and a data directory of its own, and stops it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export const root = resolve(import.meta.dirname, '../..');
/** The bundle: it starts in a third of the time of the sources. `npx keystead` runs those (test/e2e/serve.test.ts). */
export const command = join(root, 'dist/keystead/keystead.js');

/**
 * Tests that run as root leave files for their servers that only root can read. What a server does as other users is
 * shown in test/e2e/hsm-boundary.test.ts.
 */
export const asOneUser: readonly string[] = process.geteuid?.() === 0 ? ['--user', 'root'] : [];

export interface ServerOptions {
  /** Default: a new temporary directory, removed by `stop`. */
  readonly dataDir?: string;
  /** Default: SQLite in the data directory. */
  readonly database?: string;
  readonly accountId?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface TestServer {
  readonly endpoint: string;
  readonly dataDir: string;
  readonly accountId: string;
  /** The root principal's credentials. */
  readonly credentials: Credentials;
  readonly pid: number;
  /** Everything the server has logged so far. */
  log(): string;
  /** Environment for `aws`, SDKs, Terraform and `keystead`, with the root credentials of this server. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs a `keystead` command against this server. */
  keystead(...args: string[]): Promise<CommandResult>;
  /** Ends the server gracefully; removes its data directory if startServer created it. */
  stop(): Promise<void>;
  /** Kills the server at once, like a power failure; the data directory stays. */
  kill(): Promise<void>;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'keystead-test-')));
  const accountId = options.accountId ?? '111122223333';
  const args = ['serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir, '--account-id', accountId, ...asOneUser];
  if (options.database !== undefined) args.push('--database', options.database);
  const child = spawn(process.execPath, [command, ...args, ...(options.args ?? [])], {
    env: { ...process.env, NODE_OPTIONS: '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const endpoint = await serving(child, () => log);
  const credentials = await credentialsIn(dataDir, options.env);
  const env = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_KMS: endpoint,
    KEYSTEAD_ENDPOINT: endpoint,
    KEYSTEAD_DATA_DIR: dataDir,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  };
  const ended = once(child, 'exit');
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return {
    endpoint,
    dataDir,
    accountId,
    credentials,
    pid: child.pid as number,
    env,
    log: () => log,
    keystead: (...command) => runKeystead(command, env),
    async stop() {
      await end('SIGTERM');
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
    kill: () => end('SIGKILL'),
  };
}

export function runKeystead(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return run(process.execPath, [command, ...args], { env: { NODE_OPTIONS: '', ...env } });
}

/** Runs a command to its end; a nonzero exit code is a result. @throws when the command cannot be run */
export function run(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CommandResult> {
  return new Promise((done, reject) => {
    const settings = { cwd: options.cwd, env: { ...process.env, ...options.env }, maxBuffer: 64 * 1024 * 1024 };
    execFile(file, args, settings, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(new Error(`${file} could not be run: ${error.message}`));
      else done({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

async function serving(child: ChildProcess, log: () => string): Promise<string> {
  if (!child.stdout) throw new Error('the server has no output');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const endpoint = / at (https?:\/\/\S+)$/.exec(line)?.[1];
    if (endpoint !== undefined) {
      child.stdout.resume();
      return endpoint;
    }
  }
  throw new Error(`the server ended before it was ready:\n${log()}`);
}

async function credentialsIn(dataDir: string, env: ServerOptions['env']): Promise<Credentials> {
  const { KEYSTEAD_ROOT_ACCESS_KEY_ID: accessKeyId, KEYSTEAD_ROOT_SECRET_ACCESS_KEY: secretAccessKey } = env ?? {};
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey };
  const text = await readFile(join(dataDir, 'credentials'), 'utf8');
  const value = (name: string) => new RegExp(`^${name} = (\\S+)$`, 'm').exec(text)?.[1] ?? '';
  return { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') };
}
