/** The pipeline in make and sh, from its own files: each step under its role, with an identity token and nothing else. */
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CreateAliasCommand, CreateKeyCommand, DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { type CiIssuer, createCiIssuer, githubClaims } from '../support/ci-issuer.ts';
import { needs } from '../support/needs.ts';
import { type CommandResult, root, run, startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(240_000);

const repository = 'team/app';
let server: TestServer;
let workspace: Workspace;
let issuer: CiIssuer;
let kms: KMSClient;
let top: string;
let kit: { readonly file: string; readonly digest: string };

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
  top = `${workspace.directory}-repository`;
  await mkdir(join(top, 'stacks'), { recursive: true });
  await cp(join(root, 'pipelines/make'), join(top, 'pipelines/make'), { recursive: true });
  await symlink(workspace.directory, join(top, 'stacks/orders'));
  kms = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  issuer = await createCiIssuer();
  await writeFile(join(top, 'jwks.json'), issuer.jwks);
  const roles = ['ci', 'roles', '--repo', repository, '--provider', 'github', '--prefix', 'ci', '--create', '--yes'];
  const { code, stderr } = await server.keystead(...roles, '--jwks-file', join(top, 'jwks.json'));
  if (code !== 0) throw new Error(stderr);
  await plansKey();
  kit = await packed();
});

afterAll(async () => {
  kms?.destroy();
  if (top) await rm(top, { recursive: true, force: true });
  await workspace?.dispose();
  await server?.stop();
});

async function plansKey(): Promise<void> {
  const guide = await readFile(join(root, 'docs/guide/ci-plan-and-apply.md'), 'utf8');
  const [, statements = ''] = /^```json\n(.*?)^```$/ms.exec(guide) ?? [];
  const Principal = { AWS: `arn:aws:iam::${server.accountId}:root` };
  const Statement = [
    { Sid: 'own', Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' },
    ...JSON.parse(statements),
  ];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy }));
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/ci-plans', TargetKeyId: KeyMetadata?.KeyId }));
}

/** What the page's commands pack, from the bundle and the provider that the tests built. */
async function packed(): Promise<typeof kit> {
  const page = await readFile(join(root, 'pipelines/make/README.md'), 'utf8');
  const [, block = ''] = /^```sh\n(.*?)^```$/ms.exec(page) ?? [];
  const [make, pack = '', digest = ''] = block.trim().split('\n');
  expect(make).toBe('make keystead provider');
  await mkdir(join(top, 'dist'));
  await symlink(join(root, 'dist/keystead'), join(top, 'dist/keystead'));
  await symlink(dirname(workspace.env.TF_CLI_CONFIG_FILE ?? ''), join(top, 'dist/provider'));
  // The links stand for the directories.
  const { stdout } = await run('sh', ['-ec', `${pack.replace('-czf', '-chzf')} && ${digest}`], { cwd: top });
  const file = join(top, 'keystead-kit.tgz');
  expect(stdout).toContain(
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex'),
  );
  return { file, digest: stdout.split(' ')[0] ?? '' };
}

/** A job of the CI system for an event: the environment has the token and settings, and no key. */
async function job(
  target: string,
  event: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const role = { pull_request: 'ci-plan', push: 'ci-apply', schedule: 'ci-drift' }[event];
  const token = join(top, `token-${target}`);
  await writeFile(token, await issuer.mint(githubClaims(event, { repository })));
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...rest } = process.env;
  const env = Object.entries({
    ...{ PATH: rest.PATH, HOME: top, CHECKPOINT_DISABLE: '1', KEYSTEAD_NODE: process.execPath },
    ...{ KEYSTEAD_ENDPOINT: server.endpoint, AWS_REGION: 'us-east-1' },
    ...{ AWS_ROLE_ARN: `arn:aws:iam::${server.accountId}:role/${role}`, AWS_WEB_IDENTITY_TOKEN_FILE: token },
    ...{ KEYSTEAD_STACK: 'stacks/orders', KEYSTEAD_PLANS_KEY: 'alias/ci-plans', KEYSTEAD_BASELINE: 'orders' },
    ...{ KEYSTEAD_KIT: kit.file, KEYSTEAD_KIT_SHA256: kit.digest },
    ...settings,
  }).map(([name, value]) => `${name}=${value}`);
  return run('env', ['-i', ...env, 'make', '-f', 'pipelines/make/Makefile', target], { cwd: top });
}

