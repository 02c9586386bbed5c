/**
 * Drift of declared identities: every attribute of every type is changed by hand, found, judged and attributed; nothing
 * else is reported.
 */
import { jest } from '@jest/globals';
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { OperationName } from '@keystead/provider-schema/operations/index.ts';
import { encodeRestCall } from '@keystead/provider-schema/rest-call.ts';
import { caller } from '../support/calls.ts';
import { needs } from '../support/needs.ts';
import { type Credentials, runKeystead, startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(180_000);

interface Finding {
  readonly address?: string;
  readonly resourceArn: string;
  readonly what: string;
  readonly attribute: string;
  readonly severity: string;
  readonly declared?: unknown;
  readonly actual?: unknown;
  readonly access?: {
    readonly changes: readonly { readonly principal: string; readonly mayGain: readonly string[] }[];
  };
  readonly cause?: { readonly eventName: string; readonly principal: string };
  readonly unattributed?: string;
}

const account = '111122223333';
const iam = (name: string) => `arn:aws:iam::${account}:${name}`;
const allowing = (action: string, Effect = 'Allow') =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Action: action, Resource: '*' }] });
const trusting = (...principals: readonly string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: principals }, Action: 'sts:AssumeRole' }],
  });
const root = iam('root');
const POWER = 'arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser';
const READ = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess';

const users = ['named', 'moved', 'bounded', 'tagged', 'gone', 'part', 'member', 'remade'];
const roles = ['trusting', 'described', 'long', 'unbounded', 'tagged_role', 'gone_role', 'exclusive', 'part_role'];
const code = `
locals {
  policy = ${JSON.stringify(allowing('kms:Decrypt'))}
  trust  = ${JSON.stringify(trusting(root))}
}
resource "aws_iam_policy" "boundary" {
  name   = "boundary"
  policy = local.policy
}
resource "aws_iam_user" "each" {
  for_each             = toset(${JSON.stringify(users)})
  name                 = each.key
  permissions_boundary = each.key == "bounded" ? aws_iam_policy.boundary.arn : null
  tags                 = each.key == "tagged" ? { Owner = "platform", Gone = "soon" } : null
}
resource "aws_iam_role" "each" {
  for_each             = toset(${JSON.stringify(roles)})
  name                 = each.key
  assume_role_policy   = local.trust
  description          = each.key
  permissions_boundary = each.key == "unbounded" ? aws_iam_policy.boundary.arn : null
  managed_policy_arns  = each.key == "exclusive" ? ["${POWER}"] : null
  dynamic "inline_policy" {
    for_each = each.key == "exclusive" ? ["kept", "lost"] : []
    content {
      name   = inline_policy.value
      policy = local.policy
    }
  }
}
resource "aws_iam_group" "each" {
  for_each = toset(["staff", "renamed", "gone_group"])
  name     = each.key
}
resource "aws_iam_group_membership" "staff" {
  name  = "staff"
  group = aws_iam_group.each["staff"].name
  users = [aws_iam_user.each["member"].name]
}
resource "aws_iam_group_policy" "staff" {
  name   = "own"
  group  = aws_iam_group.each["staff"].name
  policy = local.policy
}
resource "aws_iam_user_policy" "part" {
  name   = "own"
  user   = aws_iam_user.each["part"].name
  policy = local.policy
}
resource "aws_iam_role_policy" "part" {
  name   = "own"
  role   = aws_iam_role.each["part_role"].name
  policy = ${JSON.stringify(allowing('kms:Decrypt', 'Deny'))}
}
resource "aws_iam_user_policy_attachment" "part" {
  user       = aws_iam_user.each["part"].name
  policy_arn = "${READ}"
}
resource "aws_iam_group_policy_attachment" "staff" {
  group      = aws_iam_group.each["staff"].name
  policy_arn = "${READ}"
}
resource "aws_iam_role_policy_attachment" "part" {
  role       = aws_iam_role.each["part_role"].name
  policy_arn = "${READ}"
}
resource "aws_iam_policy" "each" {
  for_each = toset(["widened", "tagged_policy", "gone_policy", "exclusive_policy"])
  name     = each.key
  policy   = local.policy
}
resource "aws_iam_policy_attachment" "only" {
  name       = "only"
  policy_arn = aws_iam_policy.each["exclusive_policy"].arn
  users      = [aws_iam_user.each["member"].name, aws_iam_user.each["part"].name]
}
resource "aws_iam_access_key" "each" {
  for_each = toset(["member", "part"])
  user     = aws_iam_user.each[each.key].name
}
resource "aws_iam_openid_connect_provider" "each" {
  for_each        = toset(["ci", "gone-ci"])
  url             = "https://\${each.key}.example.com"
  client_id_list  = ["sts.amazonaws.com", "other"]
  thumbprint_list = ["${'a'.repeat(40)}"]
}
resource "aws_iam_service_linked_role" "scaling" {
  aws_service_name = "autoscaling.amazonaws.com"
}
`;

