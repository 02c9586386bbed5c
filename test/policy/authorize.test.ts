// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like placeholders of templates
import { type AuthorizationRequest, authorize } from '@keystead/policy/authorize.ts';
import { reasonOf } from '@keystead/policy/decision.ts';
import type { Grant } from '@keystead/policy/grants.ts';
import type { CompiledPolicy } from '@keystead/policy/policy.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import { authorizeRetirement } from '@keystead/policy/retirement.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import {
  ACCOUNT,
  alice,
  anAuthority,
  aPolicy,
  aStatement,
  bob,
  given,
  identityPolicy,
  KEY_ARN,
  otherRoot,
  root,
  type Statement,
  stranger,
} from '../support/policies.ts';

/** The parts of a request that a test sets; the caller's policies and the conditions in short form. */
type Changes = Partial<Omit<AuthorizationRequest, 'conditions' | 'authority'>> & {
  readonly conditions?: Readonly<Record<string, string | readonly string[]>>;
  readonly identityPolicies?: readonly CompiledPolicy[];
  readonly permissionsBoundary?: CompiledPolicy;
};

const aRequest = ({
  conditions,
  identityPolicies = [],
  permissionsBoundary,
  ...changes
}: Changes = {}): AuthorizationRequest => ({
  principal: alice,
  authority: anAuthority({ identityPolicies, ...defined({ permissionsBoundary }) }),
  conditions: given(conditions),
  action: 'kms:Encrypt',
  resource: { arn: KEY_ARN, accountId: ACCOUNT },
  resourceKind: 'key',
  grants: [],
  grantOperation: 'Encrypt',
  crossAccount: true,
  ...changes,
});

const aGrant = (changes: Partial<Grant> = {}): Grant => ({
  grantId: 'g1',
  granteeId: alice.arn,
  operations: ['Encrypt', 'Decrypt'],
  issuingAccount: root.arn,
  ...changes,
});

const ask = (principal: Principal, statements: readonly Statement[], changes: Changes = {}) =>
  authorize(aRequest({ principal, keyPolicy: aPolicy(...statements), ...changes }));
const text = (decision: ReturnType<typeof authorize>) => (decision.allowed ? 'allowed' : decision.message);

const toAlice = aStatement({ Sid: 'use', Principal: { AWS: alice.arn }, Action: 'kms:Encrypt' });
const toAccount = aStatement({ Sid: 'account' });
const toForeignAccount = aStatement({ Sid: 'foreign', Principal: { AWS: otherRoot.arn } });
const toMallory = aStatement({ Sid: 'mallory', Principal: { AWS: stranger.arn } });
const toEveryone = aStatement({ Sid: 'everyone', Principal: '*' });
const denyAlice = aStatement({ Sid: 'not alice', Effect: 'Deny', Principal: { AWS: alice.arn } });
const identity = (changes: Statement = {}) => identityPolicy({ Sid: 'identity', ...changes });

const subject = (action = 'kms:Encrypt') => `User: ${alice.arn} is not authorized to perform: ${action}`;
const noResourcePolicy = `${subject()} on resource: ${KEY_ARN} because no resource-based policy allows the kms:Encrypt action`;
const noIdentityPolicy = `${subject()} on resource: ${KEY_ARN} because no identity-based policy allows the kms:Encrypt action`;

