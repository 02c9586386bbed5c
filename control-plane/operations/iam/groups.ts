/** Groups and their members. Source: AWS IAM API reference, CreateGroup, AddUserToGroup and relatives. */

import { identityArn } from '@keystead/provider-schema/arn.ts';
import { messages } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { groupsOperations } from '@keystead/provider-schema/operations/iam/groups.ts';
import type { Context } from '../../context/context.ts';
import { uniqueId } from '../../domain/identifiers/unique-id.ts';
import type { Implementations } from '../shared/implementation.ts';
import { identityPage, identityPageInMemory } from '../shared/paging.ts';
import {
  alreadyExists,
  deleteConflict,
  identityRead,
  identityWrite,
  namePage,
  noSuchEntity,
  requireRoom,
} from './identity-change.ts';
import { groupOf, groupResource, listed, requireGroup, requireUser, userOf } from './identity-lookups.ts';
import { requireNoPolicies } from './principal-changes.ts';

const createGroup = identityWrite('CreateGroup', async (ctx, { GroupName, Path = '/' }) => {
  await requireUnusedName(ctx, GroupName);
  requireRoom('GroupsPerAccount', limits.groupsPerAccount, await ctx.store.countGroups(ctx.accountId));
  const row = {
    group_id: uniqueId('AGPA'),
    account_id: ctx.accountId,
    name: GroupName,
    name_key: GroupName.toLowerCase(),
    arn: identityArn('group', { accountId: ctx.accountId, name: GroupName, path: Path, region: ctx.region }),
    path: Path,
    created_at_ms: ctx.nowMs,
  };
  return {
    output: { Group: groupOf(row) },
    resource: groupResource(row),
    kind: 'created',
    mutations: [{ op: 'insert', table: 'groups', row }],
  };
});

const getGroup = identityRead<'GetGroup'>(async (ctx, input) => {
  const group = await requireGroup(ctx, input.GroupName);
  const { rows, paging } = await identityPage(
    ctx,
    ['GetGroup', group.group_id],
    input,
    (page) => ctx.store.listGroupMembers(group.group_id, page),
    (row) => row.name_key,
  );
  return { Group: groupOf(group), Users: rows.map((row) => listed(userOf(row))), ...paging };
});

const listGroups = identityRead<'ListGroups'>(async (ctx, input) => {
  const { rows, paging } = await identityPage(
    ctx,
    ['ListGroups', input.PathPrefix ?? '/'],
    input,
    (page) => ctx.store.listGroups(ctx.accountId, namePage(input, page)),
    (row) => row.name_key,
  );
  return { Groups: rows.map(groupOf), ...paging };
});

const updateGroup = identityWrite('UpdateGroup', async (ctx, { GroupName, NewGroupName, NewPath }) => {
  const group = await requireGroup(ctx, GroupName);
  const name = NewGroupName ?? group.name;
  const path = NewPath ?? group.path;
  if (name.toLowerCase() !== group.name_key) await requireUnusedName(ctx, name);
  const arn = identityArn('group', { accountId: ctx.accountId, name, path, region: ctx.region });
  const set = { name, name_key: name.toLowerCase(), path, arn };
  const { group_id, revision } = group;
  return {
    output: undefined,
    resource: groupResource(group),
    kind: 'updated',
    mutations:
      name === group.name && path === group.path
        ? []
        : [{ op: 'update', table: 'groups', key: { group_id }, revision, set }],
  };
});

const deleteGroup = identityWrite('DeleteGroup', async (ctx, { GroupName }) => {
  const group = await requireGroup(ctx, GroupName);
  const { group_id, revision } = group;
  const members = await ctx.store.listGroupMembers(group_id, { limit: 1 });
  if (members.rows.length > 0) throw deleteConflict(messages.mustFirst('remove users from group'));
  await requireNoPolicies(ctx, group_id);
  return {
    output: undefined,
    resource: groupResource(group),
    kind: 'deleted',
    mutations: [{ op: 'delete', table: 'groups', key: { group_id }, revision }],
  };
});

const addUserToGroup = identityWrite('AddUserToGroup', async (ctx, { GroupName, UserName }) => {
  const group = await requireGroup(ctx, GroupName);
  const { principal_id } = await requireUser(ctx, UserName);
  const groups = await ctx.store.listGroupsOf(principal_id);
  const isMember = groups.some((one) => one.group_id === group.group_id);
  if (!isMember) requireRoom('GroupsPerUser', limits.groupsPerUser, groups.length);
  const row = { group_id: group.group_id, principal_id, account_id: ctx.accountId };
  return {
    output: undefined,
    resource: groupResource(group),
    kind: 'updated',
    mutations: isMember ? [] : [{ op: 'insert', table: 'group_members', row }],
  };
});

const removeUserFromGroup = identityWrite('RemoveUserFromGroup', async (ctx, { GroupName, UserName }) => {
  const group = await requireGroup(ctx, GroupName);
  const { principal_id } = await requireUser(ctx, UserName);
  const groups = await ctx.store.listGroupsOf(principal_id);
  if (!groups.some((one) => one.group_id === group.group_id)) {
    throw noSuchEntity(messages.userNotInGroup(UserName, GroupName));
  }
  const where = { group_id: group.group_id, principal_id };
  return {
    output: undefined,
    resource: groupResource(group),
    kind: 'updated',
    mutations: [{ op: 'deleteAll', table: 'group_members', where }],
  };
});

const listGroupsForUser = identityRead<'ListGroupsForUser'>(async (ctx, input) => {
  const user = await requireUser(ctx, input.UserName);
  const groups = await ctx.store.listGroupsOf(user.principal_id);
  const { rows, paging } = await identityPageInMemory(ctx, ['ListGroupsForUser', user.principal_id], input, groups);
  return { Groups: rows.map(groupOf), ...paging };
});

async function requireUnusedName(ctx: Context, name: string): Promise<void> {
  if (await ctx.store.findGroupNamed(ctx.accountId, name)) throw alreadyExists(messages.groupExists(name));
}

export const groupsFunctions: Implementations<typeof groupsOperations> = {
  CreateGroup: createGroup,
  GetGroup: getGroup,
  ListGroups: listGroups,
  UpdateGroup: updateGroup,
  DeleteGroup: deleteGroup,
  AddUserToGroup: addUserToGroup,
  RemoveUserFromGroup: removeUserFromGroup,
  ListGroupsForUser: listGroupsForUser,
};
