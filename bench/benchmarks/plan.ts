/** `terraform plan` of applied keys, refresh included, against the same number of applied `terraform_data`. */
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark } from '../measure/benchmark.ts';
import { type Closers, withClosers } from '../measure/closers.ts';
import { inTurn } from '../measure/in-turn.ts';
import { cleanEnvironment, cliConfig, providerBinary } from '../servers/paths.ts';
import { startKeystead } from '../servers/processes.ts';

const KEYS = 200;

const ourStack = `
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

const floorStack = `
resource "terraform_data" "bench" {
  count = ${KEYS}
  input = { description = "bench \${count.index}", tags = { Index = tostring(count.index) } }
}
`;

export const plan: Benchmark = {
  name: 'plan',
  summary: `terraform plan of ${KEYS} applied keys, refresh included`,
  rounds: 7,
  lasting: true,
  figures: [
    {
      id: `plan-${KEYS}`,
      name: `Plan of ${KEYS} keys`,
      unit: 's',
      better: 'lower',
      floorName: `${KEYS} terraform_data`,
    },
  ],
  check: () => {
    providerBinary();
    requireTerraform();
  },
  prepare: () =>
    withClosers(async (closers) => {
      const stacks = await applyStacks(closers);
      const measure = async (round: number) => ({ [`plan-${KEYS}`]: await inTurn(round, stacks) });
      await measure(0); // fills the file cache
      return { measure, close: closers.close };
    }),
};

/** @returns what times one plan of each stack, in seconds */
async function applyStacks(closers: Closers) {
  const directory = await closers.directory();
  const dataDir = join(directory, 'data');
  const server = await startKeystead(dataDir);
  closers.add(server.stop);
  const environment = {
    TF_CLI_CONFIG_FILE: cliConfig,
    CHECKPOINT_DISABLE: '1',
    AWS_ENDPOINT_URL_KMS: server.endpoint,
    AWS_SHARED_CREDENTIALS_FILE: join(dataDir, 'credentials'),
    KEYSTEAD_NODE: process.execPath,
  };
  const secondsOf = (stack: string) => () => {
    const startedAt = performance.now();
    terraform(stack, ['plan', '-detailed-exitcode', '-input=false'], environment);
    return (performance.now() - startedAt) / 1000;
  };
  return {
    subject: secondsOf(await applyStack(join(directory, 'subject'), ourStack, environment)),
    floor: secondsOf(await applyStack(join(directory, 'floor'), floorStack, environment)),
  };
}

type Environment = Readonly<Record<string, string>>;

async function applyStack(stack: string, configuration: string, environment: Environment): Promise<string> {
  await mkdir(stack);
  await writeFile(join(stack, 'main.tf'), configuration);
  terraform(stack, ['init', '-input=false'], environment);
  terraform(stack, ['apply', '-auto-approve', '-input=false'], environment);
  return stack;
}

const binary = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';

/** @throws Error when there is none. */
function requireTerraform(): void {
  if (spawnSync(binary, ['version']).status === 0) return;
  throw new Error(
    `"${binary} version" does not run. Install Terraform or OpenTofu; TERRAFORM_BINARY_NAME=tofu names another binary.`,
  );
}

/** @throws Error with Terraform's own text when it fails, a plan with changes included (exit code 2). */
function terraform(cwd: string, args: readonly string[], environment: Environment): void {
  const env = { ...cleanEnvironment(), ...environment };
  const { status, stdout, stderr } = spawnSync(binary, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${binary} ${args[0]} ended with ${status}:\n${stdout}${stderr}`);
}
