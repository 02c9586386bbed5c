/**
 * Access keys of users, and of the root user when its request does not name a user. The hsm makes the secrets; they are
 * shown once and stored wrapped. Source: AWS IAM API reference, CreateAccessKey and relatives, GetAccessKeyLastUsed.
 */

import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { accessKeysOperations } from '@keystead/provider-schema/operations/iam/access-keys.ts';
import { trailElements } from '../../audit/event-form.ts';
import type { Context } from '../../context/context.ts';
import { uniqueId } from '../../domain/identifiers/unique-id.ts';
import {
  accessKeyChange,
  deleteAccessKey as deleteRow,
  insertAccessKey,
  newAccessKey,
  updateAccessKey as updateRow,
} from '../../mutations/access-keys.ts';
import { updatePrincipal } from '../../mutations/identity-mutations.ts';
import type { AccessKeyRow, PrincipalRow } from '../../storage/port/tables.ts';
import type { Implementation, Implementations } from '../shared/implementation.ts';
import { identityPageInMemory } from '../shared/paging.ts';
import { identityRead, noSuchEntity, requireRoom } from './identity-change.ts';
import { requireUserOrCaller } from './identity-lookups.ts';

const createAccessKey: Implementation<'CreateAccessKey'> = {
  async run(ctx, { UserName }) {
    const user = await requireUserOrCaller(ctx, UserName);
    const { row, secret, mutations } = await addAccessKey(ctx, user);
    const shown = accessKeyOf(row, user);
    return {
      output: { AccessKey: { ...shown, SecretAccessKey: secret } },
      mutations,
      changes: [accessKeyChange(ctx, row.access_key_id, 'created', 'CreateAccessKey')],
      audit: { responseElements: { accessKey: trailElements(shown) } },
    };
  },
};

/** Adds an access key to a user, the root user or a service principal. @throws KmsError LimitExceededException */
export async function addAccessKey(ctx: Context, owner: PrincipalRow) {
  const existing = await ctx.store.listAccessKeys(owner.principal_id);
  requireRoom('AccessKeysPerUser', limits.accessKeysPerUser, existing.length);
  const { row, secret } = await generateAccessKey(ctx, owner);
  // The owner's new revision makes one of two concurrent creations conflict and count again, and also a deletion of the
  // owner that found no access keys.
  return { row, secret, mutations: [insertAccessKey(row), updatePrincipal(owner, {})] };
}

/** Makes an access key that is not stored yet, and its secret, which is shown only once. */
export async function generateAccessKey(ctx: Context, owner: Pick<PrincipalRow, 'account_id' | 'principal_id'>) {
  const names = { accountId: owner.account_id, accessKeyId: uniqueId('AKIA') };
  const { secret, wrapped } = await ctx.credentials.generateSecret(names);
  return { row: newAccessKey({ ...names, wrapped }, owner.principal_id, ctx.nowMs), secret };
}

const listAccessKeys = identityRead<'ListAccessKeys'>(async (ctx, input) => {
  const user = await requireUserOrCaller(ctx, input.UserName);
  const keys = await ctx.store.listAccessKeys(user.principal_id);
  const { rows, paging } = await identityPageInMemory(ctx, ['ListAccessKeys', user.principal_id], input, keys);
  return { AccessKeyMetadata: rows.map((row) => accessKeyOf(row, user)), ...paging };
});

const updateAccessKey: Implementation<'UpdateAccessKey'> = {
  async run(ctx, { UserName, AccessKeyId, Status }) {
    const row = await requireAccessKey(ctx, await requireUserOrCaller(ctx, UserName), AccessKeyId);
    if (row.status === Status) return { output: undefined };
    return {
      output: undefined,
      mutations: [updateRow(row, { status: Status })],
      changes: [accessKeyChange(ctx, AccessKeyId, 'updated', 'UpdateAccessKey')],
    };
  },
};

const deleteAccessKey: Implementation<'DeleteAccessKey'> = {
  async run(ctx, { UserName, AccessKeyId }) {
    const row = await requireAccessKey(ctx, await requireUserOrCaller(ctx, UserName), AccessKeyId);
    return {
      output: undefined,
      mutations: deleteRow(row),
      changes: [accessKeyChange(ctx, AccessKeyId, 'deleted', 'DeleteAccessKey')],
    };
  },
};

/** Uses show once the job has read them in the audit log; IAM shows them with a delay too. */
const getAccessKeyLastUsed = identityRead<'GetAccessKeyLastUsed'>(async (ctx, { AccessKeyId }) => {
  const key = await ctx.store.findAccessKey(AccessKeyId);
  // An unknown key and a key of another account get the same answer, so the answer does not reveal the owner.
  if (key?.account_id !== ctx.accountId) throw new KmsError('AccessDeniedException', messages.accessKeyOfOthers);
  const usage = await ctx.store.findAccessKeyUsage(AccessKeyId);
  const AccessKeyLastUsed = usage
    ? { LastUsedDate: new Date(usage.used_at_ms), ServiceName: usage.service, Region: usage.region }
    : { ServiceName: 'N/A', Region: 'N/A' };
  return { ...(key.principal.kind === 'user' && { UserName: key.principal.name }), AccessKeyLastUsed };
});

/** @throws KmsError NoSuchEntityException when the principal does not have this access key */
export async function requireAccessKey(
  ctx: Context,
  { principal_id }: Pick<PrincipalRow, 'principal_id'>,
  accessKeyId: string,
): Promise<AccessKeyRow> {
  const row = (await ctx.store.listAccessKeys(principal_id)).find((key) => key.access_key_id === accessKeyId);
  if (!row) throw noSuchEntity(messages.accessKeyNotFound(accessKeyId));
  return row;
}

export function accessKeyOf(row: Omit<AccessKeyRow, 'revision'>, owner: Pick<PrincipalRow, 'kind' | 'name'>) {
  return {
    ...(owner.kind !== 'root' && { UserName: owner.name }),
    AccessKeyId: row.access_key_id,
    Status: row.status,
    CreateDate: new Date(row.created_at_ms),
  };
}

export const accessKeysFunctions: Implementations<typeof accessKeysOperations> = {
  CreateAccessKey: createAccessKey,
  ListAccessKeys: listAccessKeys,
  UpdateAccessKey: updateAccessKey,
  DeleteAccessKey: deleteAccessKey,
  GetAccessKeyLastUsed: getAccessKeyLastUsed,
};
