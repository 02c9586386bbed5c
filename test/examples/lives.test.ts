/**
 * The whole life of the examples, by the commands of their READMEs: applied with the real Terraform, used with the clients
 * that they name, changed, and destroyed. Two have tests of their own, because their surroundings are others; `make test` lives a few
 * of the rest.
 */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { IAMClient, ListRolesCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { describeAtLength } from '../support/at-length.ts';
import { awsCommandLine } from '../support/aws-command-line.ts';
import { live, sectionTitles } from '../support/example-life.ts';
import {
  type ExampleRuns,
  exampleNames,
  examplesDirectory,
  openExampleRuns,
  readExample,
} from '../support/example-runs.ts';
import { needs } from '../support/needs.ts';
import { openShell, sectionsOf } from '../support/readme-commands.ts';
import { root as repository, startServer, type TestServer } from '../support/server.ts';

needs('terraform', 'aws', 'openssl');

jest.setTimeout(300_000);

const aws = awsCommandLine();
let server: TestServer;
let runs: ExampleRuns;

beforeAll(async () => {
  server = await startServer();
  runs = await openExampleRuns(aws, server);
});
afterAll(async () => {
  await runs?.stop();
  await server?.stop();
});

const ofTheirOwn = ['custom-key-store', 'move-from-aws'];
const short = ['cross-account', 'import-key-material', 'key-with-alias', 'multi-region', 'sign-releases'];
const others = exampleNames.filter((name) => ![...ofTheirOwn, ...short].includes(name));
const title = '%s is applied as planned, used, changed and destroyed, as its README says';
const liveThrough = (name: string) =>
  live(name, runs.open(name), { ofSeveralAccounts: ['cross-account', 'storage-service'].includes(name) });

test.each(exampleNames)('%s has the sections of every example', (name) => {
  const titles: readonly string[] = sectionTitles;
  expect([...sectionsOf(readExample(name, 'README.md')).keys()].filter((title) => titles.includes(title))).toEqual(
    titles,
  );
});

test.each(short)(title, liveThrough);
describeAtLength('of the other examples', () => void test.each(others)(title, liveThrough));

test('nothing is left of any example but keys that wait for their deletion', async () => {
  const settings = { endpoint: server.endpoint, credentials: server.credentials };
  const iam = new IAMClient({ ...settings, region: 'us-east-1' });
  const { Users: users = [] } = await iam.send(new ListUsersCommand());
  const { Roles: roles = [] } = await iam.send(new ListRolesCommand());
  expect([...users.map(({ Arn }) => Arn), ...roles.map(({ Arn }) => Arn)]).toEqual([]);
  iam.destroy();
  for (const region of ['eu-west-1', 'us-east-1']) {
    const kms = new KMS({ ...settings, region });
    const { Aliases: aliases = [] } = await kms.listAliases();
    const own = aliases.map(({ AliasName = '' }) => AliasName).filter((alias) => !alias.startsWith('alias/aws/'));
    expect(own).toEqual([]);
    const { Keys: keys = [] } = await kms.listKeys({ Limit: 1000 });
    const states = await Promise.all(
      keys.map(async ({ KeyId }) => (await kms.describeKey({ KeyId })).KeyMetadata?.KeyState ?? ''),
    );
    expect(states.filter((state) => !/^Pending(Replica)?Deletion$/.test(state))).toEqual([]);
    kms.destroy();
  }
});

test('the settings that the page of all examples names are enough for aws, keystead and Terraform', async () => {
  const [, settings] =
    sectionsOf(readFileSync(join(examplesDirectory, 'README.md'), 'utf8')).get('Before you start') ?? [];
  const directory = join(runs.home, 'repository');
  mkdirSync(directory);
  symlinkSync(server.dataDir, join(directory, 'keystead-data'));
  symlinkSync(join(repository, 'node_modules'), join(directory, 'node_modules'));
  const check =
    'aws sts get-caller-identity --query Account --output text; keystead identity whoami; echo $TF_CLI_CONFIG_FILE';
  const commands = `${settings?.commands}\n${check}`.replaceAll('http://127.0.0.1:8600', server.endpoint);
  const shell = openShell(directory, { PATH: `${join(runs.home, 'bin')}:${process.env.PATH}`, HOME: runs.home });
  const printed = await shell.run({ commands, shown: undefined });
  expect(printed).toContain(`${server.accountId}\n`);
  expect(printed).toContain(`arn:aws:iam::${server.accountId}:root`);
  expect(printed).toContain('dist/provider/terraform.rc');
});
