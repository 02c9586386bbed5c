/** Roles, who can assume them and for how long. Source: AWS IAM API reference, CreateRole, UpdateRole and relatives. */

import { identityArn } from '@keystead/provider-schema/arn.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { rolesOperations } from '@keystead/provider-schema/operations/iam/roles.ts';
import { requireTrustPolicy } from '../../authorization/policy-documents.ts';
import type { Context } from '../../context/context.ts';
import { uniqueId } from '../../domain/identifiers/unique-id.ts';
import { listIdentityTags, withoutTags, withTags } from '../../domain/identities/identity-tags.ts';
import { isServiceLinkedPath } from '../../domain/identities/service-linked-roles.ts';
import { newPrincipal, updatePrincipal } from '../../mutations/identity-mutations.ts';
import type { PrincipalRow } from '../../storage/port/tables.ts';
import type { Implementations } from '../shared/implementation.ts';
import { identityPage, identityPageInMemory } from '../shared/paging.ts';
import { alreadyExists, identityRead, identityWrite, namePage, requireRoom } from './identity-change.ts';
import { listed, principalResource, requireOwnRole, requireRole, roleOf } from './identity-lookups.ts';
import { policySize, requireAttachable } from './policy-lookups.ts';
import { bounded, requireNoPolicies, retagged } from './principal-changes.ts';

const createRole = identityWrite('CreateRole', async (ctx, input) => {
  const { RoleName, Path = '/', PermissionsBoundary } = input;
  if (isServiceLinkedPath(Path)) throw new KmsError('InvalidInputException', messages.servicePath(Path));
  if (await ctx.store.findPrincipalNamed(ctx.accountId, 'role', RoleName)) {
    throw alreadyExists(messages.roleExists(RoleName));
  }
  requireRoom('RolesPerAccount', limits.rolesPerAccount, await ctx.store.countPrincipals(ctx.accountId, 'role'));
  if (PermissionsBoundary !== undefined) await requireAttachable(ctx, PermissionsBoundary);
  const row = newPrincipal({
    principal_id: uniqueId('AROA'),
    account_id: ctx.accountId,
    kind: 'role',
    name: RoleName,
    arn: identityArn('role', { accountId: ctx.accountId, name: RoleName, path: Path, region: ctx.region }),
    path: Path,
    description: input.Description ?? '',
    tags: withTags('{}', input.Tags),
    permissions_boundary_arn: PermissionsBoundary ?? null,
    ...(await trust(ctx, input.AssumeRolePolicyDocument)),
    max_session_duration_in_seconds: input.MaxSessionDuration ?? limits.maxSessionDurationInSeconds.default,
    created_at_ms: ctx.nowMs,
  });
  return {
    output: { Role: await roleOf(ctx, row) },
    resource: principalResource(row),
    kind: 'created',
    mutations: [{ op: 'insert', table: 'principals', row }],
  };
});

const getRole = identityRead<'GetRole'>(async (ctx, { RoleName }) => ({
  Role: await roleOf(ctx, await requireRole(ctx, RoleName)),
}));

const listRoles = identityRead<'ListRoles'>(async (ctx, input) => {
  const { rows, paging } = await identityPage(
    ctx,
    ['ListRoles', input.PathPrefix ?? '/'],
    input,
    (page) => ctx.store.listPrincipals(ctx.accountId, 'role', namePage(input, page)),
    (row) => row.name_key,
  );
  const roles = await Promise.all(rows.map((row) => roleOf(ctx, row)));
  return { Roles: roles.map(listed), ...paging };
});

/** A session length that is not given gets its default value; the description stays, as the AWS provider expects. */
const updateRole = identityWrite('UpdateRole', async (ctx, { RoleName, Description, MaxSessionDuration }) => {
  const seconds = MaxSessionDuration ?? limits.maxSessionDurationInSeconds.default;
  // Of a service-linked role only the description can change.
  const role = await (MaxSessionDuration === undefined ? requireRole : requireOwnRole)(ctx, RoleName);
  const set = { description: Description ?? role.description, max_session_duration_in_seconds: seconds };
  return { ...updated(role, set), output: {} };
});

