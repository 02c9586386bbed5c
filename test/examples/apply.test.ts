/** What the examples leave out, applied by Terraform through the provider to a running control plane. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Grant, Key, KeyPolicy, KeyPolicyDocument, KeysteadProvider } from '@keystead/constructs/cdktf';
import { LocalBackend, TerraformStack, Testing } from 'cdktf';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

let server: TestServer;
let workspace: Workspace;

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
  const { code, stderr } = await server.keystead('identity', 'create-user', 'bob');
  if (code !== 0) throw new Error(stderr);
});

afterAll(async () => {
  await workspace?.dispose();
  await server?.stop();
});

async function terraform(directory: string, ...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await workspace.terraform(`-chdir=${directory}`, ...args, '-no-color');
  return { code, text: stdout + stderr };
}

async function succeeds(directory: string, ...args: string[]): Promise<string> {
  const { code, text } = await terraform(directory, ...args);
  if (code !== 0) throw new Error(`terraform ${args.join(' ')} ended with ${code}:\n${text}`);
  return text;
}

/** What the examples leave out: looked-up keys and accounts, policy variables, a second provider name. */
function everythingElse(removalProtection: boolean): string {
  const stack = new TerraformStack(Testing.app(), 'rest');
  new LocalBackend(stack, { path: 'terraform.tfstate' });
  new KeysteadProvider(stack, 'keystead', {
    endpoint: server.endpoint,
    region: 'eu-west-1',
    localName: 'keystead',
    defaultTags: { Team: 'platform' },
  });
  const key = new Key(stack, 'key', {
    alias: 'home',
    region: 'eu-central-1',
    removalProtection,
    users: ['111122223333'],
  });
  key.addToKeyPolicy({
    principals: ['*'],
    actions: ['kms:Decrypt'],
    conditions: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IAM.
      StringLike: { 'kms:EncryptionContext:user': '${aws:username}' },
      StringEquals: { 'kms:CallerAccount': '111122223333' },
    },
  });
  const elsewhere = Key.fromAliasName(stack, 'elsewhere', 'elsewhere');
  elsewhere.addAlias('second-name');
  new Grant(stack, 'grant', {
    key: elsewhere,
    granteePrincipal: 'arn:aws:iam::111122223333:user/bob',
    operations: ['Decrypt'],
  });
  const policy = new KeyPolicyDocument({ statements: [{ principals: ['111122223333'], actions: ['kms:*'] }] });
  new KeyPolicy(stack, 'policy', { key: elsewhere, policy });
  return Testing.synth(stack, true);
}

/** A key of another program, found by its alias. */
function keyElsewhere(): string {
  const stack = new TerraformStack(Testing.app(), 'elsewhere');
  new LocalBackend(stack, { path: 'terraform.tfstate' });
  new KeysteadProvider(stack, 'keystead', { endpoint: server.endpoint, region: 'eu-west-1' });
  new Key(stack, 'key', { alias: 'elsewhere', removalProtection: false });
  return Testing.synth(stack, true);
}

function written(name: string, configuration: string): string {
  const directory = join(workspace.directory, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'cdk.tf.json'), configuration);
  return directory;
}

test('Keys of other programs, looked-up accounts and policy variables apply and stay as declared', async () => {
  const elsewhere = written('elsewhere', keyElsewhere());
  await succeeds(elsewhere, 'init');
  await succeeds(elsewhere, 'apply', '-auto-approve');

  const rest = written('rest', everythingElse(true));
  await succeeds(rest, 'init');
  expect(await succeeds(rest, 'apply', '-auto-approve')).toContain('Resources: 5 added');
  expect(await succeeds(rest, 'plan', '-detailed-exitcode')).toContain('No changes');

  const refused = await terraform(rest, 'destroy', '-auto-approve');
  expect(refused.code).toBe(1);
  expect(refused.text).toContain('declared by the construct rest/key');

  written('rest', everythingElse(false));
  await succeeds(rest, 'apply', '-auto-approve');
  await succeeds(rest, 'destroy', '-auto-approve');
  await succeeds(elsewhere, 'destroy', '-auto-approve');
});
