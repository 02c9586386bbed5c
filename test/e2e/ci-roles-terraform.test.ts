/**
 * A pipeline's jobs with nothing but their identity tokens: the roles as Terraform declares them, a plan, an apply and a
 * comparison under exactly these roles, and what each of them cannot do.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { type Caller, caller } from '../support/calls.ts';
import { type CiIssuer, createCiIssuer, githubClaims } from '../support/ci-issuer.ts';
import { needs } from '../support/needs.ts';
import { runKeystead, startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(240_000);

let server: TestServer;
let issuer: CiIssuer;
let roles: Workspace;
let stack: Workspace;

type Job = 'plan' | 'apply' | 'drift';
const events = { plan: 'pull_request', apply: 'push', drift: 'schedule' };
const roleArn = (job: Job, prefix = 'app') => `arn:aws:iam::111122223333:role/${prefix}-${job}`;

beforeAll(async () => {
  issuer = await createCiIssuer();
  server = await startServer();
  roles = await openWorkspace(server);
  stack = await openWorkspace(server, noKeys);
});
afterAll(async () => {
  await Promise.all([roles?.dispose(), stack?.dispose()]);
  await server?.stop();
});

/** The root principal's keys are not there in a job. */
const noKeys = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', KEYSTEAD_DATA_DIR: '/nowhere' };

/** A new token for a job, in its file, and the environment that names it. */
async function jobOf(job: Job, prefix = 'app'): Promise<Readonly<Record<string, string>>> {
  const file = join(stack.directory, `${prefix}-${job}.token`);
  await writeFile(file, await issuer.mint(githubClaims(events[job], { repository: 'team/app' })));
  return {
    ...stack.env,
    AWS_ROLE_ARN: roleArn(job, prefix),
    AWS_WEB_IDENTITY_TOKEN_FILE: file,
    AWS_ROLE_SESSION_NAME: `${job}-${Math.random().toString(36).slice(2)}`,
  };
}

async function inJob(job: Job, args: readonly string[], prefix?: string) {
  const env = await jobOf(job, prefix);
  Object.assign(stack.env, env);
  return args[0] === 'keystead'
    ? runKeystead([...args.slice(1), '--dir', stack.directory], env)
    : stack.terraform(...args);
}

/** What a key has: each argument that a plan reads and an apply changes. */
const keys = (more: { description: string; days: number; extra?: string }) => `
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "orders" {
  description             = "${more.description}"
  enable_key_rotation     = true
  rotation_period_in_days = ${more.days}
  multi_region            = true
  deletion_window_in_days = 7
  tags                    = { Team = "${more.description}" }
}

resource "aws_kms_alias" "orders" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.orders.key_id
}

resource "aws_kms_replica_key" "orders" {
  region                  = "us-west-2"
  primary_key_arn         = aws_kms_key.orders.arn
  deletion_window_in_days = 7
}

resource "aws_kms_key_policy" "orders" {
  key_id = aws_kms_key.orders.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::\${data.aws_caller_identity.current.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        # Names the roles, which must not use the key all the same.
        Sid       = "${more.description}"
        Effect    = "Allow"
        Principal = { AWS = ["${roleArn('plan')}", "${roleArn('apply')}", "${roleArn('drift')}"] }
        Action    = ["kms:Encrypt", "kms:Decrypt"]
        Resource  = "*"
      },
    ]
  })
}
${more.extra ?? ''}`;

const grant = `
resource "aws_kms_grant" "orders" {
  key_id            = aws_kms_key.orders.key_id
  grantee_principal = "${roleArn('drift')}"
  operations        = ["DescribeKey"]
}
`;

test('the printed configuration is formatted, valid, and declares the roles', async () => {
  const options = ['--repo', 'team/app', '--provider', 'github'];
  const { code, stdout } = await runKeystead(['ci', 'roles', ...options]);
  expect(code).toBe(0);
  await writeFile(join(roles.directory, 'roles.tf'), stdout);
  await roles.write('');
  expect(await roles.terraform('fmt', '-check', '-diff', 'roles.tf')).toMatchObject({ code: 0, stdout: '' });
  expect(await roles.terraform('validate')).toMatchObject({ code: 0 });
  await roles.apply();
  expect((await roles.plan()).code).toBe(0);
  expect(JSON.parse((await roles.terraform('output', '-json')).stdout).role_arns.value).toEqual({
    plan: roleArn('plan'),
    apply: roleArn('apply'),
    drift: roleArn('drift'),
  });
  // The same as the command itself would create.
  const again = await server.keystead('ci', 'roles', ...options, '--create', '--yes');
  expect(again.stdout).toMatch(/^Everything is as it should be\./);
  await writeFile(join(roles.directory, 'jwks.json'), issuer.jwks);
  const provider = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
  const set = await server.keystead(
    'identity',
    'set-oidc-keys',
    provider,
    '--jwks-file',
    join(roles.directory, 'jwks.json'),
  );
  expect(set.code).toBe(0);
});

