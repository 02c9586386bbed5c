/** Statements, grants and outcomes that the tests of authorization share. */
import type { Caller } from '@keystead/control-plane/context/door.ts';
import { rootArn } from '@keystead/provider-schema/arn.ts';
import { aKey } from './a-key.ts';
import { sessionOf } from './callers.ts';
import { policyText, type Statement } from './policies.ts';
import { accountId, openTestControlPlane, region, type TestControlPlane } from './test-control-plane.ts';

/** What the default key policy says: the account's identity policies decide. */
export const toAccount: Statement = {
  Sid: 'account',
  Effect: 'Allow',
  Principal: { AWS: rootArn(accountId, region) },
  Action: 'kms:*',
  Resource: '*',
};

/** Allows the actions to the principal. */
export const to = (principal: unknown, Action: unknown = 'kms:*'): Statement => ({
  Sid: 'to',
  Effect: 'Allow',
  Principal: principal,
  Action,
  Resource: '*',
});

/** `allowed`, or the code of the refusal. */
export const outcome = (asked: Promise<unknown>) =>
  asked.then(
    () => 'allowed',
    (error: { code: string }) => error.code,
  );

export const source = `arn:aws:dynamodb:${region}:${accountId}:table/orders`;

/** The request for a grant to a service, for one of its resources. */
export const toDatabase = (KeyId: string) => ({
  KeyId,
  GranteeServicePrincipal: 'dynamodb.amazonaws.com',
  RetiringServicePrincipal: 'dynamodb.amazonaws.com',
  Operations: ['Encrypt', 'Decrypt'] as const,
  Constraints: { SourceArn: source },
});

export interface PermissionCases {
  readonly controlPlane: TestControlPlane;
  /** A user without policies. */
  readonly app: Caller;
  /** A session of the role `builder`. */
  readonly builder: Caller;
  /** A new key whose policy has the statements, beside what the default one says. */
  readonly keyFor: (...statements: readonly Statement[]) => ReturnType<typeof aKey>;
}

export async function openPermissionCases(): Promise<PermissionCases> {
  const controlPlane = await openTestControlPlane();
  return {
    controlPlane,
    app: await controlPlane.user('app'),
    builder: await sessionOf(controlPlane, 'builder'),
    keyFor: (...statements) => aKey(controlPlane, { Policy: policyText(toAccount, ...statements) }),
  };
}
