/**
 * The evaluation logic as a table: each rule with a case for it and a case against it.
 * Sources: KMS Developer Guide, "Troubleshooting AWS KMS permissions", "Key policies in AWS KMS", "Allowing users in
 * other accounts to use a KMS key"; IAM User Guide, "Policy evaluation logic", "Policy evaluation for requests within a
 * single account", "Permissions boundaries for IAM entities".
 */
import type { Authority } from '@keystead/policy/authority.ts';
import { type AuthorizationRequest, authorize } from '@keystead/policy/authorize.ts';
import { reasonOf } from '@keystead/policy/decision.ts';
import type { Grant } from '@keystead/policy/grants.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import {
  ACCOUNT,
  alice,
  anAuthority,
  aPolicy,
  aStatement,
  bob,
  builder,
  database,
  foreignBuilder,
  given,
  identityPolicy,
  KEY_ARN,
  OTHER_ACCOUNT,
  otherRoot,
  root,
  type Statement,
  serviceOf,
  sessionOf,
  stranger,
} from '../support/policies.ts';

interface Case {
  readonly who: Principal;
  /** Statements of the key policy. */
  readonly key: readonly Statement[];
  readonly own?: Partial<Authority>;
  readonly grants?: readonly Grant[];
  readonly more?: Partial<AuthorizationRequest>;
  /** The reason for the operator; for a denial also the text for the caller (`told`). */
  readonly because: string | RegExp;
  readonly told?: RegExp;
}

interface Row {
  readonly rule: string;
  readonly holds: Case;
  readonly fails: Case;
}

const to = (principal: unknown, changes: Statement = {}) => aStatement({ Sid: 'to', Principal: principal, ...changes });
const not = (principal: unknown, changes: Statement = {}) =>
  aStatement({ Sid: 'no', Effect: 'Deny', Principal: principal, ...changes });
const butFor = (...arns: readonly string[]) => not(undefined, { NotPrincipal: { AWS: arns } });
const toAccount = to({ AWS: root.arn });
const elsewhere = to({ AWS: bob.arn });
const may = (changes: Statement = {}) => ({ identityPolicies: [identityPolicy({ Sid: 'may', ...changes })] });
const grantTo = (granteeId: string, changes: Partial<Grant> = {}): Grant => ({
  grantId: 'g1',
  granteeId,
  operations: ['Encrypt'],
  issuingAccount: root.arn,
  ...changes,
});
const narrow = identityPolicy({ Sid: 'narrow', Action: 'kms:Decrypt' });
const wide = identityPolicy({ Sid: 'wide', Action: 'kms:*' });
const denying = identityPolicy({ Sid: 'never', Effect: 'Deny', Action: 'kms:Encrypt' });

const noResourcePolicy = /because no resource-based policy allows the kms:Encrypt action$/;
const noIdentityPolicy = /because no identity-based policy allows the kms:Encrypt action$/;
const noBoundary = /because no permissions boundary allows the kms:Encrypt action$/;
const noSessionPolicy = /because no session policy allows the kms:Encrypt action$/;
const foreignText = /on this resource because the resource does not exist in this Region, no resource-based/;

