/** `terraform plan` of applied keys, refresh included, against the same number of applied `terraform_data`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark } from '../measure/benchmark.ts';
import { type Closers, withClosers } from '../measure/closers.ts';
import { inTurn } from '../measure/in-turn.ts';
import { providerBinary } from '../servers/paths.ts';
import { startKeystead } from '../servers/processes.ts';
import { requireTerraform, terraform, terraformEnvironment } from './applied-stack.ts';

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
  const environment = terraformEnvironment(server, dataDir);
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
