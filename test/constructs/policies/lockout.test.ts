import {
  actionsNotDelegated,
  canPassLockoutCheck,
  grammarFinding,
  type PolicyFacts,
} from '@keystead/constructs/policies/lockout.ts';
import { noPolicies } from '@keystead/policy/authority.ts';
import { newEffort } from '@keystead/policy/effort.ts';
import { lockoutCheck } from '@keystead/policy/lockout.ts';
import { parseKeyPolicy } from '@keystead/policy/policy.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import fc from 'fast-check';
import { ACCOUNT as account, alice, bob, builder, root, sessionOf, stranger, userOf } from '../../support/policies.ts';
import { runs } from '../../support/sizes.ts';

type Statement = Readonly<Record<string, unknown>>;

const keyArn = `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const arnOf = (resource: string, inAccount = account) => `arn:aws:iam::${inAccount}:${resource}`;
const facts = (statements: readonly Statement[], more: Partial<PolicyFacts> = {}): PolicyFacts => ({
  statements,
  read: (text) => (text.startsWith('?') ? undefined : text),
  accountId: account,
  region: 'us-east-1',
  ...more,
});
const allow = (more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Principal: { AWS: arnOf('root') },
  Action: 'kms:*',
  Resource: '*',
  ...more,
});
const deny = (more: Statement = {}): Statement => allow({ Effect: 'Deny', ...more });
const only = (principal: string) => ({ Principal: { AWS: principal } });
const inOrganization = { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } } };

describe('A policy can pass', () => {
  test.each<[string, readonly Statement[], Partial<PolicyFacts>?]>([
    ['when it allows the account', [allow()]],
    ['when it allows one user of the account', [allow(only(arnOf('user/alice')))]],
    ['when it allows one session of a role', [allow(only(`arn:aws:sts::${account}:assumed-role/ops/me`))]],
    [
      'when it allows a user by a condition',
      [allow({ Principal: '*', Condition: { ArnLike: { 'aws:PrincipalArn': arnOf('user/ops-*') } } })],
    ],
    ['when it allows a user by name', [allow({ Condition: { StringEquals: { 'aws:username': 'alice' } } })]],
    [
      'when it denies all but one',
      [allow(), deny({ Principal: undefined, NotPrincipal: { AWS: [arnOf('user/alice'), arnOf('root')] } })],
    ],
    ['when only Terraform knows the principal', [allow(only('?role'))]],
    ['when only Terraform knows the action', [allow({ Action: ['kms:Decrypt', '?action'] })]],
    ['when only Terraform knows who is denied', [allow(), deny(only('?role'))]],
    ['when only Terraform knows what is denied', [allow(), deny({ Action: '?action' })]],
    [
      'when only Terraform knows who is spared',
      [allow(), deny({ Principal: undefined, NotPrincipal: { AWS: '?role' } })],
    ],
    [
      'when only Terraform knows a value that proves the caller',
      [allow({ Condition: { StringEquals: { 'kms:CallerAccount': '?account' } } })],
    ],
    [
      'when only Terraform knows the condition of a Deny',
      [allow(), deny({ Condition: { StringNotEquals: { 'aws:PrincipalArn': '?role' } } })],
    ],
    ['when only the control plane knows the organization', [allow({ Principal: '*', ...inOrganization })]],
    [
      'when only the control plane knows who is of another organization',
      [allow(), deny({ Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } } })],
    ],
    ['when it denies for another key', [allow(), deny({ Resource: `${keyArn}` })]],
    ['when it allows for a key by its ARN', [allow({ Resource: keyArn })]],
    ['of an account that only Terraform knows', [allow(only(arnOf('root', '444455556666')))], { accountId: undefined }],
    [
      'when two patterns leave a name that nobody tried',
      [
        allow({
          Principal: '*',
          Condition: { StringLike: { 'aws:username': 'a*' }, ArnLike: { 'aws:PrincipalArn': arnOf('user/*b') } },
        }),
      ],
    ],
  ])('%s', (_what, ...[statements, more]) => {
    expect(canPassLockoutCheck(facts(statements.map(withoutUndefined), more))).toBe(true);
  });
});

describe('A policy cannot pass', () => {
  test.each<[string, readonly Statement[], Partial<PolicyFacts>?]>([
    ['without a statement', []],
    ['when it allows another account only', [allow(only(arnOf('root', '444455556666')))]],
    ['when it allows a service only', [allow({ Principal: { Service: 'logs.amazonaws.com' } })]],
    ['when it allows other actions only', [allow({ Action: 'kms:Decrypt' })]],
    ['when it allows all actions but this', [allow({ Action: undefined, NotAction: ['kms:Put*'] })]],
    ['when it denies the action to everybody', [allow(), deny({ Principal: '*', Action: 'kms:PutKeyPolicy' })]],
    ['when it denies the only one that it allows', [allow(only(arnOf('user/alice'))), deny(only(arnOf('user/alice')))]],
    [
      'when it denies everybody outside a network that nobody proves',
      [allow(), deny({ Principal: '*', Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } } })],
    ],
    [
      'when it allows under a condition that nobody proves',
      [allow({ Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })],
    ],
    [
      'when it allows under such a condition with a value of Terraform',
      [allow({ Condition: { IpAddress: { 'aws:SourceIp': '?range' } } })],
    ],
    [
      'when it allows users of another name only',
      [allow({ Condition: { StringEquals: { 'aws:PrincipalAccount': '444455556666' } } })],
    ],
    ['when it is about something else', [allow({ Resource: 'arn:aws:s3:::bucket' })]],
    ['when it denies for every key', [allow(), deny({ Resource: 'arn:aws:kms:*:*:key/*', Principal: '*' })]],
    [
      'when it spares nobody of the account',
      [allow(), deny({ Principal: undefined, NotPrincipal: { AWS: arnOf('root', '444455556666') } })],
    ],
  ])('%s', (_what, ...[statements, more]) => {
    expect(canPassLockoutCheck(facts(statements.map(withoutUndefined), more))).toBe(false);
  });
});

describe('The check at synth and that of the control plane', () => {
  const names = [
    arnOf('root'),
    arnOf('user/alice'),
    arnOf('user/bob'),
    arnOf('role/builder'),
    arnOf('root', stranger.accountId),
    '*',
  ];
  const principals = fc.oneof(
    fc.subarray(names, { minLength: 1 }).map((AWS) => ({ Principal: { AWS } })),
    fc.constant({ Principal: { Service: 'logs.amazonaws.com' } }),
    fc.subarray(names.slice(0, 5), { minLength: 1 }).map((AWS) => ({ NotPrincipal: { AWS } })),
  );
  const actions = fc.oneof(
    fc
      .subarray(['kms:*', 'kms:Put*', 'kms:PutKeyPolicy', 'kms:Decrypt'], { minLength: 1 })
      .map((Action) => ({ Action })),
    fc.constantFrom('kms:PutKeyPolicy', 'kms:Decrypt').map((NotAction) => ({ NotAction })),
  );
  const conditions = fc.option(
    fc.oneof(
      fc.record({ StringEquals: fc.record({ 'aws:username': fc.constantFrom('alice', 'bob') }) }),
      fc.record({ StringNotEquals: fc.record({ 'aws:PrincipalArn': fc.constantFrom(...names.slice(0, 4)) }) }),
      fc.record({ ArnLike: fc.record({ 'aws:PrincipalArn': fc.constantFrom(...names.slice(0, 4)) }) }),
      fc.record({ StringEquals: fc.record({ 'kms:CallerAccount': fc.constantFrom(account, stranger.accountId) }) }),
      fc.record({
        StringEquals: fc.record({ 'aws:PrincipalType': fc.constantFrom('User', 'Account', 'AssumedRole') }),
      }),
      fc.record({ Bool: fc.record({ 'aws:SecureTransport': fc.constantFrom('true', 'false') }) }),
      fc.record({ StringNotEqualsIfExists: fc.record({ 'aws:SourceVpc': fc.constant('vpc-1') }) }),
    ),
    { nil: undefined, freq: 2 },
  );
  const statement = fc
    .tuple(fc.constantFrom('Allow', 'Deny'), principals, actions, conditions)
    .map(([Effect, who, what, Condition]) => withoutUndefined({ Effect, ...who, ...what, Resource: '*', Condition }));
  const policies = fc.array(statement, { minLength: 1, maxLength: 5 });

  const passes = (statements: readonly Statement[], principal: Principal) => {
    const policy = parseKeyPolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
    try {
      lockoutCheck(policy, { principal, authority: noPolicies }, keyArn, newEffort());
      return true;
    } catch {
      return false;
    }
  };
  /** Every kind of caller that these policies treat differently. */
  const administrators: readonly Principal[] = [
    ...[root, alice, bob, builder],
    ...[userOf(account, 'carol'), sessionOf(account, 'auditor', 'me')],
  ];

  test('agree: synth refuses what the control plane refuses to every administrator of the account', () => {
    fc.assert(
      fc.property(policies, (statements) => {
        const passing = administrators.filter((administrator) => passes(statements, administrator));
        expect(canPassLockoutCheck(facts(statements))).toBe(passing.length > 0);
      }),
      { numRuns: runs(500, 100_000) },
    );
  });

  test('agree about the administrator who applies: what that one passes is never refused at synth', () => {
    fc.assert(
      fc.property(policies, fc.constantFrom(...administrators), (statements, administrator) => {
        fc.pre(passes(statements, administrator));
        expect(canPassLockoutCheck(facts(statements))).toBe(true);
        expect(canPassLockoutCheck(facts(statements, { accountId: undefined, region: undefined }))).toBe(true);
      }),
      { numRuns: runs(500, 100_000) },
    );
  });

  test('a text that only Terraform knows never makes a policy worse', () => {
    const hidden = fc.constantFrom(...names, 'kms:PutKeyPolicy', 'kms:*', 'alice', 'bob');
    fc.assert(
      fc.property(policies, hidden, (statements, text) => {
        const read = (one: string) => (one === text ? undefined : one);
        fc.pre(canPassLockoutCheck(facts(statements)));
        expect(canPassLockoutCheck(facts(statements, { read }))).toBe(true);
      }),
      { numRuns: runs(500, 100_000) },
    );
  });
});

describe('Identity policies of the account', () => {
  test.each<[string, readonly Statement[], string[]]>([
    ['can allow what the account can do', [allow()], []],
    ['can allow what everybody can do', [allow({ Principal: '*', ...inOrganization })], []],
    [
      'can allow what the account can do under a condition',
      [allow({ Condition: { StringEquals: { 'kms:ViaService': 'x' } } })],
      [],
    ],
    ['cannot allow what only a user can do', [allow(only(arnOf('user/alice')))], ['kms:Decrypt', 'kms:Encrypt']],
    ['cannot allow what the account cannot do', [allow({ Action: 'kms:D*' })], ['kms:Encrypt']],
    ['can allow what a principal of Terraform can do, which can be the account', [allow(only('?root'))], []],
  ])('%s', (_what, statements, missing) => {
    expect(actionsNotDelegated(facts(statements), ['kms:Decrypt', 'kms:Encrypt'])).toEqual(missing);
  });

  test('can be of an account that only Terraform knows', () => {
    expect(actionsNotDelegated(facts([allow()], { accountId: undefined }), ['kms:Decrypt'])).toEqual([]);
  });
});

test('What is not a key policy is said in the words of the control plane', () => {
  expect(grammarFinding(facts([allow({ Effect: 'Maybe' })]))).toMatch(/Statement\[0\]\.Effect: Must be Allow or Deny/);
  expect(grammarFinding(facts([allow(only('?role'))]))).toBeUndefined();
});

function withoutUndefined(statement: Statement): Statement {
  return Object.fromEntries(Object.entries(statement).filter(([, value]) => value !== undefined));
}
