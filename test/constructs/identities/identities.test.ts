// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Terraform writes references this way.
import {
  AccessKey,
  Group,
  InlinePolicy,
  Key,
  KeysteadProvider,
  ManagedPolicy,
  OpenIdConnectProvider,
  Role,
  ServiceLinkedRole,
  ServicePrincipal,
  User,
} from '@keystead/constructs/cdktf';
import { TerraformOutput } from 'cdktf';
import { account, alice, aStack, bob, emptyStack, resources, synthesize, thePolicy, theResource } from '../stack.ts';

const reference = (type: string, attribute: string) =>
  expect.stringMatching(new RegExp(`^\\$\\{${type}\\.\\w+\\.${attribute}\\}$`));
const keyArn = reference('aws_kms_key', 'arn');

/** The statements of the only inline policy of a type. */
const statementsOf = (configuration: Parameters<typeof thePolicy>[0], type: string) =>
  thePolicy(configuration, type).Statement;

describe('Role', () => {
  test('trusts who opens its sessions, each by its own action', () => {
    const stack = aStack();
    const github = new OpenIdConnectProvider(stack, 'github', {
      url: 'https://token.example.com',
      clientIds: ['keystead'],
    });
    const role = new Role(stack, 'deploy', {
      assumedBy: [alice, '444455556666', github.principal({ audiences: ['keystead'], subjects: ['repo:shop:*'] })],
    });
    role.addToTrustPolicy({ principals: [new ServicePrincipal('ec2.amazonaws.com', { sourceAccount: account })] });
    const configuration = synthesize(stack);
    const { name, assume_role_policy: trust } = theResource(configuration, 'aws_iam_role');
    expect(name).toBe('stack-deploy');
    expect(JSON.parse(String(trust))).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: [alice, 'arn:aws:iam::444455556666:root'] }, Action: 'sts:AssumeRole' },
        {
          Effect: 'Allow',
          Principal: { Federated: reference('aws_iam_openid_connect_provider', 'arn') },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: { 'token.example.com:aud': ['keystead'] },
            StringLike: { 'token.example.com:sub': ['repo:shop:*'] },
          },
        },
        {
          Effect: 'Allow',
          Principal: { Service: 'ec2.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'aws:SourceAccount': account } },
        },
      ],
    });
  });

  test('gets access to keys by one inline policy, by key policy, or by grant', () => {
    const stack = aStack();
    const role = new Role(stack, 'app', { assumedBy: [alice] });
    const [orders, mail] = [new Key(stack, 'orders'), new Key(stack, 'mail')];
    orders.grantDecrypt(role, { means: 'IDENTITY_POLICY' });
    mail.grantEncrypt(role, { means: 'IDENTITY_POLICY' });
    mail.grantDecrypt(role);
    orders.grantEncrypt(role, { means: 'KMS_GRANT' });
    const configuration = synthesize(stack);
    expect(theResource(configuration, 'aws_iam_role_policy')).toEqual(
      expect.objectContaining({ name: 'Access', role: reference('aws_iam_role', 'name'), provider: 'aws' }),
    );
    expect(statementsOf(configuration, 'aws_iam_role_policy')).toEqual([
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: keyArn },
      { Effect: 'Allow', Action: ['kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'], Resource: keyArn },
    ]);
    const named = reference('aws_iam_role', 'arn');
    expect(theResource(configuration, 'aws_kms_grant').grantee_principal).toEqual(named);
    const policies = resources(configuration, 'aws_kms_key').map(({ policy }) => JSON.parse(String(policy)).Statement);
    expect(policies.flat()).toContainEqual(
      expect.objectContaining({ Principal: { AWS: named }, Action: 'kms:Decrypt' }),
    );
  });

  test('has managed policies, a boundary and what else a role has', () => {
    const stack = aStack();
    const boundary = new ManagedPolicy(stack, 'boundary', { statements: [{ actions: ['kms:*'], resources: ['*'] }] });
    const readOnly = `arn:aws:iam::${account}:policy/teams/read-only`;
    new Role(stack, 'app', {
      assumedBy: [alice],
      roleName: 'app',
      path: '/teams/',
      permissionsBoundary: boundary,
      managedPolicies: [readOnly, boundary, readOnly],
      maxSessionDurationInSeconds: 7200,
      tags: { team: 'a' },
    });
    const configuration = synthesize(stack);
    expect(theResource(configuration, 'aws_iam_role')).toEqual(
      expect.objectContaining({
        name: 'app',
        path: '/teams/',
        permissions_boundary: reference('aws_iam_policy', 'arn'),
        max_session_duration: 7200,
        tags: { team: 'a' },
      }),
    );
    expect(resources(configuration, 'aws_iam_role_policy_attachment').map(({ policy_arn: arn }) => arn)).toEqual([
      readOnly,
      reference('aws_iam_policy', 'arn'),
    ]);
  });

  test.each<[string, (stack: ReturnType<typeof aStack>) => unknown, RegExp]>([
    [
      'everybody',
      (stack) => new Role(stack, 'role', { assumedBy: ['*'] }),
      /^\[stack\/role\] A trust policy lets everybody/,
    ],
    [
      'a group',
      (stack) => new Role(stack, 'role', { assumedBy: [new Group(stack, 'group')] }),
      /The group stack\/group is not a principal/,
    ],
    [
      'a bad name',
      (stack) => new Role(stack, 'role', { assumedBy: [alice], roleName: 'a b' }),
      /"a b" cannot be a name/,
    ],
    [
      'another action',
      (stack) =>
        new Role(stack, 'role', { assumedBy: [alice] }).addToTrustPolicy({
          principals: [bob],
          actions: ['kms:Decrypt'],
        }),
      /about sts:AssumeRole and its like, not "kms:Decrypt"/,
    ],
  ])('refuses to trust %s', (_what, declare, message) => {
    expect(() => declare(aStack())).toThrow(message);
  });

  test('refuses at synth to trust nobody', () => {
    const stack = aStack();
    new Role(stack, 'role', { assumedBy: [] });
    expect(() => synthesize(stack)).toThrow(/\[stack\/role\] Nobody can open sessions of the role/);
  });
});

