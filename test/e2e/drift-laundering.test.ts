/**
 * Ways to hide a change from a comparison of state and reality, each tried against a baseline: what was changed since it
 * was accepted is reported, whatever state, code and the keys say now.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  GetKeyPolicyCommand,
  KMSClient,
  PutKeyPolicyCommand,
  RetireGrantCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { run, runKeystead, startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(180_000);

interface Finding {
  readonly address?: string;
  readonly resourceArn: string;
  readonly what: string;
  readonly attribute: string;
  readonly severity: string;
  readonly atBaseline?: unknown;
  readonly actual?: unknown;
  readonly notDeclared?: true;
  readonly access?: { readonly changes: readonly { readonly principal: string; readonly gained: readonly string[] }[] };
  readonly details?: readonly string[];
  readonly cause?: { readonly eventName: string; readonly principal: string; readonly throughTerraform: boolean };
}

const code = (description = 'orders') => `
resource "aws_kms_key" "orders" {
  description = "${description}"
}
resource "aws_kms_key" "other" {}
resource "aws_kms_alias" "orders" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.orders.key_id
}
`;

let server: TestServer;
let workspace: Workspace;
let alice: string;
let bob: string;
let asAlice: Readonly<Record<string, string>>;
let byAlice: KMSClient;
let KeyId: string;
let otherId: string;

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
  const { stdout } = await server.keystead('identity', 'create-user', 'alice');
  await server.keystead('identity', 'create-user', 'bob');
  bob = `arn:aws:iam::${server.accountId}:user/bob`;
  const value = (name: string) => new RegExp(`^${name} = (\\S+)$`, 'm').exec(stdout)?.[1] ?? '';
  alice = `arn:aws:iam::${server.accountId}:user/alice`;
  const credentials = { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') };
  asAlice = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
  byAlice = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials });
  await workspace.write(`${code()}
resource "aws_iam_user_policy" "alice" {
  user   = "alice"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["kms:*", "cloudtrail:*", "keystead:ListChanges", "keystead:ReviewPlannedChanges", "keystead:ValidateKeyPolicy"], Resource = "*" }] })
}
`);
  await workspace.apply();
  await workspace.terraform('state', 'rm', 'aws_iam_user_policy.alice');
  await workspace.write(code());
  const state = await workspace.state();
  KeyId = String(state.get('aws_kms_key.orders')?.key_id);
  otherId = String(state.get('aws_kms_key.other')?.key_id);
});

afterAll(async () => {
  byAlice?.destroy();
  await workspace?.dispose();
  await server?.stop();
});

const drift = (...args: string[]) => runKeystead(['drift', '--dir', workspace.directory, ...args], server.env);
const acceptBaseline = (args: readonly string[], env = server.env) =>
  runKeystead(['drift', 'accept', '--dir', workspace.directory, '--baseline', 'orders', ...args], env);

async function found(): Promise<readonly Finding[]> {
  const { code: exit, stdout, stderr } = await drift('--json', '--baseline', 'orders');
  if (stderr !== '') throw new Error(stderr);
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
  expect(exit).toBe(findings.length > 0 ? 2 : 0);
  return findings;
}

async function accept(): Promise<void> {
  const { code: exit, stderr } = await acceptBaseline(['--note', 'as meant']);
  expect([exit, stderr]).toEqual([0, '']);
}

/** Each attempt begins with an accepted baseline and code that agrees with what runs. */
beforeEach(async () => {
  await workspace.write(code());
  await workspace.apply();
  await accept();
});

async function widenPolicy(): Promise<void> {
  const { Policy = '' } = await byAlice.send(new GetKeyPolicyCommand({ KeyId }));
  const policy = JSON.parse(Policy) as { Statement: object[] };
  const Sid = `More${policy.Statement.length}`;
  // Another action each time: who has it already gains nothing.
  const Action = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom'][
    policy.Statement.length - 1
  ];
  const more = { Sid, Effect: 'Allow', Principal: { AWS: bob }, Action, Resource: '*' };
  const Statement = [...policy.Statement, more];
  await byAlice.send(new PutKeyPolicyCommand({ KeyId, Policy: JSON.stringify({ ...policy, Statement }) }));
}

const since = 'changed since the baseline';
const ofKey = (attribute: string) => ({ address: 'aws_kms_key.orders', attribute, what: since });
const root = () => `arn:aws:iam::${server.accountId}:root`;
const ofAlias = { address: 'aws_kms_alias.orders', attribute: 'alias', what: since };

test('right after it was accepted, nothing is reported, and the report names the baseline', async () => {
  expect(await found()).toEqual([]);
  expect((await drift('--baseline', 'orders')).stdout).toMatch(
    /^No drift: 3 declared resources compared, all as declared\.\nCompared with the baseline orders of \S+Z, by \S+:root\.\n$/,
  );
});

test('1: a policy that code is silent about, taken into the state by a refresh-only apply', async () => {
  await widenPolicy();
  await workspace.apply('-refresh-only');
  expect(await found()).toMatchObject([
    {
      ...ofKey('policy'),
      notDeclared: true,
      severity: 'access gained',
      access: { changes: [{ principal: bob, gained: ['kms:Decrypt'] }] },
      cause: { eventName: 'PutKeyPolicy', principal: alice },
    },
  ]);
});

