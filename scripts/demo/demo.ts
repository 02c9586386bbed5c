/** The demo's control plane with its users, and the clients they use. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { expect, say, show, step } from './say.ts';
import { command, demoDirectory, openServer, type RunningServer, stopServer } from './server.ts';
import type { CommandResult, Demo, User } from './types.ts';

const ACCOUNT_ID = '111122223333';
const root = join(import.meta.dirname, '../..');
const cliConfig = process.env.KEYSTEAD_DEMO_CLI_CONFIG ?? join(root, 'dist/provider/terraform.rc');

export async function openDemo(name: 'demo' | 'up'): Promise<Demo> {
  const directory = demoDirectory(name);
  expect(existsSync(cliConfig), `${cliConfig} is missing: "make provider" makes it`);
  step(`Start a control plane on embedded SQLite, data in ${directory}`);
  if (name === 'demo') rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const dataDir = join(directory, 'data');
  const listen = process.env.KEYSTEAD_LISTEN ?? (name === 'demo' ? '127.0.0.1:0' : '127.0.0.1:8600');
  const args = ['--data-dir', dataDir, '--account-id', ACCOUNT_ID, '--listen', listen];
  const server = await openServer(directory, args);
  show(`serving at ${server.endpoint}`);
  process.once('SIGINT', () => {
    if (name === 'demo') process.kill(server.pid);
    process.exit(130);
  });
  return demoOn(server, directory);
}

/** The demo's users and clients at a running server. */
function demoOn(server: RunningServer, directory: string): Demo {
  const dataDir = join(directory, 'data');
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
    createUser: (userName) => createUser(directory, keystead, userName),
    drift(...stacks) {
      const dirs = stacks.flatMap(({ directory }) => ['--dir', directory]);
      const { code, stdout, stderr } = keystead('drift', ...dirs, '--terraform', terraform);
      expect(code === 0 || code === 2, `keystead drift failed: ${stderr}`);
      return { code, text: stdout.trim() };
    },
    expectRefusal,
    leaveRunning() {
      say(pasteLines(server.endpoint, directory, server.pid));
      process.exit(0);
    },
    stop: () => stopServer(directory),
  };
}

async function createUser(directory: string, keystead: Demo['keystead'], userName: string): Promise<User> {
  const arn = `arn:aws:iam::${ACCOUNT_ID}:user/${userName}`;
  // "make up" finds the users of an earlier run.
  const file = join(directory, `${userName}.credentials`);
  if (existsSync(file)) return { arn, ...credentialsIn(readFileSync(file, 'utf8')) };
  const made = keystead('identity', 'create-user', userName);
  expect(made.code === 0, `keystead identity create-user ${userName} failed: ${made.stderr}`);
  writeFileSync(file, made.stdout, { mode: 0o600 });
  return { arn, ...credentialsIn(made.stdout) };
}

async function expectRefusal(code: string, call: () => Promise<unknown>): Promise<void> {
  const refusal = await call().then(
    () => undefined,
    (error: Error) => error,
  );
  expect(refusal?.name === code, `expected ${code}, but got ${refusal ? refusal.name : 'an answer'}`);
  show(`${refusal.name}: ${refusal.message}`);
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
    TF_CLI_CONFIG_FILE: cliConfig,
    TF_IN_AUTOMATION: '1',
  };
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
