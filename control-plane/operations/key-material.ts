/** From a key to what the Hsm works with. */
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../context.ts';
import { materialOwner } from '../domain/material-owner.ts';
import type { WrappedMaterial } from '../hsm/hsm.ts';
import type { StoredKey } from '../storage/store.ts';
import type { KeyMaterialRow } from '../storage/tables.ts';

/** The material that encrypts. */
export async function currentMaterial(ctx: Context, key: StoredKey): Promise<WrappedMaterial> {
  return wrapped(key, await currentMaterialRow(ctx, key));
}

/** A material that once encrypted, by the id in a ciphertext; undefined when the key has none of this id. */
export async function findMaterial(
  ctx: Context,
  key: StoredKey,
  materialId: string,
): Promise<WrappedMaterial | undefined> {
  const row = await ctx.store.findMaterial(key.shared.account_id, key.shared.key_id, materialId);
  return row && wrapped(key, row);
}

/** @throws KmsError KMSInternalException when the key was deleted since it was found, or its material is lost. */
export async function currentMaterialRow(ctx: Context, { shared }: StoredKey): Promise<KeyMaterialRow> {
  const materialId = shared.current_material_id;
  const row =
    materialId === null ? undefined : await ctx.store.findMaterial(shared.account_id, shared.key_id, materialId);
  if (!row) throw new KmsError('KMSInternalException');
  return row;
}

function wrapped(key: StoredKey, row: KeyMaterialRow): WrappedMaterial {
  return { ...materialOwner(key), materialId: row.material_id, wrapped: row.wrapped };
}