test('a pull request plans, and its role cannot apply the plan', async () => {
  await stack.write(keys({ description: 'first', days: 365, extra: grant }));
  const planned = await inJob('plan', ['plan', '-no-color', '-detailed-exitcode', '-out', 'saved']);
  expect(planned).toMatchObject({ code: 2, stderr: '' });
  const applied = await inJob('plan', ['apply', '-no-color', 'saved']);
  expect(applied.code).toBe(1);
  expect(applied.stderr).toMatch(/not\s+authorized to perform: kms:CreateKey/);
});

test('a merge applies exactly that plan, and accepts its own changes as the baseline', async () => {
  // The refused apply has written the state, so its plan is stale.
  expect(await inJob('plan', ['plan', '-no-color', '-out', 'saved'])).toMatchObject({ code: 0, stderr: '' });
  const applied = await inJob('apply', ['apply', '-no-color', 'saved']);
  expect(applied).toMatchObject({ code: 0, stderr: '' });
  const accepted = await inJob('apply', ['keystead', 'drift', 'accept', '--by', roleArn('apply')]);
  // What an administrator did before belongs to no baseline yet.
  expect(accepted.code).toBe(1);
  expect(accepted.stderr).toContain('root');
  expect(await server.keystead('drift', 'accept', '--dir', stack.directory)).toMatchObject({ code: 0 });
});

test('the next plan reads everything and finds nothing to do, and the comparison finds nothing', async () => {
  expect(await inJob('plan', ['plan', '-no-color', '-detailed-exitcode'])).toMatchObject({ code: 0, stderr: '' });
  expect(await inJob('drift', ['keystead', 'drift'])).toMatchObject({ code: 0, stderr: '' });
});

test('the comparison names who changed a key by hand, and cannot accept it', async () => {
  const root = caller(server.endpoint, server.credentials);
  const id = String((await stack.state()).get('aws_kms_key.orders')?.id);
  expect((await root.rest('PUT', `/v1/keys/${id}/description`, { Description: 'by hand' })).status).toBeLessThan(300);
  const found = await inJob('drift', ['keystead', 'drift', '--unmanaged']);
  expect(found).toMatchObject({ code: 2, stderr: '' });
  expect(found.stdout).toContain('arn:aws:iam::111122223333:root');
  const accepted = await inJob('drift', ['keystead', 'drift', 'accept']);
  expect(accepted).toMatchObject({ code: 1, stderr: expect.stringContaining('keystead:AcceptChanges') });
});

test('a plan of every kind of change is reviewed without a missing permission, applied, and accepted', async () => {
  await stack.write(keys({ description: 'second', days: 200 }));
  const planned = await inJob('plan', ['plan', '-no-color', '-detailed-exitcode', '-out', 'saved']);
  expect(planned).toMatchObject({ code: 2, stderr: '' });
  expect(planned.stdout).not.toContain('The plan cannot tell');
  expect(await server.keystead('drift', 'accept', '--dir', stack.directory)).toMatchObject({ code: 0 });
  expect(await inJob('apply', ['apply', '-no-color', 'saved'])).toMatchObject({ code: 0, stderr: '' });
  const accepted = await inJob('apply', ['keystead', 'drift', 'accept', '--by', roleArn('apply')]);
  expect(accepted).toMatchObject({ code: 0, stderr: '' });
  expect(await inJob('drift', ['keystead', 'drift'])).toMatchObject({ code: 0 });
});

async function sessionOf(job: Job): Promise<Caller> {
  const { AWS_WEB_IDENTITY_TOKEN_FILE: _, ...env } = await jobOf(job);
  const answer = await fetch(`${server.endpoint}/v1/sessions/assume-role-with-web-identity`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      RoleArn: env.AWS_ROLE_ARN,
      RoleSessionName: 'refusals',
      WebIdentityToken: await issuer.mint(githubClaims(events[job], { repository: 'team/app' })),
    }),
  });
  const { Credentials } = (await answer.json()) as { Credentials: Record<string, string> };
  return caller(server.endpoint, {
    accessKeyId: Credentials.AccessKeyId ?? '',
    secretAccessKey: Credentials.SecretAccessKey ?? '',
    sessionToken: Credentials.SessionToken ?? '',
  });
}

