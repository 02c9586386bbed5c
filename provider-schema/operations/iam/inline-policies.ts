/** Policies that belong to one user, group or role. */
import { iam } from '../apis.ts';
import { identityChangeErrors } from '../error-groups.ts';
import { identity } from '../targets.ts';

export const inlinePoliciesOperations = iam({
  PutUserPolicy: {
    summary: 'Writes an inline policy of a user.',
    output: null,
    targets: [identity('user')],
    accessLevel: 'Permissions management',
    errors: [...identityChangeErrors, 'MalformedPolicyDocumentException'],
    rest: 'PUT /v1/users/{UserName}/policies/{PolicyName}',
  },
  GetUserPolicy: {
    summary: 'Reads an inline policy of a user.',
    targets: [identity('user')],
    accessLevel: 'Read',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/users/{UserName}/policies/{PolicyName}',
  },
  DeleteUserPolicy: {
    summary: 'Deletes an inline policy of a user.',
    output: null,
    targets: [identity('user')],
    accessLevel: 'Permissions management',
    errors: identityChangeErrors,
    rest: 'DELETE /v1/users/{UserName}/policies/{PolicyName}',
  },
  ListUserPolicies: {
    summary: 'Lists the names of the inline policies of a user.',
    targets: [identity('user')],
    accessLevel: 'List',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/users/{UserName}/policies',
  },
  PutGroupPolicy: {
    summary: 'Writes an inline policy of a group.',
    output: null,
    targets: [identity('group')],
    accessLevel: 'Permissions management',
    errors: [...identityChangeErrors, 'MalformedPolicyDocumentException'],
    rest: 'PUT /v1/groups/{GroupName}/policies/{PolicyName}',
  },
  GetGroupPolicy: {
    summary: 'Reads an inline policy of a group.',
    targets: [identity('group')],
    accessLevel: 'Read',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/groups/{GroupName}/policies/{PolicyName}',
  },
  DeleteGroupPolicy: {
    summary: 'Deletes an inline policy of a group.',
    output: null,
    targets: [identity('group')],
    accessLevel: 'Permissions management',
    errors: identityChangeErrors,
    rest: 'DELETE /v1/groups/{GroupName}/policies/{PolicyName}',
  },
  ListGroupPolicies: {
    summary: 'Lists the names of the inline policies of a group.',
    targets: [identity('group')],
    accessLevel: 'List',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/groups/{GroupName}/policies',
  },
  PutRolePolicy: {
    summary: 'Writes an inline policy of a role.',
    output: null,
    targets: [identity('role')],
    accessLevel: 'Permissions management',
    errors: [...identityChangeErrors, 'MalformedPolicyDocumentException', 'UnmodifiableEntityException'],
    rest: 'PUT /v1/roles/{RoleName}/policies/{PolicyName}',
  },
  GetRolePolicy: {
    summary: 'Reads an inline policy of a role.',
    targets: [identity('role')],
    accessLevel: 'Read',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/roles/{RoleName}/policies/{PolicyName}',
  },
  DeleteRolePolicy: {
    summary: 'Deletes an inline policy of a role.',
    output: null,
    targets: [identity('role')],
    accessLevel: 'Permissions management',
    errors: [...identityChangeErrors, 'UnmodifiableEntityException'],
    rest: 'DELETE /v1/roles/{RoleName}/policies/{PolicyName}',
  },
  ListRolePolicies: {
    summary: 'Lists the names of the inline policies of a role.',
    targets: [identity('role')],
    accessLevel: 'List',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/roles/{RoleName}/policies',
  },
});
