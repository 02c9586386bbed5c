/**
 * Safe plans with the real Terraform and control plane: what each dangerous change says, what is refused, and how many
 * requests it takes.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { type Credentials, root, run, startServer, type TestServer } from '../support/server.ts';
import { runs } from '../support/sizes.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(300_000);

let server: TestServer;
let workspace: Workspace;
let app: Credentials;
/** Allowed kms:* by an identity policy, but for the last use of keys. */
let planner: Credentials;

const clients: { destroy(): void }[] = [];
const at = (credentials: Credentials, region = 'us-east-1') => ({ endpoint: server.endpoint, region, credentials });
const kms = (credentials: Credentials, region?: string): KMSClient => {
  const client = new KMSClient(at(credentials, region));
  clients.push(client);
  return client;
};

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
  [app, planner] = [await aUser('app'), await aUser('planner', ['kms:*', 'sts:*'], ['kms:GetKeyLastUsage'])];
  await aUser('admin');
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  await workspace?.dispose();
  await server?.stop();
});

async function aUser(UserName: string, allow: readonly string[] = [], deny: readonly string[] = []) {
  const iam = new IAMClient(at(server.credentials));
  clients.push(iam);
  await iam.send(new CreateUserCommand({ UserName }));
  if (allow.length > 0) {
    const statement = (Effect: string, Action: readonly string[]) => ({ Effect, Action, Resource: '*' });
    const Statement = [statement('Allow', allow), statement('Deny', deny)];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}

const user = (name: string): string => `arn:aws:iam::${server.accountId}:user/${name}`;

/** A key policy in HCL: the account, and the actions of each user. */
const policy = (users: Readonly<Record<string, readonly string[]>>, account = true): string => {
  const allow = (arn: string, Action: readonly string[]) =>
    `{ Effect = "Allow", Principal = { AWS = "${arn}" }, Action = ${JSON.stringify(Action)}, Resource = "*" }`;
  const statements = [
    ...(account ? [allow(`arn:aws:iam::${server.accountId}:root`, ['kms:*'])] : []),
    ...Object.entries(users).map(([name, actions]) => allow(user(name), actions)),
  ];
  return `jsonencode({ Version = "2012-10-17", Statement = [${statements.join(', ')}] })`;
};

const use = ['kms:Encrypt', 'kms:Decrypt'];
const provider = (block = '') => `provider "aws" {\n  region = "us-east-1"\n  ${block}\n}\n`;
/** Within the year for which material can be imported. */
const expiry = new Date(Date.now() + 300 * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
const material = Buffer.alloc(32, 7).toString('base64');

/** Everything in use. */
const inUse = () => `
resource "aws_kms_key" "policy" { policy = ${policy({ app: use, admin: ['kms:*'] })} }
resource "aws_kms_key" "disabled" {}
resource "aws_kms_key" "replaced" {}
resource "aws_kms_key" "window" { deletion_window_in_days = 20 }
resource "aws_kms_key" "west" { region = "us-west-2" }
resource "aws_kms_key" "owned" {}
resource "aws_kms_key_policy" "owned" {
  key_id = aws_kms_key.owned.id
  policy = ${policy({ app: use })}
}
resource "aws_kms_external_key" "imported" {
  key_material_base64 = "${material}"
  enabled             = true
}
resource "aws_kms_alias" "used" {
  name          = "alias/used"
  target_key_id = aws_kms_key.disabled.id
}
`;

/** Every dangerous change of it that can be applied. */
const changed = () => `
resource "aws_kms_key" "policy" { policy = ${policy({})} }
resource "aws_kms_key" "disabled" { is_enabled = false }
resource "aws_kms_key" "replaced" { customer_master_key_spec = "RSA_2048" }
resource "aws_kms_key" "window" { deletion_window_in_days = 7 }
resource "aws_kms_key" "owned" {}
resource "aws_kms_external_key" "imported" {
  key_material_base64 = "${material}"
  enabled             = true
  valid_to            = "${expiry}"
}
resource "aws_iam_user" "new" { name = "new" }
resource "aws_kms_key" "later" {
  policy = ${policy({ later: use }).replace(`"${user('later')}"`, 'aws_iam_user.new.arn')}
}
`;

/** And those that the control plane would refuse. */
const impossible = () => `
resource "aws_kms_key" "locked" { policy = ${policy({ admin: ['kms:*'] }, false)} }
resource "aws_kms_key" "lost" { policy = ${policy({ app: use }, false)} }
resource "aws_kms_grant" "nobody" {
  key_id            = aws_kms_key.owned.id
  grantee_principal = "${user('nobody')}"
  operations        = ["Decrypt"]
}
`;

/** Terraform breaks lines of a warning at the width of a terminal that is not there, and frames them. */
const unframed = (text: string) => text.replace(/[│╷╵]/g, '').replace(/\s+/g, ' ');

async function reviewed(): Promise<readonly number[]> {
  const client = new CloudTrailClient(at(server.credentials));
  clients.push(client);
  const sizes: number[] = [];
  let NextToken: string | undefined;
  do {
    const LookupAttributes = [{ AttributeKey: 'EventName' as const, AttributeValue: 'ReviewPlannedChanges' }];
    const page = await client.send(new LookupEventsCommand({ LookupAttributes, NextToken }));
    for (const { CloudTrailEvent = '{}' } of page.Events ?? []) {
      sizes.push(JSON.parse(CloudTrailEvent).requestParameters.changes.length);
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return sizes;
}

test('what is in use is applied, and a plan without changes asks about nothing', async () => {
  await workspace.write(provider() + inUse());
  await workspace.apply();
  const before = await reviewed();
  expect((await workspace.plan()).code).toBe(0);
  expect(await reviewed()).toEqual(before);

  const state = await workspace.state();
  const id = (address: string) => String(state.get(address)?.id);
  const encrypt = (client: KMSClient, KeyId: string) =>
    client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('order 7'), EncryptionContext: { order: '7' } }));
  const [byApp, byRoot] = [kms(app), kms(server.credentials)];
  for (const address of ['aws_kms_key.policy', 'aws_kms_key.owned']) await encrypt(byApp, id(address));
  for (const address of ['aws_kms_key.replaced', 'aws_kms_external_key.imported']) await encrypt(byRoot, id(address));
  await encrypt(byRoot, 'alias/used');
  await encrypt(kms(server.credentials, 'us-west-2'), id('aws_kms_key.west'));
});

test('each dangerous change is said in one plan, with who used the key and what to do', async () => {
  await workspace.write(provider() + changed() + impossible());
  const { code, text } = await workspace.plan();
  expect(code).toBe(2);
  const said = unframed(text);
  const [byApp, byRoot] = [user('app'), `arn:aws:iam::${server.accountId}:root`];
  for (const expected of [
    /The policy of KMS Key \([0-9a-f-]+\) takes access from principals that used it lately with aws_kms_key.policy,/,
    `with KMS Key (${(await workspace.state()).get('aws_kms_key.policy')?.id}) in the last 90 days: ${byApp}: Encrypt, last on `,
    /The policy of KMS Key \([0-9a-f-]+\) locks out administrators with aws_kms_key.policy,/,
    `not by this policy (1): ${user('admin')}.`,
    /KMS Key \([0-9a-f-]+\) is in use and will be disabled with aws_kms_key.disabled,/,
    `Used in the last 90 days by: ${byRoot}: Encrypt, last on `,
    /KMS Key \([0-9a-f-]+\) is in use and will be replaced with aws_kms_key.replaced,/,
    'The change of customer_master_key_spec makes a new key in its place.',
    /The deletion window of a KMS key becomes shorter with aws_kms_key.window,/,
    /KMS Key \([0-9a-f-]+\) is in use and will be deleted/,
    'alias/used is in use and will be removed',
    /alias\/used named KMS Key \([0-9a-f-]+\) in the last requests of:/,
    'The default policy, which takes the place of this one, denies what they did',
    /The key material of KMS Key \([0-9a-f-]+\) will expire earlier with aws_kms_external_key.imported,/,
    /The policy of the new key locks out the principal that Terraform runs as with aws_kms_key.locked,/,
    'The apply will be refused by the lockout check of the control plane.',
    /The policy of the new key lets nobody change it again with aws_kms_key.lost,/,
    /The grantee principal of a grant does not exist: arn:aws:iam::\d+:user\/nobody with aws_kms_grant.nobody,/,
    `There is no ${user('nobody')} in this account.`,
  ]) {
    expect(said).toMatch(expected instanceof RegExp ? expected : new RegExp(RegExp.escape(expected)));
  }
  expect(said).not.toContain('aws_kms_key.later,');
});

test('where unsafe changes are refused, each of them is an error, and a plan of harmless ones is not', async () => {
  const guide = await safePlansSection();
  const block = guide.hcl.replace('provider "aws" {', 'provider "aws" {\n  region = "us-east-1"');
  await workspace.write(block + changed() + impossible());
  const refused = await workspace.terraform('plan', '-no-color');
  expect(refused.code).toBe(1);
  const said = unframed(refused.stderr);
  expect(said.match(/Error: .*? (?=with |To |arn|alias)/g)?.length).toBeGreaterThanOrEqual(10);
  for (const address of ['policy', 'disabled', 'replaced', 'window', 'locked', 'lost']) {
    expect(said).toContain(`with aws_kms_key.${address},`);
  }
  expect(said).toContain('in the last 30 days');
  expect(said).toContain('set unsafe_changes = "warn" for this run.');

  const described = inUse().replace(/\{ (deletion_window_in_days = 20) \}/, '{\n  $1\n  description = "w"\n}');
  await workspace.write(provider() + described);
  const fromGuide = { cwd: workspace.directory, env: { ...workspace.env, TF_CLI_ARGS: '-no-color' } };
  const harmless = await run('bash', ['-c', guide.command], fromGuide);
  expect([harmless.code, harmless.stderr]).toEqual([0, '']);
  await workspace.write(provider() + changed());
  const byEnvironment = await run('bash', ['-c', guide.command], fromGuide);
  expect(byEnvironment.code).toBe(1);
  expect(unframed(byEnvironment.stderr)).toMatch(/Error: KMS Key \([0-9a-f-]+\) is in use and will be replaced/);
});

test('with "allow" the plan says nothing of it, and asks nothing', async () => {
  const before = (await reviewed()).length;
  await workspace.write(provider('unsafe_changes = "allow"') + changed());
  const { code, text } = await workspace.plan();
  expect(code).toBe(2);
  expect(text).not.toContain('Warning');
  expect((await reviewed()).length).toBe(before);
});

test('a caller who may not see who uses keys gets the same plan, with one warning', async () => {
  const { accessKeyId, secretAccessKey } = planner;
  const block = provider(`access_key = "${accessKeyId}"\n  secret_key = "${secretAccessKey}"`);
  await workspace.write(block + inUse());
  const { code, stdout } = await workspace.terraform('plan', '-destroy', '-no-color', '-detailed-exitcode');
  expect(code).toBe(2);
  const said = unframed(stdout);
  expect(said).toContain('9 to destroy');
  expect(said.match(/The plan cannot tell who uses its keys/g)).toHaveLength(1);
  expect(said).toContain('is not allowed kms:GetKeyLastUsage on KMS Key');
});

test('the changes are applied although the plan warned, and then nothing is left to say', async () => {
  await workspace.write(provider() + changed());
  expect(await workspace.apply()).toContain('Apply complete!');
  const { code, text } = await workspace.plan();
  expect([code, text.includes('Warning')]).toEqual([0, false]);
});

test('a plan of many keys asks in batches', async () => {
  const keys = runs(120, 1000);
  const many = (users: Readonly<Record<string, readonly string[]>>) =>
    `resource "aws_kms_key" "many" {\n  count  = ${keys}\n  policy = ${policy(users)}\n}\n`;
  await workspace.write(provider() + changed() + many({ app: use }));
  await workspace.apply('-parallelism=50');
  const before = (await reviewed()).length;
  await workspace.write(provider() + changed() + many({}));
  expect((await workspace.plan('-parallelism=50', '-refresh=false')).code).toBe(2);
  const sizes = (await reviewed()).slice(0, -before);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(keys);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
  expect(sizes.length).toBeLessThanOrEqual(keys / 4);
});

test('a control plane without the route answers as the provider expects of an older one', async () => {
  const answer = await fetch(`${server.endpoint}/v1/planned-changes/review-of-the-future`, { method: 'POST' });
  expect([answer.status, await answer.json()]).toEqual([
    404,
    expect.objectContaining({ code: 'UnknownOperationException' }),
  ]);
});

/** The first blocks of the guide's section. */
async function safePlansSection(): Promise<{ readonly hcl: string; readonly command: string }> {
  const text = await readFile(join(root, 'docs/guide/terraform.md'), 'utf8');
  const section = /^## Safe plans\n(.*?)^## /ms.exec(text)?.[1] ?? '';
  const blocks = [...section.matchAll(/^```(\w*)\n(.*?)^```$/gms)];
  const first = (language: string) => blocks.find(([, name]) => name === language)?.[2] ?? '';
  return { hcl: first('hcl'), command: first('') };
}
