/** Managed policies of users, groups and roles. Source: AWS IAM API reference, AttachUserPolicy and relatives. */

import { messages } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { policyAttachmentsOperations } from '@keystead/provider-schema/operations/iam/policy-attachments.ts';
import type { Context } from '../../context/context.ts';
import type { PolicyAttachmentRow } from '../../storage/port/tables.ts';
import type { Implementations } from '../shared/implementation.ts';
import { type IdentityPageInput, identityPageInMemory } from '../shared/paging.ts';
import { identityRead, identityWrite, noSuchEntity, requireRoom } from './identity-change.ts';
import { requireAttachable } from './policy-lookups.ts';
import { groupOwner, ownRoleOwner, type PolicyOwner, roleOwner, userOwner } from './policy-owner.ts';

const attachUserPolicy = identityWrite('AttachUserPolicy', async (ctx, { UserName, PolicyArn }) =>
  attach(ctx, await userOwner(ctx, UserName), PolicyArn),
);
const attachGroupPolicy = identityWrite('AttachGroupPolicy', async (ctx, { GroupName, PolicyArn }) =>
  attach(ctx, await groupOwner(ctx, GroupName), PolicyArn),
);
const attachRolePolicy = identityWrite('AttachRolePolicy', async (ctx, { RoleName, PolicyArn }) =>
  attach(ctx, await ownRoleOwner(ctx, RoleName), PolicyArn),
);

const detachUserPolicy = identityWrite('DetachUserPolicy', async (ctx, { UserName, PolicyArn }) =>
  detach(ctx, await userOwner(ctx, UserName), PolicyArn),
);
const detachGroupPolicy = identityWrite('DetachGroupPolicy', async (ctx, { GroupName, PolicyArn }) =>
  detach(ctx, await groupOwner(ctx, GroupName), PolicyArn),
);
const detachRolePolicy = identityWrite('DetachRolePolicy', async (ctx, { RoleName, PolicyArn }) =>
  detach(ctx, await ownRoleOwner(ctx, RoleName), PolicyArn),
);

const listAttachedUserPolicies = identityRead<'ListAttachedUserPolicies'>(async (ctx, input) =>
  listAttached(ctx, await userOwner(ctx, input.UserName), input),
);
const listAttachedGroupPolicies = identityRead<'ListAttachedGroupPolicies'>(async (ctx, input) =>
  listAttached(ctx, await groupOwner(ctx, input.GroupName), input),
);
const listAttachedRolePolicies = identityRead<'ListAttachedRolePolicies'>(async (ctx, input) =>
  listAttached(ctx, await roleOwner(ctx, input.RoleName), input),
);

const quotas = { user: 'PoliciesPerUser', group: 'PoliciesPerGroup', role: 'PoliciesPerRole' } as const;

/** Attaching a policy that is attached already changes nothing. */
async function attach(ctx: Context, owner: PolicyOwner, policy_arn: string) {
  await requireAttachable(ctx, policy_arn);
  const attached = await ctx.store.listAttachments(owner.id);
  const isThere = attached.some((row) => row.policy_arn === policy_arn);
  if (!isThere) requireRoom(quotas[owner.kind], limits.attachedPoliciesPerIdentity, attached.length);
  const row = { owner_id: owner.id, policy_arn, account_id: ctx.accountId, owner_kind: owner.kind };
  const mutations = isThere ? [] : [{ op: 'insert', table: 'policy_attachments', row } as const];
  return { output: undefined, resource: owner.resource, kind: 'updated' as const, mutations };
}

async function detach(ctx: Context, owner: PolicyOwner, policy_arn: string) {
  const attached = await ctx.store.listAttachments(owner.id);
  const row = attached.find((one) => one.policy_arn === policy_arn);
  if (!row) throw noSuchEntity(messages.policyNotFound(policy_arn));
  const key = { owner_id: owner.id, policy_arn };
  const mutations = [{ op: 'delete', table: 'policy_attachments', key, revision: row.revision } as const];
  return { output: undefined, resource: owner.resource, kind: 'updated' as const, mutations };
}

async function listAttached(
  ctx: Context,
  owner: PolicyOwner,
  input: IdentityPageInput & { readonly PathPrefix?: string | undefined },
) {
  const { PathPrefix = '/' } = input;
  const attached = (await ctx.store.listAttachments(owner.id)).map(attachedPolicy);
  const asked = attached.filter(({ path }) => path.startsWith(PathPrefix));
  const { rows, paging } = await identityPageInMemory(ctx, ['ListAttached', owner.id, PathPrefix], input, asked);
  return { AttachedPolicies: rows.map(({ PolicyName, PolicyArn }) => ({ PolicyName, PolicyArn })), ...paging };
}

/** Name and path are read from the end of the policy's ARN. */
export function attachedPolicy({ policy_arn: PolicyArn }: PolicyAttachmentRow) {
  const pathAndName = PolicyArn.slice(PolicyArn.indexOf(':policy/') + ':policy'.length);
  const at = pathAndName.lastIndexOf('/') + 1;
  return { PolicyArn, PolicyName: pathAndName.slice(at), path: pathAndName.slice(0, at) };
}

export const policyAttachmentsFunctions: Implementations<typeof policyAttachmentsOperations> = {
  AttachUserPolicy: attachUserPolicy,
  DetachUserPolicy: detachUserPolicy,
  ListAttachedUserPolicies: listAttachedUserPolicies,
  AttachGroupPolicy: attachGroupPolicy,
  DetachGroupPolicy: detachGroupPolicy,
  ListAttachedGroupPolicies: listAttachedGroupPolicies,
  AttachRolePolicy: attachRolePolicy,
  DetachRolePolicy: detachRolePolicy,
  ListAttachedRolePolicies: listAttachedRolePolicies,
};
