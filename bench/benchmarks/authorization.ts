/**
 * Authorization decisions: how many per second one thread makes, against parsing the policies' JSON, which an evaluator
 * without compilation would do each time; and the share of an Encrypt that a decision takes.
 */
import { type AuthorizationRequest, authorize } from '@keystead/policy/authorize.ts';
import { parseIdentityPolicy, parseKeyPolicy } from '@keystead/policy/policy.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import { conditionsOf } from '@keystead/policy/request-context.ts';
import type { Benchmark, FigureDescription, RoundSamples } from '../measure/benchmark.ts';
import { microsecondsPerRun } from '../measure/processor-time.ts';
import { encryptProcessorMicroseconds } from './encrypt-processor-time.ts';

const accountId = '111122223333';
const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
const keyArn = `arn:aws:kms:us-east-1:${accountId}:key/${keyId}`;
const user: Principal = {
  kind: 'user',
  accountId,
  arn: `arn:aws:iam::${accountId}:user/app`,
  principalId: 'AIDACKCEVSQ6C2EXAMPLE',
  userName: 'app',
};
const session: Principal = {
  kind: 'assumed-role',
  accountId,
  arn: `arn:aws:sts::${accountId}:assumed-role/builder/build-7`,
  principalId: 'AROACKCEVSQ6C2EXAMPLE:build-7',
  roleArn: `arn:aws:iam::${accountId}:role/builder`,
  roleId: 'AROACKCEVSQ6C2EXAMPLE',
  roleName: 'builder',
  sessionName: 'build-7',
};

const document = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const use = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];
const account = { Effect: 'Allow', Principal: { AWS: accountId }, Action: 'kms:*', Resource: '*' };
const administrators = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${accountId}:user/admin` },
  Action: ['kms:Create*', 'kms:Describe*', 'kms:Enable*', 'kms:List*', 'kms:Put*', 'kms:ScheduleKeyDeletion'],
  Resource: '*',
};
const users = {
  Effect: 'Allow',
  Principal: { AWS: user.arn },
  Action: use,
  Resource: '*',
  Condition: {
    StringEquals: { 'kms:EncryptionContext:Department': 'finance' },
    Bool: { 'aws:SecureTransport': 'true' },
  },
};
const byKey = document(administrators, users);
const toAccount = document(account);
/** Ten statements, of which the last allows. */
const own = document(
  ...Array.from({ length: 9 }, (_, i) => ({
    Effect: 'Allow',
    Action: [`s3:Get*`, `s3:List*`],
    Resource: `arn:aws:s3:::bucket-${i}/*`,
  })),
  { Effect: 'Allow', Action: use, Resource: `arn:aws:kms:*:${accountId}:key/*` },
);

const rate = { unit: '1/s', better: 'higher' } as const;
const share = { unit: 'µs of processor time', better: 'neither', floorName: 'Encrypt, API process' } as const;
const figures: readonly FigureDescription[] = [
  { id: 'decision-key-policy-rate', name: 'Decisions by the key policy', ...rate, floorName: 'its JSON read' },
  { id: 'decision-identity-rate', name: 'Decisions by identity policies', ...rate, floorName: 'their JSON read' },
  { id: 'decision-bounded-rate', name: 'Decisions for a bounded session', ...rate, floorName: 'their JSON read' },
  { id: 'decision-key-policy-share', name: 'Decision by the key policy, in an Encrypt', ...share },
  { id: 'decision-bounded-share', name: 'Decision for a bounded session, in an Encrypt', ...share },
];

export const authorization: Benchmark = {
  name: 'authorization',
  summary: 'deciding by compiled policies, and its share in an Encrypt',
  rounds: 7,
  lasting: false,
  figures,
  prepare: async () => ({ measure, close: async () => undefined }),
};

async function measure(round: number): Promise<RoundSamples> {
  const { direct, delegated, bounded, reading, readingOwn } = microsecondsPerRun(round, works());
  const encrypt = await encryptProcessorMicroseconds();
  const perSecond = (microseconds: number) => 1_000_000 / microseconds;
  return {
    'decision-key-policy-rate': { subject: perSecond(direct), floor: perSecond(reading) },
    'decision-identity-rate': { subject: perSecond(delegated), floor: perSecond(readingOwn) },
    'decision-bounded-rate': { subject: perSecond(bounded), floor: perSecond(readingOwn) },
    'decision-key-policy-share': { subject: direct, floor: encrypt },
    'decision-bounded-share': { subject: bounded, floor: encrypt },
  };
}

function works() {
  const direct = requestOf(user, byKey);
  const delegated = requestOf(user, toAccount, own, own, own);
  const bounded: AuthorizationRequest = {
    ...requestOf(session, toAccount, own),
    authority: {
      identityPolicies: [parseIdentityPolicy(own)],
      permissionsBoundary: parseIdentityPolicy(own),
      sessionPolicies: [parseIdentityPolicy(own)],
      principalTags: {},
    },
  };
  return {
    direct: () => decide(direct),
    delegated: () => decide(delegated),
    bounded: () => decide(bounded),
    reading: () => JSON.parse(byKey),
    readingOwn: () => [toAccount, own, own, own].map((text) => JSON.parse(text)),
  };
}

function requestOf(
  principal: Principal,
  keyPolicy: string,
  ...identityPolicies: readonly string[]
): AuthorizationRequest {
  return {
    principal,
    authority: { identityPolicies: identityPolicies.map((text) => parseIdentityPolicy(text)), principalTags: {} },
    action: 'kms:Encrypt',
    resource: { arn: keyArn, accountId },
    resourceKind: 'key',
    conditions: () => undefined,
    keyPolicy: parseKeyPolicy(keyPolicy),
    grants: [],
    grantOperation: 'Encrypt',
    crossAccount: true,
  };
}

/** As in the pipeline: conditions are made for each request, and the value of each is computed when it is needed. */
function decide(request: AuthorizationRequest): void {
  const { principal, authority } = request;
  const ctx = {
    principal,
    authority,
    region: 'us-east-1',
    nowMs: Date.now(),
    sourceIp: '203.0.113.7',
    userAgent: 'aws-sdk-js/3.1169.0',
    secureTransport: true,
  };
  const input = { KeyId: keyId, EncryptionContext: { Department: 'finance' } };
  const conditions = conditionsOf({ ctx, operation: 'Encrypt', action: 'kms:Encrypt', input });
  const decision = authorize({ ...request, conditions, encryptionContext: input.EncryptionContext });
  if (!decision.allowed) throw new Error(`the benchmark's caller is refused: ${decision.message}`);
}
