/** Who can open a session of a role: the trust policy and the caller's own policies, case by case. */
import type { Authority } from '@keystead/policy/authority.ts';
import type { Conditions } from '@keystead/policy/conditions.ts';
import { reasonOf } from '@keystead/policy/decision.ts';
import { parseIdentityPolicy, parseTrustPolicy } from '@keystead/policy/policy.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import { type AskedOfSession, assumptionConditions, authorizeAssumption } from '@keystead/policy/trust.ts';

const ACCOUNT = '111122223333';
const OTHER = '444455556666';
const role = { arn: `arn:aws:iam::${ACCOUNT}:role/Deploy`, accountId: ACCOUNT };
const provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.example.com`;

const user = (accountId = ACCOUNT): Principal => ({
  kind: 'user',
  accountId,
  arn: `arn:aws:iam::${accountId}:user/alice`,
  principalId: 'AIDAALICE',
  userName: 'alice',
});
const session: Principal = {
  kind: 'assumed-role',
  accountId: ACCOUNT,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Build/run-7`,
  principalId: 'AROABUILD:run-7',
  roleArn: `arn:aws:iam::${ACCOUNT}:role/Build`,
  roleId: 'AROABUILD',
  roleName: 'Build',
  sessionName: 'run-7',
};
const federated = (by = provider): Principal => ({
  kind: 'federated',
  accountId: ACCOUNT,
  arn: by,
  principalId: `${by}:aud:sub`,
  provider: by,
  subject: 'sub',
});

