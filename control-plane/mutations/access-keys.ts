/** Rows and mutations of access keys, for operations, the first start and seed files. */
import type { WrappedSecret } from '../hsm/port/credentials.ts';
import type { Change } from '../storage/port/changes.ts';
import type { Mutation } from '../storage/port/store.ts';
import type { AccessKeyRow } from '../storage/port/tables.ts';
import { identityChange } from './identity-mutations.ts';

export type NewAccessKey = Omit<AccessKeyRow, 'revision'>;

/** An active access key of a principal. */
export function newAccessKey(
  { accountId, accessKeyId, wrapped }: WrappedSecret,
  principalId: string,
  nowMs: number,
): NewAccessKey {
  return {
    access_key_id: accessKeyId,
    account_id: accountId,
    principal_id: principalId,
    wrapped_secret: wrapped,
    status: 'Active',
    created_at_ms: nowMs,
  };
}

export function insertAccessKey(row: NewAccessKey): Mutation {
  return { op: 'insert', table: 'access_keys', row };
}

type AsRead = Pick<AccessKeyRow, 'access_key_id' | 'revision'>;

export function updateAccessKey(
  { access_key_id, revision }: AsRead,
  set: Partial<Pick<AccessKeyRow, 'wrapped_secret' | 'status'>>,
): Mutation {
  return { op: 'update', table: 'access_keys', key: { access_key_id }, revision, set };
}

/** Deletes an access key and what is stored about its last use. */
export function deleteAccessKey({ access_key_id, revision }: AsRead): readonly Mutation[] {
  return [{ op: 'delete', table: 'access_keys', key: { access_key_id }, revision }, deleteUsage(access_key_id)];
}

/** Deletes every access key of a principal, and what is stored about the last use of the `known` ones. */
export function deleteAccessKeysOf(
  principal_id: string,
  known: readonly Pick<AccessKeyRow, 'access_key_id'>[],
): readonly Mutation[] {
  return [
    { op: 'deleteAll', table: 'access_keys', where: { principal_id } },
    ...known.map(({ access_key_id }) => deleteUsage(access_key_id)),
  ];
}

function deleteUsage(access_key_id: string): Mutation {
  return { op: 'deleteAll', table: 'access_key_usage', where: { access_key_id } };
}

/** The change log's row for an access key. */
export function accessKeyChange(
  ctx: { readonly accountId: string; readonly region: string },
  accessKeyId: string,
  kind: Change['kind'],
  eventName: string,
): Change {
  return identityChange(ctx, { resourceType: 'access-key', resourceId: accessKeyId }, kind, eventName);
}
