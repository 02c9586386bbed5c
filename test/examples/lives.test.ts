/**
 * The whole life of every example, by the commands of its README: applied with the real Terraform, used with the clients
 * that it names, changed, and destroyed. KEYSTEAD_RECORD=1 writes the plans again that lie beside the examples.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IAMClient, ListRolesCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { awsCommandLine } from '../support/aws-command-line.ts';
import {
  type ExampleRun,
  type ExampleRuns,
  exampleNames,
  examplesDirectory,
  readExample,
  startExampleRuns,
} from '../support/example-runs.ts';
import { needs } from '../support/needs.ts';
import { masked, sectionsOf } from '../support/readme-commands.ts';

needs('terraform', 'aws', 'openssl');

jest.setTimeout(300_000);

const aws = awsCommandLine();
let runs: ExampleRuns;

beforeAll(async () => {
  runs = await startExampleRuns(aws);
});
afterAll(() => runs?.stop());

/** In the order of every README. */
const titles = ['Run it', 'Use it', 'Change it', 'Destroy it'];

/** What Terraform plans, without values that it knows only after the apply. */
function plansIn(text: string): string {
  const plans = text.matchAll(/will perform the following actions:\n(.*?^Plan: .*?)$/gms);
  const known = [...plans].map(([, plan = '']) => masked(plan.trim()).split('\n').filter(isKnown).join('\n'));
  return known.map((plan) => `${plan}\n`).join('\n');
}

const isKnown = (line: string): boolean => !line.endsWith('(known after apply)');

async function expectNoChanges(example: ExampleRun): Promise<void> {
  for (const stack of example.stacks()) {
    const { code, stdout, stderr } = await example.terraform(stack, 'plan', '-detailed-exitcode');
    expect([stack, code, code === 0 ? '' : stdout + stderr]).toEqual([stack, 0, '']);
  }
}

async function expectNothingDeclared(example: ExampleRun): Promise<void> {
  for (const stack of example.stacks()) {
    const { stdout } = await example.terraform(stack, 'show');
    expect([stack, stdout.trim()]).toEqual([stack, 'The state file is empty. No resources are represented.']);
  }
}

describe.each(exampleNames)('%s', (name) => {
  const readme = readExample(name, 'README.md');
  const sections = sectionsOf(readme);

  test('has the sections of every example', () => {
    expect([...sections.keys()].filter((title) => titles.includes(title))).toEqual(titles);
  });

  test('is applied as planned, used, changed and destroyed, as its README says', async () => {
    const example = runs.open(name);
    const printed = new Map<string, string>();
    for (const title of titles) {
      for (const block of sections.get(title) ?? []) {
        printed.set(title, (printed.get(title) ?? '') + (await example.run(block)));
      }
      if (title === 'Run it') {
        expectPlan(name, plansIn(printed.get(title) ?? ''));
        await expectNoChanges(example);
      }
    }
    expect(printed.get('Change it')).toContain('Apply complete!');
    await expectNothingDeclared(example);
  });
});

function expectPlan(name: string, plan: string): void {
  if (process.env.KEYSTEAD_RECORD === '1') writeFileSync(join(examplesDirectory, name, 'plan.txt'), plan);
  expect(plan).toBe(readExample(name, 'plan.txt'));
}

test('nothing is left of any example but keys that wait for their deletion', async () => {
  const settings = { endpoint: runs.server.endpoint, credentials: runs.server.credentials };
  const iam = new IAMClient({ ...settings, region: 'us-east-1' });
  const { Users: users = [] } = await iam.send(new ListUsersCommand());
  const { Roles: roles = [] } = await iam.send(new ListRolesCommand());
  expect([...users.map(({ Arn }) => Arn), ...roles.map(({ Arn }) => Arn)]).toEqual([]);
  iam.destroy();
  for (const region of ['eu-west-1', 'us-east-1', 'eu-central-1']) {
    const kms = new KMS({ ...settings, region });
    const { Aliases: aliases = [] } = await kms.listAliases();
    const { CustomKeyStores: stores = [] } = await kms.describeCustomKeyStores();
    const own = aliases.map(({ AliasName = '' }) => AliasName).filter((alias) => !alias.startsWith('alias/aws/'));
    expect([...own, ...stores]).toEqual([]);
    const { Keys: keys = [] } = await kms.listKeys({ Limit: 1000 });
    const states = await Promise.all(
      keys.map(async ({ KeyId }) => (await kms.describeKey({ KeyId })).KeyMetadata?.KeyState ?? ''),
    );
    expect(states.filter((state) => !/^Pending(Replica)?Deletion$/.test(state))).toEqual([]);
    kms.destroy();
  }
});