type Statement = Readonly<Record<string, unknown>>;
const document = (...Statement: readonly Statement[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const trusts = (Principal: unknown, more: Statement = {}) => ({
  Effect: 'Allow',
  Principal,
  Action: 'sts:AssumeRole',
  ...more,
});
const may = (effect = 'Allow', Action: unknown = 'sts:AssumeRole', Resource = role.arn) => ({
  Effect: effect,
  Action,
  Resource,
});

const none: Authority = { identityPolicies: [], principalTags: {} };
const with_ = (...statements: readonly Statement[]): Authority => ({
  ...none,
  identityPolicies: [parseIdentityPolicy(document(...statements), 'alice:own')],
});

interface Case {
  readonly by?: Principal;
  readonly authority?: Authority;
  readonly trust: readonly Statement[];
  readonly action?: string;
  readonly conditions?: Conditions;
}

function decide({ by = user(), authority = none, trust, action = 'sts:AssumeRole', conditions }: Case) {
  const decision = authorizeAssumption({
    principal: by,
    authority,
    role,
    trustPolicy: parseTrustPolicy(document(...trust)),
    action,
    conditions: conditions ?? (() => undefined),
  });
  return { allowed: decision.allowed, reason: reasonOf(decision), decision };
}

const account = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
const both = { AWS: [`arn:aws:iam::${ACCOUNT}:root`, `arn:aws:iam::${OTHER}:root`] };
const web = (Principal: unknown, more: Statement = {}) =>
  trusts(Principal, { Action: 'sts:AssumeRoleWithWebIdentity', ...more });
const byIdentityToken = 'sts:AssumeRoleWithWebIdentity';

describe('a session of a role is opened', () => {
  test.each<readonly [string, Case]>([
    ['for a user that the trust policy names', { trust: [trusts({ AWS: user().arn })] }],
    [
      'for a user that it names by unique id',
      {
        trust: [trusts({ AWS: 'AIDAALICE0000000000AB' })],
        by: { ...user(), principalId: 'AIDAALICE0000000000AB' } as Principal,
      },
    ],
    ['for everyone of the account, when it names everyone', { trust: [trusts('*')] }],
    ['where it names the account and an identity policy allows', { trust: [trusts(account)], authority: with_(may()) }],
    [
      'for a session of a role that it names',
      { by: session, trust: [trusts({ AWS: `arn:aws:iam::${ACCOUNT}:role/Build` })] },
    ],
    ['for one session that it names', { by: session, trust: [trusts({ AWS: session.arn })] }],
    ['across accounts, when both sides allow', { by: user(OTHER), trust: [trusts(both)], authority: with_(may()) }],
    [
      'for the bearer of a token of the provider that it names',
      { by: federated(), action: byIdentityToken, trust: [web({ Federated: provider })] },
    ],
    [
      'for a bearer whose claims meet its conditions',
      {
        by: federated(),
        action: byIdentityToken,
        trust: [web({ Federated: provider }, { Condition: { StringEquals: { 'token.example.com:sub': 'sub' } } })],
        conditions: (name) => (name === 'token.example.com:sub' ? 'sub' : undefined),
      },
    ],
  ])('%s', (_title, one) => {
    expect(decide(one)).toMatchObject({ allowed: true });
  });
});

describe('a session of a role is refused', () => {
  test.each<readonly [string, Case, RegExp]>([
    [
      'to a user that the trust policy does not name',
      { trust: [trusts({ AWS: `arn:aws:iam::${ACCOUNT}:user/bob` })], authority: with_(may()) },
      /trust policy/,
    ],
    ['where it names the account and no identity policy allows', { trust: [trusts(account)] }, /identity polic/],
    [
      'where the identity policy is about another role',
      { trust: [trusts(account)], authority: with_(may('Allow', 'sts:AssumeRole', `${role.arn}2`)) },
      /identity polic/,
    ],
    [
      'where the trust policy denies',
      { trust: [trusts({ AWS: user().arn }), { ...trusts(account), Effect: 'Deny' }] },
      /trust policy .*denies explicitly/,
    ],
    [
      'where an identity policy denies',
      { trust: [trusts({ AWS: user().arn })], authority: with_(may('Deny')) },
      /identity policy .*denies explicitly/,
    ],
    ['across accounts without the caller’s side', { by: user(OTHER), trust: [trusts({ AWS: user(OTHER).arn })] }, /./],
    [
      'across accounts without the role’s side',
      { by: user(OTHER), trust: [trusts(account)], authority: with_(may()) },
      /./,
    ],
    ['for another action', { trust: [trusts({ AWS: user().arn })], action: 'sts:TagSession' }, /./],
    [
      'to a role whose permissions boundary does not allow it',
      {
        by: session,
        trust: [trusts({ AWS: `arn:aws:iam::${ACCOUNT}:role/Build` })],
        authority: {
          ...none,
          permissionsBoundary: parseIdentityPolicy(document(may('Allow', 'kms:*', '*')), 'boundary'),
        },
      },
      /boundary/,
    ],
    [
      'to a session whose session policy does not allow it',
      {
        by: session,
        trust: [trusts(account)],
        authority: {
          ...with_(may()),
          sessionPolicies: [parseIdentityPolicy(document(may('Allow', 'kms:*', '*')), 's')],
        },
      },
      /session policy/,
    ],
    [
      'to the bearer of another provider’s token',
      { by: federated(`${provider}2`), action: byIdentityToken, trust: [web({ Federated: provider })] },
      /trust policy/,
    ],
    [
      'to a bearer, when it names only an AWS account',
      { by: federated(), action: byIdentityToken, trust: [web(account)] },
      /trust policy/,
    ],
    [
      'to a bearer with other claims',
      {
        by: federated(),
        action: byIdentityToken,
        trust: [web({ Federated: provider }, { Condition: { StringEquals: { 'token.example.com:sub': 'x' } } })],
      },
      /trust policy/,
    ],
    [
      'to a bearer, when it names everyone',
      { by: federated(), action: byIdentityToken, trust: [web('*'), web({ AWS: '*' }, { Sid: 'b' })] },
      /trust policy/,
    ],
    [
      'to a bearer that it denies',
      {
        by: federated(),
        action: byIdentityToken,
        trust: [web({ Federated: provider }), web({ Federated: provider }, { Effect: 'Deny' })],
      },
      /trust policy .*denies explicitly/,
    ],
  ])('%s', (_title, one, reason) => {
    const { allowed, reason: given, decision } = decide(one);
    expect(allowed).toBe(false);
    expect(given).toMatch(reason);
    // Only the operator gets the reason; the caller cannot tell whether the role exists.
    const { arn } = one.by ?? user();
    const action = one.action ?? 'sts:AssumeRole';
    expect(decision).toMatchObject({
      message:
        one.by?.kind === 'federated'
          ? `Not authorized to perform ${action}`
          : `User: ${arn} is not authorized to perform: ${action} on resource: ${role.arn}`,
    });
  });
});

test('the condition keys of a session override those of the request', () => {
  const asked: AskedOfSession = {
    sessionName: 'run-7',
    externalId: 'e',
    sourceIdentity: 'alice',
    tags: { Team: 'red' },
    transitiveTagKeys: ['Team'],
    roleTags: { Stage: 'prod' },
    roleAccountId: ACCOUNT,
    claims: { 'token.example.com:sub': 'sub' },
    federatedProvider: provider,
  };
  const conditions = assumptionConditions(asked, (name) => (name === 'aws:sourceip' ? '192.0.2.1' : 'of the request'));
  const expected = {
    'sts:rolesessionname': 'run-7',
    'sts:externalid': 'e',
    'sts:sourceidentity': 'alice',
    'sts:transitivetagkeys': ['Team'],
    'aws:tagkeys': ['Team'],
    'aws:requesttag/team': 'red',
    'aws:resourcetag/stage': 'prod',
    'iam:resourcetag/stage': 'prod',
    'aws:resourceaccount': ACCOUNT,
    'token.example.com:sub': 'sub',
    'aws:federatedprovider': provider,
    'aws:sourceip': '192.0.2.1',
  };
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, conditions(name)]))).toEqual(expected);
});
