/** The demo as a newcomer starts it: it shows every step in order and removes everything it made. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { jest } from '@jest/globals';
import { packageProvider } from '@keystead/provider/package.ts';
import { needs } from '../support/needs.ts';
import { type CommandResult, root, run } from '../support/server.ts';

needs('terraform');

jest.setTimeout(600_000);

let directory: string;
let demo: CommandResult;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-demo-'));
  // As "make provider" does, but in a separate directory, because tests run in parallel.
  const { cliConfigPath } = await packageProvider({
    entry: join(root, 'provider/main.ts'),
    namespace: 'keystead',
    type: 'aws',
    version: '0.1.0',
    outputDirectory: join(directory, 'provider'),
  });
  demo = await run(process.execPath, [join(root, 'scripts/demo/main.ts')], {
    env: {
      NODE_OPTIONS: '',
      KEYSTEAD_DEMO_DIR: directory,
      KEYSTEAD_DEMO_CLI_CONFIG: cliConfigPath,
      ...(hasProc && { PATH: await pathWithoutPs() }),
    },
  });
});

const hasProc = existsSync('/proc/self/cmdline');

/** A minimal Debian does not have ps. */
async function pathWithoutPs(): Promise<string> {
  const programs = join(directory, 'bin');
  await mkdir(programs);
  await writeFile(join(programs, 'ps'), '#!/bin/sh\nexit 127\n', { mode: 0o755 });
  return `${programs}${delimiter}${process.env.PATH}`;
}

/** Command lines of the processes that use the demo's data directory. */
async function processesOfTheDemo(): Promise<readonly string[]> {
  return (await commandLines()).filter((line) => line.includes(join(directory, 'demo')));
}

async function commandLines(): Promise<readonly string[]> {
  if (!hasProc) return (await run('ps', ['-A', '-o', 'args='])).stdout.split('\n');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandLine);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // The process has ended.
  }
}

afterAll(() => rm(directory, { recursive: true, force: true }));

/** Steps by number, each with its output. */
function steps(): readonly string[] {
  return demo.stdout.split(/^\d+\. /m).slice(1);
}

test('succeeds and removes everything it made', () => {
  expect(demo.stderr).toBe('');
  expect(demo.stdout).toMatch(/Done\. Everything the demo made is gone again/);
  expect(demo.code).toBe(0);
  expect(existsSync(join(directory, 'demo'))).toBe(false);
});

test('leaves no process behind, on Linux also without ps', async () => {
  expect(await processesOfTheDemo()).toEqual([]);
});

test('shows the steps in order', () => {
  const starts = steps().filter((step) => !step.startsWith('The same with the aws CLI'));
  const expected = [
    /^Start a control plane on embedded SQLite/,
    /^Make three users/,
    /^Synthesize the stacks from TypeScript/,
    /^terraform init, plan, apply: key-with-alias/,
    /^terraform init, plan, apply: grant-finance/,
    /^terraform init, plan, apply: multi-region/,
    /^Encrypt as bob with the AWS SDK, in eu-west-1, by alias; decrypt/,
    /^Encrypt in eu-west-1, decrypt by the replica in us-east-1/,
    /^alice administers the key, so she is not allowed to use it/,
    /^carol's grant allows the finance department only/,
    /^Behind Terraform's back/,
    /^keystead drift/,
    /^terraform plan -refresh-only agrees/,
    /^Apply again/,
    /^terraform destroy/,
    /^The audit/,
  ];
  expect(starts).toHaveLength(expected.length);
  for (const [index, pattern] of expected.entries()) expect(starts[index]).toMatch(pattern);
});

const shownBy = (start: string) => steps().find((step) => step.startsWith(start)) ?? '';

test('plans and applies every stack, and the next plan is empty', () => {
  for (const [stack, resources] of [
    ['key-with-alias', 2],
    ['grant-finance', 3],
    ['multi-region', 4],
  ] as const) {
    const shown = shownBy(`terraform init, plan, apply: ${stack}`);
    expect(shown).toContain(`Plan: ${resources} to add, 0 to change, 0 to destroy.`);
    expect(shown).toContain(`Apply complete! Resources: ${resources} added, 0 changed, 0 destroyed.`);
    expect(shown).toContain('planned again: no changes');
  }
});

test('encrypts and decrypts in both Regions, with the SDK and, if it is installed, the aws CLI', async () => {
  expect(shownBy('Encrypt as bob')).toContain('"order 4711: 3 apples"');
  expect(shownBy('Encrypt in eu-west-1, decrypt by the replica')).toMatch(
    /decrypted by arn:aws:kms:us-east-1:111122223333:key\/mrk-/,
  );
  const hasAwsCli = await run('aws', ['--version']).then(
    ({ code }) => code === 0,
    () => false,
  );
  const byCli = steps().filter((step) => step.startsWith('The same with the aws CLI'));
  expect(byCli).toHaveLength(hasAwsCli ? 2 : 0);
  for (const shown of byCli) expect(shown).toContain('aws kms encrypt, aws kms decrypt → "order 4711: 3 apples"');
  if (!hasAwsCli) expect(demo.stdout).toContain('the aws CLI is not installed');
});

test('shows denied requests and the reasons', () => {
  expect(shownBy('alice administers')).toMatch(
    /AccessDeniedException: User: \S+:user\/alice is not authorized to perform: kms:Encrypt on resource: \S+ because/,
  );
  expect(shownBy("carol's grant")).toMatch(/Department=finance: encrypted\n.*AccessDeniedException: User: \S+carol/);
});

test('reports drift with principal, time and request, and repairs it', () => {
  const report = shownBy('keystead drift');
  const by = (principal: string, event: string) =>
    new RegExp(
      `by {8}arn:aws:iam::111122223333:${principal} at \\S+Z from 127\\.0\\.0\\.1 \\(${event}, request [0-9a-f-]{36}\\)`,
    );
  expect(report).toContain('Drift: 3 differences');
  expect(report).toMatch(by('user/alice', 'UpdateKeyDescription'));
  expect(report).toMatch(by('root', 'CreateAlias'));
  expect(report).toMatch(by('root', 'CreateGrant'));
  expect(shownBy('terraform plan -refresh-only')).toContain('exit code 2');
  expect(shownBy('Apply again')).toMatch(/Apply complete! Resources: 0 added, 1 changed, 0 destroyed\.\n.*No drift: 9/);
});

test('destroys everything, and the audit log verifies', () => {
  expect(shownBy('terraform destroy').match(/Destroy complete!/g)).toHaveLength(3);
  expect(shownBy('terraform destroy')).toContain('is pending deletion');
  expect(shownBy('The audit')).toMatch(/\d+ audit records verified\./);
});
