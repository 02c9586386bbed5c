/**
 * What no state declares: identities and settings of the account, settings of the server, and attempts to hide changes of
 * identities.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { readDriftFile } from '@keystead/control-plane/cli/drift/states/drift-file.ts';
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { OperationName } from '@keystead/provider-schema/operations/index.ts';
import { encodeRestCall } from '@keystead/provider-schema/rest-call.ts';
import { caller } from '../support/calls.ts';
import {
  type CommandResult,
  type Credentials,
  root,
  runKeystead,
  startServer,
  type TestServer,
} from '../support/server.ts';

jest.setTimeout(120_000);

const account = '111122223333';
const iam = (name: string) => `arn:aws:iam::${account}:${name}`;
const policyOf = (action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });

interface Finding {
  readonly resourceArn: string;
  readonly attribute: string;
  readonly what: string;
  readonly severity: string;
  readonly declared?: unknown;
  readonly actual?: unknown;
  readonly details?: readonly string[];
  readonly id: string;
  readonly cause?: { readonly eventName: string; readonly principal: string };
}

let server: TestServer;
let dataDir: string;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-drift-unmanaged-'));
  dataDir = join(directory, 'data');
  server = await startServer({ dataDir });
});

afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Calls at the REST door. */
function client(credentials: Credentials = server.credentials) {
  const { rest } = caller(server.endpoint, credentials);
  return async <Name extends OperationName>(name: Name, input: InputJson<Name>): Promise<OutputJson<Name>> => {
    const { method, target, body } = encodeRestCall(name, input);
    const reply = await rest(method, target, body);
    if (reply.status >= 300) throw new Error(`${name}: ${reply.text}`);
    return reply.json as OutputJson<Name>;
  };
}

/** A state with one user, as Terraform shows it. */
async function stateWith(user: { readonly arn: string; readonly unique_id: string; readonly name: string }) {
  const resource = {
    ...{ address: 'aws_iam_user.declared', mode: 'managed', type: 'aws_iam_user' },
    ...{ provider_name: 'registry.terraform.io/keystead/aws', values: { ...user, path: '/', tags_all: {} } },
  };
  const file = join(directory, 'state.json');
  await writeFile(file, JSON.stringify({ format_version: '1.0', values: { root_module: { resources: [resource] } } }));
  return file;
}

let state: string;

beforeAll(async () => {
  const { User } = await client()('CreateUser', { UserName: 'declared' });
  state = await stateWith({ arn: User.Arn, unique_id: User.UserId, name: 'declared' });
});

const drift = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> =>
  runKeystead(['drift', ...args], { ...server.env, ...env });

async function found(...args: string[]): Promise<readonly Finding[]> {
  const { stdout, stderr, code } = await drift(['--json', ...args]);
  if (stderr !== '') throw new Error(stderr);
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
  expect(code).toBe(findings.length > 0 ? 2 : 0);
  return findings;
}

/** `arn attribute, severity, event` */
const brief = ({ resourceArn, attribute, severity, cause }: Finding) =>
  `${resourceArn} ${attribute}, ${severity}, ${cause?.eventName}`;

