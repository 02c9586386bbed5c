/** Principals, ARNs and policy documents for tests of authorization. */
import type { Authority } from '@keystead/policy/authority.ts';
import type { Conditions } from '@keystead/policy/conditions.ts';
import { type CompiledPolicy, parseIdentityPolicy, parseKeyPolicy } from '@keystead/policy/policy.ts';
import type { Principal } from '@keystead/policy/principal.ts';

export const ACCOUNT = '111122223333';
export const OTHER_ACCOUNT = '444455556666';
export const KEY_ARN = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

export const rootOf = (accountId: string): Principal & { kind: 'root' } => ({
  kind: 'root',
  accountId,
  arn: `arn:aws:iam::${accountId}:root`,
  principalId: accountId,
});

export const userOf = (accountId: string, userName: string): Principal & { kind: 'user' } => ({
  kind: 'user',
  accountId,
  arn: `arn:aws:iam::${accountId}:user/${userName}`,
  principalId: `AIDA${userName.toUpperCase().padEnd(17, 'X')}`,
  userName,
});

export const sessionOf = (
  accountId: string,
  roleName: string,
  sessionName: string,
): Principal & { kind: 'assumed-role' } => {
  const roleId = `AROA${roleName.toUpperCase().padEnd(17, 'X')}`;
  return {
    kind: 'assumed-role',
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
    principalId: `${roleId}:${sessionName}`,
    roleArn: `arn:aws:iam::${accountId}:role/${roleName}`,
    roleId,
    roleName,
    sessionName,
  };
};

export const serviceOf = (accountId: string, name: string): Principal & { kind: 'aws-service' } => ({
  kind: 'aws-service',
  accountId,
  arn: name,
  principalId: name,
});

export const root = rootOf(ACCOUNT);
export const alice = userOf(ACCOUNT, 'alice');
export const bob = userOf(ACCOUNT, 'bob');
export const stranger = userOf(OTHER_ACCOUNT, 'mallory');
export const otherRoot = rootOf(OTHER_ACCOUNT);
/** A session of a role of the account. */
export const builder = sessionOf(ACCOUNT, 'builder', 'ci');
export const foreignBuilder = sessionOf(OTHER_ACCOUNT, 'builder', 'ci');
export const database = serviceOf(ACCOUNT, 'dynamodb.amazonaws.com');

export type Statement = Readonly<Record<string, unknown>>;

/** A statement that allows the account everything, with some elements replaced. */
export function aStatement(changes: Statement = {}): Statement {
  const statement = { Effect: 'Allow', Principal: { AWS: root.arn }, Action: 'kms:*', Resource: '*', ...changes };
  return Object.fromEntries(Object.entries(statement).filter(([, value]) => value !== undefined));
}

export const policyText = (...statements: readonly Statement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

export const aPolicy = (...statements: readonly Statement[]): CompiledPolicy =>
  parseKeyPolicy(policyText(...statements));

/** An identity policy of one statement that allows everything, with some elements replaced. */
export function identityPolicy(changes: Statement = {}): CompiledPolicy {
  const { Principal: _none, ...statement } = aStatement(changes);
  return parseIdentityPolicy(policyText(statement));
}

export const anAuthority = (changes: Partial<Authority> = {}): Authority => ({
  identityPolicies: [],
  principalTags: {},
  ...changes,
});

/** Condition keys of a request, as a table. */
export const given =
  (values: Readonly<Record<string, string | readonly string[]>> = {}): Conditions =>
  (name) =>
    Object.hasOwn(values, name) ? values[name] : undefined;