describe('User and Group', () => {
  test('get access by their own policies, and the group its users', () => {
    const stack = aStack();
    const user = new User(stack, 'carol');
    const group = new Group(stack, 'staff', { users: [user, 'dave'] });
    group.addUser('erin');
    const key = new Key(stack, 'key');
    key.grantDecrypt(user, { means: 'IDENTITY_POLICY' });
    key.grantEncrypt(group, { means: 'IDENTITY_POLICY' });
    key.grantAdmin(user);
    const configuration = synthesize(stack);
    expect(theResource(configuration, 'aws_iam_group_membership').users).toEqual([
      reference('aws_iam_user', 'name'),
      'dave',
      'erin',
    ]);
    expect(statementsOf(configuration, 'aws_iam_user_policy')).toEqual([
      expect.objectContaining({ Action: 'kms:Decrypt', Resource: keyArn }),
    ]);
    expect(statementsOf(configuration, 'aws_iam_group_policy')).toEqual([
      expect.objectContaining({ Resource: keyArn }),
    ]);
    expect(thePolicy(configuration).Statement[1]?.Principal).toEqual({ AWS: reference('aws_iam_user', 'arn') });
  });

  test('a group is neither in a key policy nor the holder of a grant', () => {
    const stack = aStack();
    const [group, key] = [new Group(stack, 'staff'), new Key(stack, 'key')];
    const message =
      /^\[stack\/key\] The group stack\/staff is not a principal: give it access by means: 'IDENTITY_POLICY'/;
    expect(() => key.grantDecrypt(group)).toThrow(message);
    expect(() => key.grantDecrypt(group, { means: 'KMS_GRANT' })).toThrow(message);
  });
});

describe('Identities that are declared elsewhere', () => {
  test('of the account get access here', () => {
    const stack = aStack();
    const key = new Key(stack, 'key');
    key.grantDecrypt(Role.fromArn(stack, 'bob', bob), { means: 'IDENTITY_POLICY' });
    key.grantDecrypt(User.fromName(stack, 'carol', 'carol'), { means: 'IDENTITY_POLICY' });
    key.grantDecrypt(Group.fromName(stack, 'staff', 'staff'), { means: 'IDENTITY_POLICY' });
    const configuration = synthesize(stack);
    expect(theResource(configuration, 'aws_iam_role_policy').role).toBe('bob');
    expect(theResource(configuration, 'aws_iam_user_policy').user).toBe('carol');
    expect(theResource(configuration, 'aws_iam_group_policy').group).toBe('staff');
    expect(Object.keys(configuration.data ?? {})).toEqual(['aws_iam_user']);
  });

  test('are named in key policies by their ARNs', () => {
    const stack = aStack();
    const key = new Key(stack, 'key');
    key.grantDecrypt(Role.fromName(stack, 'ops', 'ops'));
    key.grantDecrypt(User.fromArn(stack, 'alice', alice));
    expect(thePolicy(synthesize(stack)).Statement[1]?.Principal).toEqual({
      AWS: [expect.stringMatching(/^\$\{data\.aws_iam_role\.\w+\.arn\}$/), alice],
    });
  });

  test('of another account cannot get policies here, and synth says what that account must do', () => {
    const stack = aStack();
    const partner = Role.fromArn(stack, 'partner', 'arn:aws:iam::444455556666:role/partner');
    const key = new Key(stack, 'key');
    expect(key.grantDecrypt(partner).otherSide).toMatch(/Account 444455556666 must allow/);
    expect(() => key.grantDecrypt(partner, { means: 'IDENTITY_POLICY' })).toThrow(
      /does not declare the policies of arn.*partner/,
    );
  });

  test('refuse what is not the ARN of their kind', () => {
    expect(() => Role.fromArn(aStack(), 'role', alice)).toThrow(/^\[stack\/role\] .* is not the ARN of a role/);
    expect(() => User.fromArn(aStack(), 'user', bob)).toThrow(/^\[stack\/user\] .* is not the ARN of a user/);
  });
});

