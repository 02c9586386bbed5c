/** Service-linked roles, each of which one service can assume and nobody can change. */
import { iam } from '../apis.ts';
import { identity } from '../targets.ts';

export const serviceLinkedRolesOperations = iam({
  CreateServiceLinkedRole: {
    summary: 'Creates the role that a service assumes.',
    targets: [identity('service-linked-role', { isNew: true })],
    accessLevel: 'Write',
    errors: ['InvalidInputException', 'LimitExceededException'],
    rest: 'POST /v1/service-linked-roles',
    creates: true,
  },
  DeleteServiceLinkedRole: {
    summary: 'Deletes a service-linked role; its sessions end.',
    targets: [identity('role')],
    accessLevel: 'Write',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'DELETE /v1/service-linked-roles/{RoleName}',
  },
  GetServiceLinkedRoleDeletionStatus: {
    summary: 'Returns what became of the deletion of a service-linked role.',
    targets: [identity('deletion-task')],
    accessLevel: 'Read',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'GET /v1/service-linked-role-deletions/{DeletionTaskId}',
  },
});
