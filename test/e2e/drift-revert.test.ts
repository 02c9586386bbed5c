/** Every kind of difference is set back: by the plan that `keystead drift revert` saves, or by the commands it prints. */
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  KMSClient,
  ListGrantsCommand,
  PutKeyPolicyCommand,
  ReplicateKeyCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
  UpdatePrimaryRegionCommand,
} from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { awsCommandLine } from '../support/aws-command-line.ts';
import { putAwsOnPath } from '../support/aws-on-path.ts';
import { needs } from '../support/needs.ts';
import { run, runKeystead, startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform', 'aws');

jest.setTimeout(180_000);

const code = (description = 'orders') => `
resource "aws_kms_key" "orders" {
  description         = "${description}"
  enable_key_rotation = true
}
resource "aws_kms_key" "other" {}
resource "aws_kms_key" "spread" {
  multi_region = true
}
resource "aws_kms_replica_key" "west" {
  region          = "us-west-2"
  primary_key_arn = aws_kms_key.spread.arn
}
resource "aws_kms_alias" "orders" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.orders.key_id
}
resource "aws_kms_alias" "deleted" {
  name          = "alias/deleted"
  target_key_id = aws_kms_key.orders.key_id
}
resource "aws_kms_grant" "orders" {
  key_id            = aws_kms_key.orders.key_id
  grantee_principal = "arn:aws:iam::111122223333:root"
  operations        = ["Decrypt"]
}
`;

const aws = awsCommandLine();
let server: TestServer;
let workspace: Workspace;
let bin: Awaited<ReturnType<typeof putAwsOnPath>>;
let kms: KMSClient;
let KeyId: string;
let otherId: string;
let spreadId: string;

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
  bin = await putAwsOnPath(workspace.directory, aws);
  kms = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  await workspace.write(code());
  await workspace.apply();
  const state = await workspace.state();
  const idOf = (name: string) => String(state.get(`aws_kms_key.${name}`)?.key_id);
  [KeyId, otherId, spreadId] = [idOf('orders'), idOf('other'), idOf('spread')];
});

afterAll(async () => {
  kms?.destroy();
  await bin?.stop();
  await workspace?.dispose();
  await server?.stop();
});

const drift = (...args: string[]) =>
  runKeystead(
    ['drift', ...args, '--dir', workspace.directory, '--endpoint', server.endpoint, '--unmanaged'],
    server.env,
  );

/** Runs the printed commands as a person would paste them, in their order. */
async function paste(printed: string, wanted: RegExp = /./): Promise<number> {
  const lines = [...printed.matchAll(/^ +(aws kms .*)$/gm)].flatMap(([, line = '']) =>
    wanted.test(line) ? [line] : [],
  );
  for (const line of lines) {
    const done = await run('bash', ['-c', `PATH="${workspace.directory}:$PATH"; ${line}`], { env: workspace.env });
    expect([line, done.code, done.stderr]).toEqual([line, 0, '']);
  }
  return lines.length;
}

async function applyPrinted(printed: string): Promise<void> {
  const [, line = ''] = /^ +To apply it: (.*)$/m.exec(printed) ?? [];
  const done = await run('bash', ['-c', line], { env: workspace.env });
  expect([line, done.code, done.stderr]).toEqual([expect.stringContaining('terraform'), 0, '']);
}

async function expectNoDrift(): Promise<void> {
  expect(await drift()).toMatchObject({ code: 0, stdout: expect.stringContaining('No drift:') });
}

test('without drift there is nothing to revert, and no plan', async () => {
  expect(await drift('revert')).toEqual({ code: 0, stdout: 'No drift: nothing to revert.\n', stderr: '' });
  await expect(stat(join(workspace.directory, 'drift-revert.tfplan'))).rejects.toThrow();
});

test('what is declared is set back by the saved plan, which only its owner can read', async () => {
  await kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'by hand' }));
  await kms.send(new DisableKeyCommand({ KeyId: otherId }));
  await kms.send(new DisableKeyRotationCommand({ KeyId }));
  await kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'Owner', TagValue: 'me' }] }));
  await kms.send(new UpdateAliasCommand({ AliasName: 'alias/orders', TargetKeyId: otherId }));
  await kms.send(new DeleteAliasCommand({ AliasName: 'alias/deleted' }));
  const { Grants: [grant] = [] } = await kms.send(new ListGrantsCommand({ KeyId }));
  await kms.send(new RevokeGrantCommand({ KeyId, GrantId: grant?.GrantId }));
  const { code: exit, stdout, stderr } = await drift('revert');
  expect([exit, stderr]).toEqual([2, '']);
  expect(stdout).toContain('drift-revert.tfplan sets back 5 resources.');
  expect(stdout).toMatch(/^ {4}changes aws_kms_key\.orders: description, enable_key_rotation, .*tags_all$/m);
  expect(stdout).toContain('    makes anew aws_kms_alias.deleted\n');
  expect((await stat(join(workspace.directory, 'drift-revert.tfplan'))).mode & 0o777).toBe(0o600);
  await applyPrinted(stdout);
  await expectNoDrift();
});