test('2: the same, taken along by an unrelated apply', async () => {
  await widenPolicy();
  await workspace.write(code('another description'));
  await workspace.apply();
  expect(await found()).toMatchObject([
    { ...ofKey('policy'), notDeclared: true, severity: 'access gained', cause: { principal: alice } },
    {
      ...ofKey('description'),
      atBaseline: 'orders',
      actual: 'another description',
      severity: 'cosmetic',
      cause: { eventName: 'UpdateKeyDescription', principal: root(), throughTerraform: true },
    },
  ]);
});

test('3: changed and changed back', async () => {
  await byAlice.send(new DisableKeyCommand({ KeyId }));
  await byAlice.send(new EnableKeyCommand({ KeyId }));
  const [finding] = await found();
  expect(finding).toMatchObject({
    ...ofKey('is_enabled'),
    atBaseline: true,
    actual: true,
    severity: 'access gained',
    cause: { eventName: 'EnableKey', principal: alice },
  });
  expect(finding?.details).toEqual([
    'now as at the baseline again',
    expect.stringMatching(/^DisableKey /),
    expect.stringMatching(/^EnableKey /),
  ]);
});

test('4: an alias moved to another key and back', async () => {
  const move = (TargetKeyId: string) =>
    byAlice.send(new UpdateAliasCommand({ AliasName: 'alias/orders', TargetKeyId }));
  await move(otherId);
  await move(KeyId);
  const findings = await found();
  expect(findings).toMatchObject([
    { ...ofAlias, severity: 'data at risk', atBaseline: KeyId, actual: KeyId, cause: { principal: alice } },
  ]);
  expect(findings[0]?.details).toHaveLength(2);
});

test('5: an alias deleted and made anew', async () => {
  await byAlice.send(new DeleteAliasCommand({ AliasName: 'alias/orders' }));
  await byAlice.send(new CreateAliasCommand({ AliasName: 'alias/orders', TargetKeyId: KeyId }));
  expect(await found()).toMatchObject([{ ...ofAlias, cause: { eventName: 'CreateAlias', principal: alice } }]);
});

test('6: a grant that was made, used and retired', async () => {
  const grant = { KeyId, GranteePrincipal: alice, RetiringPrincipal: alice, Operations: ['Decrypt' as const] };
  const { GrantId } = await byAlice.send(new CreateGrantCommand(grant));
  await byAlice.send(new RetireGrantCommand({ KeyId, GrantId }));
  expect(await found()).toMatchObject([{ attribute: 'grant', what: since, severity: 'access gained' }]);
});

test('7: the key is taken out of the state before it is changed', async () => {
  const kept = (await workspace.terraform('state', 'pull')).stdout;
  await workspace.terraform('state', 'rm', 'aws_kms_key.other');
  await byAlice.send(new DisableKeyCommand({ KeyId: otherId }));
  const findings = await found();
  expect(findings).toMatchObject([
    { attribute: 'is_enabled', what: since, atBaseline: true, actual: false, cause: { eventName: 'DisableKey' } },
  ]);
  expect(findings[0]?.address).toBeUndefined();
  await byAlice.send(new EnableKeyCommand({ KeyId: otherId }));
  await writeFile(join(workspace.directory, 'terraform.tfstate'), kept);
});

test('8: a key of its own, in no state, with an alias', async () => {
  const { KeyMetadata } = await byAlice.send(new CreateKeyCommand({}));
  expect(await found()).toMatchObject([
    { resourceArn: KeyMetadata?.Arn, attribute: 'key', what: since, cause: { principal: alice } },
  ]);
});

test('9: an apply by somebody else, of other code', async () => {
  await workspace.write(code('by alice'));
  const applied = await runTerraformAs(asAlice);
  expect(applied).toBe(0);
  expect(await found()).toMatchObject([
    {
      ...ofKey('description'),
      actual: 'by alice',
      cause: { eventName: 'UpdateKeyDescription', principal: alice, throughTerraform: true },
    },
  ]);
});

test('10: access by an identity policy instead of a key policy', async () => {
  await server.keystead('identity', 'create-user', 'mallory');
  const findings = await found();
  expect(findings.length).toBeGreaterThan(0);
  expect(findings).toMatchObject(
    findings.map(() => ({ what: since, severity: 'access gained', cause: { principal: expect.any(String) } })),
  );
  expect(findings.map(({ attribute }) => attribute)).toContain('principal');
});

test('11: who may change keys cannot accept the change', async () => {
  await widenPolicy();
  const accepted = await acceptBaseline([], { ...server.env, ...asAlice });
  expect(accepted.code).toBe(1);
  expect(accepted.stderr).toContain('not authorized to perform: keystead:AcceptChanges');
  expect(await found()).toHaveLength(1);
});

test('12: a change between an apply and its acceptance, when only the applying principal is accepted', async () => {
  await widenPolicy();
  const accepted = await acceptBaseline(['--by', `arn:aws:iam::${server.accountId}:root`]);
  expect(accepted.code).toBe(1);
  expect(accepted.stderr).toMatch(/1 of 1 change since the baseline was not made by \S+:root: PutKeyPolicy of key/);
  expect(await found()).toHaveLength(1);
});

test('13: another name for the baseline is an error, not a clean report', async () => {
  const { code: exit, stdout, stderr } = await drift('--baseline', 'nobody');
  expect([exit, stdout]).toEqual([1, '']);
  expect(stderr).toContain('There is no baseline nobody');
});

async function runTerraformAs(env: Readonly<Record<string, string>>): Promise<number> {
  const { code: exit } = await run('terraform', ['apply', '-auto-approve', '-no-color'], {
    cwd: workspace.directory,
    env: { ...workspace.env, ...env },
  });
  return exit;
}
