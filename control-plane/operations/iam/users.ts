/** Users. Source: AWS IAM API reference, CreateUser, UpdateUser, DeleteUser and relatives. */

import { identityArn } from '@keystead/provider-schema/arn.ts';
import { messages } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { usersOperations } from '@keystead/provider-schema/operations/iam/users.ts';
import type { Context } from '../../context/context.ts';
import { uniqueId } from '../../domain/identifiers/unique-id.ts';
import { listIdentityTags, withoutTags, withTags } from '../../domain/identities/identity-tags.ts';
import { newPrincipal, updatePrincipal } from '../../mutations/identity-mutations.ts';
import type { Implementations } from '../shared/implementation.ts';
import { identityPage, identityPageInMemory } from '../shared/paging.ts';
import {
  alreadyExists,
  deleteConflict,
  identityRead,
  identityWrite,
  namePage,
  requireRoom,
} from './identity-change.ts';
import { listed, principalResource, requireUser, requireUserOrCaller, userOf } from './identity-lookups.ts';
import { requireAttachable } from './policy-lookups.ts';
import { bounded, requireNoPolicies, retagged } from './principal-changes.ts';

const createUser = identityWrite('CreateUser', async (ctx, { UserName, Path = '/', Tags, PermissionsBoundary }) => {
  await requireUnusedName(ctx, UserName);
  requireRoom('UsersPerAccount', limits.usersPerAccount, await ctx.store.countPrincipals(ctx.accountId, 'user'));
  if (PermissionsBoundary !== undefined) await requireAttachable(ctx, PermissionsBoundary);
  const row = newPrincipal({
    principal_id: uniqueId('AIDA'),
    account_id: ctx.accountId,
    kind: 'user',
    name: UserName,
    arn: identityArn('user', { accountId: ctx.accountId, name: UserName, path: Path, region: ctx.region }),
    path: Path,
    tags: withTags('{}', Tags),
    permissions_boundary_arn: PermissionsBoundary ?? null,
    created_at_ms: ctx.nowMs,
  });
  return {
    output: { User: userOf(row) },
    resource: principalResource(row),
    kind: 'created',
    mutations: [{ op: 'insert', table: 'principals', row }],
  };
});

const getUser = identityRead<'GetUser'>(async (ctx, { UserName }) => ({
  User: userOf(await requireUserOrCaller(ctx, UserName)),
}));

const listUsers = identityRead<'ListUsers'>(async (ctx, input) => {
  const { rows, paging } = await identityPage(
    ctx,
    ['ListUsers', input.PathPrefix ?? '/'],
    input,
    (page) => ctx.store.listPrincipals(ctx.accountId, 'user', namePage(input, page)),
    (row) => row.name_key,
  );
  return { Users: rows.map((row) => listed(userOf(row))), ...paging };
});

const updateUser = identityWrite('UpdateUser', async (ctx, { UserName, NewUserName, NewPath }) => {
  const user = await requireUser(ctx, UserName);
  const name = NewUserName ?? user.name;
  const path = NewPath ?? user.path;
  if (name.toLowerCase() !== user.name_key) await requireUnusedName(ctx, name);
  const arn = identityArn('user', { accountId: ctx.accountId, name, path, region: ctx.region });
  const renamed = name !== user.name || path !== user.path;
  return {
    output: undefined,
    resource: principalResource(user),
    kind: 'updated',
    mutations: renamed ? [updatePrincipal(user, { name, name_key: name.toLowerCase(), path, arn })] : [],
  };
});

const deleteUser = identityWrite('DeleteUser', async (ctx, { UserName }) => {
  const user = await requireUser(ctx, UserName);
  const id = user.principal_id;
  if ((await ctx.store.listAccessKeys(id)).length > 0) throw deleteConflict(messages.mustFirst('delete access keys'));
  await requireNoPolicies(ctx, id);
  if ((await ctx.store.listGroupsOf(id)).length > 0) {
    throw deleteConflict(messages.mustFirst('remove the user from all groups'));
  }
  return {
    output: undefined,
    resource: principalResource(user),
    kind: 'deleted',
    mutations: [{ op: 'delete', table: 'principals', key: { principal_id: id }, revision: user.revision }],
  };
});

const tagUser = identityWrite('TagUser', async (ctx, { UserName, Tags }) =>
  retagged(await requireUser(ctx, UserName), (tags) => withTags(tags, Tags)),
);

const untagUser = identityWrite('UntagUser', async (ctx, { UserName, TagKeys }) =>
  retagged(await requireUser(ctx, UserName), (tags) => withoutTags(tags, TagKeys)),
);

const listUserTags = identityRead<'ListUserTags'>(async (ctx, input) => {
  const user = await requireUser(ctx, input.UserName);
  const page = await identityPageInMemory(ctx, ['ListUserTags', user.principal_id], input, listIdentityTags(user.tags));
  return { Tags: page.rows, ...page.paging };
});

const putUserPermissionsBoundary = identityWrite(
  'PutUserPermissionsBoundary',
  async (ctx, { UserName, PermissionsBoundary }) => {
    const user = await requireUser(ctx, UserName);
    await requireAttachable(ctx, PermissionsBoundary);
    return bounded(user, PermissionsBoundary);
  },
);

const deleteUserPermissionsBoundary = identityWrite('DeleteUserPermissionsBoundary', async (ctx, { UserName }) =>
  bounded(await requireUser(ctx, UserName), null),
);

async function requireUnusedName(ctx: Context, userName: string): Promise<void> {
  if (await ctx.store.findPrincipalNamed(ctx.accountId, 'user', userName)) {
    throw alreadyExists(messages.userExists(userName));
  }
}

export const usersFunctions: Implementations<typeof usersOperations> = {
  CreateUser: createUser,
  GetUser: getUser,
  ListUsers: listUsers,
  UpdateUser: updateUser,
  DeleteUser: deleteUser,
  TagUser: tagUser,
  UntagUser: untagUser,
  ListUserTags: listUserTags,
  PutUserPermissionsBoundary: putUserPermissionsBoundary,
  DeleteUserPermissionsBoundary: deleteUserPermissionsBoundary,
};