test('what Terraform does not see is removed by commands, which nobody but a person runs', async () => {
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/by-hand', TargetKeyId: KeyId }));
  const GranteePrincipal = `arn:aws:iam::${server.accountId}:root`;
  await kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ['Encrypt'] }));
  await kms.send(new ReplicateKeyCommand({ KeyId: spreadId, ReplicaRegion: 'eu-west-1' }));
  await kms.send(new CreateKeyCommand({ Description: 'by hand' }));
  const { code: exit, stdout } = await drift('revert');
  expect([exit, stdout]).toEqual([2, expect.not.stringContaining('To apply it')]);
  expect(stdout).toContain(
    '# DELETES the key after 30 days, until when it can be cancelled: what it encrypted cannot be read',
  );
  const { findings } = JSON.parse((await drift('--json')).stdout) as { findings: readonly { id: string }[] };
  const explained = await Promise.all(findings.map(({ id }) => drift('explain', id)));
  const newest = explained.map(({ stdout: text }) => /^\S+Z (\w+)\n {4}by +\S+:root$/m.exec(text)?.[1]).sort();
  expect(newest).toEqual(['CreateAlias', 'CreateGrant', 'CreateKey', 'ReplicateKey']);
  expect(await paste(stdout, /^aws kms (?!disable)/)).toBe(4);
  await expectNoDrift();
});

test('a policy that code leaves open is put back by a command, whatever is in it', async () => {
  const statement = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${server.accountId}:root` }, Resource: '*' };
  const withSid = (Sid: string) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Sid, Action: 'kms:*' }] });
  const before = {
    ...statement,
    Sid: 'Quote',
    Action: 'kms:Decrypt',
    Condition: { StringEquals: { 'aws:userid': "it's $HOME" } },
  };
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [JSON.parse(withSid('Root')).Statement[0], before],
  });
  await kms.send(new PutKeyPolicyCommand({ KeyId: otherId, Policy }));
  await workspace.apply('-refresh-only');
  await kms.send(new PutKeyPolicyCommand({ KeyId: otherId, Policy: withSid('Only') }));
  const { stdout } = await drift('revert');
  expect(stdout).toContain('# the code leaves this open, so no plan sets it back');
  expect(await paste(stdout)).toBe(1);
  await expectNoDrift();
});

test('a policy that a refresh took into the state is put back as it was at the baseline', async () => {
  const accepted = () => drift('accept', '--baseline', 'own');
  expect(await accepted()).toMatchObject({ code: 0 });
  const statement = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${server.accountId}:root` }, Action: 'kms:*' };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Resource: '*', Sid: 'Since' }] });
  await kms.send(new PutKeyPolicyCommand({ KeyId: otherId, Policy }));
  await workspace.apply('-refresh-only');
  const { code: exit, stdout } = await drift('revert', '--baseline', 'own');
  expect([exit, stdout]).toEqual([2, expect.stringContaining('# the code leaves this open, so no plan sets it back')]);
  expect(await paste(stdout)).toBe(1);
  const back = await drift('revert', '--baseline', 'own');
  expect(back.stdout).toContain('code and reality agree: keystead drift explain ');
  await accepted();
  await workspace.apply('-refresh-only');
  expect(await drift('--baseline', 'own')).toMatchObject({ code: 0 });
});

test('a rule that expired is explained without events, and not reverted', async () => {
  const file = join(workspace.directory, 'rules.yaml');
  const rule = { pattern: 'aws_kms_key.*', reason: 'x', owner: 'y', expires: '2020-01-31' };
  await writeFile(file, JSON.stringify({ stacks: [{ dir: '.' }], ignore: [rule] }));
  const withRules = (...args: string[]) =>
    runKeystead(['drift', ...args, '--config', file, '--endpoint', server.endpoint], server.env);
  const [finding] = (JSON.parse((await withRules('--json')).stdout) as { findings: { id: string }[] }).findings;
  expect((await withRules('explain', finding?.id ?? '')).stdout).toContain('give it a new date, or remove it.');
  expect((await withRules('revert')).stdout).toContain('give the rule a new date, or remove it');
});

test('a key that waits for its deletion is kept first, and no new key takes its place', async () => {
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId: otherId, PendingWindowInDays: 7 }));
  const first = await drift('revert');
  expect([first.code, first.stdout]).toEqual([
    2,
    expect.stringMatching(/^First, before anything is planned: run these/),
  ]);
  expect(first.stdout).not.toContain('To apply it');
  await paste(first.stdout);
  await applyPrinted((await drift('revert')).stdout);
  await expectNoDrift();
  expect((await workspace.state()).get('aws_kms_key.other')?.key_id).toBe(otherId);
});

test('a primary key that moved to another Region moves back, and its replica is not replaced', async () => {
  await kms.send(new UpdatePrimaryRegionCommand({ KeyId: spreadId, PrimaryRegion: 'us-west-2' }));
  const { stdout } = await drift('revert');
  expect(stdout).toMatch(/^First, /);
  expect(await paste(stdout)).toBe(1);
  await expectNoDrift();
});

test('changes of the code that were not applied yet are left out of the plan', async () => {
  await workspace.write(
    code().replace('resource "aws_kms_key" "other" {}', 'resource "aws_kms_key" "other" {\n  description = "new"\n}'),
  );
  await kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'by hand' }));
  const { stdout } = await drift('revert');
  expect(stdout).toContain('sets back 1 resource.\n    changes aws_kms_key.orders: description\n');
  expect(stdout).toContain('The code has further changes that were not applied yet: they are not in this plan.');
  await applyPrinted(stdout);
  await expectNoDrift();
  await workspace.write(code());
});

test('a plan that would lose something is not saved, unless a person says so', async () => {
  await workspace.write(
    code().replace(
      'enable_key_rotation = true',
      'customer_master_key_spec = "ECC_NIST_P256"\nkey_usage = "SIGN_VERIFY"',
    ),
  );
  await kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'by hand' }));
  const refused = await drift('revert');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/would lose something, and is not saved: replaces aws_kms_key\.orders/);
  await expect(stat(join(workspace.directory, 'drift-revert.tfplan'))).rejects.toThrow();
  const { code: exit, stdout } = await drift('revert', '--allow-loss');
  expect([exit, stdout]).toEqual([2, expect.stringContaining('replaces aws_kms_key.orders')]);
});
