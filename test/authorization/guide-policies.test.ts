/**
 * The policies that the KMS Developer Guide prints, each with what it allows and what it refuses, as requests through
 * the whole pipeline. Sources: "Default key policy" (administrators, users, services), "Allowing users in other
 * accounts to use a KMS key", "Condition keys for AWS KMS", "Grants in AWS KMS", "AWS managed keys".
 */
import type { Caller } from '@keystead/control-plane/context/door.ts';
import { rootArn } from '@keystead/provider-schema/arn.ts';
import type { OperationTypes } from '@keystead/provider-schema/generated/types.ts';
import { aKey } from '../support/a-key.ts';
import { allowed, everything, foreignUser, serviceOf, sessionOf, withAuthority } from '../support/callers.ts';
import { policyText, type Statement } from '../support/policies.ts';
import {
  accountId,
  openTestControlPlane,
  region,
  rootOf,
  type TestControlPlane,
} from '../support/test-control-plane.ts';

const partner = '444455556666';
const Plaintext = Buffer.from('secret');
const root = rootOf(accountId);

let controlPlane: TestControlPlane;
let admin: Caller;
let user: Caller;
let role: Caller;
let other: Caller;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
  admin = await controlPlane.user('KMSAdminUser');
  user = await controlPlane.user('CMKUser');
  role = await sessionOf(controlPlane, 'ExampleRole');
  other = await controlPlane.user('Nobody');
});
afterAll(() => controlPlane?.close());

type Name = keyof OperationTypes;
/** A caller and its request; the key's id is filled in. */
type Ask = readonly [who: () => Caller, operation: Name, input?: object];

interface Printed {
  readonly title: string;
  readonly statements: () => readonly Statement[];
  readonly lets: readonly Ask[];
  readonly refuses: readonly Ask[];
}

const enableIam = (): Statement => ({
  Sid: 'Enable IAM User Permissions',
  Effect: 'Allow',
  Principal: { AWS: rootArn(accountId, region) },
  Action: 'kms:*',
  Resource: '*',
});

const administrators = (): Statement => ({
  Sid: 'Allow access for Key Administrators',
  Effect: 'Allow',
  Principal: { AWS: admin.principal.arn },
  Action: [
    'kms:Create*',
    'kms:Describe*',
    'kms:Enable*',
    'kms:List*',
    'kms:Put*',
    'kms:Update*',
    'kms:Revoke*',
    'kms:Disable*',
    'kms:Get*',
    'kms:Delete*',
    'kms:TagResource',
    'kms:UntagResource',
    'kms:ScheduleKeyDeletion',
    'kms:CancelKeyDeletion',
    'kms:RotateKeyOnDemand',
  ],
  Resource: '*',
});

const users = (): readonly Statement[] => [
  {
    Sid: 'Allow use of the key',
    Effect: 'Allow',
    Principal: { AWS: [user.principal.arn, roleArn()] },
    Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    Resource: '*',
  },
  {
    Sid: 'Allow attachment of persistent resources',
    Effect: 'Allow',
    Principal: { AWS: [user.principal.arn, roleArn()] },
    Action: ['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'],
    Resource: '*',
    Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  },
];

const roleArn = () => (role.principal.kind === 'assumed-role' ? role.principal.roleArn : '');
const via = (caller: Caller, service: string) =>
  withAuthority(caller, { viaService: `${service}.${region}.amazonaws.com` });
const encrypt = { Plaintext };
const stranger = () => foreignUser(partner, 'mallory');

