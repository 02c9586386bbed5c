/** The demo's own control plane, its users, and the clients they use. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { defined } from '@keystead/provider-schema/defined.ts';
import { say, show, step } from './say.ts';
import type { CommandResult, Demo, User } from './types.ts';

const ACCOUNT_ID = '111122223333';
const root = join(import.meta.dirname, '../..');
const command = join(root, 'control-plane/cli/bin/keystead');
const cliConfig = process.env.KEYSTEAD_DEMO_CLI_CONFIG ?? join(root, 'dist/provider/terraform.rc');

export function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

export async function openDemo(name: 'demo' | 'up'): Promise<Demo> {
  const directory = demoDirectory(name);
  expect(existsSync(cliConfig), `${cliConfig} is missing: "make provider" makes it`);
  step(`Start a control plane on embedded SQLite, data in ${directory}`);
  if (name === 'demo') rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const dataDir = join(directory, 'data');
  const listen = process.env.KEYSTEAD_LISTEN ?? (name === 'demo' ? '127.0.0.1:0' : '127.0.0.1:8600');
  const args = ['--data-dir', dataDir, '--account-id', ACCOUNT_ID, '--listen', listen];
  const server = runningServer(directory) ?? (await startServer(directory, args));
  show(`serving at ${server.endpoint}`);
  process.once('SIGINT', () => {
    if (name === 'demo') process.kill(server.pid);
    process.exit(130);
  });
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
      const arn = `arn:aws:iam::${ACCOUNT_ID}:user/${userName}`;
      // "make up" finds the users of an earlier run.
      const file = join(directory, `${userName}.credentials`);
      if (existsSync(file)) return { arn, ...credentialsIn(readFileSync(file, 'utf8')) };
      const made = keystead('identity', 'create-user', userName);
      expect(made.code === 0, `keystead identity create-user ${userName} failed: ${made.stderr}`);
      writeFileSync(file, made.stdout, { mode: 0o600 });
      return { arn, ...credentialsIn(made.stdout) };
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
      say(pasteLines(server.endpoint, directory, server.pid));
      process.exit(0);
    },
    stop: () => stopServer(directory),
  };
}

function clientEnvironment(endpoint: string, dataDir: string, user?: User): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_KMS: endpoint,
    KEYSTEAD_ENDPOINT: endpoint,
    KEYSTEAD_DATA_DIR: dataDir,
    AWS_SHARED_CREDENTIALS_FILE: join(dataDir, 'credentials'),
    ...defined({ AWS_ACCESS_KEY_ID: user?.accessKeyId, AWS_SECRET_ACCESS_KEY: user?.secretAccessKey }),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    CHECKPOINT_DISABLE: '1',
    KEYSTEAD_NODE: process.execPath,
    TF_CLI_CONFIG_FILE: cliConfig,
    TF_IN_AUTOMATION: '1',
  };
}

interface RunningServer {
  readonly pid: number;
  readonly endpoint: string;
}

function demoDirectory(name: 'demo' | 'up'): string {
  return join(process.env.KEYSTEAD_DEMO_DIR ?? join(root, '.keystead'), name);
}

/** The server survives this program (`make up`), so it writes to files, not to pipes of ours. */
async function startServer(directory: string, args: readonly string[]): Promise<RunningServer> {
  const output = join(directory, 'server.out');
  const log = openSync(join(directory, 'server.log'), 'w');
  const child = spawn(process.execPath, [command, 'serve', ...args], {
    detached: true,
    stdio: ['ignore', openSync(output, 'w'), log],
  });
  const pid = child.pid ?? 0;
  writeFileSync(join(directory, 'server.pid'), `${pid}\n`);
  child.unref();
  return { pid, endpoint: await announced(child, output, join(directory, 'server.log')) };
}

/** The server that an earlier `make up` left running. */
function runningServer(directory: string): RunningServer | undefined {
  const pid = serverPid(directory);
  const endpoint = pid && announcedEndpoint(join(directory, 'server.out'));
  return endpoint ? { pid, endpoint } : undefined;
}

/** undefined: it is not running. The process id can be another program's by now, so its command line is checked. */
function serverPid(directory: string): number | undefined {
  const file = join(directory, 'server.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  return pid > 0 && commandLine(pid).includes(join(directory, 'data')) ? pid : undefined;
}

/** Empty when there is no such process. A bare Linux has no ps, macOS has no /proc. */
function commandLine(pid: number): string {
  if (!existsSync('/proc/self/cmdline')) {
    return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

async function stopServer(directory: string): Promise<boolean> {
  const pid = serverPid(directory);
  if (pid === undefined) return false;
  process.kill(pid, 'SIGTERM');
  while (serverPid(directory) !== undefined) await new Promise((wake) => setTimeout(wake, 50));
  rmSync(join(directory, 'server.pid'), { force: true });
  return true;
}

/** `make down`: ends what `make up` left running; its data stays. */
export async function takeDown(): Promise<void> {
  const directory = demoDirectory('up');
  say((await stopServer(directory)) ? 'Keystead is stopped.' : 'Keystead is not running.');
  if (existsSync(directory)) say(`Its keys and stacks stay in ${directory}: "make up" goes on with them.`);
}

async function announced(child: ChildProcess, output: string, log: string): Promise<string> {
  for (;;) {
    const endpoint = announcedEndpoint(output);
    if (endpoint !== undefined) return endpoint;
    expect(child.exitCode === null, `the control plane did not start:\n${readFileSync(log, 'utf8')}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

function announcedEndpoint(output: string): string | undefined {
  return / at (http:\/\/\S+)/.exec(readFileSync(output, 'utf8'))?.[1];
}

function credentialsIn(text: string) {
  const value = (name: string) => new RegExp(`^${name} = (\\S+)$`, 'm').exec(text)?.[1] ?? '';
  return { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') };
}

function pasteLines(endpoint: string, directory: string, pid: number): string {
  const dataDir = join(directory, 'data');
  const stack = join(directory, 'stacks/key-with-alias/stacks/key-with-alias');
  return `
Keystead is running at ${endpoint} (process ${pid}). "make down" stops it.

For aws, SDKs and Terraform, paste:
  unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE
  export AWS_SHARED_CREDENTIALS_FILE=${join(dataDir, 'credentials')}
  export AWS_ENDPOINT_URL_KMS=${endpoint} AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1
  export KEYSTEAD_ENDPOINT=${endpoint} KEYSTEAD_DATA_DIR=${dataDir}
  export TF_CLI_CONFIG_FILE=${cliConfig} KEYSTEAD_NODE=${process.execPath}

Then:
  aws kms list-aliases
  aws kms encrypt --key-id alias/orders --plaintext fileb://<(echo hello)
  aws kms disable-key --key-id $(terraform -chdir=${stack} output -raw key_arn)
  npx keystead drift --dir ${stack}
  terraform -chdir=${stack} apply
  npx keystead audit tail -f
`;
}