const rows: readonly Row[] = [
  {
    rule: 'a statement for the user allows it, without an identity policy',
    holds: { who: alice, key: [to({ AWS: alice.arn })], because: 'key policy statement "to" allows' },
    fails: { who: bob, key: [to({ AWS: alice.arn })], because: /no key policy statement/, told: noResourcePolicy },
  },
  {
    rule: 'a statement for a role allows every session of it',
    holds: { who: builder, key: [to({ AWS: builder.roleArn })], because: /"to" allows/ },
    fails: {
      who: sessionOf(ACCOUNT, 'painter', 'ci'),
      key: [to({ AWS: builder.roleArn })],
      because: /no key policy statement/,
      told: noResourcePolicy,
    },
  },
  {
    rule: 'a statement for a session allows that one alone',
    holds: { who: builder, key: [to({ AWS: builder.arn })], because: /"to" allows/ },
    fails: {
      who: sessionOf(ACCOUNT, 'builder', 'laptop'),
      key: [to({ AWS: builder.arn })],
      because: /no key policy statement/,
    },
  },
  {
    rule: 'a statement for everyone allows callers of the account, under its condition',
    holds: {
      who: alice,
      key: [to('*', { Condition: { StringEquals: { 'kms:CallerAccount': ACCOUNT } } })],
      more: { conditions: given({ 'kms:calleraccount': ACCOUNT }) },
      because: /"to" allows/,
    },
    fails: {
      who: alice,
      key: [to('*', { Condition: { StringEquals: { 'kms:CallerAccount': OTHER_ACCOUNT } } })],
      more: { conditions: given({ 'kms:calleraccount': ACCOUNT }) },
      because: /no key policy statement/,
    },
  },
  {
    rule: 'a statement for the account leaves it to identity policies',
    holds: {
      who: alice,
      key: [toAccount],
      own: may(),
      because: 'identity policy statement "may" allows, as key policy statement "to" leaves it to',
    },
    fails: {
      who: alice,
      key: [toAccount],
      because: 'key policy statement "to" leaves it to identity policies, none of which allows',
      told: noIdentityPolicy,
    },
  },
  {
    rule: 'the account as 12 digits is the account',
    holds: { who: alice, key: [to({ AWS: ACCOUNT })], own: may(), because: /"may" allows/ },
    fails: {
      who: alice,
      key: [to({ AWS: OTHER_ACCOUNT })],
      own: may(),
      because: /no key policy/,
      told: noResourcePolicy,
    },
  },
  {
    rule: 'the root user is allowed only by its account’s statement',
    holds: { who: root, key: [toAccount], because: /"to" allows/ },
    fails: { who: root, key: [elsewhere], because: /no key policy statement/, told: noResourcePolicy },
  },
  {
    rule: 'actions of the account’s statement limit what identity policies can allow',
    holds: { who: alice, key: [to({ AWS: root.arn }, { Action: 'kms:Enc*' })], own: may(), because: /"may" allows/ },
    fails: {
      who: alice,
      key: [to({ AWS: root.arn }, { Action: 'kms:Describe*' })],
      own: may(),
      because: /no key policy statement/,
      told: noResourcePolicy,
    },
  },
  {
    rule: 'kms:* in a key policy leaves Keystead’s own actions on the key to identity policies too',
    holds: {
      who: alice,
      key: [to({ AWS: root.arn }, { Action: 'KMS:*' })],
      own: may({ Action: 'keystead:ProtectKey' }),
      more: { action: 'keystead:ProtectKey' },
      because: /"may" allows/,
    },
    fails: {
      who: alice,
      key: [to({ AWS: root.arn }, { Action: ['kms:?*', 'kms:**'] })],
      own: may({ Action: 'keystead:ProtectKey' }),
      more: { action: 'keystead:ProtectKey' },
      because: /no key policy statement/,
    },
  },
  {
    rule: 'kms:* in an identity policy is about actions of AWS KMS alone',
    holds: {
      who: alice,
      key: [toAccount],
      own: may({ Action: '*' }),
      more: { action: 'keystead:UnprotectKey' },
      because: /"may" allows/,
    },
    fails: {
      who: alice,
      key: [to({ AWS: root.arn }, { Action: 'kms:*' })],
      own: may({ Action: 'kms:*' }),
      more: { action: 'keystead:UnprotectKey' },
      because: /leaves it to identity policies/,
    },
  },
  {
    rule: 'NotAction with kms:* in a key policy leaves out Keystead’s own actions on the key too',
    holds: {
      who: alice,
      key: [to({ AWS: alice.arn }, { Action: undefined, NotAction: 'kms:Encrypt' })],
      more: { action: 'keystead:UnprotectKey' },
      because: /"to" allows/,
    },
    fails: {
      who: alice,
      key: [to({ AWS: alice.arn }, { Action: undefined, NotAction: 'kms:*' })],
      more: { action: 'keystead:UnprotectKey' },
      because: /no key policy statement/,
    },
  },
  {
    rule: 'conditions of the account’s statement limit what identity policies can allow',
    holds: {
      who: alice,
      key: [to({ AWS: root.arn }, { Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
      own: may(),
      more: { conditions: given({ 'aws:securetransport': 'true' }) },
      because: /"may" allows/,
    },
    fails: {
      who: alice,
      key: [to({ AWS: root.arn }, { Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
      own: may(),
      more: { conditions: given({ 'aws:securetransport': 'false' }) },
      because: /no key policy statement/,
    },
  },
  {
    rule: 'identity policies are about the key’s ARN',
    holds: { who: alice, key: [toAccount], own: may({ Resource: KEY_ARN }), because: /"may" allows/ },
    fails: {
      who: alice,
      key: [toAccount],
      own: may({ Resource: `arn:aws:kms:us-east-1:${ACCOUNT}:alias/finance` }),
      because: /leaves it to identity policies/,
      told: noIdentityPolicy,
    },
  },
  {
    rule: 'a deny in the key policy overrides every allow',
    holds: { who: bob, key: [to('*'), not({ AWS: alice.arn })], because: /"to" allows/ },
    fails: {
      who: alice,
      key: [to('*'), toAccount, not({ AWS: alice.arn })].map((one, i) => ({ ...one, Sid: `${one.Sid}${i}` })),
      own: may(),
      grants: [grantTo(alice.principalId)],
      because: 'key policy statement "no2" denies explicitly',
      told: /with an explicit deny in a resource-based policy$/,
    },
  },
  {
    rule: 'a deny in an identity policy also overrides a statement that names the caller',
    holds: { who: alice, key: [to({ AWS: alice.arn })], own: { identityPolicies: [narrow] }, because: /"to" allows/ },
    fails: {
      who: alice,
      key: [to({ AWS: alice.arn })],
      own: { identityPolicies: [denying] },
      grants: [grantTo(alice.arn)],
      because: 'identity policy statement "never" denies explicitly',
      told: /with an explicit deny in an identity-based policy$/,
    },
  },
  {
    rule: 'a deny in a permissions boundary also overrides a statement that names the caller',
    holds: { who: alice, key: [to({ AWS: alice.arn })], own: { permissionsBoundary: wide }, because: /"to" allows/ },
    fails: {
      who: alice,
      key: [to({ AWS: alice.arn })],
      own: { permissionsBoundary: denying },
      because: 'permissions boundary statement "never" denies explicitly',
      told: /with an explicit deny in a permissions boundary$/,
    },
  },
  {
    rule: 'a deny in a session policy also overrides a statement that names the caller',
    holds: { who: builder, key: [to({ AWS: builder.arn })], own: { sessionPolicies: [wide] }, because: /"to" allows/ },
    fails: {
      who: builder,
      key: [to({ AWS: builder.arn })],
      own: { sessionPolicies: [denying] },
      because: 'session policy statement "never" denies explicitly',
      told: /with an explicit deny in a session policy$/,
    },
  },
  {
    rule: 'a boundary that does not allow limits identity policies',
    holds: { who: alice, key: [toAccount], own: { ...may(), permissionsBoundary: wide }, because: /"may" allows/ },
    fails: {
      who: alice,
      key: [toAccount],
      own: { ...may(), permissionsBoundary: narrow },
      because: 'no permissions boundary allows',
      told: noBoundary,
    },
  },
  {
    rule: 'a boundary that does not allow limits a statement for everyone, not one for the user',
    holds: { who: alice, key: [to({ AWS: alice.arn })], own: { permissionsBoundary: narrow }, because: /"to" allows/ },
    fails: {
      who: alice,
      key: [to('*')],
      own: { permissionsBoundary: narrow },
      because: 'no permissions boundary allows',
      told: noBoundary,
    },
  },
  {
    rule: 'a boundary that does not allow limits a statement for everyone, unless a condition admits callers by ARN',
    holds: {
      who: alice,
      key: [to('*', { Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:user/a*' } } })],
      own: { permissionsBoundary: narrow },
      more: { conditions: given({ 'aws:principalarn': alice.arn }) },
      because: /"to" allows/,
    },
    fails: {
      who: alice,
      key: [to('*', { Condition: { ArnNotLike: { 'aws:PrincipalArn': bob.arn } } })],
      own: { permissionsBoundary: narrow },
      more: { conditions: given({ 'aws:principalarn': alice.arn }) },
      because: 'no permissions boundary allows',
      told: noBoundary,
    },
  },
  {
    rule: 'bounds that do not allow limit a statement for the role, not everyone whose ARN is the role’s',
    holds: {
      who: builder,
      key: [to({ AWS: '*' }, { Condition: { StringEquals: { 'aws:PrincipalArn': builder.roleArn } } })],
      own: { permissionsBoundary: narrow, sessionPolicies: [narrow] },
      more: { conditions: given({ 'aws:principalarn': builder.roleArn }) },
      because: /"to" allows/,
    },
    fails: {
      who: builder,
      key: [to({ AWS: builder.roleArn }, { Condition: { StringEquals: { 'aws:PrincipalArn': builder.roleArn } } })],
      own: { sessionPolicies: [narrow] },
      more: { conditions: given({ 'aws:principalarn': builder.roleArn }) },
      because: 'no session policy allows',
      told: noSessionPolicy,
    },
  },
  {
    rule: 'a condition that an absent aws:PrincipalArn also meets does not admit by ARN',
    holds: {
      who: builder,
      key: [to('*', { Condition: { 'ForAnyValue:ArnEquals': { 'aws:PrincipalArn': builder.roleArn } } })],
      own: { sessionPolicies: [narrow] },
      more: { conditions: given({ 'aws:principalarn': builder.roleArn }) },
      because: /"to" allows/,
    },
    fails: {
      who: builder,
      key: [
        to('*', { Sid: 'a', Condition: { ArnEqualsIfExists: { 'aws:PrincipalArn': builder.roleArn } } }),
        to('*', { Sid: 'b', Condition: { 'ForAnyValue:ArnLikeIfExists': { 'aws:PrincipalArn': builder.roleArn } } }),
        to('*', { Sid: 'c', Condition: { 'ForAllValues:ArnEquals': { 'aws:PrincipalArn': builder.roleArn } } }),
      ],
      own: { sessionPolicies: [narrow] },
      more: { conditions: given({ 'aws:principalarn': builder.roleArn }) },
      because: 'no session policy allows',
      told: noSessionPolicy,
    },
  },
  {
    rule: 'NotPrincipal in a deny spares whom it lists, unless a permissions boundary is set',
    holds: {
      who: builder,
      key: [to({ AWS: builder.arn }), butFor(builder.arn, builder.roleArn, root.arn)],
      own: { sessionPolicies: [wide] },
      because: /"to" allows/,
    },
    fails: {
      who: builder,
      key: [to({ AWS: builder.arn }), butFor(builder.arn, builder.roleArn, root.arn)],
      own: { permissionsBoundary: wide },
      because: 'key policy statement "no" denies explicitly',
      told: /with an explicit deny in a resource-based policy$/,
    },
  },
  {
    rule: 'a boundary that does not allow limits a statement for the role, not one for the session',
    holds: {
      who: builder,
      key: [to({ AWS: builder.arn })],
      own: { permissionsBoundary: narrow },
      because: /"to" allows/,
    },
    fails: {
      who: builder,
      key: [to({ AWS: builder.roleArn })],
      own: { permissionsBoundary: narrow },
      because: 'no permissions boundary allows',
      told: noBoundary,
    },
  },
  {
    rule: 'a session policy that does not allow limits a statement for the role, not one for the session',
    holds: {
      who: builder,
      key: [to({ AWS: builder.arn })],
      own: { sessionPolicies: [narrow] },
      because: /"to" allows/,
    },
    fails: {
      who: builder,
      key: [to({ AWS: builder.roleArn })],
      own: { sessionPolicies: [narrow] },
      because: 'no session policy allows',
      told: noSessionPolicy,
    },
  },
  {
    rule: 'session policies allow together, and only actions that the role is allowed',
    holds: {
      who: builder,
      key: [toAccount],
      own: { ...may(), sessionPolicies: [narrow, wide] },
      because: /"may" allows/,
    },
    fails: {
      who: builder,
      key: [toAccount],
      own: { sessionPolicies: [wide] },
      because: /leaves it to identity policies/,
      told: noIdentityPolicy,
    },
  },
  {
    rule: 'a grant allows its grantee without a policy that allows',
    holds: { who: alice, key: [elsewhere], grants: [grantTo(alice.principalId)], because: 'grant g1 allows' },
    fails: {
      who: alice,
      key: [elsewhere],
      grants: [grantTo(bob.principalId)],
      because: /no key policy statement or grant/,
      told: noResourcePolicy,
    },
  },
  {
    rule: 'a grant allows its operations and no others',
    holds: { who: alice, key: [elsewhere], grants: [grantTo(alice.arn)], because: 'grant g1 allows' },
    fails: {
      who: alice,
      key: [elsewhere],
      grants: [grantTo(alice.arn, { operations: ['Decrypt'] })],
      because: /no key/,
    },
  },
  {
    rule: 'a grant to a role allows its sessions, within their session policies',
    holds: { who: builder, key: [elsewhere], grants: [grantTo(builder.roleId)], because: 'grant g1 allows' },
    fails: {
      who: builder,
      key: [elsewhere],
      own: { sessionPolicies: [narrow] },
      grants: [grantTo(builder.roleId)],
      because: 'no session policy allows',
      told: noSessionPolicy,
    },
  },
  {
    rule: 'a grant to an account allows its principals whose identity policies allow',
    holds: { who: alice, key: [elsewhere], own: may(), grants: [grantTo(root.arn)], because: 'grant g1 allows' },
    fails: {
      who: alice,
      key: [elsewhere],
      grants: [grantTo(root.arn)],
      because: /no key policy/,
      told: noResourcePolicy,
    },
  },
  {
    rule: 'another account needs both sides: the key policy for the caller, and an identity policy of its own',
    holds: {
      who: stranger,
      key: [to({ AWS: stranger.arn })],
      own: may(),
      because: 'key policy statement "to" allows, and so does identity policy statement "may"',
    },
    fails: {
      who: stranger,
      key: [to({ AWS: stranger.arn })],
      because: 'caller of another account, no identity policy allows',
      told: foreignText,
    },
  },
  {
    rule: 'another account needs both sides: the key policy for the account',
    holds: { who: stranger, key: [to({ AWS: otherRoot.arn })], own: may(), because: /"to" allows, and so/ },
    fails: {
      who: stranger,
      key: [toAccount],
      own: may(),
      because: 'caller of another account, no key policy statement or grant allows',
      told: foreignText,
    },
  },
  {
    rule: 'session policies limit a session of another account, even when it is named',
    holds: { who: foreignBuilder, key: [to({ AWS: foreignBuilder.arn })], own: may(), because: /and so does/ },
    fails: {
      who: foreignBuilder,
      key: [to({ AWS: foreignBuilder.arn })],
      own: { ...may(), sessionPolicies: [narrow] },
      because: 'caller of another account, not within its bounds',
      told: foreignText,
    },
  },
  {
    rule: 'only some operations work across accounts',
    holds: {
      who: otherRoot,
      key: [to({ AWS: otherRoot.arn })],
      because: /and so does identity policy statement "root/,
    },
    fails: {
      who: otherRoot,
      key: [to({ AWS: otherRoot.arn })],
      more: { crossAccount: false },
      because: 'caller of another account, operation does not work across accounts',
      told: foreignText,
    },
  },
  {
    rule: 'a grant to a principal of another account suffices; one to the account needs its identity policies',
    holds: { who: stranger, key: [elsewhere], grants: [grantTo(stranger.arn)], because: 'grant g1 allows' },
    fails: {
      who: stranger,
      key: [elsewhere],
      grants: [grantTo(otherRoot.arn)],
      because: /no key policy/,
      told: foreignText,
    },
  },
  {
    rule: 'a service is allowed by its name, in its own account',
    holds: { who: database, key: [to({ Service: database.arn })], because: /"to" allows/ },
    fails: {
      who: serviceOf(OTHER_ACCOUNT, database.arn),
      key: [to({ Service: database.arn })],
      because: 'caller of another account, services use keys of their own account',
      told: foreignText,
    },
  },
  {
    rule: 'a service is not its account: a statement for the account does not allow it',
    holds: { who: database, key: [to('*')], because: /"to" allows/ },
    fails: { who: database, key: [toAccount], because: /no key policy statement/, told: noResourcePolicy },
  },
  {
    rule: 'a service uses a grant to it for the resource that the grant names',
    holds: {
      who: database,
      key: [elsewhere],
      own: { source: { arn: 'arn:aws:dynamodb:us-east-1:111122223333:table/orders' } },
      grants: [grantTo(database.arn, { constraints: { SourceArn: 'arn:aws:dynamodb:*:111122223333:table/*' } })],
      because: 'grant g1 allows',
    },
    fails: {
      who: database,
      key: [elsewhere],
      own: { source: { arn: 'arn:aws:dynamodb:us-east-1:444455556666:table/orders' } },
      grants: [grantTo(database.arn, { constraints: { SourceArn: 'arn:aws:dynamodb:*:111122223333:table/*' } })],
      because: /no key policy statement or grant/,
    },
  },
  {
    rule: 'identity policies decide what a key policy does not decide',
    holds: { who: alice, key: [], own: may(), more: { resourceKind: 'alias' }, because: /"may" allows$/ },
    fails: {
      who: alice,
      key: [to('*')],
      more: { resourceKind: 'alias' },
      because: 'no identity policy allows',
      told: noIdentityPolicy,
    },
  },
  {
    rule: 'a key policy never allows RetireGrant',
    holds: {
      who: alice,
      key: [elsewhere],
      grants: [grantTo(alice.arn, { operations: ['RetireGrant'] })],
      more: { action: 'kms:RetireGrant', grantOperation: 'RetireGrant' },
      because: 'grant g1 allows',
    },
    fails: {
      who: alice,
      key: [to('*')],
      more: { action: 'kms:RetireGrant', grantOperation: 'RetireGrant' },
      because: /no key policy statement/,
    },
  },
];

const decide = ({ who, key, own, grants = [], more }: Case) =>
  authorize({
    principal: who,
    authority: anAuthority(own),
    action: 'kms:Encrypt',
    resource: { arn: KEY_ARN, accountId: ACCOUNT },
    resourceKind: 'key',
    conditions: given(),
    ...(key.length > 0 && { keyPolicy: aPolicy(...key) }),
    grants,
    grantOperation: 'Encrypt',
    crossAccount: true,
    ...more,
  });

describe.each(rows)('$rule', ({ holds, fails }) => {
  test('for', () => {
    const decision = decide(holds);
    expect(decision.allowed).toBe(true);
    expect(reasonOf(decision)).toMatch(holds.because);
  });

  test('against', () => {
    const decision = decide(fails);
    expect(decision.allowed).toBe(false);
    expect(reasonOf(decision)).toMatch(fails.because);
    if (fails.told) expect(decision).toMatchObject({ message: expect.stringMatching(fails.told) });
  });
});

test('the caller gets AWS’s text, without a word of the reason for the operator', () => {
  const texts = rows.flatMap(({ fails }) => {
    const decision = decide(fails);
    return decision.allowed ? [] : [decision.message];
  });
  expect(texts).toHaveLength(rows.length);
  for (const text of texts) {
    expect(text).toMatch(
      /^User: \S+ is not authorized to perform: (?:kms|keystead):\w+ (on resource: \S+ (because no (resource-based|identity-based|session) policy|because no permissions boundary|with an explicit deny in an? (resource-based|identity-based|session) policy$|with an explicit deny in a permissions boundary$)|on this resource because )/,
    );
    expect(text).not.toMatch(/"|statement|grant|narrow|wide|never|may\b/);
  }
});