const printed: readonly Printed[] = [
  {
    title: 'the default key policy: the account, and so its identity policies',
    statements: () => [enableIam()],
    lets: [
      [() => root, 'Encrypt', encrypt],
      [() => allowed(user, everything), 'Encrypt', encrypt],
      [() => allowed(role, everything), 'PutKeyPolicy', { Policy: policyText(enableIam()) }],
    ],
    refuses: [
      [() => user, 'Encrypt', encrypt],
      [() => role, 'DescribeKey'],
      [stranger, 'Encrypt', encrypt],
    ],
  },
  {
    title: 'key administrators: everything but the use of the key',
    statements: () => [enableIam(), administrators()],
    lets: [
      [() => admin, 'DescribeKey'],
      [() => admin, 'UpdateKeyDescription', { Description: 'described' }],
      [() => admin, 'EnableKeyRotation'],
      [() => admin, 'CreateGrant', { GranteePrincipal: 'self', Operations: ['Decrypt'] }],
      [() => admin, 'TagResource', { Tags: [{ TagKey: 'a', TagValue: 'b' }] }],
      [() => admin, 'ScheduleKeyDeletion', { PendingWindowInDays: 7 }],
    ],
    refuses: [
      [() => admin, 'Encrypt', encrypt],
      [() => admin, 'GenerateDataKey', { KeySpec: 'AES_256' }],
      [() => user, 'DescribeKey'],
    ],
  },
  {
    title: 'key users: the use of the key, and grants for services only',
    statements: () => [enableIam(), ...users()],
    lets: [
      [() => user, 'Encrypt', encrypt],
      [() => role, 'GenerateDataKeyWithoutPlaintext', { KeySpec: 'AES_256' }],
      [() => user, 'DescribeKey'],
      [() => via(user, 'ec2'), 'CreateGrant', { GranteePrincipal: 'self', Operations: ['Decrypt'] }],
      [() => via(user, 'ec2'), 'ListGrants'],
    ],
    refuses: [
      [() => user, 'CreateGrant', { GranteePrincipal: 'self', Operations: ['Decrypt'] }],
      [() => user, 'ListGrants'],
      [() => user, 'DisableKey'],
      [() => role, 'PutKeyPolicy', { Policy: '{}' }],
      [() => other, 'Encrypt', encrypt],
    ],
  },
  {
    title: 'users of another account: together with an identity policy there, and only for what crosses accounts',
    statements: () => [
      enableIam(),
      {
        Sid: 'Allow an external account to use this KMS key',
        Effect: 'Allow',
        Principal: { AWS: [`arn:aws:iam::${partner}:root`] },
        Action: [
          'kms:Encrypt',
          'kms:Decrypt',
          'kms:ReEncrypt*',
          'kms:GenerateDataKey*',
          'kms:DescribeKey',
          'kms:PutKeyPolicy',
        ],
        Resource: '*',
      },
    ],
    lets: [
      [() => allowed(stranger(), everything), 'Encrypt', encrypt],
      [() => rootOf(partner), 'DescribeKey'],
    ],
    refuses: [
      [stranger, 'Encrypt', encrypt],
      [
        () => allowed(stranger(), { ...everything, Resource: `arn:aws:kms:${region}:${partner}:key/*` }),
        'Encrypt',
        encrypt,
      ],
      [() => allowed(stranger(), everything), 'CreateGrant', { GranteePrincipal: 'self', Operations: ['Decrypt'] }],
      [() => allowed(stranger(), everything), 'PutKeyPolicy', { Policy: '{}' }],
      [() => allowed(foreignUser('777788889999', 'eve'), everything), 'Encrypt', encrypt],
    ],
  },
  {
    title: 'use through one service: kms:ViaService and kms:CallerAccount, as in the policies of AWS managed keys',
    statements: () => [
      {
        Sid: 'Allow access through the service for all principals in the account that are authorized to use it',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'kms:Encrypt',
          'kms:Decrypt',
          'kms:ReEncrypt*',
          'kms:GenerateDataKey*',
          'kms:CreateGrant',
          'kms:DescribeKey',
        ],
        Resource: '*',
        Condition: {
          StringEquals: { 'kms:CallerAccount': accountId, 'kms:ViaService': `s3.${region}.amazonaws.com` },
        },
      },
      { ...enableIam(), Sid: 'Describe', Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:PutKeyPolicy'] },
    ],
    lets: [
      [() => via(user, 's3'), 'GenerateDataKey', { KeySpec: 'AES_256' }],
      [() => via(role, 's3'), 'Encrypt', encrypt],
      [() => root, 'DescribeKey'],
    ],
    refuses: [
      [() => user, 'Encrypt', encrypt],
      [() => via(user, 'ec2'), 'Encrypt', encrypt],
      [() => via(allowed(stranger(), everything), 's3'), 'Encrypt', encrypt],
      [() => via(user, 's3'), 'DisableKey'],
    ],
  },
  {
    title: 'a service in its own name, for resources of the account',
    statements: () => [
      enableIam(),
      {
        Sid: 'Allow CloudTrail to encrypt logs',
        Effect: 'Allow',
        Principal: { Service: 'cloudtrail.amazonaws.com' },
        Action: 'kms:GenerateDataKey*',
        Resource: '*',
        Condition: {
          StringEquals: { 'aws:SourceArn': `arn:aws:cloudtrail:${region}:${accountId}:trail/all` },
          StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': `arn:aws:cloudtrail:*:${accountId}:trail/*` },
        },
      },
    ],
    lets: [
      [
        () => trail(`arn:aws:cloudtrail:${region}:${accountId}:trail/all`),
        'GenerateDataKey',
        {
          KeySpec: 'AES_256',
          EncryptionContext: { 'aws:cloudtrail:arn': `arn:aws:cloudtrail:${region}:${accountId}:trail/all` },
        },
      ],
    ],
    refuses: [
      [() => trail(`arn:aws:cloudtrail:${region}:${accountId}:trail/all`), 'GenerateDataKey', { KeySpec: 'AES_256' }],
      [
        () => trail(`arn:aws:cloudtrail:${region}:${partner}:trail/all`),
        'GenerateDataKey',
        {
          KeySpec: 'AES_256',
          EncryptionContext: { 'aws:cloudtrail:arn': `arn:aws:cloudtrail:${region}:${accountId}:trail/all` },
        },
      ],
      [() => serviceOf('sqs.amazonaws.com'), 'GenerateDataKey', { KeySpec: 'AES_256' }],
      [() => trail(`arn:aws:cloudtrail:${region}:${accountId}:trail/all`), 'Encrypt', encrypt],
    ],
  },
  {
    title: 'use for one encryption context only',
    statements: () => [
      enableIam(),
      {
        Effect: 'Allow',
        Principal: { AWS: roleArn() },
        Action: 'kms:GenerateDataKey',
        Resource: '*',
        Condition: {
          StringEquals: { 'kms:EncryptionContext:AppName': 'ExampleApp' },
          'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['AppName', 'FilePath'] },
        },
      },
    ],
    lets: [
      [() => role, 'GenerateDataKey', { KeySpec: 'AES_256', EncryptionContext: { AppName: 'ExampleApp' } }],
      [
        () => role,
        'GenerateDataKey',
        { KeySpec: 'AES_256', EncryptionContext: { AppName: 'ExampleApp', FilePath: '/' } },
      ],
    ],
    refuses: [
      [() => role, 'GenerateDataKey', { KeySpec: 'AES_256', EncryptionContext: { AppName: 'Other' } }],
      [() => role, 'GenerateDataKey', { KeySpec: 'AES_256', EncryptionContext: { AppName: 'ExampleApp', x: 'y' } }],
      [() => role, 'GenerateDataKey', { KeySpec: 'AES_256' }],
    ],
  },
  {
    title: 'grants of these operations, with this kind of constraint, to this principal',
    statements: () => [
      enableIam(),
      {
        Effect: 'Allow',
        Principal: { AWS: user.principal.arn },
        Action: 'kms:CreateGrant',
        Resource: '*',
        Condition: {
          StringEquals: {
            'kms:GranteePrincipal': other.principal.arn,
            'kms:GrantConstraintType': 'EncryptionContextSubset',
          },
          'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Encrypt', 'Decrypt'] },
        },
      },
    ],
    lets: [
      [
        () => user,
        'CreateGrant',
        { GranteePrincipal: 'other', Operations: ['Decrypt'], Constraints: { EncryptionContextSubset: { a: '1' } } },
      ],
    ],
    refuses: [
      [() => user, 'CreateGrant', { GranteePrincipal: 'other', Operations: ['Decrypt'] }],
      [
        () => user,
        'CreateGrant',
        { GranteePrincipal: 'other', Operations: ['Decrypt'], Constraints: { EncryptionContextEquals: { a: '1' } } },
      ],
      [
        () => user,
        'CreateGrant',
        {
          GranteePrincipal: 'other',
          Operations: ['Decrypt', 'GenerateDataKey'],
          Constraints: { EncryptionContextSubset: { a: '1' } },
        },
      ],
      [
        () => user,
        'CreateGrant',
        { GranteePrincipal: 'self', Operations: ['Decrypt'], Constraints: { EncryptionContextSubset: { a: '1' } } },
      ],
    ],
  },
  {
    title: 'no deletion before thirty days, no change of the policy without the lockout safety check',
    statements: () => [
      enableIam(),
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 'kms:ScheduleKeyDeletion',
        Resource: '*',
        Condition: { NumericLessThan: { 'kms:ScheduleKeyDeletionPendingWindowInDays': '30' } },
      },
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 'kms:PutKeyPolicy',
        Resource: '*',
        Condition: { Bool: { 'kms:BypassPolicyLockoutSafetyCheck': 'true' } },
      },
    ],
    lets: [
      [() => root, 'PutKeyPolicy', { Policy: policyText({ ...enableIam() }) }],
      [() => root, 'ScheduleKeyDeletion', { PendingWindowInDays: 30 }],
    ],
    refuses: [
      [() => root, 'ScheduleKeyDeletion', { PendingWindowInDays: 7 }],
      [() => root, 'PutKeyPolicy', { Policy: policyText({ ...enableIam() }), BypassPolicyLockoutSafetyCheck: true }],
    ],
  },
];

