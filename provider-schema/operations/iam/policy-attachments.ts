/** Attachments of managed policies to users, groups and roles. */
import { iam } from '../apis.ts';
import { identityChangeErrors } from '../error-groups.ts';
import { identity } from '../targets.ts';

export const policyAttachmentsOperations = iam({
  AttachUserPolicy: {
    summary: 'Attaches a managed policy to a user.',
    output: null,
    targets: [identity('user')],
    accessLevel: 'Permissions management',
    errors: [...identityChangeErrors, 'InvalidInputException'],
    rest: 'PUT /v1/users/{UserName}/attached-policies/{PolicyArn}',
  },
  DetachUserPolicy: {
    summary: 'Detaches a managed policy from a user.',
    output: null,
    targets: [identity('user')],
    accessLevel: 'Permissions management',
    errors: [...identityChangeErrors, 'InvalidInputException'],
    rest: 'DELETE /v1/users/{UserName}/attached-policies/{PolicyArn}',
  },
  ListAttachedUserPolicies: {
    summary: 'Lists the managed policies attached to a user.',
    targets: [identity('user')],
    accessLevel: 'List',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'GET /v1/users/{UserName}/attached-policies',
  },
  AttachGroupPolicy: {
    summary: 'Attaches a managed policy to a group.',
    output: null,
    targets: [identity('group')],
    accessLevel: 'Permissions management',
    errors: [...identityChangeErrors, 'InvalidInputException'],
    rest: 'PUT /v1/groups/{GroupName}/attached-policies/{PolicyArn}',
  },
  DetachGroupPolicy: {
    summary: 'Detaches a managed policy from a group.',
    output: null,
    targets: [identity('group')],
    accessLevel: 'Permissions management',
    errors: [...identityChangeErrors, 'InvalidInputException'],
    rest: 'DELETE /v1/groups/{GroupName}/attached-policies/{PolicyArn}',
  },
  ListAttachedGroupPolicies: {
    summary: 'Lists the managed policies attached to a group.',
    targets: [identity('group')],
    accessLevel: 'List',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'GET /v1/groups/{GroupName}/attached-policies',
  },
  AttachRolePolicy: {
    summary: 'Attaches a managed policy to a role.',
    output: null,
    targets: [identity('role')],
    accessLevel: 'Permissions management',
    errors: [...identityChangeErrors, 'InvalidInputException', 'UnmodifiableEntityException'],
    rest: 'PUT /v1/roles/{RoleName}/attached-policies/{PolicyArn}',
  },
  DetachRolePolicy: {
    summary: 'Detaches a managed policy from a role.',
    output: null,
    targets: [identity('role')],
    accessLevel: 'Permissions management',
    errors: [...identityChangeErrors, 'InvalidInputException', 'UnmodifiableEntityException'],
    rest: 'DELETE /v1/roles/{RoleName}/attached-policies/{PolicyArn}',
  },
  ListAttachedRolePolicies: {
    summary: 'Lists the managed policies attached to a role.',
    targets: [identity('role')],
    accessLevel: 'List',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'GET /v1/roles/{RoleName}/attached-policies',
  },
});
