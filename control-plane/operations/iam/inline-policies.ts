/** Policies that belong to one user, group or role. Source: AWS IAM API reference, PutUserPolicy and relatives. */

import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { inlinePoliciesOperations } from '@keystead/provider-schema/operations/iam/inline-policies.ts';
import { requireIdentityPolicy } from '../../authorization/policy-documents.ts';
import type { Context } from '../../context/context.ts';
import type { InlinePolicyRow } from '../../storage/port/tables.ts';
import type { Implementations } from '../shared/implementation.ts';
import { type IdentityPageInput, identityPageInMemory } from '../shared/paging.ts';
import { identityRead, identityWrite, noSuchEntity } from './identity-change.ts';
import { policySize } from './policy-lookups.ts';
import { groupOwner, ownRoleOwner, type PolicyOwner, roleOwner, userOwner } from './policy-owner.ts';

const putUserPolicy = identityWrite('PutUserPolicy', async (ctx, input) =>
  put(ctx, await userOwner(ctx, input.UserName), input),
);
const putGroupPolicy = identityWrite('PutGroupPolicy', async (ctx, input) =>
  put(ctx, await groupOwner(ctx, input.GroupName), input),
);
const putRolePolicy = identityWrite('PutRolePolicy', async (ctx, input) =>
  put(ctx, await ownRoleOwner(ctx, input.RoleName), input),
);

const getUserPolicy = identityRead<'GetUserPolicy'>(async (ctx, { UserName, PolicyName }) => {
  const { document } = await requireInline(ctx, await userOwner(ctx, UserName), PolicyName);
  return { UserName, PolicyName, PolicyDocument: document };
});
const getGroupPolicy = identityRead<'GetGroupPolicy'>(async (ctx, { GroupName, PolicyName }) => {
  const { document } = await requireInline(ctx, await groupOwner(ctx, GroupName), PolicyName);
  return { GroupName, PolicyName, PolicyDocument: document };
});
const getRolePolicy = identityRead<'GetRolePolicy'>(async (ctx, { RoleName, PolicyName }) => {
  const { document } = await requireInline(ctx, await roleOwner(ctx, RoleName), PolicyName);
  return { RoleName, PolicyName, PolicyDocument: document };
});

const deleteUserPolicy = identityWrite('DeleteUserPolicy', async (ctx, { UserName, PolicyName }) =>
  remove(ctx, await userOwner(ctx, UserName), PolicyName),
);
const deleteGroupPolicy = identityWrite('DeleteGroupPolicy', async (ctx, { GroupName, PolicyName }) =>
  remove(ctx, await groupOwner(ctx, GroupName), PolicyName),
);
const deleteRolePolicy = identityWrite('DeleteRolePolicy', async (ctx, { RoleName, PolicyName }) =>
  remove(ctx, await ownRoleOwner(ctx, RoleName), PolicyName),
);

const listUserPolicies = identityRead<'ListUserPolicies'>(async (ctx, input) =>
  listNames(ctx, await userOwner(ctx, input.UserName), input),
);
const listGroupPolicies = identityRead<'ListGroupPolicies'>(async (ctx, input) =>
  listNames(ctx, await groupOwner(ctx, input.GroupName), input),
);
const listRolePolicies = identityRead<'ListRolePolicies'>(async (ctx, input) =>
  listNames(ctx, await roleOwner(ctx, input.RoleName), input),
);

interface Put {
  readonly PolicyName: string;
  readonly PolicyDocument: string;
}

/** @throws KmsError LimitExceededException */
function requireRoom({ inlinePoliciesInChars, kind, name }: PolicyOwner, size: number): void {
  if (size <= inlinePoliciesInChars) return;
  throw new KmsError('LimitExceededException', messages.inlinePoliciesTooLarge(inlinePoliciesInChars, kind, name));
}

async function put(ctx: Context, owner: PolicyOwner, { PolicyName: name, PolicyDocument: document }: Put) {
  requireRoom(owner, policySize(document));
  requireIdentityPolicy(ctx, document);
  const existing = await ctx.store.listInlinePolicies(owner.id);
  const others = existing.filter((row) => row.name !== name);
  const size = [...others.map((row) => row.document), document].reduce((sum, text) => sum + policySize(text), 0);
  requireRoom(owner, size);
  const known = existing.find((row) => row.name === name);
  const key = { owner_id: owner.id, name };
  const mutation = known
    ? ({ op: 'update', table: 'inline_policies', key, revision: known.revision, set: { document } } as const)
    : ({ op: 'insert', table: 'inline_policies', row: { ...key, account_id: ctx.accountId, document } } as const);
  return { output: undefined, resource: owner.resource, kind: 'updated' as const, mutations: [mutation] };
}

async function remove(ctx: Context, owner: PolicyOwner, name: string) {
  const { revision } = await requireInline(ctx, owner, name);
  const key = { owner_id: owner.id, name };
  const mutations = [{ op: 'delete', table: 'inline_policies', key, revision } as const];
  return { output: undefined, resource: owner.resource, kind: 'updated' as const, mutations };
}

async function requireInline(ctx: Context, owner: PolicyOwner, name: string): Promise<InlinePolicyRow> {
  const policy = (await ctx.store.listInlinePolicies(owner.id)).find((row) => row.name === name);
  if (!policy) throw noSuchEntity(messages.inlinePolicyNotFound(owner.kind, name));
  return policy;
}

async function listNames(ctx: Context, owner: PolicyOwner, input: IdentityPageInput) {
  const names = (await ctx.store.listInlinePolicies(owner.id)).map((row) => row.name);
  const { rows, paging } = await identityPageInMemory(ctx, ['ListInlinePolicies', owner.id], input, names);
  return { PolicyNames: rows, ...paging };
}

export const inlinePoliciesFunctions: Implementations<typeof inlinePoliciesOperations> = {
  PutUserPolicy: putUserPolicy,
  GetUserPolicy: getUserPolicy,
  DeleteUserPolicy: deleteUserPolicy,
  ListUserPolicies: listUserPolicies,
  PutGroupPolicy: putGroupPolicy,
  GetGroupPolicy: getGroupPolicy,
  DeleteGroupPolicy: deleteGroupPolicy,
  ListGroupPolicies: listGroupPolicies,
  PutRolePolicy: putRolePolicy,
  GetRolePolicy: getRolePolicy,
  DeleteRolePolicy: deleteRolePolicy,
  ListRolePolicies: listRolePolicies,
};