const trail = (arn: string) => withAuthority(serviceOf('cloudtrail.amazonaws.com'), { source: { arn } });

const names = { self: () => admin, other: () => other };

/** The refusal's code, or `allowed`. Each request has a key of its own, so that none depends on another. */
async function answer(statements: readonly Statement[], [who, operation, input = {}]: Ask): Promise<string> {
  const { Arn } = await aKey(controlPlane, { Policy: policyText(...statements) });
  const { GranteePrincipal } = input as { readonly GranteePrincipal?: keyof typeof names };
  const grantee = GranteePrincipal && { GranteePrincipal: names[GranteePrincipal]().principal.arn };
  const request = { KeyId: Arn, ...input, ...grantee };
  return controlPlane.perform(operation, request as OperationTypes[Name]['input'], { as: who() }).then(
    () => 'allowed',
    (error: { code: string }) => error.code,
  );
}

describe.each(printed)('$title', ({ statements, lets, refuses }) => {
  test('allows what it should', async () => {
    for (const ask of lets) expect([ask[1], await answer(statements(), ask)]).toEqual([ask[1], 'allowed']);
  });

  test('refuses the rest', async () => {
    for (const ask of refuses) {
      expect([ask[1], await answer(statements(), ask)]).toEqual([ask[1], 'AccessDeniedException']);
    }
  });
});
