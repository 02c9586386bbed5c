// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Terraform and policies write references and variables this way.
/** What was made by hand becomes code: written, planned as imports alone, applied, and no drift after that. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyRotationCommand,
  type KeyMetadata,
  KMSClient,
  PutKeyPolicyCommand,
  ReplicateKeyCommand,
  TagResourceCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { runKeystead, startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(180_000);

const code = (orders: string) => `
provider "aws" {
  region = "us-east-1"
}
provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}
resource "aws_kms_key" "orders" {
${orders}
}
resource "aws_kms_key" "spread" {
  multi_region = true
}
resource "aws_kms_key" "each" {
  for_each = toset(["a b"])
}
resource "aws_kms_key" "there" {
  provider = aws.frankfurt
}
`;

let server: TestServer;
let workspace: Workspace;
let here: KMSClient;
let there: KMSClient;
let root: string;
const keyIds = new Map<string, string>();
const keyId = (address: string) => keyIds.get(address) ?? '';

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
  const client = (region: string) =>
    new KMSClient({ endpoint: server.endpoint, region, credentials: server.credentials });
  [here, there] = [client('us-east-1'), client('eu-central-1')];
  root = `arn:aws:iam::${server.accountId}:root`;
  await workspace.write(code('  description = "orders"'));
  await workspace.apply();
  for (const [address, { key_id: id }] of await workspace.state()) keyIds.set(address, String(id));
});

afterAll(async () => {
  here?.destroy();
  there?.destroy();
  await workspace?.dispose();
  await server?.stop();
});

const drift = (...args: string[]) => runKeystead(['drift', ...args, '--dir', workspace.directory], server.env);
const adopt = (...args: string[]) => drift('adopt', ...args);
const written = (name: string) => readFile(join(workspace.directory, name), 'utf8');

const create = async (input: ConstructorParameters<typeof CreateKeyCommand>[0] = {}): Promise<KeyMetadata> => {
  const { KeyMetadata } = await here.send(new CreateKeyCommand(input));
  if (KeyMetadata === undefined) throw new Error('no key');
  return KeyMetadata;
};

const policyWith = (statement: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: 'Root', Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' }, statement],
  });

async function makeByHand(): Promise<void> {
  const orders = keyId('aws_kms_key.orders');
  await here.send(new CreateAliasCommand({ AliasName: 'alias/by/hand-1', TargetKeyId: orders }));
  await there.send(new CreateAliasCommand({ AliasName: 'alias/there', TargetKeyId: keyId('aws_kms_key.there') }));
  await here.send(new CreateAliasCommand({ AliasName: 'alias/9', TargetKeyId: keyId('aws_kms_key.each["a b"]') }));
  await here.send(
    new CreateGrantCommand({
      KeyId: orders,
      Name: 'nightly',
      GranteePrincipal: root,
      RetiringPrincipal: root,
      Operations: ['Decrypt', 'Encrypt'],
      Constraints: { EncryptionContextSubset: { 'a "b" ${c}': '%{d} \\' } },
    }),
  );
  await here.send(new CreateGrantCommand({ KeyId: orders, GranteePrincipal: root, Operations: ['Decrypt'] }));
  await here.send(new ReplicateKeyCommand({ KeyId: keyId('aws_kms_key.spread'), ReplicaRegion: 'eu-west-1' }));
  const own = { Sid: 'Own', Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:Decrypt', Resource: '*' };
  const Condition = { StringLike: { 'aws:userid': ['${aws:username}', '%{x}'] } };
  await here.send(new PutKeyPolicyCommand({ KeyId: orders, Policy: policyWith({ ...own, Condition }) }));
  const made = await create({
    Description: 'say "hi" to ${everyone}\\ %{ if }',
    Policy: policyWith({ ...own, Condition }),
    Tags: [
      { TagKey: 'a b', TagValue: '' },
      { TagKey: 'Team', TagValue: 'x=y@z' },
    ],
  });
  await here.send(new EnableKeyRotationCommand({ KeyId: made.KeyId, RotationPeriodInDays: 100 }));
  await here.send(new CreateAliasCommand({ AliasName: 'alias/made', TargetKeyId: made.KeyId }));
  await here.send(new CreateGrantCommand({ KeyId: made.KeyId, GranteePrincipal: root, Operations: ['Encrypt'] }));
  const signing = await create({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', MultiRegion: true });
  await here.send(new DisableKeyCommand({ KeyId: signing.KeyId }));
  await create({ Origin: 'EXTERNAL', Description: 'external' });
}

test('without drift there is nothing to adopt, and no file', async () => {
  expect(await adopt('--unmanaged')).toEqual({ code: 0, stdout: 'No drift: nothing to adopt.\n', stderr: '' });
});

test('everything made by hand is written, and planned as imports alone', async () => {
  await makeByHand();
  const { code: exit, stdout, stderr } = await adopt('--unmanaged');
  expect([exit, stderr]).toEqual([0, '']);
  expect(stdout).toContain('adopted.tf: 12 imports.');
  await workspace.terraform('fmt', '-check').then(({ code: changed }) => expect(changed).toBe(0));
  const text = await written('adopted.tf');
  expect(text).toContain('target_key_id = aws_kms_key.orders.key_id\n');
  expect(text).toContain('target_key_id = aws_kms_key.each["a b"].key_id\n');
  expect(text).toMatch(/resource "aws_kms_alias" "there" \{\n {2}provider += aws.frankfurt\n/);
  expect(text).toMatch(/^# CreateAlias by \S+:root at \S+Z, request /m);
  const { text: plan } = await workspace.plan();
  expect(plan).toContain('Plan: 12 to import, 0 to add, 0 to change, 0 to destroy.');
});

test('before they are applied, nothing is written a second time', async () => {
  const { stdout } = await adopt('--unmanaged');
  expect(stdout).not.toContain('imports.');
  expect(stdout).toContain('an import block for alias/by/hand-1@us-east-1 is there already: run terraform apply');
});

test('after the apply there is no drift', async () => {
  await workspace.apply();
  expect(await drift('--unmanaged')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('No drift: 16 declared resources compared'),
  });
});

test('for what is declared it says what to write where, and then the plan is empty', async () => {
  const orders = keyId('aws_kms_key.orders');
  await here.send(new UpdateKeyDescriptionCommand({ KeyId: orders, Description: 'by hand: ${x}' }));
  await here.send(new TagResourceCommand({ KeyId: orders, Tags: [{ TagKey: 'a b', TagValue: 'c=d' }] }));
  await here.send(new DisableKeyCommand({ KeyId: orders }));
  const { stdout } = await adopt();
  const said = [...stdout.matchAll(/^ {4}in aws_kms_key\.orders, (?:set|add to tags):\n((?: {8}.*\n?)+)/gm)];
  expect(said).toHaveLength(3);
  await workspace.write(code(said.map(([, lines]) => lines).join('')));
  expect((await workspace.plan()).text).toContain('No changes.');
});

test('in a program, the same is written in TypeScript, and of the named findings only', async () => {
  await here.send(new CreateAliasCommand({ AliasName: 'alias/one', TargetKeyId: keyId('aws_kms_key.spread') }));
  await here.send(new CreateAliasCommand({ AliasName: 'alias/two', TargetKeyId: keyId('aws_kms_key.spread') }));
  const { findings } = JSON.parse((await drift('--json')).stdout) as {
    findings: { id: string; resourceArn: string }[];
  };
  const id = findings.find(({ resourceArn }) => resourceArn.endsWith('alias/one'))?.id ?? '';
  const { stdout } = await adopt(id, '--language', 'typescript', '--into', join(workspace.directory, 'program'));
  expect(stdout).toContain('program/adopted.ts: 1 import.');
  expect(await written('program/adopted.ts')).toContain(`  new kmsAlias.KmsAlias(scope, 'one', {
    region: 'us-east-1',
    name: 'alias/one',
    targetKeyId: '${keyId('aws_kms_key.spread')}',
  }).importFrom('alias/one@us-east-1');
`);
});

test('a policy that a refresh took into the state becomes a resource of its own, because the code has none', async () => {
  expect((await drift('accept')).code).toBe(0);
  const own = { Sid: 'Since', Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:Decrypt', Resource: '*' };
  await here.send(new PutKeyPolicyCommand({ KeyId: keyId('aws_kms_key.spread'), Policy: policyWith(own) }));
  await workspace.apply('-refresh-only');
  const { findings } = JSON.parse((await drift('--json')).stdout) as { findings: { id: string; attribute: string }[] };
  const { stdout } = await adopt(findings.find(({ attribute }) => attribute === 'policy')?.id ?? '');
  expect(stdout).toContain(`aws_kms_key_policy.spread from ${keyId('aws_kms_key.spread')}@us-east-1`);
  expect((await workspace.plan()).text).toContain('Plan: 1 to import, 0 to add, 0 to change, 0 to destroy.');
});

test('a finding that is not there, and a stack that is not compared, are errors', async () => {
  expect(await adopt('0123456789')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no finding 0123456789 now.'),
  });
  expect(await adopt('--stack', 'elsewhere')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('elsewhere is not one of the stacks that are compared'),
  });
});
