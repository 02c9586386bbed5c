import type { Authority } from '@keystead/policy/authority.ts';
import { newEffort } from '@keystead/policy/effort.ts';
import { lockoutCheck } from '@keystead/policy/lockout.ts';
import type { CompiledPolicy } from '@keystead/policy/policy.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import {
  alice,
  anAuthority,
  aPolicy,
  aStatement,
  bob,
  builder,
  database,
  identityPolicy,
  KEY_ARN,
  root,
  type Statement,
  serviceOf,
  sessionOf,
  stranger,
} from '../support/policies.ts';

const checkFor = (principal: Principal, policy: CompiledPolicy, own: Partial<Authority> = {}) =>
  lockoutCheck(policy, { principal, authority: anAuthority(own) }, KEY_ARN, newEffort());
const check = (...statements: readonly Statement[]) => checkFor(alice, aPolicy(...statements));
const LOCKED_OUT = 'The new key policy will not allow you to update the key policy in the future.';
const put = { Action: 'kms:PutKeyPolicy' };

describe('a new key policy passes', () => {
  test.each<[string, readonly Statement[]]>([
    ['when it allows the account', [aStatement()]],
    ['when it allows the caller', [aStatement({ Principal: { AWS: alice.arn }, ...put })]],
    ['when it allows everyone', [aStatement({ Principal: '*', Action: 'kms:Put*' })]],
    [
      'when the Allow names the caller in its condition',
      [
        aStatement({
          Condition: {
            StringEquals: { 'kms:CallerAccount': alice.accountId },
            ArnLike: { 'aws:PrincipalArn': alice.arn },
          },
        }),
      ],
    ],
    ['when a Deny is about others', [aStatement(), aStatement({ Effect: 'Deny', Principal: { AWS: bob.arn } })]],
    [
      'when a Deny is about insecure transport',
      [
        aStatement(),
        aStatement({ Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ],
    ],
    ['when the key is named', [aStatement({ Resource: KEY_ARN })]],
  ])('%s', (_title, statements) => {
    expect(() => check(...statements)).not.toThrow();
  });

  test('for root when the account is allowed', () => {
    expect(() => checkFor(root, aPolicy(aStatement()))).not.toThrow();
  });
});

describe('a new key policy locks out', () => {
  test.each<[string, readonly Statement[]]>([
    ['when it allows others only', [aStatement({ Principal: { AWS: bob.arn } })]],
    ['when it allows another account only', [aStatement({ Principal: { AWS: stranger.arn } })]],
    ['when it allows everything but PutKeyPolicy', [aStatement({ Action: undefined, NotAction: 'kms:PutKeyPolicy' })]],
    ['when its Allow has no effect', [aStatement({ Resource: undefined })]],
    ['when it is about another key', [aStatement({ Resource: `${KEY_ARN}0` })]],
    [
      'when the Allow has a condition that cannot be proven',
      [aStatement({ Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } } })],
    ],
    [
      'when the Allow has a condition on the address',
      [aStatement({ Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } })],
    ],
    [
      'when the Allow’s condition is about another caller',
      [aStatement({ Condition: { ArnLike: { 'aws:PrincipalArn': bob.arn } } })],
    ],
    [
      'when it denies the caller',
      [aStatement(), aStatement({ Effect: 'Deny', Principal: { AWS: alice.arn }, ...put })],
    ],
    ['when it denies the account', [aStatement(), aStatement({ Effect: 'Deny', ...put })]],
  ])('%s', (_title, statements) => {
    expect(() => check(...statements)).toThrow(
      expect.objectContaining({ code: 'MalformedPolicyDocumentException', message: LOCKED_OUT }),
    );
  });
});

test('NotPrincipal in a Deny locks out a caller with a permissions boundary, whom it cannot spare', () => {
  const policy = aPolicy(
    aStatement(),
    aStatement({ Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: [alice.arn, root.arn] }, ...put }),
  );
  expect(() => checkFor(alice, policy)).not.toThrow();
  expect(() => checkFor(alice, policy, { permissionsBoundary: identityPolicy() })).toThrow(LOCKED_OUT);
});

describe('the caller that must not lock itself out', () => {
  const passes = (principal: Principal, AWS: string) => {
    try {
      checkFor(principal, aPolicy(aStatement({ Principal: { AWS }, ...put })));
      return true;
    } catch {
      return false;
    }
  };

  test('can be a session: its role, its own ARN, or its account can be allowed', () => {
    for (const named of [builder.roleArn, builder.arn, builder.roleId, root.arn])
      expect(passes(builder, named)).toBe(true);
    expect(passes(builder, alice.arn)).toBe(false);
    expect(passes(builder, sessionOf(builder.accountId, 'painter', 'ci').roleArn)).toBe(false);
  });

  test('can be a service, only by its name', () => {
    const named = aPolicy(aStatement({ Principal: { Service: database.arn }, ...put }));
    expect(() => checkFor(database, named)).not.toThrow();
    expect(() => checkFor(serviceOf(database.accountId, 's3.amazonaws.com'), named)).toThrow(LOCKED_OUT);
    expect(passes(database, root.arn)).toBe(false);
  });

  test('cannot rely on facts of its session or of the request', () => {
    const under = (Condition: Statement) =>
      aPolicy(aStatement({ Principal: { AWS: builder.roleArn }, ...put, Condition }));
    for (const condition of [
      { StringEquals: { 'aws:PrincipalTag/team': 'blue' } },
      { StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } },
      { Bool: { 'aws:MultiFactorAuthPresent': 'false' } },
      { DateGreaterThan: { 'aws:TokenIssueTime': '2020-01-01' } },
    ]) {
      expect(() => checkFor(builder, under(condition))).toThrow(LOCKED_OUT);
    }
    const known = { ArnEquals: { 'aws:PrincipalArn': builder.roleArn } };
    expect(() => checkFor(builder, under(known))).not.toThrow();
  });
});

describe('the organization of the caller’s account', () => {
  const organization = { id: 'o-a1b2c3d4e5', paths: ['o-a1b2c3d4e5/r-ab12/'] };
  const outside = (key: string) =>
    aStatement({ Effect: 'Deny', Principal: '*', Condition: { StringNotEquals: { [key]: 'o-a1b2c3d4e5' } } });
  const inside = aStatement({ Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } });

  test.each(['aws:PrincipalOrgID', 'aws:ResourceOrgID'])('counts in a Deny by %s, as in a request', (key) => {
    const policy = aPolicy(aStatement(), outside(key));
    expect(() => checkFor(alice, policy, { organization })).not.toThrow();
    const another = { id: 'o-zzzzzzzzzz', paths: [] };
    expect(() => checkFor(alice, policy, { organization: another })).toThrow(LOCKED_OUT);
    expect(() => checkFor(alice, policy)).toThrow(LOCKED_OUT);
  });

  test('proves an Allow', () => {
    expect(() => checkFor(alice, aPolicy(inside), { organization })).not.toThrow();
    expect(() => checkFor(alice, aPolicy(inside))).toThrow(LOCKED_OUT);
  });
});