const code = `resource "aws_kms_key" "orders" {
  description = "orders"
}
resource "aws_kms_alias" "orders" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.orders.key_id
}
`;

test('a kit with another digest is refused, and so is a job without settings', async () => {
  const refused = await job('plan', 'pull_request', { KEYSTEAD_KIT_SHA256: '0'.repeat(64) });
  expect(refused.stderr).toContain('does not have the digest of KEYSTEAD_KIT_SHA256');
  expect((await job('plan', 'pull_request', { KEYSTEAD_ENDPOINT: '' })).stderr).toContain('KEYSTEAD_ENDPOINT must be');
  expect((await job('plan', 'pull_request', { KEYSTEAD_KIT: 'nowhere' })).stderr).toContain('KEYSTEAD_KIT must name');
});

test('plan, apply and drift do their parts, each under its role and no other', async () => {
  await workspace.write(code);
  await server.keystead('drift', 'accept', '--baseline', 'orders', '--note', 'begin');
  expect(await job('plan', 'pull_request')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('encrypted with'),
  });
  expect(await readFile(join(top, 'plan/comment.md'), 'utf8')).toContain('### Plan for `stacks/orders`: 2 to add');
  // The token of a pull request does not open the apply role, and the plan role does not decrypt the plan.
  const apply = `arn:aws:iam::${server.accountId}:role/ci-apply`;
  expect((await job('apply', 'pull_request', { AWS_ROLE_ARN: apply })).code).not.toBe(0);
  expect((await job('apply', 'pull_request')).stderr).toContain('plan.json.sealed cannot be decrypted');
  const applied = await job('apply', 'push');
  expect(applied).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Applied: 2 resources changed as planned.'),
  });
  expect(applied.stdout).toContain('Baseline orders, last accepted at');
  expect(await job('drift', 'schedule')).toMatchObject({ code: 0, stdout: expect.stringContaining('No drift') });
});

test('what was made by hand fails the drift job, and is adopted or set back on demand', async () => {
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/orders' }));
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/by-hand', TargetKeyId: KeyMetadata?.KeyId }));
  const drift = await job('drift', 'schedule');
  expect(drift.code).not.toBe(0);
  expect(drift.stdout).toContain('alias/by-hand');
  for (const name of ['drift.json', 'drift.md', 'drift.xml', 'drift.html']) {
    expect(await readFile(join(top, 'drift', name), 'utf8')).toContain('alias/by-hand');
  }
  const reverted = await job('revert', 'schedule');
  expect(reverted.stdout).toContain('aws kms delete-alias');
  const adopted = await job('adopt', 'schedule');
  expect(adopted.stderr).toBe('');
  expect((await workspace.terraform('plan', '-no-color')).stdout).toContain(
    'Plan: 1 to import, 0 to add, 0 to change, 0 to destroy.',
  );
});

test('the baseline is accepted by who has the right to it, and not by a job', async () => {
  expect((await job('accept', 'schedule')).stderr).toContain('AcceptChanges');
  const { accessKeyId, secretAccessKey } = server.credentials;
  const own = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  const accepted = await job('accept', 'schedule', { ...own, AWS_WEB_IDENTITY_TOKEN_FILE: '', KEYSTEAD_NOTE: 'meant' });
  expect(accepted).toMatchObject({ code: 0, stdout: expect.stringContaining('Baseline orders, last accepted at') });
});