test('identities, keys and settings of the account that no state has are found, whole and attributed', async () => {
  const call = client();
  await call('CreateUser', { UserName: 'shadow' });
  const { AccessKey } = await call('CreateAccessKey', { UserName: 'shadow' });
  await call('PutUserPolicy', { UserName: 'shadow', PolicyName: 'all', PolicyDocument: policyOf('*') });
  await call('CreateGroup', { GroupName: 'shadows' });
  await call('AddUserToGroup', { GroupName: 'shadows', UserName: 'shadow' });
  await call('CreatePolicy', { PolicyName: 'unused', PolicyDocument: policyOf('kms:*') });
  const trust = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' };
  await call('CreateRole', {
    RoleName: 'door',
    AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
  });
  await call('CreateOpenIDConnectProvider', { Url: 'https://ci.example.com', ClientIDList: ['sts'] });
  const keys = { Jwks: JSON.stringify({ keys: [{ kty: 'EC', kid: 'mine' }] }) };
  await call('PutOpenIDConnectProviderKeys', {
    OpenIDConnectProviderArn: iam('oidc-provider/ci.example.com'),
    ...keys,
  });
  await call('CreateServicePrincipal', { ServiceName: 's3.amazonaws.com' });
  const { AccessKey: serviceKey } = await call('CreateServiceAccessKey', { ServiceName: 's3.amazonaws.com' });
  await call('CreateAccountAlias', { AccountAlias: 'acme' });
  // Without a user's name: only the Query door has such a request.
  const form = 'Action=CreateAccessKey&Version=2010-05-08';
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const { text } = await caller(server.endpoint, server.credentials).rest('POST', '/', form, {
    headers,
    service: 'iam',
  });
  const rootKey = /<AccessKeyId>(\w+)</.exec(text)?.[1];

  expect((await found('--state', state)).map(brief)).toEqual([]);
  const findings = await found('--state', state, '--unmanaged');
  const service = iam('service-principal/s3.amazonaws.com');
  const provider = iam('oidc-provider/ci.example.com');
  expect(findings.map(brief).sort()).toEqual(
    [
      `${iam('user/shadow')} user, access gained, CreateUser`,
      `${iam('group/shadows')} group, access gained, CreateGroup`,
      `${iam('policy/unused')} managed_policy, cosmetic, CreatePolicy`,
      `${iam('role/door')} role, access gained, CreateRole`,
      `${provider} provider, access gained, CreateOpenIDConnectProvider`,
      `${provider} ${findings.find(({ attribute }) => attribute.startsWith('keys['))?.attribute}, access gained, PutOpenIDConnectProviderKeys`,
      `${service} service_principal, access gained, CreateServicePrincipal`,
      `${service} access_key["${serviceKey.AccessKeyId}"], access gained, CreateServiceAccessKey`,
      `${iam('root')} access_key["${rootKey}"], access gained, CreateAccessKey`,
      `${iam('root')} account_alias, cosmetic, CreateAccountAlias`,
    ].sort(),
  );
  expect(findings.find(({ attribute }) => attribute === 'user')?.actual).toBe(
    'with 1 policies, 1 groups, 1 access keys',
  );
  expect(findings.find(({ attribute }) => attribute.startsWith('keys['))?.actual).toBe('1 keys given by hand: mine');
  expect(AccessKey.UserName).toBe('shadow');
});

test('rules leave them out, by ARN and attribute', async () => {
  const config = join(directory, 'rules.yaml');
  const rule = (pattern: string, attribute = '*') =>
    `  - { pattern: "${pattern}", attribute: '${attribute}', reason: known, owner: me, expires: "2999-12-31" }\n`;
  const rules = ['user/*', 'group/*', 'policy/*', 'service-principal/*', 'oidc-provider/*', 'root'].map((name) =>
    rule(iam(name)),
  );
  await writeFile(config, `stacks: [{ state: state.json }]\ncomplete: true\nignore:\n${rules.join('')}`);
  expect((await found('--config', config)).map(({ resourceArn }) => resourceArn)).toEqual([iam('role/door')]);
});

test('what the caller is not allowed to list is an error that names the permissions', async () => {
  const { AccessKey } = await client()('CreateAccessKey', { UserName: 'declared' });
  const env = { AWS_ACCESS_KEY_ID: AccessKey.AccessKeyId, AWS_SECRET_ACCESS_KEY: AccessKey.SecretAccessKey };
  const refused = await drift(['--state', state], env);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('iam:GetAccountAuthorizationDetails, iam:ListAccessKeys');
  await client()('DeleteAccessKey', { UserName: 'declared', AccessKeyId: AccessKey.AccessKeyId });
});

test('the permissions that the guide names are enough, and its files can be read', async () => {
  const guide = await readFile(join(root, 'docs/guide/drift-identities.md'), 'utf8');
  const permissions = guide.slice(guide.indexOf('## Permissions'));
  const named = [...permissions.matchAll(/`((?:iam|kms|keystead|cloudtrail):\w+)`/g)].map(([, action]) => action);
  expect(named.length).toBeGreaterThan(5);
  const call = client();
  const { AccessKey } = await call('CreateAccessKey', { UserName: 'declared' });
  const reads = [{ Effect: 'Allow', Action: [...named, 'kms:ListKeys'], Resource: '*' }];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: reads });
  await call('PutUserPolicy', { UserName: 'declared', PolicyName: 'reads', PolicyDocument });
  const env = { AWS_ACCESS_KEY_ID: AccessKey.AccessKeyId, AWS_SECRET_ACCESS_KEY: AccessKey.SecretAccessKey };
  const { stdout, stderr } = await drift(['--state', state, '--unmanaged', '--json'], env);
  expect(stderr).toBe('');
  expect(stdout).toContain('inline_policy[\\"reads\\"]');
  expect(stdout).not.toContain('cannot be read');
  await call('DeleteAccessKey', { UserName: 'declared', AccessKeyId: AccessKey.AccessKeyId });
  await call('DeleteUserPolicy', { UserName: 'declared', PolicyName: 'reads' });

  const { Settings } = await call('GetServerSettings', {});
  const names = Settings.map(({ Name }) => Name);
  const blocks = [...guide.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);
  expect(blocks).toHaveLength(2);
  for (const text of blocks) {
    await writeFile(join(directory, 'guide.yaml'), text);
    const defaults = { endpoint: 'http://x', region: 'us-east-1', provider: 'p', terraform: 't', mayBeEmpty: false };
    const { settings } = await readDriftFile(join(directory, 'guide.yaml'), defaults);
    expect(names).toEqual(expect.arrayContaining(Object.keys(settings)));
  }
});

