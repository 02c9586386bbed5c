/**
 * A module for KMS keys with every feature that such modules have, and a stack that uses each: policies by role, aliases
 * known before apply and after, grants, imported material, replicas, Route 53. It is applied twice, with Terraform; the
 * second time nothing changes.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  EncryptCommand,
  GetKeyPolicyCommand,
  KMSClient,
  ListAliasesCommand,
  ListGrantsCommand,
} from '@aws-sdk/client-kms';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { jest } from '@jest/globals';
import { policy } from '../support/documents.ts';
import { needs } from '../support/needs.ts';
import { root, startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(180_000);

const material = Buffer.alloc(32, 9).toString('base64');
const validTo = new Date(Date.now() + 100 * 86_400_000).toISOString().replace(/\.\d{3}Z$/, 'Z');

let server: TestServer;
let workspace: Workspace;
let kms: KMSClient;
let east: KMSClient;
let arns: Readonly<Record<string, string | null>>;

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server, { TF_VAR_material: material, TF_VAR_valid_to: validTo });
  cpSync(join(root, 'test/terraform/stacks/keys'), workspace.directory, { recursive: true });
  const to = { endpoint: server.endpoint, credentials: server.credentials };
  kms = new KMSClient({ ...to, region: 'eu-west-1' });
  east = new KMSClient({ ...to, region: 'us-east-1' });
  expect(await workspace.terraform('init', '-no-color')).toMatchObject({ code: 0 });
});

afterAll(async () => {
  kms?.destroy();
  east?.destroy();
  await workspace?.dispose();
  await server?.stop();
});

const keyOf = (name: string): string => String(arns[name]);

async function sidsOf(name: string): Promise<readonly string[]> {
  const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId: keyOf(name) }));
  return JSON.parse(Policy).Statement.map(({ Sid }: { Sid: string }) => Sid);
}

async function grantsOf(client: KMSClient, name: string): Promise<readonly (string | undefined)[]> {
  const { Grants = [] } = await client.send(new ListGrantsCommand({ KeyId: keyOf(name) }));
  return Grants.map((grant) => grant.Name).sort();
}

async function aliasesOf(client: KMSClient, name: string): Promise<readonly string[]> {
  const { Aliases = [] } = await client.send(new ListAliasesCommand({ KeyId: keyOf(name) }));
  return Aliases.map(({ AliasName = '' }) => AliasName.replace(/\d{18}[0-9a-f]{8}$/, '<generated>')).sort();
}

/** Somebody who can assume the roles; the root user cannot. */
async function developer(): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  const iam = new IAMClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  try {
    const user = { UserName: 'developer' };
    await iam.send(new CreateUserCommand(user));
    const document = { PolicyName: 'assume', PolicyDocument: policy('sts:AssumeRole') };
    await iam.send(new PutUserPolicyCommand({ ...user, ...document }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand(user));
    return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  } finally {
    iam.destroy();
  }
}

test('the stack is applied, and the second apply changes nothing', async () => {
  expect(await workspace.apply()).toContain('0 changed, 0 destroyed');
  expect(await workspace.plan()).toMatchObject({ code: 0 });
  expect(await workspace.apply()).toContain('Resources: 0 added, 0 changed, 0 destroyed');
  const { stdout } = await workspace.terraform('output', '-json', 'arns');
  arns = JSON.parse(stdout);
  expect(arns.nothing).toBeNull();
});

test('each principal has its statement, and only if somebody is in it', async () => {
  expect(await sidsOf('complete')).toEqual([
    'Account',
    'Owners',
    'Administrators',
    'Users',
    'GrantsForServices',
    'AutoScaling',
    'AutoScalingVolumes',
    'SymmetricEncryption',
    'Logs',
    'OnlyOurs',
  ]);
  expect(await sidsOf('dnssec')).toEqual(['Account', 'Route53Signs', 'Route53Grants']);
  expect(await Promise.all(['mac', 'public', 'signing'].map(sidsOf))).toEqual([
    ['Account', 'Macs'],
    ['Account', 'PublicKeyEncryption'],
    ['Account', 'Signatures'],
  ]);
  expect(await sidsOf('merged')).toEqual(['Base', 'Account']);
  expect(await sidsOf('defaults')).toEqual(['Account']);
});

test('conditions on several zones are one condition with all of them', async () => {
  const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId: keyOf('dnssec') }));
  const [, , grants] = JSON.parse(Policy).Statement;
  expect(grants.Condition.StringEquals['aws:SourceAccount']).toEqual([server.accountId, '444455556666']);
  expect(grants.Condition.ArnLike['aws:SourceArn']).toHaveLength(2);
});

test('grants and aliases are on the keys, replicas included', async () => {
  expect(await grantsOf(kms, 'complete')).toEqual(['lambda', 'retires-itself', 'service']);
  expect(await grantsOf(east, 'replica')).toEqual(['there']);
  expect(await grantsOf(east, 'replica_external')).toEqual(['there']);
  expect(await aliasesOf(kms, 'complete')).toEqual([
    expect.stringMatching(/^alias\/AROA[A-Z0-9]+-<generated>$/),
    'alias/foo/bar-<generated>',
    'alias/one-<generated>',
  ]);
  expect(await aliasesOf(east, 'replica')).toEqual(['alias/primary']);
});

test('a user of the key can encrypt, and its administrator cannot', async () => {
  const sts = new STSClient({ endpoint: server.endpoint, region: 'eu-west-1', credentials: await developer() });
  const encryptAs = async (role: string) => {
    const RoleArn = `arn:aws:iam::${server.accountId}:role/${role}`;
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'module' }));
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    const client = new KMSClient({
      endpoint: server.endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
    });
    try {
      return await client.send(new EncryptCommand({ KeyId: keyOf('complete'), Plaintext: Buffer.of(1) }));
    } finally {
      client.destroy();
    }
  };
  try {
    expect((await encryptAs('user')).CiphertextBlob).toBeDefined();
    await expect(encryptAs('administrator')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  } finally {
    sts.destroy();
  }
});

test('everything is destroyed', async () => {
  const { code, stderr } = await workspace.terraform('destroy', '-auto-approve', '-no-color');
  expect([code, stderr]).toEqual([0, '']);
});