test('A key and a role of two accounts get both sides of the access', () => {
  const theirs = emptyStack('theirs');
  new KeysteadProvider(theirs, 'keystead', { account: '444455556666' });
  const role = new Role(theirs, 'reader', { assumedBy: ['444455556666'] });
  const stack = aStack();
  const access = new Key(stack, 'key').grantDecrypt(role);
  expect(access.otherSide).toBeUndefined();
  expect(role.node.tryFindChild('Access')).toBeInstanceOf(InlinePolicy);
});

describe('ManagedPolicy and InlinePolicy', () => {
  test('have statements of their own', () => {
    const stack = aStack();
    const key = new Key(stack, 'key');
    new ManagedPolicy(stack, 'use', {
      statements: [{ sid: 'Use', actions: ['kms:Decrypt'], resources: [key.keyArn] }],
    });
    const configuration = synthesize(stack);
    expect(statementsOf(configuration, 'aws_iam_policy')).toEqual([
      { Sid: 'Use', Effect: 'Allow', Action: 'kms:Decrypt', Resource: keyArn },
    ]);
  });

  test.each<[string, (stack: ReturnType<typeof aStack>) => unknown, RegExp]>([
    [
      'an action that does not exist',
      (stack) => new ManagedPolicy(stack, 'policy', { statements: [{ actions: ['kms:Decript'], resources: ['*'] }] }),
      /^\[stack\/policy\] "kms:Decript" matches no action/,
    ],
    [
      'a statement without resources',
      (stack) => new ManagedPolicy(stack, 'policy', { statements: [{ actions: ['kms:Decrypt'] }] }),
      /has no resources/,
    ],
    [
      'an id with a space',
      (stack) =>
        new ManagedPolicy(stack, 'policy', {
          statements: [{ sid: 'a b', actions: ['kms:Decrypt'], resources: ['*'] }],
        }),
      /"a b" cannot be the id of a statement/,
    ],
  ])('refuse %s', (_what, declare, message) => {
    expect(() => declare(aStack())).toThrow(message);
  });

  test('refuse at synth to be empty, and too long', () => {
    const empty = aStack();
    new ManagedPolicy(empty, 'policy');
    expect(() => synthesize(empty)).toThrow(/\[stack\/policy\] The policy has no statements/);
    const long = aStack();
    const resourcesOf = Array.from(
      { length: 100 },
      (_, index) => `arn:aws:kms:eu-west-1:${account}:key/${String(index).padStart(36, '0')}`,
    );
    new ManagedPolicy(long, 'policy', { statements: [{ actions: ['kms:Decrypt'], resources: resourcesOf }] });
    expect(() => synthesize(long)).toThrow(/takes at least \d+ characters; IAM allows 6144/);
  });
});

describe('AccessKey', () => {
  const pgpKey = 'bWFkZSB1cA==';

  test('shows its id, and its secret encrypted for the owner of a key', () => {
    const stack = aStack();
    const key = new AccessKey(stack, 'key', { user: new User(stack, 'ci'), pgpKey, active: false });
    new TerraformOutput(stack, 'secret', { value: key.encryptedSecret });
    expect(theResource(synthesize(stack), 'aws_iam_access_key')).toEqual(
      expect.objectContaining({ user: reference('aws_iam_user', 'name'), pgp_key: pgpKey, status: 'Inactive' }),
    );
    expect(() => key.secretAccessKey).toThrow(/The secret is encrypted for pgpKey/);
  });

  test('does not put its secret into the state unless that is said', () => {
    expect(() => new AccessKey(aStack(), 'key', { user: 'ci' })).toThrow(
      /^\[stack\/key\] .*state in the clear.*secretInState: true accepts it/,
    );
  });

  test('is refused at synth in an output that everybody sees', () => {
    const stack = aStack();
    const key = new AccessKey(stack, 'key', { user: 'ci', secretInState: true });
    const output = new TerraformOutput(stack, 'secret', { value: { secret: key.secretAccessKey } });
    expect(() => synthesize(stack)).toThrow(
      /\[stack\/key\] The output stack\/secret shows the secret.*sensitive to true/,
    );
    output.sensitive = true;
    expect(() => synthesize(stack)).not.toThrow();
  });
});

test('A service-linked role is in key policies and grants, and its policies are left alone', () => {
  const stack = aStack();
  const role = new ServiceLinkedRole(stack, 'scaling', { service: 'autoscaling.amazonaws.com' });
  const key = new Key(stack, 'key');
  key.grantDecrypt(role);
  expect(() => key.grantDecrypt(role, { means: 'IDENTITY_POLICY' })).toThrow(/does not declare the policies/);
  expect(thePolicy(synthesize(stack)).Statement[1]?.Principal).toEqual({
    AWS: reference('aws_iam_service_linked_role', 'arn'),
  });
});

test('An OpenIdConnectProvider refuses what is not an https address', () => {
  const declare = () =>
    new OpenIdConnectProvider(aStack(), 'idp', { url: 'http://token.example.com', clientIds: ['a'] });
  expect(declare).toThrow(/^\[stack\/idp\] "http:\/\/token\.example\.com" is not the URL/);
});
