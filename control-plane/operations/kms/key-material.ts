/** Finds a key's material for the Hsm. */

import { keyArn } from '@keystead/provider-schema/arn.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../../context/context.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { keyStoreEventData } from '../../domain/key-stores/key-store.ts';
import { copiesIn, isComplete, isPresent } from '../../domain/keys/imported-material.ts';
import { materialOwner } from '../../domain/keys/material-owner.ts';
import type { WrappedMaterial } from '../../hsm/port/wrapped-material.ts';
import type { ImportedMaterials } from '../../mutations/mutations.ts';
import type { StoredKey } from '../../storage/port/keys.ts';
import type { KeyMaterialRow } from '../../storage/port/tables.ts';
import { inItsPkcs11Token } from './key-stores/cluster.ts';

/** A key, with its custom key store if it is in one. */
type UsedKey = StoredKey & Pick<ResolvedKey, 'keyStore'>;

/** The material that encrypts now. @throws KmsError KMSInvalidStateException when it was imported and has expired. */
export async function currentMaterial(ctx: Context, key: UsedKey): Promise<WrappedMaterial> {
  const materialId = key.shared.current_material_id;
  const material = materialId === null ? undefined : await findMaterial(ctx, key, materialId);
  if (!material) throw new KmsError('KMSInternalException');
  return material;
}

/**
 * The material that a ciphertext names by its id; undefined when the key does not have it.
 * @throws KmsError KMSInvalidStateException when it was imported and has expired.
 */
export async function findMaterial(
  ctx: Context,
  key: UsedKey,
  materialId: string,
): Promise<WrappedMaterial | undefined> {
  const row = await findCopy(ctx, key, materialId);
  if (!row) return undefined;
  if (row.wrapped === null) throw pendingImport(key);
  return inItsPkcs11Token({ ...materialOwner(key), materialId, wrapped: row.wrapped }, key);
}

/** Imported material has a copy in each Region. An expired copy does not count, even before the job deletes it. */
async function findCopy(
  ctx: Context,
  { shared, regional }: StoredKey,
  materialId: string,
): Promise<{ readonly wrapped: Uint8Array | null } | undefined> {
  const { account_id, key_id, origin } = shared;
  if (origin !== 'EXTERNAL') return ctx.store.findMaterial(account_id, key_id, materialId);
  const copy = await ctx.store.findImportedMaterial(account_id, regional.region, key_id, materialId);
  return copy && !isPresent(copy, ctx.nowMs) ? { wrapped: null } : copy;
}

/** The error that the key's state will cause once the job has deleted the expired material. */
function pendingImport({ regional }: StoredKey): KmsError {
  const arn = keyArn(regional.region, regional.account_id, regional.key_id);
  return new KmsError('KMSInvalidStateException', messages.pendingImport(arn));
}

/** A key's imported materials, and their copies in all its Regions. */
export async function importedMaterials(ctx: Context, { shared }: StoredKey): Promise<ImportedMaterials> {
  const { account_id, key_id } = shared;
  const [materials, copies] = await Promise.all([
    ctx.store.listMaterials(account_id, key_id),
    ctx.store.listImportedMaterials(account_id, key_id),
  ]);
  return { materials, copies };
}

/** Whether all imported material is present in the key's Region; always true for keys without imported material. */
export async function hasMaterial(ctx: Context, key: StoredKey): Promise<boolean> {
  if (key.shared.origin !== 'EXTERNAL') return true;
  const { materials, copies } = await importedMaterials(ctx, key);
  return isComplete(materials, copiesIn(key.regional.region, copies), ctx.nowMs);
}

/** @throws KmsError KMSInternalException when the key was deleted since it was found, or its material is lost. */
export async function currentMaterialRow(ctx: Context, { shared }: StoredKey): Promise<KeyMaterialRow> {
  const materialId = shared.current_material_id;
  const row =
    materialId === null ? undefined : await ctx.store.findMaterial(shared.account_id, shared.key_id, materialId);
  if (!row) throw new KmsError('KMSInternalException');
  return row;
}

/** The audit record's data about the material that was used: its id, or its key store. */
export function materialEventData({ shared }: StoredKey, materialId: string): Readonly<Record<string, unknown>> {
  return keyStoreEventData(shared) ?? { keyMaterialId: materialId };
}
