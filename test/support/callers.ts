/** Callers of every kind for tests on the test control plane: existing principals with a test's policies. */
import type { Caller } from '@keystead/control-plane/context/door.ts';
import type { Authority } from '@keystead/policy/authority.ts';
import { parseIdentityPolicy } from '@keystead/policy/policy.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import { assumedRoleArn, userArn } from '@keystead/provider-schema/arn.ts';
import { policyText, type Statement } from './policies.ts';
import { accountId, region, type TestControlPlane } from './test-control-plane.ts';

export const callerOf = (principal: Principal, authority: Partial<Authority> = {}): Caller => ({
  principal,
  authority: { identityPolicies: [], principalTags: {}, ...authority },
  accessKeyId: 'AKIACALLER0000000000',
  accountId: principal.accountId,
  region,
});

/** The same caller with other policies or permissions boundaries. */
export const withAuthority = (caller: Caller, authority: Partial<Authority>): Caller => ({
  ...caller,
  authority: { ...caller.authority, ...authority },
});

/** The same caller with an identity policy of these statements. */
export const allowed = (caller: Caller, ...statements: readonly Statement[]): Caller =>
  withAuthority(caller, { identityPolicies: [parseIdentityPolicy(policyText(...statements), 'own')] });

export const everything: Statement = { Effect: 'Allow', Action: '*', Resource: '*' };

/** A new role, and a session of it. */
export async function sessionOf(
  controlPlane: TestControlPlane,
  roleName: string,
  sessionName = 'session',
): Promise<Caller> {
  const trust = { Effect: 'Allow', Principal: { AWS: accountId }, Action: 'sts:AssumeRole' };
  const { Role } = await controlPlane.perform('CreateRole', {
    RoleName: roleName,
    AssumeRolePolicyDocument: policyText(trust),
  });
  const { Arn: roleArn, RoleId: roleId } = Role;
  return callerOf({
    kind: 'assumed-role',
    accountId,
    arn: assumedRoleArn(roleArn, roleName, sessionName),
    principalId: `${roleId}:${sessionName}`,
    roleArn,
    roleId,
    roleName,
    sessionName,
  });
}

export const serviceOf = (name: string, account = accountId): Caller =>
  callerOf({ kind: 'aws-service', accountId: account, arn: name, principalId: 'AIPAEXAMPLE' });

/** A user of an account that this installation does not have. */
export const foreignUser = (account: string, userName: string): Caller =>
  callerOf({ kind: 'user', accountId: account, arn: userArn(account, userName), principalId: 'AIDAFOREIGN', userName });