const escalation = { PolicyDocument: '{"Version":"2012-10-17","Statement":[]}' };

let used: { readonly KeyId: string; readonly CiphertextBlob: string };

test('the key is used by others', async () => {
  const KeyId = String((await stack.state()).get('aws_kms_key.orders')?.id);
  const root = caller(server.endpoint, server.credentials);
  const { status, json } = await root.rest('POST', `/v1/keys/${KeyId}/encrypt`, { Plaintext: 'AAAA' });
  used = { KeyId, CiphertextBlob: String(json.CiphertextBlob) };
  expect(status).toBe(200);
});

test.each<readonly [Job, string, string, string, object]>([
  ['plan', 'create a key', 'POST', '/v1/keys', {}],
  ['plan', 'change a policy', 'PUT', '/v1/keys/KEY/policy', { Policy: '{}' }],
  ['plan', 'decrypt, though the key policy names it', 'POST', '/v1/decrypt', { CiphertextBlob: 'CIPHERTEXT' }],
  ['plan', 'read who did what', 'GET', '/v1/events', {}],
  ['plan', 'accept changes', 'POST', '/v1/changes/accept', { Baseline: 'mine', Sequence: 1 }],
  ['apply', 'encrypt, though the key policy names it', 'POST', '/v1/keys/KEY/encrypt', { Plaintext: 'AAAA' }],
  ['apply', 'decrypt, though the key policy names it', 'POST', '/v1/decrypt', { CiphertextBlob: 'CIPHERTEXT' }],
  ['apply', 'accept what others changed', 'POST', '/v1/changes/accept', { Baseline: 'mine', Sequence: 1 }],
  ['apply', 'create a user', 'POST', '/v1/users', { UserName: 'mallory' }],
  ['apply', 'give itself more', 'PUT', '/v1/roles/app-apply/policies/more', escalation],
  ['apply', 'let others open its sessions', 'PUT', '/v1/roles/app-apply/trust-policy', { PolicyDocument: '{}' }],
  ['drift', 'change a policy', 'PUT', '/v1/keys/KEY/policy', { Policy: '{}' }],
  ['drift', 'delete a key', 'POST', '/v1/keys/KEY/schedule-deletion', {}],
  ['drift', 'decrypt, though the key policy names it', 'POST', '/v1/decrypt', { CiphertextBlob: 'CIPHERTEXT' }],
])('the %s role cannot %s', async (job, _, method, target, body) => {
  const filled = JSON.parse(JSON.stringify(body).replace('CIPHERTEXT', used.CiphertextBlob));
  const session = await sessionOf(job);
  const reply = await session.rest(method, target.replace('KEY', used.KeyId), method === 'GET' ? undefined : filled);
  expect([reply.status, reply.code]).toEqual([403, 'AccessDeniedException']);
});

test('a stack that declares identities needs roles for them', async () => {
  const identities = `
resource "aws_iam_user" "shop" { name = "shop" }
resource "aws_iam_user_policy" "shop" {
  user   = aws_iam_user.shop.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "kms:ListKeys", Resource = "*" }] })
}
`;
  await stack.write(keys({ description: 'third', days: 200, extra: identities }));
  const refused = await inJob('apply', ['apply', '-no-color', '-auto-approve']);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('iam:CreateUser') });
  const options = ['--repo', 'team/app', '--provider', 'github', '--prefix', 'all', '--manages', 'keys', 'identities'];
  expect(await server.keystead('ci', 'roles', ...options, '--create', '--yes')).toMatchObject({ code: 0 });
  const planned = await inJob('plan', ['plan', '-no-color', '-out', 'saved'], 'all');
  expect(planned).toMatchObject({ code: 0, stderr: '' });
  expect(await inJob('apply', ['apply', '-no-color', 'saved'], 'all')).toMatchObject({ code: 0, stderr: '' });
  const compared = await inJob('drift', ['keystead', 'drift', '--unmanaged'], 'all');
  expect(compared).toMatchObject({ code: 2, stderr: '' });
  expect(compared.stdout).not.toMatch(/not allowed|not authorized/);
  expect(await inJob('apply', ['destroy', '-no-color', '-auto-approve'], 'all')).toMatchObject({ code: 0, stderr: '' });
});
