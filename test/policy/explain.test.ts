import type { AuthorizationRequest } from '@keystead/policy/authorize.ts';
import { explain } from '@keystead/policy/explain.ts';
import {
  ACCOUNT,
  alice,
  anAuthority,
  aPolicy,
  aStatement,
  builder,
  database,
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

/** Does not allow the requested action. */
const elsewhere = aStatement({ Principal: '*', Action: 'kms:Verify' });

const stepOf = (request: AuthorizationRequest, question: string) =>
  explain(request).steps.find((step) => step.question === question);

test('each statement of a key policy is shown with how it applies, or why it does not', () => {
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
      'Allow "empty": has no effect, because Action or Resource is missing',
      'Allow "condition": does not apply: StringEquals kms:EncryptionContext:Department ["finance"], the request has ["sales"]',
      'Allow "absent": does not apply: StringLike kms:ViaService ["s3.*"], the request has none',
      'Allow "alice": applies',
    ],
  });
});

test('a list without a set operator is shown as what it is', () => {
  const Condition = { StringEquals: { 'kms:GrantOperations': 'Decrypt' } };
  const asked = aRequest([aStatement({ Sid: 'grants', Principal: '*', Condition })], {
    conditions: given({ 'kms:grantoperations': ['Decrypt'] }),
  });
  expect(stepOf(asked, 'key policy')?.details).toEqual([
    'Allow "grants": does not apply: StringEquals kms:GrantOperations ["Decrypt"], the request has ["Decrypt"], a list, which needs ForAnyValue or ForAllValues',
  ]);
});

test('bounds, grants and accounts are explained', () => {
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
    'permissions boundary': 'does not allow it, and so limits every permission that is not by name',
    'session policy': 'allows, by "Statement[0]"',
    grants: '0 of 2 for the caller or its account allow it',
    decision: 'Deny: no permissions boundary allows',
  });
  expect(stepOf(bounded, 'grants')?.details).toEqual([
    'grant g1 allows Encrypt',
    'grant g2 has a constraint that does not hold: {"EncryptionContextSubset":{"Department":"finance"}}',
  ]);
  const foreign = stepOf(aRequest([aStatement()], { principal: stranger }), 'decision');
  expect(foreign?.details).toEqual(['The caller and the key are of different accounts: both accounts must allow it.']);
});

test('a grant to a service is shown with its source and the source of the call', () => {
  const SourceArn = 'arn:aws:s3:::orders*';
  const held = { grantId: 'g1', granteeId: database.arn, operations: ['Decrypt'], issuingAccount: root.arn };
  const asked = (arn?: string) =>
    aRequest([elsewhere], {
      principal: database,
      authority: anAuthority(arn === undefined ? {} : { source: { arn } }),
      grants: [{ ...held, constraints: { SourceArn } }],
    });
  const grants = (arn?: string) => stepOf(asked(arn), 'grants');
  expect(grants('arn:aws:s3:::orders-2026')).toEqual({
    question: 'grants',
    answer: '1 of 1 for the caller or its account allows it',
    details: ['grant g1 allows it'],
  });
  expect(grants('arn:aws:s3:::payroll')).toEqual({
    question: 'grants',
    answer: '0 of 1 for the caller or its account allow it',
    details: [
      'grant g1 has a constraint that does not hold: SourceArn "arn:aws:s3:::orders*", the request has "arn:aws:s3:::payroll"',
    ],
  });
  expect(grants()?.details).toEqual([
    'grant g1 has a constraint that does not hold: SourceArn "arn:aws:s3:::orders*", the request has none',
  ]);
  expect(explain(asked()).decision.allowed).toBe(false);
  expect(explain(asked('arn:aws:s3:::orders')).decision.allowed).toBe(true);
});

test('a grant that is not enough by itself is shown with the missing permission', () => {
  const grant = (granteeId: string, operations = ['Decrypt']) => [
    { grantId: 'g1', granteeId, operations, issuingAccount: root.arn },
  ];
  const lineOf = (changes: Partial<AuthorizationRequest>) => stepOf(aRequest([elsewhere], changes), 'grants')?.details;
  const narrow = anAuthority({ permissionsBoundary: identityPolicy({ Action: 'kms:Encrypt' }) });
  expect(lineOf({ grants: grant(root.arn) })).toEqual([
    'grant g1 leaves it to identity policies, none of which allows',
  ]);
  expect(lineOf({ grants: grant(builder.roleId), principal: builder, authority: narrow })).toEqual([
    "grant g1 would allow it, but the caller's permissions boundary does not allow it",
  ]);
  expect(lineOf({ grants: grant(stranger.arn), principal: stranger, crossAccount: false })).toEqual([
    'grant g1 would allow it to a caller of its own account',
  ]);
  const requestedGrant = { operations: ['Decrypt'] };
  expect(lineOf({ grants: grant(alice.arn, ['CreateGrant']), grantOperation: 'CreateGrant', requestedGrant })).toEqual([
    'grant g1 allows CreateGrant for narrower grants only',
  ]);
  expect(lineOf({ grants: grant(stranger.arn) })).toEqual(['grant g1 is for another principal of that name']);
});

test('an action without a key is decided without a key policy and grants', () => {
  const { resource: _r, resourceKind: _k, keyPolicy: _p, grantOperation: _g, ...account } = aRequest([aStatement()]);
  const questions = (principal: AuthorizationRequest['principal']) =>
    explain({ ...account, principal }).steps.map(({ question, answer }) => [question, answer]);
  expect(questions(alice)).toEqual([
    ["the caller's identity policies", 'there are none'],
    ['decision', 'Deny: no identity policy allows'],
  ]);
  expect(questions(root)[0]?.[1]).toMatch(/^are not needed/);
});
