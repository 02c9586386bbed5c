/**
 * A stack of many applied keys without the hours that applying them would take: the keys are made in bulk, Terraform
 * applies one more, and its entry in the state is repeated for each of the others.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { call } from '../load/prepare.ts';
import type { Closers } from '../measure/closers.ts';
import { cleanEnvironment, cliConfig, scripts } from '../servers/paths.ts';
import { type BenchServer, callerOf, startKeystead } from '../servers/processes.ts';

export interface AppliedStack {
  readonly dir: string;
  /** Output of `terraform show -json`. */
  readonly shown: string;
  readonly server: BenchServer;
  readonly dataDir: string;
  /** For Terraform and the keystead commands. */
  readonly environment: Readonly<Record<string, string>>;
}

const configuration = (keys: number): string => `
terraform {
  required_providers {
    aws = { source = "keystead/aws" }
  }
}
provider "aws" {
  region = "us-east-1"
}
resource "aws_kms_key" "bench" {
  count       = ${keys}
  description = "one of many"
}
`;

/** @param keys at least one */
export async function applyStack(closers: Closers, keys: number): Promise<AppliedStack> {
  const base = await closers.directory();
  const dataDir = join(base, 'data');
  const dir = join(base, 'stack');
  await mkdir(dir);
  if (keys > 1) await fill(dataDir, keys - 1);
  const server = await startKeystead(dataDir);
  closers.add(server.stop);
  const environment = terraformEnvironment(server, dataDir);
  const made = await keyIds(server, dataDir);
  await writeFile(join(dir, 'main.tf'), configuration(1));
  terraform(dir, ['init', '-input=false'], environment);
  terraform(dir, ['apply', '-auto-approve', '-input=false'], environment);
  await repeatInState(join(dir, 'terraform.tfstate'), made);
  await writeFile(join(dir, 'main.tf'), configuration(keys));
  const shown = join(base, 'state.json');
  await writeFile(shown, terraform(dir, ['show', '-json'], environment));
  return { dir, shown, server, dataDir, environment };
}

/** For Terraform and the keystead commands, as the root principal of this server. */
export const terraformEnvironment = ({ endpoint }: BenchServer, dataDir: string) => ({
  TF_CLI_CONFIG_FILE: cliConfig,
  CHECKPOINT_DISABLE: '1',
  AWS_ENDPOINT_URL_KMS: endpoint,
  KEYSTEAD_ENDPOINT: endpoint,
  AWS_SHARED_CREDENTIALS_FILE: join(dataDir, 'credentials'),
  KEYSTEAD_NODE: process.execPath,
});

async function fill(dataDir: string, keys: number): Promise<void> {
  const child = spawn(process.execPath, [scripts.fill, dataDir, 'sqlite', String(keys)], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error(`${scripts.fill} ended with ${status}`);
}

async function keyIds(server: BenchServer, dataDir: string): Promise<readonly string[]> {
  const caller = await callerOf(server, dataDir);
  const ids: string[] = [];
  for (let Marker: string | undefined; ; ) {
    const { Keys = [], NextMarker } = await call(caller, 'ListKeys', { Limit: 1000, ...(Marker && { Marker }) });
    ids.push(...Keys.flatMap(({ KeyId }) => KeyId ?? []));
    if (NextMarker === undefined) return ids;
    Marker = NextMarker;
  }
}

interface StateFile {
  serial: number;
  resources: { instances: { index_key: number; attributes: { key_id: string } }[] }[];
}

/** Every value that has the applied key's id in it gets another key's. */
async function repeatInState(file: string, ids: readonly string[]): Promise<void> {
  const state = JSON.parse(await readFile(file, 'utf8')) as StateFile;
  const [resource] = state.resources;
  const [applied] = resource?.instances ?? [];
  if (!resource || !applied) throw new Error(`${file} does not have the applied key`);
  const text = JSON.stringify(applied);
  const others = ids.map((id, index) => ({
    ...(JSON.parse(text.replaceAll(applied.attributes.key_id, id)) as typeof applied),
    index_key: index + 1,
  }));
  resource.instances.push(...others);
  state.serial += 1;
  await writeFile(file, JSON.stringify(state));
}

const terraformBinary = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';

/** @throws Error with Terraform's own text when it fails, a plan with changes included (exit code 2). */
export function terraform(cwd: string, args: readonly string[], environment: Readonly<Record<string, string>>): string {
  const env = { ...cleanEnvironment(), ...environment };
  const options = { cwd, env, encoding: 'utf8', maxBuffer: 1 << 30 } as const;
  const { status, stdout, stderr } = spawnSync(terraformBinary, args, options);
  if (status !== 0) throw new Error(`${terraformBinary} ${args[0]} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** @throws Error when there is none. */
export function requireTerraform(): void {
  if (spawnSync(terraformBinary, ['version']).status === 0) return;
  throw new Error(
    `"${terraformBinary} version" does not run. Install Terraform or OpenTofu; TERRAFORM_BINARY_NAME=tofu names another binary.`,
  );
}
