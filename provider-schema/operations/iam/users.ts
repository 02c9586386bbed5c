/** Users of an account. */
import { iam } from '../apis.ts';
import { identityChangeErrors } from '../error-groups.ts';
import { account, identity } from '../targets.ts';

export const usersOperations = iam({
  CreateUser: {
    summary: 'Creates a user.',
    targets: [
      identity('user', { isNew: true }),
      identity('user', { action: 'iam:TagUser', isNew: true, when: 'Tags' }),
    ],
    accessLevel: 'Write',
    errors: [...identityChangeErrors, 'EntityAlreadyExistsException', 'InvalidInputException'],
    rest: 'POST /v1/users',
    creates: true,
  },
  GetUser: {
    summary: 'Describes a user, or the caller.',
    targets: [identity('user', { orCaller: true })],
    accessLevel: 'Read',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/users/{UserName}',
  },
  ListUsers: {
    summary: 'Lists the users of the account.',
    targets: [account()],
    accessLevel: 'List',
    rest: 'GET /v1/users',
  },
  UpdateUser: {
    summary: 'Changes the name or path of a user.',
    output: null,
    targets: [identity('user')],
    accessLevel: 'Write',
    errors: [...identityChangeErrors, 'EntityAlreadyExistsException'],
    rest: 'PATCH /v1/users/{UserName}',
  },
  DeleteUser: {
    summary: 'Deletes a user that has no access keys, policies or groups.',
    output: null,
    targets: [identity('user')],
    accessLevel: 'Write',
    errors: [...identityChangeErrors, 'DeleteConflictException'],
    rest: 'DELETE /v1/users/{UserName}',
  },
  TagUser: {
    summary: 'Adds tags to a user or changes their values.',
    output: null,
    targets: [identity('user')],
    accessLevel: 'Tagging',
    errors: [...identityChangeErrors, 'InvalidInputException'],
    rest: 'POST /v1/users/{UserName}/tags',
  },
  UntagUser: {
    summary: 'Removes tags from a user.',
    output: null,
    targets: [identity('user')],
    accessLevel: 'Tagging',
    errors: ['NoSuchEntityException'],
    rest: 'DELETE /v1/users/{UserName}/tags',
  },
  ListUserTags: {
    summary: 'Lists the tags of a user.',
    targets: [identity('user')],
    accessLevel: 'List',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/users/{UserName}/tags',
  },
  PutUserPermissionsBoundary: {
    summary: 'Sets the permissions boundary of a user.',
    output: null,
    targets: [identity('user')],
    accessLevel: 'Permissions management',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'PUT /v1/users/{UserName}/permissions-boundary',
  },
  DeleteUserPermissionsBoundary: {
    summary: 'Removes the permissions boundary of a user.',
    output: null,
    targets: [identity('user')],
    accessLevel: 'Permissions management',
    errors: ['NoSuchEntityException'],
    rest: 'DELETE /v1/users/{UserName}/permissions-boundary',
  },
});