let server: TestServer;
let workspace: Workspace;
let alice: ReturnType<typeof client>;

/** Calls at the REST door. */
function client(credentials: Credentials) {
  const { rest } = caller(server.endpoint, credentials);
  return async <Name extends OperationName>(name: Name, input: InputJson<Name>): Promise<OutputJson<Name>> => {
    const { method, target, body } = encodeRestCall(name, input);
    const reply = await rest(method, target, body);
    if (reply.status >= 300) throw new Error(`${name}: ${reply.text}`);
    return reply.json as OutputJson<Name>;
  };
}

beforeAll(async () => {
  server = await startServer();
  const asRoot = client(server.credentials);
  await asRoot('CreateUser', { UserName: 'alice' });
  await asRoot('AttachUserPolicy', { UserName: 'alice', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' });
  const { AccessKey } = await asRoot('CreateAccessKey', { UserName: 'alice' });
  alice = client({ accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey });
  workspace = await openWorkspace(server);
  await workspace.write(code);
  await workspace.apply();
});

afterAll(async () => {
  await workspace?.dispose();
  await server?.stop();
});

async function drift(...args: string[]): Promise<readonly Finding[]> {
  const { stdout, stderr } = await runKeystead(['drift', '--dir', workspace.directory, '--json', ...args], server.env);
  if (stderr !== '') throw new Error(stderr);
  return (JSON.parse(stdout) as { findings: readonly Finding[] }).findings;
}

const brief = ({ address, resourceArn, attribute, what, severity, cause }: Finding): string => {
  const by = cause ? `${cause.eventName} by ${cause.principal.replace(/.*\//, '')}` : 'nobody';
  return `${address ?? resourceArn}: ${attribute} ${what}, ${severity}, ${by}`;
};

test('right after an apply there is no finding, and none after a second one', async () => {
  expect((await drift()).map(brief)).toEqual([]);
  await workspace.apply();
  expect((await drift()).map(brief)).toEqual([]);
});

test('every change by hand is found, judged and attributed, and nothing else', async () => {
  const state = await workspace.state();
  const provider = iam('oidc-provider/ci.example.com');
  const made = await changeEverything(state, provider);
  const found = await drift();
  expect(found.map(brief).sort()).toEqual(expected(made).sort());
  const widened = found.find(({ address }) => address === 'aws_iam_policy.each["widened"]');
  expect(widened?.access?.changes).toEqual([
    expect.objectContaining({ principal: iam('user/tagged'), mayGain: ['kms:*'] }),
  ]);
  const trust = found.find(({ attribute }) => attribute === 'assume_role_policy');
  expect(trust?.access?.changes).toEqual([
    expect.objectContaining({ principal: iam('user/alice'), gained: ['sts:AssumeRole'] }),
  ]);
});

interface Made {
  readonly key: string;
  readonly declaredKey: string;
}

async function changeEverything(
  state: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
  provider: string,
): Promise<Made> {
  const keyOf = (user: string) => String(state.get(`aws_iam_access_key.each["${user}"]`)?.id);
  const arn = (name: string) => iam(`policy/${name}`);
  await alice('UpdateUser', { UserName: 'named', NewUserName: 'named2' });
  await alice('UpdateUser', { UserName: 'moved', NewPath: '/elsewhere/' });
  await alice('DeleteUserPermissionsBoundary', { UserName: 'bounded' });
  await alice('TagUser', {
    UserName: 'tagged',
    Tags: [
      { Key: 'Owner', Value: 'me' },
      { Key: 'New', Value: '1' },
    ],
  });
  await alice('UntagUser', { UserName: 'tagged', TagKeys: ['Gone'] });
  await alice('AttachUserPolicy', { UserName: 'tagged', PolicyArn: arn('widened') });
  await alice('DeleteUser', { UserName: 'gone' });
  await alice('DeleteUser', { UserName: 'remade' });
  await alice('CreateUser', { UserName: 'remade' });
  await alice('UpdateAssumeRolePolicy', { RoleName: 'trusting', PolicyDocument: trusting(root, iam('user/alice')) });
  await alice('UpdateRoleDescription', { RoleName: 'described', Description: 'by hand' });
  await alice('UpdateRole', { RoleName: 'long', MaxSessionDuration: 43_200 });
  await alice('PutRolePermissionsBoundary', { RoleName: 'unbounded', PermissionsBoundary: READ });
  await alice('TagRole', { RoleName: 'tagged_role', Tags: [{ Key: 'Owner', Value: 'me' }] });
  await alice('DeleteRole', { RoleName: 'gone_role' });
  await alice('DetachRolePolicy', { RoleName: 'exclusive', PolicyArn: POWER });
  await alice('PutRolePolicy', { RoleName: 'exclusive', PolicyName: 'kept', PolicyDocument: allowing('kms:*') });
  await alice('DeleteRolePolicy', { RoleName: 'exclusive', PolicyName: 'lost' });
  await alice('PutRolePolicy', { RoleName: 'exclusive', PolicyName: 'more', PolicyDocument: allowing('kms:*') });
  await alice('UpdateGroup', { GroupName: 'renamed', NewGroupName: 'renamed2' });
  await alice('DeleteGroup', { GroupName: 'gone_group' });
  await alice('RemoveUserFromGroup', { GroupName: 'staff', UserName: 'member' });
  await alice('AddUserToGroup', { GroupName: 'staff', UserName: 'tagged' });
  await alice('PutGroupPolicy', { GroupName: 'staff', PolicyName: 'own', PolicyDocument: allowing('iam:*') });
  await alice('DetachGroupPolicy', { GroupName: 'staff', PolicyArn: READ });
  await alice('PutUserPolicy', { UserName: 'part', PolicyName: 'own', PolicyDocument: allowing('kms:Encrypt') });
  await alice('PutUserPolicy', { UserName: 'part', PolicyName: 'beside', PolicyDocument: allowing('kms:*', 'Deny') });
  await alice('DetachUserPolicy', { UserName: 'part', PolicyArn: READ });
  await alice('DeleteRolePolicy', { RoleName: 'part_role', PolicyName: 'own' });
  await alice('DetachRolePolicy', { RoleName: 'part_role', PolicyArn: READ });
  await alice('AttachRolePolicy', { RoleName: 'part_role', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' });
  await alice('CreatePolicyVersion', {
    PolicyArn: arn('widened'),
    PolicyDocument: allowing('kms:*'),
    SetAsDefault: true,
  });
  await alice('TagPolicy', { PolicyArn: arn('tagged_policy'), Tags: [{ Key: 'Owner', Value: 'me' }] });
  await alice('DeletePolicy', { PolicyArn: arn('gone_policy') });
  await alice('DetachUserPolicy', { UserName: 'part', PolicyArn: arn('exclusive_policy') });
  await alice('AttachRolePolicy', { RoleName: 'long', PolicyArn: arn('exclusive_policy') });
  await alice('UpdateAccessKey', { UserName: 'member', AccessKeyId: keyOf('member'), Status: 'Inactive' });
  await alice('DeleteAccessKey', { UserName: 'part', AccessKeyId: keyOf('part') });
  const { AccessKey } = await alice('CreateAccessKey', { UserName: 'part' });
  await alice('AddClientIDToOpenIDConnectProvider', { OpenIDConnectProviderArn: provider, ClientID: 'mine' });
  await alice('RemoveClientIDFromOpenIDConnectProvider', { OpenIDConnectProviderArn: provider, ClientID: 'other' });
  await alice('UpdateOpenIDConnectProviderThumbprint', {
    OpenIDConnectProviderArn: provider,
    ThumbprintList: ['b'.repeat(40)],
  });
  await alice('PutOpenIDConnectProviderKeys', {
    OpenIDConnectProviderArn: provider,
    JwksUri: 'https://mine.example.com/keys',
  });
  await alice('TagOpenIDConnectProvider', {
    OpenIDConnectProviderArn: provider,
    Tags: [{ Key: 'Owner', Value: 'me' }],
  });
  await alice('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: iam('oidc-provider/gone-ci.example.com') });
  await alice('UpdateRoleDescription', { RoleName: 'AWSServiceRoleForAutoScaling', Description: 'by hand' });
  return { key: AccessKey.AccessKeyId, declaredKey: keyOf('part') };
}

function expected({ key, declaredKey }: Made): string[] {
  const user = (name: string) => `aws_iam_user.each["${name}"]`;
  const role = (name: string) => `aws_iam_role.each["${name}"]`;
  const group = (name: string) => `aws_iam_group.each["${name}"]`;
  const policy = (name: string) => `aws_iam_policy.each["${name}"]`;
  const ci = 'aws_iam_openid_connect_provider.each["ci"]';
  const unknown = 'unknown to Terraform';
  const lines: readonly (readonly [
    subject: string,
    attribute: string,
    what: string,
    severity: string,
    event: string,
  ])[] = [
    [user('named'), 'name', 'changed', 'use lost', 'UpdateUser'],
    [user('moved'), 'path', 'changed', 'use lost', 'UpdateUser'],
    [user('bounded'), 'permissions_boundary', 'changed', 'protection lost', 'DeleteUserPermissionsBoundary'],
    [user('tagged'), 'tags_all["Owner"]', 'changed', 'cosmetic', 'TagUser'],
    [user('tagged'), 'tags_all["New"]', 'changed', 'cosmetic', 'TagUser'],
    [user('tagged'), 'tags_all["Gone"]', 'changed', 'cosmetic', 'UntagUser'],
    [iam('user/tagged'), `attachment["${iam('policy/widened')}"]`, unknown, 'access gained', 'AttachUserPolicy'],
    [user('gone'), 'user', 'missing', 'use lost', 'DeleteUser'],
    [user('remade'), 'unique_id', 'changed', 'access gained', 'CreateUser'],
    [role('trusting'), 'assume_role_policy', 'changed', 'access gained', 'UpdateAssumeRolePolicy'],
    [role('described'), 'description', 'changed', 'cosmetic', 'UpdateRoleDescription'],
    [role('long'), 'max_session_duration', 'changed', 'protection lost', 'UpdateRole'],
    [role('unbounded'), 'permissions_boundary', 'changed', 'protection lost', 'PutRolePermissionsBoundary'],
    [role('tagged_role'), 'tags_all["Owner"]', 'changed', 'cosmetic', 'TagRole'],
    [role('gone_role'), 'role', 'missing', 'use lost', 'DeleteRole'],
    [role('exclusive'), `managed_policy_arns["${POWER}"]`, 'missing', 'use lost', 'DetachRolePolicy'],
    [role('exclusive'), 'inline_policy["kept"]', 'changed', 'access gained', 'PutRolePolicy'],
    [role('exclusive'), 'inline_policy["lost"]', 'missing', 'use lost', 'DeleteRolePolicy'],
    [iam('role/exclusive'), 'inline_policy["more"]', unknown, 'access gained', 'PutRolePolicy'],
    [group('renamed'), 'name', 'changed', 'use lost', 'UpdateGroup'],
    [group('gone_group'), 'group', 'missing', 'use lost', 'DeleteGroup'],
    ['aws_iam_group_membership.staff', 'users["member"]', 'missing', 'use lost', 'RemoveUserFromGroup'],
    [iam('group/staff'), 'member["tagged"]', unknown, 'access gained', 'AddUserToGroup'],
    ['aws_iam_group_policy.staff', 'inline_policy["own"]', 'changed', 'access gained', 'PutGroupPolicy'],
    ['aws_iam_group_policy_attachment.staff', `attachment["${READ}"]`, 'missing', 'use lost', 'DetachGroupPolicy'],
    ['aws_iam_user_policy.part', 'inline_policy["own"]', 'changed', 'access gained', 'PutUserPolicy'],
    [iam('user/part'), 'inline_policy["beside"]', unknown, 'use lost', 'PutUserPolicy'],
    ['aws_iam_user_policy_attachment.part', `attachment["${READ}"]`, 'missing', 'use lost', 'DetachUserPolicy'],
    ['aws_iam_role_policy.part', 'inline_policy["own"]', 'missing', 'protection lost', 'DeleteRolePolicy'],
    ['aws_iam_role_policy_attachment.part', `attachment["${READ}"]`, 'missing', 'use lost', 'DetachRolePolicy'],
    [
      iam('role/part_role'),
      'attachment["arn:aws:iam::aws:policy/AdministratorAccess"]',
      unknown,
      'access gained',
      'AttachRolePolicy',
    ],
    [policy('widened'), 'policy', 'changed', 'access gained', 'CreatePolicyVersion'],
    [policy('tagged_policy'), 'tags_all["Owner"]', 'changed', 'cosmetic', 'TagPolicy'],
    [policy('gone_policy'), 'managed_policy', 'missing', 'use lost', 'DeletePolicy'],
    ['aws_iam_policy_attachment.only', 'users["part"]', 'missing', 'use lost', 'DetachUserPolicy'],
    [iam('role/long'), `attachment["${iam('policy/exclusive_policy')}"]`, unknown, 'access gained', 'AttachRolePolicy'],
    ['aws_iam_access_key.each["member"]', 'status', 'changed', 'use lost', 'UpdateAccessKey'],
    ['aws_iam_access_key.each["part"]', `access_key["${declaredKey}"]`, 'missing', 'use lost', 'DeleteAccessKey'],
    [iam('user/part'), `access_key["${key}"]`, unknown, 'access gained', 'CreateAccessKey'],
    [ci, 'client_id_list["mine"]', 'changed', 'access gained', 'AddClientIDToOpenIDConnectProvider'],
    [ci, 'client_id_list["other"]', 'changed', 'use lost', 'RemoveClientIDFromOpenIDConnectProvider'],
    [ci, 'thumbprint_list', 'changed', 'access gained', 'UpdateOpenIDConnectProviderThumbprint'],
    [ci, 'tags_all["Owner"]', 'changed', 'cosmetic', 'TagOpenIDConnectProvider'],
    [
      iam('oidc-provider/ci.example.com'),
      'keys["https://mine.example.com/keys"]',
      unknown,
      'access gained',
      'PutOpenIDConnectProviderKeys',
    ],
    [
      'aws_iam_openid_connect_provider.each["gone-ci"]',
      'provider',
      'missing',
      'use lost',
      'DeleteOpenIDConnectProvider',
    ],
    ['aws_iam_service_linked_role.scaling', 'description', 'changed', 'cosmetic', 'UpdateRoleDescription'],
  ];
  return lines.map(
    ([subject, attribute, what, severity, event]) => `${subject}: ${attribute} ${what}, ${severity}, ${event} by alice`,
  );
}