test('a user who was in a group for a while, and a version that was in force for a while, are found since the baseline', async () => {
  const call = client();
  await call('CreateGroup', { GroupName: 'admins' });
  await call('CreatePolicy', { PolicyName: 'narrow', PolicyDocument: policyOf('kms:ListKeys') });
  expect((await drift(['accept', '--state', state])).code).toBe(0);
  expect(await found('--state', state)).toEqual([]);
  await call('AddUserToGroup', { GroupName: 'admins', UserName: 'declared' });
  await call('RemoveUserFromGroup', { GroupName: 'admins', UserName: 'declared' });
  const narrow = { PolicyArn: iam('policy/narrow') };
  await call('CreatePolicyVersion', { ...narrow, PolicyDocument: policyOf('*'), SetAsDefault: true });
  await call('SetDefaultPolicyVersion', { ...narrow, VersionId: 'v1' });
  await call('DeletePolicyVersion', { ...narrow, VersionId: 'v2' });
  const findings = await found('--state', state);
  expect(
    findings.map(({ resourceArn, what, severity, details = [] }) => [
      resourceArn,
      what,
      severity,
      details.map((line) => line.split(' ')[0]).join(' '),
    ]),
  ).toEqual([
    [iam('group/admins'), 'changed since the baseline', 'access gained', 'AddUserToGroup RemoveUserFromGroup'],
    [
      iam('policy/narrow'),
      'changed since the baseline',
      'access gained',
      'CreatePolicyVersion SetDefaultPolicyVersion DeletePolicyVersion',
    ],
  ]);
  const explained = await drift(['explain', String(findings[0]?.id), '--state', state]);
  expect(explained.stdout).toMatch(/RemoveUserFromGroup\n.*AddUserToGroup\n/s);
  expect((await drift(['accept', '--state', state])).code).toBe(0);
});

test('a server that is started with other settings is a finding, and so is a setting that a file declares otherwise', async () => {
  const config = join(directory, 'settings.yaml');
  const declare = (settings: string) => writeFile(config, `stacks: [{ state: state.json }]\nsettings: ${settings}\n`);
  await declare('{ audit-retention-days: for ever, listen: loopback, tls: "off" }');
  expect(await found('--config', config)).toEqual([]);

  await server.stop();
  server = await startServer({ dataDir, args: ['--audit-retention-days', '30'] });
  expect(server.log()).toContain('the settings differ from those of the last start');
  const [setting, ...others] = await found('--config', config);
  expect(others).toEqual([]);
  expect(setting).toMatchObject({
    ...{ resourceArn: 'server-settings', attribute: 'audit-retention-days', severity: 'protection lost' },
    ...{ declared: 'for ever', actual: '30', cause: { eventName: 'ChangeServerSettings', principal: 'AWS Internal' } },
  });
  // Where no file declares it, the baseline tells of it.
  const told = 'ChangeServerSettings (audit-retention-days: for ever → 30)';
  const [since] = await found('--state', state);
  expect(since).toMatchObject({
    attribute: 'server-settings',
    what: 'changed since the baseline',
    severity: 'protection lost',
    details: [expect.stringContaining(told)],
  });

  await declare('{ audit-retention: 30 }');
  expect(await drift(['--config', config])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('The server does not have the setting "audit-retention".'),
  });
});

test('only principals of the first account read the settings, by an action of their own', async () => {
  const { AccessKey } = await client()('CreateAccount', { AccountId: '444455556666' });
  const tenant = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
  await expect(client(tenant)('GetServerSettings', {})).rejects.toThrow('AccessDeniedException');
  const { Settings } = await client()('GetServerSettings', {});
  expect(Object.fromEntries(Settings.map(({ Name, Value }) => [Name, Value]))).toMatchObject({
    ...{ seal: `file:${join(dataDir, 'root.key')}`, 'root-key-generation': '1', 'trusted-services': 'none' },
    ...{ quotas: 'off', database: 'sqlite', regions: 'all' },
  });
});