describe('a caller of the key’s account', () => {
  test('is allowed by a statement that names it, without an identity policy', () => {
    expect(ask(alice, [toAlice])).toEqual({ allowed: true, by: { policy: 'key policy', statement: 'use' } });
    expect(text(ask(bob, [toAlice]))).toContain('no resource-based policy');
  });

  test('is allowed by a statement for everyone, and by its unique id', () => {
    expect(ask(alice, [toEveryone]).allowed).toBe(true);
    expect(ask(alice, [aStatement({ Principal: { AWS: alice.principalId } })]).allowed).toBe(true);
    expect(ask(bob, [aStatement({ Principal: { AWS: alice.principalId } })]).allowed).toBe(false);
  });

  test('is not allowed by owning the key: without a statement even root is refused', () => {
    expect(text(ask(alice, [aStatement({ Principal: { AWS: bob.arn } })]))).toBe(noResourcePolicy);
    expect(text(ask(root, [toAlice]))).toContain(`User: ${root.arn} is not authorized`);
    expect(text(ask(alice, [toMallory], { identityPolicies: [identity()] }))).toBe(noResourcePolicy);
  });

  test('is allowed by its account only together with an identity policy', () => {
    expect(text(ask(alice, [toAccount]))).toBe(noIdentityPolicy);
    expect(ask(alice, [toAccount], { identityPolicies: [identity()] })).toEqual({
      allowed: true,
      by: { policy: 'identity policy', statement: 'identity' },
      delegatedBy: 'account',
    });
    expect(text(ask(alice, [toAccount], { identityPolicies: [identity({ Action: 'kms:Decrypt' })] }))).toBe(
      noIdentityPolicy,
    );
    expect(
      text(ask(alice, [toAccount], { identityPolicies: [identity({ Resource: KEY_ARN.replace('1234', '9999') })] })),
    ).toBe(noIdentityPolicy);
    const byId = ask(alice, [aStatement({ Principal: { AWS: ACCOUNT } })], {
      identityPolicies: [identity({ Resource: KEY_ARN })],
    });
    expect(byId.allowed).toBe(true);
  });

  test('as root is allowed by its account’s statement directly', () => {
    expect(ask(root, [toAccount])).toEqual({ allowed: true, by: { policy: 'key policy', statement: 'account' } });
  });

  test('is allowed through its account no further than the statement’s actions and conditions', () => {
    const limited = aStatement({ Action: 'kms:Describe*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } });
    const identityPolicies = [identity()];
    const describe = { action: 'kms:DescribeKey', identityPolicies };
    expect(ask(alice, [limited], { ...describe, conditions: { 'aws:securetransport': 'true' } }).allowed).toBe(true);
    expect(ask(alice, [limited], { ...describe, conditions: { 'aws:securetransport': 'false' } }).allowed).toBe(false);
    expect(ask(alice, [limited], { identityPolicies }).allowed).toBe(false);
  });

  test('is denied by any explicit deny, whatever allows it', () => {
    const allowing = { identityPolicies: [identity()], grants: [aGrant()] };
    expect(text(ask(alice, [toAlice, toAccount, denyAlice], allowing))).toBe(
      `${subject()} on resource: ${KEY_ARN} with an explicit deny in a resource-based policy`,
    );
    const denied = { ...allowing, identityPolicies: [identity(), identity({ Sid: 'no', Effect: 'Deny' })] };
    expect(text(ask(alice, [toAlice], denied))).toBe(
      `${subject()} on resource: ${KEY_ARN} with an explicit deny in an identity-based policy`,
    );
    const denyAccount = aStatement({ Effect: 'Deny' });
    expect(text(ask(alice, [toAlice, denyAccount], allowing))).toContain('explicit deny in a resource-based');
    expect(text(ask(root, [toAccount, denyAccount]))).toContain('explicit deny in a resource-based');
  });

  test('gets a reason that names the deciding statement', () => {
    expect(reasonOf(ask(alice, [toAlice, denyAlice]))).toBe('key policy statement "not alice" denies explicitly');
    expect(reasonOf(ask(alice, [toAccount]))).toBe(
      'key policy statement "account" leaves it to identity policies, none of which allows',
    );
  });
});

describe('statements', () => {
  test('without Action or Resource have no effect', () => {
    expect(ask(alice, [aStatement({ Principal: '*', Action: undefined })]).allowed).toBe(false);
    expect(ask(alice, [aStatement({ Principal: '*', Resource: undefined })]).allowed).toBe(false);
    expect(ask(alice, [toAlice, { ...denyAlice, Action: undefined }]).allowed).toBe(true);
  });

  test('name this key by * or by its ARN, and no other key', () => {
    const about = (Resource: string) => ask(alice, [{ ...toAlice, Resource }]).allowed;
    expect(about(KEY_ARN)).toBe(true);
    expect(about('arn:aws:kms:*:111122223333:key/*')).toBe(true);
    expect(about(KEY_ARN.replace('1234', '9999'))).toBe(false);
    expect(about('1234abcd-12ab-34cd-56ef-1234567890ab')).toBe(false);
  });

  test('with Not elements match everything else', () => {
    const not = (changes: Statement) => ask(alice, [aStatement({ Principal: '*', ...changes })]).allowed;
    expect(not({ Action: undefined, NotAction: 'kms:Decrypt' })).toBe(true);
    expect(not({ Action: undefined, NotAction: ['kms:Enc*'] })).toBe(false);
    expect(not({ Resource: undefined, NotResource: KEY_ARN })).toBe(false);
    expect(not({ Resource: undefined, NotResource: `${KEY_ARN}0` })).toBe(true);
  });

  test('with NotPrincipal deny all but those listed as both user and account, and allow none of those listed', () => {
    const deny = (names: readonly string[]) => [
      toEveryone,
      aStatement({ Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: names } }),
    ];
    expect(ask(alice, deny([alice.arn, root.arn])).allowed).toBe(true);
    expect(ask(bob, deny([alice.arn, root.arn])).allowed).toBe(false);
    expect(ask(root, deny([alice.arn, root.arn])).allowed).toBe(true);
    expect(ask(alice, deny([alice.arn])).allowed).toBe(false);
    expect(ask(alice, deny([root.arn])).allowed).toBe(false);
    const bounded = { permissionsBoundary: identity() };
    for (const names of [[alice.arn, root.arn], ['*']]) {
      expect(text(ask(alice, deny(names), bounded))).toContain('explicit deny in a resource-based policy');
    }
    const allow = [aStatement({ Principal: undefined, NotPrincipal: { AWS: alice.arn } })];
    expect(ask(alice, allow).allowed).toBe(false);
    expect(ask(bob, allow).allowed).toBe(true);
  });

  test('of a key policy cannot see the key’s tags and aliases; those of an identity policy can', () => {
    const Condition = {
      StringEquals: { 'aws:ResourceTag/team': 'blue' },
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/a' },
    };
    const conditions = { 'aws:resourcetag/team': 'blue', 'kms:resourcealiases': ['alias/a'] };
    expect(ask(alice, [{ ...toAlice, Condition }], { conditions }).allowed).toBe(false);
    expect(ask(alice, [toAccount], { conditions, identityPolicies: [identity({ Condition })] }).allowed).toBe(true);
  });

  test('compare a list of the request only by a set operator', () => {
    const operations = (Condition: Statement, Effect = 'Allow') => [
      toAccount,
      { ...toAlice, Sid: 'grants', Effect, Action: 'kms:CreateGrant', Condition },
    ];
    const create = (list: readonly string[], statements: readonly Statement[], changes: Changes = {}) =>
      ask(alice, statements, { action: 'kms:CreateGrant', conditions: { 'kms:grantoperations': list }, ...changes })
        .allowed;
    const decrypt = { 'kms:GrantOperations': 'Decrypt' };
    for (const operator of ['StringEquals', 'StringLike', 'StringNotEquals', 'StringNotLike']) {
      expect([operator, create(['Decrypt', 'Encrypt'], operations({ [operator]: decrypt }))]).toEqual([
        operator,
        false,
      ]);
      expect([operator, create(['Encrypt', 'Sign'], operations({ [operator]: decrypt }))]).toEqual([operator, false]);
    }
    expect(create(['Decrypt'], operations({ 'ForAllValues:StringEquals': decrypt }))).toBe(true);
    expect(create(['Decrypt', 'Encrypt'], operations({ 'ForAllValues:StringEquals': decrypt }))).toBe(false);
    const otherwise = { identityPolicies: [identity()] };
    expect(create(['Decrypt', 'Encrypt'], operations({ StringEquals: decrypt }, 'Deny'), otherwise)).toBe(false);
    expect(create(['Decrypt', 'Encrypt'], operations({ StringNotEquals: decrypt }, 'Deny'), otherwise)).toBe(false);
    expect(create(['Sign', 'Encrypt'], operations({ StringEquals: decrypt }, 'Deny'), otherwise)).toBe(true);
  });

  test('cannot name resources by a list', () => {
    const named = (changes: Statement) =>
      ask(alice, [aStatement({ Principal: '*', ...changes })], {
        conditions: { 'kms:encryptioncontextkeys': [KEY_ARN] },
      }).allowed;
    expect(named({ Resource: '${kms:EncryptionContextKeys}' })).toBe(false);
    expect(named({ Resource: "${kms:EncryptionContextKeys, '*'}" })).toBe(false);
    expect(named({ Resource: undefined, NotResource: '${kms:EncryptionContextKeys}' })).toBe(false);
    expect(named({ Resource: undefined, NotResource: '${aws:missing}' })).toBe(true);
  });

  test('name actions in any case, and ReEncrypt is not an action', () => {
    const of = (Action: string, action: string) => ask(alice, [{ ...toAlice, Action }], { action }).allowed;
    expect(of('KMS:ENCRYPT', 'kms:Encrypt')).toBe(true);
    expect(of('kms:ReEncrypt', 'kms:ReEncryptFrom')).toBe(false);
    expect(of('kms:ReEncrypt*', 'kms:ReEncryptFrom')).toBe(true);
  });
});

describe('grants', () => {
  const elsewhere = aStatement({ Principal: { AWS: bob.arn } });
  const withGrant = (grant: Grant, changes: Changes = {}) => ask(alice, [elsewhere], { grants: [grant], ...changes });

  test('allow their grantee their operations', () => {
    const grant = aGrant();
    expect(withGrant(grant)).toEqual({ allowed: true, by: { policy: 'grant', grant } });
    expect(text(withGrant(grant, { action: 'kms:Sign', grantOperation: 'Sign' }))).toContain(
      'no resource-based policy',
    );
    expect(withGrant(aGrant({ granteeId: bob.arn })).allowed).toBe(false);
    const { grantOperation: _none, ...notGrantable } = aRequest({ grants: [grant], keyPolicy: aPolicy(elsewhere) });
    expect(authorize(notGrantable).allowed).toBe(false);
  });

  test('to the account need an identity policy, except for root', () => {
    const grant = aGrant({ granteeId: root.arn });
    expect(withGrant(grant).allowed).toBe(false);
    expect(withGrant(grant, { identityPolicies: [identity()] }).allowed).toBe(true);
    expect(ask(root, [elsewhere], { grants: [grant] }).allowed).toBe(true);
  });

  test('hold under their encryption context only', () => {
    const finance = aGrant({ constraints: { EncryptionContextSubset: { Department: 'finance' } } });
    const under = (encryptionContext?: Record<string, string>) =>
      withGrant(finance, encryptionContext ? { encryptionContext } : {}).allowed;
    expect(under({ Department: 'finance', year: '2026' })).toBe(true);
    expect(under({ Department: 'sales' })).toBe(false);
    expect(under()).toBe(false);
    const exact = aGrant({ constraints: { EncryptionContextEquals: { Department: 'finance' } } });
    expect(withGrant(exact, { encryptionContext: { department: 'finance' } }).allowed).toBe(true);
    expect(withGrant(exact, { encryptionContext: { Department: 'finance', year: '2026' } }).allowed).toBe(false);
  });

  test('are searched until one holds', () => {
    const grants = [aGrant({ operations: ['Sign'] }), aGrant({ grantId: 'g2' })];
    expect(ask(alice, [elsewhere], { grants })).toMatchObject({ by: { grant: { grantId: 'g2' } } });
  });

  test('that allow CreateGrant allow a narrower grant; a policy has no such limit and is evaluated first', () => {
    const parent = aGrant({
      operations: ['CreateGrant', 'Decrypt'],
      constraints: { EncryptionContextSubset: { a: '1' } },
    });
    const create = (operations: readonly string[], pairs: Record<string, string>) => ({
      action: 'kms:CreateGrant',
      grantOperation: 'CreateGrant',
      requestedGrant: { operations, constraints: { EncryptionContextEquals: pairs } },
    });
    expect(withGrant(parent, create(['Decrypt'], { a: '1', b: '2' })).allowed).toBe(true);
    expect(withGrant(parent, create(['Encrypt'], { a: '1' })).allowed).toBe(false);
    expect(withGrant(parent, create(['Decrypt'], { b: '2' })).allowed).toBe(false);
    const byPolicy = ask(alice, [{ ...toAlice, Action: 'kms:CreateGrant' }], {
      grants: [parent],
      ...create(['Encrypt'], {}),
    });
    expect(byPolicy).toMatchObject({ allowed: true, by: { policy: 'key policy' } });
  });
});

describe('a caller of another account', () => {
  const foreign = `User: ${stranger.arn} is not authorized to perform: kms:Encrypt on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`;

  test('needs the key policy and an identity policy, either alone is not enough', () => {
    const identityPolicies = [identity()];
    for (const statement of [toMallory, toForeignAccount, toEveryone]) {
      expect(text(ask(stranger, [statement]))).toBe(foreign);
      expect(ask(stranger, [statement], { identityPolicies }).allowed).toBe(true);
    }
    expect(text(ask(stranger, [toAccount], { identityPolicies }))).toBe(foreign);
    expect(ask(otherRoot, [toForeignAccount]).allowed).toBe(true);
  });

  test('is refused with one text, whatever the cause', () => {
    const denied = [toMallory, aStatement({ Effect: 'Deny', Principal: { AWS: stranger.arn } })];
    expect(text(ask(stranger, denied, { identityPolicies: [identity()] }))).toBe(foreign);
    expect(text(ask(stranger, [toMallory], { identityPolicies: [identity(), identity({ Effect: 'Deny' })] }))).toBe(
      foreign,
    );
  });

  test('is refused an operation that does not work across accounts', () => {
    expect(text(ask(otherRoot, [toForeignAccount], { crossAccount: false }))).toContain('on this resource because');
  });

  test('is allowed by a grant to itself; one to its account needs an identity policy', () => {
    const own = aGrant({ granteeId: stranger.arn });
    const account = aGrant({ granteeId: otherRoot.arn });
    expect(ask(stranger, [toAccount], { grants: [own] }).allowed).toBe(true);
    expect(ask(stranger, [toAccount], { grants: [account] }).allowed).toBe(false);
    expect(ask(stranger, [toAccount], { grants: [account], identityPolicies: [identity()] }).allowed).toBe(true);
  });
});

describe('an action that a key policy does not decide', () => {
  const { resource: _r, resourceKind: _k, grantOperation: _g, ...account } = aRequest({ action: 'kms:ListKeys' });

  test('is allowed to root, and to users by identity policy', () => {
    expect(authorize({ ...account, principal: root }).allowed).toBe(true);
    expect(authorize({ ...account, authority: anAuthority({ identityPolicies: [identity()] }) }).allowed).toBe(true);
    expect(text(authorize(account))).toBe(
      `${subject('kms:ListKeys')} because no identity-based policy allows the kms:ListKeys action`,
    );
    const authority = anAuthority({ identityPolicies: [identity({ Effect: 'Deny' })] });
    expect(text(authorize({ ...account, authority }))).toBe(
      `${subject('kms:ListKeys')} with an explicit deny in an identity-based policy`,
    );
  });

  test('includes the alias side of the alias operations', () => {
    const arn = `arn:aws:kms:us-east-1:${ACCOUNT}:alias/a`;
    const alias = {
      ...account,
      action: 'kms:CreateAlias',
      resourceKind: 'alias' as const,
      resource: { arn, accountId: ACCOUNT },
    };
    expect(authorize({ ...alias, principal: root }).allowed).toBe(true);
    expect(text(authorize(alias))).toBe(
      `${subject('kms:CreateAlias')} on resource: ${arn} because no identity-based policy allows the kms:CreateAlias action`,
    );
    expect(authorize({ ...alias, principal: otherRoot }).allowed).toBe(false);
  });

  test('never comes from the service itself', () => {
    const service: Principal = {
      kind: 'service',
      accountId: ACCOUNT,
      arn: 'AWS Internal',
      principalId: 'AWS Internal',
    };
    expect(authorize({ ...account, principal: service }).allowed).toBe(false);
    expect(ask(service, [toEveryone]).allowed).toBe(false);
  });
});

test('a key named only by a ciphertext is not shown to callers who are denied', () => {
  const message = text(ask(alice, [toAccount], { action: 'kms:Decrypt', namedByCiphertext: true }));
  expect(message).toBe(
    `${subject('kms:Decrypt')} on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
  );
});

describe('personas of one key', () => {
  const personas = [
    aStatement({
      Sid: 'administrator',
      Principal: { AWS: alice.arn },
      Action: ['kms:Create*', 'kms:Describe*', 'kms:Enable*', 'kms:Put*', 'kms:Disable*', 'kms:ScheduleKeyDeletion'],
    }),
    aStatement({
      Sid: 'user',
      Principal: { AWS: bob.arn },
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      Condition: { StringEquals: { 'kms:EncryptionContext:Department': 'finance' } },
    }),
  ];
  const finance = { conditions: { 'kms:encryptioncontext:department': 'finance' } };

  test.each<[string, Principal, string, boolean]>([
    ['the administrator changes the policy', alice, 'kms:PutKeyPolicy', true],
    ['the administrator schedules deletion', alice, 'kms:ScheduleKeyDeletion', true],
    ['the administrator cannot decrypt', alice, 'kms:Decrypt', false],
    ['the user decrypts', bob, 'kms:Decrypt', true],
    ['the user makes data keys', bob, 'kms:GenerateDataKeyWithoutPlaintext', true],
    ['the user cannot change the policy', bob, 'kms:PutKeyPolicy', false],
    ['root, not named, can do nothing', root, 'kms:DescribeKey', false],
  ])('%s', (_title, principal, action, allowed) => {
    expect(ask(principal, personas, { action, ...finance }).allowed).toBe(allowed);
  });

  test('the user cannot decrypt for another department, or for none', () => {
    const other = { conditions: { 'kms:encryptioncontext:department': 'sales' } };
    expect(ask(bob, personas, { action: 'kms:Decrypt', ...other }).allowed).toBe(false);
    expect(ask(bob, personas, { action: 'kms:Decrypt' }).allowed).toBe(false);
  });
});

describe('retiring a grant', () => {
  const retire = (
    principal: Principal,
    grant: Grant,
    statements: readonly Statement[] = [toAccount],
    identityPolicies: readonly ReturnType<typeof identity>[] = [],
  ) =>
    authorizeRetirement({
      principal,
      grant,
      key: { arn: KEY_ARN, accountId: ACCOUNT },
      keyPolicy: aPolicy(...statements),
      authority: anAuthority({ identityPolicies }),
      conditions: given(),
    }).allowed;

  test('is allowed to the retiring principal, to a grantee with RetireGrant, and to the issuing account’s root', () => {
    expect(retire(bob, aGrant({ retiringId: bob.arn }))).toBe(true);
    expect(retire(alice, aGrant({ operations: ['RetireGrant'] }))).toBe(true);
    expect(retire(alice, aGrant())).toBe(false);
    expect(retire(root, aGrant())).toBe(true);
    expect(retire(bob, aGrant())).toBe(false);
    expect(retire(bob, aGrant(), [toAccount], [identity()])).toBe(true);
    expect(retire(stranger, aGrant({ retiringId: otherRoot.arn }), [toAccount], [identity()])).toBe(true);
    expect(retire(stranger, aGrant(), [toAccount], [identity()])).toBe(false);
  });

  test('is never allowed by a key policy, but can be denied by one', () => {
    const toBob = aStatement({ Principal: { AWS: bob.arn }, Action: 'kms:RetireGrant' });
    expect(retire(bob, aGrant(), [toBob])).toBe(false);
    expect(retire(bob, aGrant({ retiringId: bob.arn }), [{ ...toBob, Effect: 'Deny' }])).toBe(false);
    expect(ask(bob, [toBob], { action: 'kms:RetireGrant' }).allowed).toBe(false);
  });
});
