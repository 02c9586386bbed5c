/**
 * Access keys of users, and of the root user when it names no user. Secrets are made in the hsm, shown once and stored
 * wrapped. Source: AWS IAM API reference, CreateAccessKey and relatives, GetAccessKeyLastUsed.
 */

import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { accessKeysOperations } from '@keystead/provider-schema/operations/iam/access-keys.ts';
import { trailElements } from '../../audit/event-form.ts';
import type { Context } from '../../context/context.ts';
import { uniqueId } from '../../domain/identifiers/unique-id.ts';
import { identityChange, updatePrincipal } from '../../mutations/identity-mutations.ts';
import type { AccessKeyRow, PrincipalRow } from '../../storage/port/tables.ts';
import type { Implementation, Implementations } from '../shared/implementation.ts';
import { identityPageInMemory } from '../shared/paging.ts';
import { identityRead, noSuchEntity, requireRoom } from './identity-change.ts';
import { requireUserOrCaller } from './identity-lookups.ts';

const createAccessKey: Implementation<'CreateAccessKey'> = {
  async run(ctx, { UserName }) {
    const user = await requireUserOrCaller(ctx, UserName);
    const { row, secret, mutations } = await newAccessKey(ctx, user);
    const shown = accessKeyOf(row, user);
    return {
      output: { AccessKey: { ...shown, SecretAccessKey: secret } },
      mutations,
      changes: [identityChange(ctx, accessKeyResource(row), 'created', 'CreateAccessKey')],
      audit: { responseElements: { accessKey: trailElements(shown) } },
    };
  },
};

/** For any principal that signs with access keys. @throws KmsError LimitExceededException */
export async function newAccessKey(ctx: Context, owner: PrincipalRow) {
  const existing = await ctx.store.listAccessKeys(owner.principal_id);
  requireRoom('AccessKeysPerUser', limits.accessKeysPerUser, existing.length);
  const accessKeyId = uniqueId('AKIA');
  const { secret, wrapped } = await ctx.credentials.generateSecret({ accountId: owner.account_id, accessKeyId });
  const row = {
    access_key_id: accessKeyId,
    account_id: owner.account_id,
    principal_id: owner.principal_id,
    wrapped_secret: wrapped,
    status: 'Active',
    created_at_ms: ctx.nowMs,
  } as const;
  return {
    row,
    secret,
    mutations: [
      { op: 'insert', table: 'access_keys', row } as const,
      // Creations for one principal take turns, and none comes between a deletion and its look for access keys.
      updatePrincipal(owner, {}),
    ],
  };
}

const listAccessKeys = identityRead<'ListAccessKeys'>(async (ctx, input) => {
  const user = await requireUserOrCaller(ctx, input.UserName);
  const keys = await ctx.store.listAccessKeys(user.principal_id);
  const { rows, paging } = await identityPageInMemory(ctx, ['ListAccessKeys', user.principal_id], input, keys);
  return { AccessKeyMetadata: rows.map((row) => accessKeyOf(row, user)), ...paging };
});

const updateAccessKey: Implementation<'UpdateAccessKey'> = {
  async run(ctx, { UserName, AccessKeyId, Status }) {
    const row = await requireAccessKey(ctx, UserName, AccessKeyId);
    if (row.status === Status) return { output: undefined };
    return {
      output: undefined,
      mutations: [{ op: 'update', table: 'access_keys', ...asRead(row), set: { status: Status } }],
      changes: [identityChange(ctx, accessKeyResource(row), 'updated', 'UpdateAccessKey')],
    };
  },
};

const deleteAccessKey: Implementation<'DeleteAccessKey'> = {
  async run(ctx, { UserName, AccessKeyId }) {
    const row = await requireAccessKey(ctx, UserName, AccessKeyId);
    return {
      output: undefined,
      mutations: [
        { op: 'delete', table: 'access_keys', ...asRead(row) },
        { op: 'deleteAll', table: 'access_key_usage', where: { access_key_id: AccessKeyId } },
      ],
      changes: [identityChange(ctx, accessKeyResource(row), 'deleted', 'DeleteAccessKey')],
    };
  },
};

/** As far as the audit log has been read; IAM too tells it with a delay. */
const getAccessKeyLastUsed = identityRead<'GetAccessKeyLastUsed'>(async (ctx, { AccessKeyId }) => {
  const key = await ctx.store.findAccessKey(AccessKeyId);
  // Not its owner's account: nobody learns whose a key is by asking.
  if (key?.account_id !== ctx.accountId) throw new KmsError('AccessDeniedException', messages.accessKeyOfOthers);
  const usage = await ctx.store.findAccessKeyUsage(AccessKeyId);
  const AccessKeyLastUsed = usage
    ? { LastUsedDate: new Date(usage.used_at_ms), ServiceName: usage.service, Region: usage.region }
    : { ServiceName: 'N/A', Region: 'N/A' };
  return { ...(key.principal.kind === 'user' && { UserName: key.principal.name }), AccessKeyLastUsed };
});

async function requireAccessKey(
  ctx: Context,
  userName: string | undefined,
  accessKeyId: string,
): Promise<AccessKeyRow> {
  const user = await requireUserOrCaller(ctx, userName);
  const row = (await ctx.store.listAccessKeys(user.principal_id)).find((key) => key.access_key_id === accessKeyId);
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

export function accessKeyResource({ access_key_id }: Pick<AccessKeyRow, 'access_key_id'>) {
  return { resourceType: 'access-key', resourceId: access_key_id } as const;
}

function asRead({ access_key_id, revision }: AccessKeyRow) {
  return { key: { access_key_id }, revision };
}

export const accessKeysFunctions: Implementations<typeof accessKeysOperations> = {
  CreateAccessKey: createAccessKey,
  ListAccessKeys: listAccessKeys,
  UpdateAccessKey: updateAccessKey,
  DeleteAccessKey: deleteAccessKey,
  GetAccessKeyLastUsed: getAccessKeyLastUsed,
};
