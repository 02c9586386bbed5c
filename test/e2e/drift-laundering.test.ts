/**
 * Ways to hide a change from a comparison of state and reality, each tried against a baseline: what was changed since it
 * was accepted is reported, whatever state, code and the keys say now.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
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
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { jest } from '@jest/globals';
import { signRequest } from '@keystead/control-plane/sigv4/verify.ts';
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

interface StateResource {
  readonly type: string;
  readonly name: string;
  readonly instances: { readonly attributes: Record<string, unknown> }[];
}

test('14: the state file is edited by hand, so that it declares the change', async () => {
  await widenPolicy();
  const { Policy } = await byAlice.send(new GetKeyPolicyCommand({ KeyId }));
  const file = join(workspace.directory, 'terraform.tfstate');
  const state = JSON.parse(await readFile(file, 'utf8')) as { resources: StateResource[] };
  const orders = state.resources.find(({ type, name }) => type === 'aws_kms_key' && name === 'orders');
  for (const { attributes } of orders?.instances ?? []) attributes.policy = Policy;
  await writeFile(file, JSON.stringify(state));
  expect(await found()).toMatchObject([{ ...ofKey, cause: { principal: alice } }]);
});

test('15: the key is taken out of the state, changed and imported again', async () => {
  await workspace.terraform('state', 'rm', 'aws_kms_key.other');
  await byAlice.send(new UpdateKeyDescriptionCommand({ KeyId: otherId, Description: 'by alice' }));
  expect(await workspace.terraform('import', '-no-color', 'aws_kms_key.other', otherId)).toMatchObject({ code: 0 });
  expect(await found()).toMatchObject([
    { address: 'aws_kms_key.other', what: since, cause: { eventName: 'UpdateKeyDescription', principal: alice } },
  ]);
});

describe('under the role that applies', () => {
  let role: string;
  let asRole: Readonly<Record<string, string>>;
  let byRole: KMSClient;
  const mayApply = ['kms:*', 'cloudtrail:LookupEvents', 'keystead:ListChanges', 'keystead:AcceptOwnChanges'];

  beforeAll(async () => {
    const apply = await makeRole('/', 'apply', mayApply);
    role = apply.arn;
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = apply.credentials;
    asRole = {
      AWS_ACCESS_KEY_ID: AccessKeyId,
      AWS_SECRET_ACCESS_KEY: SecretAccessKey,
      AWS_SESSION_TOKEN: SessionToken,
    };
    byRole = clientWith(apply.credentials);
  });
  afterAll(() => byRole?.destroy());

  test('its own apply is accepted with the right to accept own changes, which is not the right to accept all', async () => {
    await workspace.write(code('by the pipeline'));
    expect(await runTerraformAs(asRole)).toBe(0);
    const env = { ...server.env, ...asRole };
    expect((await acceptBaseline([], env)).stderr).toContain('not authorized to perform: keystead:AcceptChanges');
    expect(await acceptBaseline(['--by', role], env)).toMatchObject({ code: 0 });
    expect(await found()).toEqual([]);
  });

  test('16: a change by hand in a session of that role is refused, because no apply made it', async () => {
    await byRole.send(new UpdateKeyDescriptionCommand({ KeyId: otherId, Description: 'by hand' }));
    const accepted = await acceptBaseline(['--by', role], { ...server.env, ...asRole });
    expect([accepted.code, accepted.stderr]).toEqual([
      1,
      expect.stringContaining('1 of 1 change since the baseline was not made through Terraform: UpdateKeyDescription'),
    ]);
    expect(await found()).toHaveLength(1);
  });

  test('17: the role accepts what somebody else changed by asking the control plane itself', async () => {
    await widenPolicy();
    expect(await askToAccept(asRole)).toMatch(/PutKeyPolicy, was made by \S+:user\/alice, and not by you/);
    expect(await found()).toHaveLength(1);
  });

  test('18: another role in a path of that name, in a session of that name', async () => {
    const evil = await makeRole('/apply/', 'evil', ['kms:*']);
    await accept();
    const byEvil = clientWith(evil.credentials);
    await byEvil.send(new UpdateKeyDescriptionCommand({ KeyId: otherId, Description: 'by evil' }));
    byEvil.destroy();
    const accepted = await acceptBaseline(['--by', role]);
    expect(accepted.stderr).toMatch(
      /was not made by \S+:role\/apply: UpdateKeyDescription of key \S+ by \S+:role\/apply\/evil/,
    );
    expect(await found()).toHaveLength(1);
  });
});

const clientWith = ({ AccessKeyId = '', SecretAccessKey = '', SessionToken = '' }: Session) =>
  new KMSClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
  });

interface Session {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
}

/** A role that may do this, and a session of it named `apply`. */
async function makeRole(Path: string, RoleName: string, actions: readonly string[]) {
  const settings = { endpoint: server.endpoint, region: 'us-east-1' };
  const iam = new IAMClient({ ...settings, credentials: server.credentials });
  const policy = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const trust = policy({ Effect: 'Allow', Principal: { AWS: alice }, Action: 'sts:AssumeRole' });
  const { Role } = await iam.send(new CreateRoleCommand({ Path, RoleName, AssumeRolePolicyDocument: trust }));
  const PolicyDocument = policy({ Effect: 'Allow', Action: actions, Resource: '*' });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }));
  iam.destroy();
  const credentials = {
    accessKeyId: asAlice.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: asAlice.AWS_SECRET_ACCESS_KEY ?? '',
  };
  const sts = new STSClient({ ...settings, credentials });
  const assumed = await sts.send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'apply' }));
  sts.destroy();
  return { arn: Role?.Arn ?? '', credentials: (assumed.Credentials ?? {}) as Session };
}

/** As a program does that is not `keystead`. @returns the answer */
async function askToAccept(env: Readonly<Record<string, string>>): Promise<string> {
  const settings = { endpoint: server.endpoint, region: 'us-east-1', dataDir: '.' };
  const ask = async (as: Readonly<Record<string, string>>, ...call: readonly [string, string, object]) => {
    const [method, path, body] = call;
    const payload = Buffer.from(method === 'GET' ? '' : JSON.stringify(body));
    const url = new URL(path, settings.endpoint);
    const credentials = {
      accessKeyId: as.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: as.AWS_SECRET_ACCESS_KEY ?? '',
      ...(as.AWS_SESSION_TOKEN !== undefined && { sessionToken: as.AWS_SESSION_TOKEN }),
    };
    const scope = { region: settings.region, service: 'kms', nowMs: Date.now() };
    const headers = signRequest({
      method,
      url,
      headers: { 'content-type': 'application/json' },
      body: payload,
      credentials,
      ...scope,
    });
    const answer = await fetch(url, { method, headers, ...(method !== 'GET' && { body: payload }) });
    return answer.text();
  };
  const { NextSequence } = JSON.parse(await ask(env, 'GET', '/v1/changes?Limit=1000', {})) as { NextSequence: number };
  return ask(env, 'POST', '/v1/changes/accept-own', { Baseline: 'orders', Sequence: NextSequence });
}

async function runTerraformAs(env: Readonly<Record<string, string>>): Promise<number> {
  const { code: exit } = await run('terraform', ['apply', '-auto-approve', '-no-color'], {
    cwd: workspace.directory,
    env: { ...workspace.env, ...env },
  });
  return exit;
}