const updateRoleDescription = identityWrite('UpdateRoleDescription', async (ctx, { RoleName, Description }) => {
  const role = await requireRole(ctx, RoleName);
  const set = { description: Description };
  return { ...updated(role, set), output: { Role: await roleOf(ctx, { ...role, ...set }) } };
});

const updateAssumeRolePolicy = identityWrite('UpdateAssumeRolePolicy', async (ctx, { RoleName, PolicyDocument }) => {
  const role = await requireOwnRole(ctx, RoleName);
  return updated(role, await trust(ctx, PolicyDocument));
});

/** The role's sessions end with it, because each of their requests reads the role. */
const deleteRole = identityWrite('DeleteRole', async (ctx, { RoleName }) => {
  const role = await requireOwnRole(ctx, RoleName);
  const { principal_id, revision } = role;
  await requireNoPolicies(ctx, principal_id);
  return {
    output: undefined,
    resource: principalResource(role),
    kind: 'deleted',
    mutations: [{ op: 'delete', table: 'principals', key: { principal_id }, revision }],
  };
});

const tagRole = identityWrite('TagRole', async (ctx, { RoleName, Tags }) =>
  retagged(await requireRole(ctx, RoleName), (tags) => withTags(tags, Tags)),
);

const untagRole = identityWrite('UntagRole', async (ctx, { RoleName, TagKeys }) =>
  retagged(await requireRole(ctx, RoleName), (tags) => withoutTags(tags, TagKeys)),
);

const listRoleTags = identityRead<'ListRoleTags'>(async (ctx, input) => {
  const role = await requireRole(ctx, input.RoleName);
  const page = await identityPageInMemory(ctx, ['ListRoleTags', role.principal_id], input, listIdentityTags(role.tags));
  return { Tags: page.rows, ...page.paging };
});

/** Keystead does not have instance profiles, but tools list them before they delete a role. */
const listInstanceProfilesForRole = identityRead<'ListInstanceProfilesForRole'>(async (ctx, { RoleName }) => {
  await requireRole(ctx, RoleName);
  return { InstanceProfiles: [], IsTruncated: false };
});

const putRolePermissionsBoundary = identityWrite(
  'PutRolePermissionsBoundary',
  async (ctx, { RoleName, PermissionsBoundary }) => {
    const role = await requireOwnRole(ctx, RoleName);
    await requireAttachable(ctx, PermissionsBoundary);
    return bounded(role, PermissionsBoundary);
  },
);

const deleteRolePermissionsBoundary = identityWrite('DeleteRolePermissionsBoundary', async (ctx, { RoleName }) =>
  bounded(await requireOwnRole(ctx, RoleName), null),
);

function updated(role: PrincipalRow, set: Parameters<typeof updatePrincipal>[1]) {
  const mutations = [updatePrincipal(role, set)];
  return { output: undefined, resource: principalResource(role), kind: 'updated' as const, mutations };
}

/** @throws KmsError MalformedPolicyDocumentException, LimitExceededException */
async function trust(ctx: Context, document: string): Promise<Pick<PrincipalRow, 'trust_policy' | 'trust_principals'>> {
  if (policySize(document) > limits.trustPolicyInChars) {
    throw new KmsError('LimitExceededException', messages.quotaExceeded('ACLSizePerRole', limits.trustPolicyInChars));
  }
  const { policy_principals } = await requireTrustPolicy(ctx, document);
  return { trust_policy: document, trust_principals: policy_principals };
}

export const rolesFunctions: Implementations<typeof rolesOperations> = {
  CreateRole: createRole,
  GetRole: getRole,
  ListRoles: listRoles,
  UpdateRole: updateRole,
  UpdateRoleDescription: updateRoleDescription,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  DeleteRole: deleteRole,
  TagRole: tagRole,
  UntagRole: untagRole,
  ListRoleTags: listRoleTags,
  ListInstanceProfilesForRole: listInstanceProfilesForRole,
  PutRolePermissionsBoundary: putRolePermissionsBoundary,
  DeleteRolePermissionsBoundary: deleteRolePermissionsBoundary,
};
