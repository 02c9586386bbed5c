/** The demo's own control plane, its users, and the clients they use. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { say, show, step } from './say.ts';
import type { Stack } from './stack.ts';

export interface User {
  readonly arn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Demo {
  readonly root: string;
  /** Everything the demo writes is in here. */
  readonly directory: string;
  readonly endpoint: string;
  readonly accountId: string;
  readonly terraform: string;
  /** Environment of a program that acts as root, or as `user`. */
  env(user?: User): Record<string, string>;
  kms(region: string, user?: User): KMSClient;
  hasAwsCli(): boolean;
  /** @throws Error when the command fails */
  aws(region: string, args: readonly string[]): Readonly<Record<string, unknown>>;
  keystead(...args: string[]): CommandResult;
  createUser(name: string): Promise<User>;
  drift(...stacks: Stack[]): { readonly code: number; readonly text: string };
  /** Fails unless the call is refused with this code; shows the refusal. */
  expectRefusal(code: string, call: () => Promise<unknown>): Promise<void>;
  leaveRunning(): void;
  stop(): Promise<void>;
}

const ACCOUNT_ID = '111122223333';
const root = join(import.meta.dirname, '../..');
const command = join(root, 'control-plane/bin/keystead');

export function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

export async function openDemo(name: 'demo' | 'up'): Promise<Demo> {
  const directory = join(root, '.keystead', name);
  step(`Start a control plane on embedded SQLite, data in ${directory}`);
  if (name === 'demo') rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const dataDir = join(directory, 'data');
  const listen = process.env.KEYSTEAD_LISTEN ?? (name === 'demo' ? '127.0.0.1:0' : '127.0.0.1:8600');
  const server = await startServer(directory, ['--data-dir', dataDir, '--account-id', ACCOUNT_ID, '--listen', listen]);
  show(`serving at ${server.endpoint}`);
  const env = (user?: User): Record<string, string> => ({
    ...(process.env as Record<string, string>),
    ...clientEnvironment(server.endpoint, dataDir, user),
  });
  const keystead = (...args: string[]): CommandResult => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
      env: env(),
      encoding: 'utf8',
    });
    return { code: status ?? -1, stdout, stderr };
  };
  const terraform = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
  const rootUser = credentialsIn(readFileSync(join(dataDir, 'credentials'), 'utf8'));
  return {
    root,
    directory,
    endpoint: server.endpoint,
    accountId: ACCOUNT_ID,
    terraform,
    env,
    keystead,
    kms: (region, user) => new KMSClient({ endpoint: server.endpoint, region, credentials: user ?? rootUser }),
    hasAwsCli: () => spawnSync('aws', ['--version']).status === 0,
    aws(region, args) {
      const all = ['kms', ...args, '--region', region, '--output', 'json'];
      const { status, stdout, stderr } = spawnSync('aws', all, { env: env(), encoding: 'utf8' });
      expect(status === 0, `aws kms ${args[0]} failed: ${stderr}`);
      return JSON.parse(stdout) as Record<string, unknown>;
    },
    async createUser(userName) {
      const made = keystead('identity', 'create-user', userName);
      const arn = `arn:aws:iam::${ACCOUNT_ID}:user/${userName}`;
      if (made.code === 0) return { arn, ...credentialsIn(made.stdout) };
      // "make up" meets the users of the last time: a further access key for each.
      const again = keystead('identity', 'create-access-key', userName);
      expect(again.code === 0, `keystead identity create-user ${userName} failed: ${made.stderr}`);
      return { arn, ...credentialsIn(again.stdout) };
    },
    drift(...stacks) {
      const dirs = stacks.flatMap(({ directory }) => ['--dir', directory]);
      const { code, stdout, stderr } = keystead('drift', ...dirs, '--terraform', terraform);
      expect(code === 0 || code === 2, `keystead drift failed: ${stderr}`);
      return { code, text: stdout.trim() };
    },
    async expectRefusal(code, call) {
      const refusal = await call().then(
        () => undefined,
        (error: Error) => error,
      );
      expect(refusal?.name === code, `expected ${code}, but got ${refusal ? refusal.name : 'an answer'}`);
      show(`${refusal.name}: ${refusal.message}`);
    },
    leaveRunning() {
      server.child.unref();
      writeFileSync(join(directory, 'server.pid'), `${server.child.pid}\n`);
      say(pasteLines(server.endpoint, dataDir, server.child.pid ?? 0));
      process.exit(0);
    },
    async stop() {
      if (server.child.exitCode !== null) return;
      const ended = once(server.child, 'exit');
      server.child.kill('SIGTERM');
      await ended;
    },
  };
}

function clientEnvironment(endpoint: string, dataDir: string, user?: User): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_KMS: endpoint,
    KEYSTEAD_ENDPOINT: endpoint,
    KEYSTEAD_DATA_DIR: dataDir,
    AWS_SHARED_CREDENTIALS_FILE: join(dataDir, 'credentials'),
    ...(user && { AWS_ACCESS_KEY_ID: user.accessKeyId, AWS_SECRET_ACCESS_KEY: user.secretAccessKey }),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    CHECKPOINT_DISABLE: '1',
    KEYSTEAD_NODE: process.execPath,
    TF_CLI_CONFIG_FILE: join(root, 'dist/provider/terraform.rc'),
    TF_IN_AUTOMATION: '1',
  };
}

/** The server survives this program (`make up`), so it writes to files, not to pipes of ours. */
async function startServer(directory: string, args: readonly string[]) {
  const output = join(directory, 'server.out');
  const log = openSync(join(directory, 'server.log'), 'w');
  const child = spawn(process.execPath, [command, 'serve', ...args], {
    detached: true,
    stdio: ['ignore', openSync(output, 'w'), log],
  });
  return { child, endpoint: await announced(child, output, join(directory, 'server.log')) };
}

async function announced(child: ChildProcess, output: string, log: string): Promise<string> {
  for (;;) {
    const endpoint = / at (http:\/\/\S+)/.exec(readFileSync(output, 'utf8'))?.[1];
    if (endpoint !== undefined) return endpoint;
    expect(child.exitCode === null, `the control plane did not start:\n${readFileSync(log, 'utf8')}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

function credentialsIn(text: string) {
  const value = (name: string) => new RegExp(`^${name} = (\\S+)$`, 'm').exec(text)?.[1] ?? '';
  return { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') };
}

function pasteLines(endpoint: string, dataDir: string, pid: number): string {
  return `
Keystead is running at ${endpoint} (process ${pid}). Stop it with: kill ${pid}

For aws, SDKs and Terraform, paste:
  export AWS_SHARED_CREDENTIALS_FILE=${join(dataDir, 'credentials')}
  export AWS_ENDPOINT_URL_KMS=${endpoint} AWS_REGION=eu-west-1
  export KEYSTEAD_ENDPOINT=${endpoint} KEYSTEAD_DATA_DIR=${dataDir}
  export TF_CLI_CONFIG_FILE=${join(root, 'dist/provider/terraform.rc')}

Then:
  aws kms list-aliases
  aws kms encrypt --key-id alias/orders --plaintext "$(echo hello | base64)"
  npx keystead audit tail -f
`;
}
