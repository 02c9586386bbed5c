import type { Client } from '@keystead/provider/client/client.ts';
import type { Engine } from '@keystead/provider/engine/engine.ts';
import { configured } from '../../support/provider/managed.ts';
import { dataRefusal, mustReadData } from '../../support/provider/read-data.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

let door: RestDoor;
let engine: Engine<Client>;

beforeEach(async () => {
  door = await RestDoor.open();
  engine = await configured(door, { ignore_tags: [{ key_prefixes: ['cost:'] }] });
});

afterEach(() => door.close());

const tags = [
  { Key: 'team', Value: 'keys' },
  { Key: 'cost:center', Value: '7' },
];
const boundary = 'arn:aws:iam::111122223333:policy/bound';
const role = {
  Path: '/apps/',
  RoleName: 'orders',
  RoleId: 'AROAEXAMPLEEXAMPLE01',
  Arn: 'arn:aws:iam::111122223333:role/apps/orders',
  CreateDate: 1_700_000_000,
  AssumeRolePolicyDocument: '{"Version":"2012-10-17"}',
  MaxSessionDuration: 3600,
};

test('aws_iam_role shows a role', async () => {
  door.answers.set('GetRole', () => ({ Role: { ...role, Tags: tags, Description: 'Orders' } }));
  expect(await mustReadData(engine, 'aws_iam_role', { name: 'orders' })).toEqual({
    arn: role.Arn,
    assume_role_policy: '{"Version":"2012-10-17"}',
    create_date: '2023-11-14T22:13:20Z',
    description: 'Orders',
    id: 'orders',
    max_session_duration: 3600,
    name: 'orders',
    path: '/apps/',
    permissions_boundary: '',
    role_last_used: [],
    tags: { team: 'keys' },
    unique_id: role.RoleId,
  });
  expect(door.inputs('GetRole')).toEqual([{ RoleName: 'orders' }]);
});

test('aws_iam_user shows a user, with its permissions boundary', async () => {
  const user = {
    Path: '/',
    UserName: 'ann',
    UserId: 'AIDAEXAMPLEEXAMPLE01',
    Arn: 'arn:aws:iam::111122223333:user/ann',
  };
  const PermissionsBoundary = { PermissionsBoundaryArn: boundary };
  door.answers.set('GetUser', () => ({ User: { ...user, Tags: tags, PermissionsBoundary } }));
  expect(await mustReadData(engine, 'aws_iam_user', { user_name: 'ann' })).toEqual({
    arn: user.Arn,
    id: user.UserId,
    path: '/',
    permissions_boundary: boundary,
    tags: { team: 'keys' },
    user_id: user.UserId,
    user_name: 'ann',
  });
});

describe('aws_iam_policy', () => {
  const policy = (name: string, path = '/') => ({
    PolicyName: name,
    PolicyId: 'ANPAEXAMPLEEXAMPLE01',
    Arn: `arn:aws:iam::111122223333:policy${path}${name}`,
    Path: path,
    DefaultVersionId: 'v2',
    AttachmentCount: 3,
  });

  beforeEach(() => {
    door.answers.set('GetPolicy', ({ PolicyArn }) => ({
      Policy: { ...policy('use-keys'), Arn: PolicyArn, Description: 'Use', Tags: tags },
    }));
    door.answers.set('GetPolicyVersion', () => ({ PolicyVersion: { Document: '{"Version":"2012-10-17"}' } }));
    const pages = [[policy('other')], [policy('use-keys'), policy('twice'), policy('twice', '/b/')]];
    door.answers.set('ListPolicies', ({ Marker, PathPrefix = '/' }) => ({
      Policies: (pages[Marker === undefined ? 0 : 1] ?? []).filter(({ Path }) => Path.startsWith(String(PathPrefix))),
      IsTruncated: Marker === undefined,
      ...(Marker === undefined && { Marker: 'next' }),
    }));
  });

  const arn = 'arn:aws:iam::111122223333:policy/use-keys';
  const shown = {
    arn,
    attachment_count: 3,
    description: 'Use',
    id: arn,
    name: 'use-keys',
    path: '/',
    path_prefix: null,
    policy: '{"Version":"2012-10-17"}',
    policy_id: 'ANPAEXAMPLEEXAMPLE01',
    tags: { team: 'keys' },
  };

  test('shows the policy with this ARN and its document in force', async () => {
    expect(await mustReadData(engine, 'aws_iam_policy', { arn })).toEqual(shown);
    expect(door.inputs('GetPolicyVersion')).toEqual([{ PolicyArn: arn, VersionId: 'v2' }]);
    expect(door.inputs('ListPolicies')).toEqual([]);
  });

  test('is found by its name on any page, and by its path', async () => {
    expect(await mustReadData(engine, 'aws_iam_policy', { name: 'use-keys' })).toEqual(shown);
    const config = { name: 'twice', path_prefix: '/b/' };
    expect(await mustReadData(engine, 'aws_iam_policy', config)).toMatchObject({
      arn: 'arn:aws:iam::111122223333:policy/b/twice',
      path_prefix: '/b/',
    });
  });

  test.each([
    ['none', 'No policy has name none'],
    ['twice', '2 policies have name twice'],
  ])('is refused by the name %s', async (name, detail) => {
    expect((await dataRefusal(engine, 'aws_iam_policy', { name })).detail).toContain(detail);
  });

  test('is named by ARN or by name', async () => {
    expect(await dataRefusal(engine, 'aws_iam_policy', { arn, name: 'a' })).toMatchObject({
      summary: 'Conflicting arguments',
    });
  });
});

test('aws_iam_account_alias shows the alias, and fails where there is none', async () => {
  door.answers.set('ListAccountAliases', () => ({ AccountAliases: ['acme'], IsTruncated: false }));
  expect(await mustReadData(engine, 'aws_iam_account_alias', {})).toEqual({ account_alias: 'acme', id: 'acme' });
  door.answers.set('ListAccountAliases', () => ({ AccountAliases: [], IsTruncated: false }));
  expect((await dataRefusal(engine, 'aws_iam_account_alias', {})).detail).toContain('The account has no alias');
});

test('aws_iam_session_context finds the role of a session, with its path', async () => {
  door.answers.set('GetRole', () => ({ Role: role }));
  const arn = 'arn:aws:sts::111122223333:assumed-role/orders/ci/7';
  expect(await mustReadData(engine, 'aws_iam_session_context', { arn })).toEqual({
    arn,
    id: arn,
    issuer_arn: role.Arn,
    issuer_id: role.RoleId,
    issuer_name: 'orders',
    session_name: 'ci/7',
  });
  door.refuse('GetRole', { status: 404, code: 'NoSuchEntityException', detail: 'no role' });
  expect(await dataRefusal(engine, 'aws_iam_session_context', { arn })).toMatchObject({ path: ['arn'] });
});

test.each([
  ['aws_iam_user', 'user_name'],
  ['aws_iam_role', 'name'],
])('%s refuses an empty %s before it asks', async (type, name) => {
  expect(await dataRefusal(engine, type, { [name]: '' })).toMatchObject({ summary: 'Invalid value', path: [name] });
  expect(door.calls()).toEqual([]);
});
