/** Roles, which other principals assume for a time. */
import { iam } from '../apis.ts';
import { identityChangeErrors } from '../error-groups.ts';
import { account, identity } from '../targets.ts';

export const rolesOperations = iam({
  CreateRole: {
    summary: 'Creates a role; its trust policy says who can assume it.',
    targets: [
      identity('role', { isNew: true }),
      identity('role', { action: 'iam:TagRole', isNew: true, when: 'Tags' }),
    ],
    accessLevel: 'Write',
    errors: [
      'EntityAlreadyExistsException',
      'InvalidInputException',
      'LimitExceededException',
      'MalformedPolicyDocumentException',
    ],
    rest: 'POST /v1/roles',
    creates: true,
  },
  GetRole: {
    summary: 'Describes a role, with its trust policy.',
    targets: [identity('role')],
    accessLevel: 'Read',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/roles/{RoleName}',
  },
  ListRoles: {
    summary: 'Lists the roles of the account.',
    targets: [account()],
    accessLevel: 'List',
    rest: 'GET /v1/roles',
  },
  UpdateRole: {
    summary: 'Changes the description or the longest session of a role.',
    targets: [identity('role')],
    accessLevel: 'Write',
    errors: ['NoSuchEntityException', 'UnmodifiableEntityException'],
    rest: 'PATCH /v1/roles/{RoleName}',
  },
  UpdateRoleDescription: {
    summary: 'Changes the description of a role.',
    targets: [identity('role')],
    accessLevel: 'Write',
    errors: ['NoSuchEntityException'],
    rest: 'PUT /v1/roles/{RoleName}/description',
  },
  UpdateAssumeRolePolicy: {
    summary: 'Replaces the trust policy of a role.',
    output: null,
    targets: [identity('role')],
    accessLevel: 'Permissions management',
    errors: [...identityChangeErrors, 'MalformedPolicyDocumentException', 'UnmodifiableEntityException'],
    rest: 'PUT /v1/roles/{RoleName}/trust-policy',
  },
  DeleteRole: {
    summary: 'Deletes a role that has no policies; its sessions end.',
    output: null,
    targets: [identity('role')],
    accessLevel: 'Write',
    errors: [...identityChangeErrors, 'DeleteConflictException', 'UnmodifiableEntityException'],
    rest: 'DELETE /v1/roles/{RoleName}',
  },
  TagRole: {
    summary: 'Adds tags to a role or changes their values.',
    output: null,
    targets: [identity('role')],
    accessLevel: 'Tagging',
    errors: [...identityChangeErrors, 'InvalidInputException'],
    rest: 'POST /v1/roles/{RoleName}/tags',
  },
  UntagRole: {
    summary: 'Removes tags from a role.',
    output: null,
    targets: [identity('role')],
    accessLevel: 'Tagging',
    errors: ['NoSuchEntityException'],
    rest: 'DELETE /v1/roles/{RoleName}/tags',
  },
  ListRoleTags: {
    summary: 'Lists the tags of a role.',
    targets: [identity('role')],
    accessLevel: 'List',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/roles/{RoleName}/tags',
  },
  ListInstanceProfilesForRole: {
    summary: 'Lists the instance profiles of a role: always an empty list.',
    targets: [identity('role')],
    accessLevel: 'List',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/roles/{RoleName}/instance-profiles',
  },
  PutRolePermissionsBoundary: {
    summary: 'Sets the permissions boundary of a role.',
    output: null,
    targets: [identity('role')],
    accessLevel: 'Permissions management',
    errors: ['InvalidInputException', 'NoSuchEntityException', 'UnmodifiableEntityException'],
    rest: 'PUT /v1/roles/{RoleName}/permissions-boundary',
  },
  DeleteRolePermissionsBoundary: {
    summary: 'Removes the permissions boundary of a role.',
    output: null,
    targets: [identity('role')],
    accessLevel: 'Permissions management',
    errors: ['NoSuchEntityException', 'UnmodifiableEntityException'],
    rest: 'DELETE /v1/roles/{RoleName}/permissions-boundary',
  },
});
