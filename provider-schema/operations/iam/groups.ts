/** Groups of users. */
import { iam } from '../apis.ts';
import { identityChangeErrors } from '../error-groups.ts';
import { account, identity } from '../targets.ts';

export const groupsOperations = iam({
  CreateGroup: {
    summary: 'Creates a group.',
    targets: [identity('group', { isNew: true })],
    accessLevel: 'Write',
    errors: [...identityChangeErrors, 'EntityAlreadyExistsException'],
    rest: 'POST /v1/groups',
    creates: true,
  },
  GetGroup: {
    summary: 'Describes a group and lists its users.',
    targets: [identity('group')],
    accessLevel: 'Read',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/groups/{GroupName}',
  },
  ListGroups: {
    summary: 'Lists the groups of the account.',
    targets: [account()],
    accessLevel: 'List',
    rest: 'GET /v1/groups',
  },
  UpdateGroup: {
    summary: 'Changes the name or path of a group.',
    output: null,
    targets: [identity('group')],
    accessLevel: 'Write',
    errors: [...identityChangeErrors, 'EntityAlreadyExistsException'],
    rest: 'PATCH /v1/groups/{GroupName}',
  },
  DeleteGroup: {
    summary: 'Deletes a group that has no users and no policies.',
    output: null,
    targets: [identity('group')],
    accessLevel: 'Write',
    errors: [...identityChangeErrors, 'DeleteConflictException'],
    rest: 'DELETE /v1/groups/{GroupName}',
  },
  AddUserToGroup: {
    summary: 'Adds a user to a group.',
    output: null,
    targets: [identity('group')],
    accessLevel: 'Write',
    errors: identityChangeErrors,
    rest: 'PUT /v1/groups/{GroupName}/users/{UserName}',
  },
  RemoveUserFromGroup: {
    summary: 'Removes a user from a group.',
    output: null,
    targets: [identity('group')],
    accessLevel: 'Write',
    errors: identityChangeErrors,
    rest: 'DELETE /v1/groups/{GroupName}/users/{UserName}',
  },
  ListGroupsForUser: {
    summary: 'Lists the groups a user is in.',
    targets: [identity('user')],
    accessLevel: 'List',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/users/{UserName}/groups',
  },
});
