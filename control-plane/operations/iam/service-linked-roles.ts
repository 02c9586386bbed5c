/**
 * Service-linked roles. Nothing here uses one in the service's name, so a deletion succeeds at once. A task's id proves
 * the deletion itself, sealed, so that no table of tasks is needed.
 * Source: AWS IAM API reference, CreateServiceLinkedRole, DeleteServiceLinkedRole, GetServiceLinkedRoleDeletionStatus.
 */
import { identityArn } from '@keystead/provider-schema/arn.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { serviceLinkedRolesOperations } from '@keystead/provider-schema/operations/iam/service-linked-roles.ts';
import { uniqueId } from '../../domain/identifiers/unique-id.ts';
import {
  deletionTaskId,
  deletionTaskOf,
  isServiceLinkedPath,
  serviceLinkedRole,
} from '../../domain/identities/service-linked-roles.ts';
import { newPrincipal } from '../../mutations/identity-mutations.ts';
import type { Implementations } from '../shared/implementation.ts';
import { identityRead, identityWrite, noSuchEntity, requireRoom } from './identity-change.ts';
import { principalResource, requireRole, roleOf } from './identity-lookups.ts';

const createServiceLinkedRole = identityWrite('CreateServiceLinkedRole', async (ctx, input) => {
  const { AWSServiceName: service, CustomSuffix, Description = '' } = input;
  const { name, path } = serviceLinkedRole(service, CustomSuffix);
  const { accountId, region } = ctx;
  if (await ctx.store.findPrincipalNamed(accountId, 'role', name)) {
    throw new KmsError('InvalidInputException', messages.serviceLinkedRoleTaken(name));
  }
  requireRoom('RolesPerAccount', limits.rolesPerAccount, await ctx.store.countPrincipals(accountId, 'role'));
  const row = newPrincipal({
    principal_id: uniqueId('AROA'),
    account_id: accountId,
    kind: 'role',
    name,
    arn: identityArn('role', { accountId, name, path, region }),
    path,
    description: Description,
    trust_policy: trustOf(service),
    trust_principals: '{}',
    max_session_duration_in_seconds: limits.maxSessionDurationInSeconds.default,
    created_at_ms: ctx.nowMs,
  });
  return {
    output: { Role: await roleOf(ctx, row) },
    resource: principalResource(row),
    kind: 'created',
    mutations: [{ op: 'insert', table: 'principals', row }],
  };
});

const trustOf = (service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });

const deleteServiceLinkedRole = identityWrite('DeleteServiceLinkedRole', async (ctx, { RoleName }) => {
  const role = await requireRole(ctx, RoleName);
  if (!isServiceLinkedPath(role.path)) {
    throw new KmsError('InvalidInputException', `The role ${RoleName} is not a service-linked role.`);
  }
  const { principal_id, revision } = role;
  const proof = await ctx.sealedTokens.seal('marker', [TASK, ctx.accountId, principal_id]);
  return {
    output: { DeletionTaskId: deletionTaskId(role, proof) },
    resource: principalResource(role),
    kind: 'deleted',
    mutations: [{ op: 'delete', table: 'principals', key: { principal_id }, revision }],
  };
});

/** Sets a task's proof apart from the marker of a list. */
const TASK = 'DeleteServiceLinkedRole';

const getServiceLinkedRoleDeletionStatus = identityRead<'GetServiceLinkedRoleDeletionStatus'>(
  async (ctx, { DeletionTaskId }) => {
    const proof = deletionTaskOf(DeletionTaskId)?.proof;
    const opened = proof === undefined ? undefined : await ctx.sealedTokens.open('marker', proof);
    const [kind, accountId, principalId] = Array.isArray(opened) ? opened : [];
    if (kind !== TASK || accountId !== ctx.accountId) {
      throw noSuchEntity(`The deletion task ${DeletionTaskId.slice(0, 128)} cannot be found.`);
    }
    // The task's id is given out with the commit of the deletion: a role that is still there means it did not commit.
    const role = await ctx.store.findPrincipalById(String(principalId));
    return { Status: role === undefined ? 'SUCCEEDED' : 'NOT_STARTED' };
  },
);

export const serviceLinkedRolesFunctions: Implementations<typeof serviceLinkedRolesOperations> = {
  CreateServiceLinkedRole: createServiceLinkedRole,
  DeleteServiceLinkedRole: deleteServiceLinkedRole,
  GetServiceLinkedRoleDeletionStatus: getServiceLinkedRoleDeletionStatus,
};
