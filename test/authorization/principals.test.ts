/** Rows of principals in the form that policies, grants and the audit use. */
import { principalOf, roleSessionOf } from '@keystead/control-plane/authorization/principals.ts';
import { newPrincipal } from '@keystead/control-plane/mutations/identity-mutations.ts';
import type { PrincipalRow } from '@keystead/control-plane/storage/port/tables.ts';
import { accountId } from '../support/test-control-plane.ts';

const rowOf = (kind: PrincipalRow['kind'], name: string, arn: string): PrincipalRow => ({
  ...newPrincipal({ principal_id: 'ID', account_id: accountId, kind, name, arn, created_at_ms: 0 }),
  revision: 1,
});
const arnOf = (resource: string) => `arn:aws:iam::${accountId}:${resource}`;

test('users and root are known by their ARN', () => {
  const common = { accountId, principalId: 'ID' };
  const alice = arnOf('user/team/alice');
  expect(principalOf(rowOf('user', 'alice', alice))).toEqual({
    ...common,
    kind: 'user',
    arn: alice,
    userName: 'alice',
  });
  expect(principalOf(rowOf('root', '', arnOf('root')))).toEqual({ ...common, kind: 'root', arn: arnOf('root') });
});

test('a service is known by its name in place of an ARN', () => {
  const service = rowOf('aws-service', 'dynamodb.amazonaws.com', arnOf('service-principal/dynamodb.amazonaws.com'));
  expect(principalOf(service)).toMatchObject({ kind: 'aws-service', arn: 'dynamodb.amazonaws.com' });
});

test('a role is not a caller, but its sessions are, named without the path of the role', () => {
  const role = rowOf('role', 'app', arnOf('role/team/app'));
  expect(principalOf(role)).toBeUndefined();
  expect(roleSessionOf(role, 'me')).toEqual({
    kind: 'assumed-role',
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/app/me`,
    principalId: 'ID:me',
    roleArn: role.arn,
    roleId: 'ID',
    roleName: 'app',
    sessionName: 'me',
  });
});
