/** Finds custom key stores, checks their names, and describes them in audit records. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../../../context/context.ts';
import type { CustomKeyStoreRow } from '../../../storage/port/tables.ts';

/** A key store that is not stored yet. */
export type NewKeyStoreRow = Omit<CustomKeyStoreRow, 'revision'>;

/** A new key store before its cluster or proxy is checked. */
export type BaseRow = Omit<NewKeyStoreRow, 'wrapped_secret'>;

/** @throws KmsError CustomKeyStoreNotFoundException */
export async function requireKeyStore(ctx: Context, keyStoreId: string): Promise<CustomKeyStoreRow> {
  const row = await ctx.store.findCustomKeyStore(ctx.accountId, ctx.region, keyStoreId);
  if (!row) throw keyStoreNotFound(keyStoreId);
  return row;
}

/** The error for an id or a name that no key store has. */
export const keyStoreNotFound = (idOrName: string) =>
  new KmsError('CustomKeyStoreNotFoundException', messages.keyStoreNotFound(idOrName));

/** @throws KmsError CustomKeyStoreNameInUseException */
export async function requireFreeName(ctx: Context, name: string): Promise<void> {
  const rows = await ctx.store.listCustomKeyStores(ctx.accountId, ctx.region);
  if (!rows.some((row) => row.name === name)) return;
  throw new KmsError('CustomKeyStoreNameInUseException', messages.keyStoreNameInUse(name));
}

/** The audit record's data about the request's key store. */
export function keyStoreAudit(row: CustomKeyStoreRow) {
  const { name: customKeyStoreName, cloud_hsm_cluster_id: clusterId } = row;
  return { additionalEventData: { customKeyStoreName, ...defined({ clusterId: clusterId ?? undefined }) } };
}
