import type { AuthorizationRequest } from '@keystead/policy/authorize.ts';
import { explain } from '@keystead/policy/explain.ts';
import {
  ACCOUNT,
  alice,
  anAuthority,
  aPolicy,
  aStatement,
  builder,
  given,
  identityPolicy,
  KEY_ARN,
  root,
  type Statement,
  stranger,
} from '../support/policies.ts';

const aRequest = (
  statements: readonly Statement[],
  changes: Partial<AuthorizationRequest> = {},
): AuthorizationRequest => ({
  principal: alice,
  authority: anAuthority(),
  action: 'kms:Decrypt',
  resource: { arn: KEY_ARN, accountId: ACCOUNT },
  resourceKind: 'key',
  conditions: given({ 'kms:encryptioncontext:department': 'sales' }),
  keyPolicy: aPolicy(...statements),
  grants: [],
  grantOperation: 'Decrypt',
  crossAccount: true,
  ...changes,
});

const stepOf = (request: AuthorizationRequest, question: string) =>
  explain(request).steps.find((step) => step.question === question);

test('each statement of a key policy says how it speaks, or what keeps it from it', () => {
  const step = stepOf(
    aRequest([
      aStatement({ Sid: 'account' }),
      aStatement({ Sid: 'others', Principal: { AWS: builder.roleArn } }),
      aStatement({ Sid: 'action', Principal: '*', Action: 'kms:Encrypt' }),
      aStatement({ Sid: 'resource', Principal: '*', Resource: `${KEY_ARN}0` }),
      aStatement({ Sid: 'empty', Principal: '*', Action: undefined }),
      aStatement({
        Sid: 'condition',
        Principal: '*',
        Condition: { StringEquals: { 'kms:EncryptionContext:Department': ['finance'] } },
      }),
      aStatement({ Sid: 'absent', Principal: '*', Condition: { StringLike: { 'kms:ViaService': 's3.*' } } }),
      aStatement({ Sid: 'alice', Principal: { AWS: alice.arn } }),
    ]),
    'key policy',
  );
  expect(step).toEqual({
    question: 'key policy',
    answer: 'allows the caller by name, by "alice"',
    details: [
      'Allow "account": applies to the caller\'s account',
      'Allow "others": is about other principals',
      'Allow "action": is about other actions',
      'Allow "resource": is about other resources',
      'Allow "empty": has no Action or no Resource, and so no effect',
      'Allow "condition": does not apply: StringEquals kms:EncryptionContext:Department ["finance"], the request has ["sales"]',
      'Allow "absent": does not apply: StringLike kms:ViaService ["s3.*"], the request has none',
      'Allow "alice": applies',
    ],
  });
});

test('bounds, grants and accounts have their say', () => {
  const narrow = identityPolicy({ Sid: 'narrow', Action: 'kms:Encrypt' });
  const bounded = aRequest([aStatement({ Sid: 'role', Principal: { AWS: builder.roleArn } })], {
    principal: builder,
    authority: anAuthority({ permissionsBoundary: narrow, sessionPolicies: [identityPolicy()] }),
    grants: [
      { grantId: 'g1', granteeId: builder.roleId, operations: ['Encrypt'], issuingAccount: root.arn },
      {
        grantId: 'g2',
        granteeId: builder.roleId,
        operations: ['Decrypt'],
        issuingAccount: root.arn,
        constraints: { EncryptionContextSubset: { Department: 'finance' } },
      },
    ],
  });
  const { decision, steps } = explain(bounded);
  expect(decision.allowed).toBe(false);
  expect(Object.fromEntries(steps.map(({ question, answer }) => [question, answer]))).toEqual({
    'key policy': 'allows the caller, by "role"',
    "the caller's identity policies": 'there are none',
    'permissions boundary': 'is silent, and so narrows what is allowed other than by name',
    'session policy': 'allows, by "Statement[0]"',
    grants: '0 of 2 to the caller or its account give it',
    decision: 'Deny: no permissions boundary allows',
  });
  expect(stepOf(bounded, 'grants')?.details).toEqual([
    'grant g1 gives Encrypt',
    'grant g2 has a constraint that does not hold: {"EncryptionContextSubset":{"Department":"finance"}}',
  ]);
  const foreign = stepOf(aRequest([aStatement()], { principal: stranger }), 'decision');
  expect(foreign?.details).toEqual(['The caller is of another account than the key: both accounts have to allow.']);
});

test('what is about no key asks no key policy and no grants', () => {
  const { resource: _r, resourceKind: _k, keyPolicy: _p, grantOperation: _g, ...account } = aRequest([aStatement()]);
  const questions = (principal: AuthorizationRequest['principal']) =>
    explain({ ...account, principal }).steps.map(({ question, answer }) => [question, answer]);
  expect(questions(alice)).toEqual([
    ["the caller's identity policies", 'there are none'],
    ['decision', 'Deny: no identity policy allows'],
  ]);
  expect(questions(root)[0]?.[1]).toMatch(/^need not be asked/);
});
