/** `terraform plan` of applied keys, refresh included, against the same number of applied `terraform_data`. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliConfig } from './provider.ts';
import { type Figure, median, ratio } from './report.ts';
import { startKeystead } from './servers.ts';

const KEYS = 200;
const ROUNDS = 5;

const ours = `
terraform {
  required_providers {
    aws = { source = "keystead/aws" }
  }
}
provider "aws" {
  region = "us-east-1"
}
resource "aws_kms_key" "bench" {
  count               = ${KEYS}
  description         = "bench \${count.index}"
  enable_key_rotation = true
  tags                = { Index = tostring(count.index) }
}
`;

const floor = `
resource "terraform_data" "bench" {
  count = ${KEYS}
  input = { description = "bench \${count.index}", tags = { Index = tostring(count.index) } }
}
`;

export async function benchPlan(): Promise<readonly Figure[]> {
  const dir = await mkdtemp(join(tmpdir(), 'keystead-bench-'));
  const dataDir = join(dir, 'data');
  const server = await startKeystead(dataDir);
  const env = {
    TF_CLI_CONFIG_FILE: cliConfig,
    CHECKPOINT_DISABLE: '1',
    AWS_ENDPOINT_URL_KMS: server.endpoint,
    AWS_SHARED_CREDENTIALS_FILE: join(dataDir, 'credentials'),
    KEYSTEAD_NODE: process.execPath,
  };
  try {
    const stacks = { ours: join(dir, 'ours'), floor: join(dir, 'floor') };
    await prepare(stacks.ours, ours, env);
    await prepare(stacks.floor, floor, env);
    const times: Record<'ours' | 'floor', number[]> = { ours: [], floor: [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const side of ['floor', 'ours'] as const) {
        const startedAt = performance.now();
        terraform(stacks[side], ['plan', '-detailed-exitcode', '-input=false'], env);
        times[side].push((performance.now() - startedAt) / 1000);
      }
    }
    return [ratio(`Plan of ${KEYS} keys: s`, `${KEYS} terraform_data`, median(times.ours), median(times.floor))];
  } finally {
    await server.stop();
    await rm(dir, { recursive: true });
  }
}

async function prepare(stack: string, configuration: string, env: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(stack);
  await writeFile(join(stack, 'main.tf'), configuration);
  terraform(stack, ['init', '-input=false'], env);
  terraform(stack, ['apply', '-auto-approve', '-input=false'], env);
}

/** @throws Error with Terraform's own text when it fails, a plan with changes included (exit code 2). */
function terraform(cwd: string, args: readonly string[], env: Readonly<Record<string, string>>): void {
  const binary = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
  const { status, stdout, stderr } = spawnSync(binary, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`terraform ${args[0]} ended with ${status}:\n${stdout}${stderr}`);
}
