/** Rotation of key material. Source: AWS KMS API reference, EnableKeyRotation, RotateKeyOnDemand, ListKeyRotations. */

import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { RotationStatus, RotationsListEntry } from '@keystead/provider-schema/generated/types.ts';
import { keySpecRow } from '@keystead/provider-schema/key-specs.ts';
import type { rotationOperations } from '@keystead/provider-schema/operations/kms/rotation.ts';
import { trailResource } from '../../audit/event-form.ts';
import type { Context } from '../../context/context.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { copiesIn, isPresent, materialState, validityOf } from '../../domain/keys/imported-material.ts';
import { unsupportedOrigin } from '../../domain/keys/key-state.ts';
import { materialOwner } from '../../domain/keys/material-owner.ts';
import {
  isRotationShown,
  noRotation,
  requireOnDemandRotation,
  rotationEventDetails,
  startRotation,
} from '../../domain/keys/rotation.ts';
import {
  keyChange,
  promoteMaterial,
  replaceMaterial,
  requireUnchangedKey,
  updateKeySet,
} from '../../mutations/mutations.ts';
import type { StoredKey } from '../../storage/port/keys.ts';
import type { ImportedMaterialRow, KeyMaterialRow } from '../../storage/port/tables.ts';
import { type Implementation, type Implementations, resolvedKey } from '../shared/implementation.ts';
import { listPage, pageInMemory } from '../shared/paging.ts';
import { currentMaterialRow, importedMaterials } from './key-material.ts';
import { regionsOf } from './keys.ts';

const enableKeyRotation: Implementation<'EnableKeyRotation'> = {
  check(_ctx, _input, keys) {
    requireAutomaticRotation(resolvedKey(keys));
  },
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    return {
      output: undefined,
      mutations: [updateKeySet(key, startRotation(ctx.nowMs, input.RotationPeriodInDays)), requireUnchangedKey(key)],
      changes: [keyChange(key, 'updated', 'EnableKeyRotation')],
      audit: { responseElements: { keyId: key.arn } },
    };
  },
};

const disableKeyRotation: Implementation<'DisableKeyRotation'> = {
  check(_ctx, _input, keys) {
    requireAutomaticRotation(resolvedKey(keys));
  },
  async run(_ctx, _input, keys) {
    const key = resolvedKey(keys);
    const audit = { responseElements: { keyId: key.arn } };
    if (key.shared.rotation_enabled === 0) return { output: undefined, audit };
    return {
      output: undefined,
      mutations: [updateKeySet(key, noRotation), requireUnchangedKey(key)],
      changes: [keyChange(key, 'updated', 'DisableKeyRotation')],
      audit,
    };
  },
};

/** A key whose material never rotates has the status "off" as well. */
const getKeyRotationStatus: Implementation<'GetKeyRotationStatus'> = {
  async run(_ctx, _input, keys) {
    const key = resolvedKey(keys);
    return { output: { KeyId: key.arn, ...rotationStatus(key) } };
  },
};

const rotateKeyOnDemand: Implementation<'RotateKeyOnDemand'> = {
  check(_ctx, _input, keys) {
    requireRotatedOrigin(resolvedKey(keys));
  },
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    // Not in `check`: the key's state comes before its spec. AWS does not say which spec the key has.
    if (!keySpecRow(key.shared.key_spec).rotatable) throw new KmsError('UnsupportedOperationException', '');
    requireRotatedHere(key);
    requireOnDemandRotation(key, ctx.nowMs);
    const current = await currentMaterialRow(ctx, key);
    const { materialId, mutations } = await rotateNow(ctx, key, current);
    return {
      output: { KeyId: key.arn },
      mutations,
      changes: [keyChange(key, 'updated', 'RotateKeyOnDemand')],
      audit: {
        responseElements: { keyId: input.KeyId },
        serviceEvents: [
          {
            eventName: 'RotateKey',
            awsRegion: key.regional.region,
            serviceEventDetails: rotationEventDetails(key.shared, 'ON_DEMAND', current.material_id, materialId),
            resources: [trailResource(key.regional.account_id, key.arn)],
          },
        ],
      },
    };
  },
};

const listKeyRotations: Implementation<'ListKeyRotations'> = {
  check(_ctx, _input, keys) {
    requireRotatable(resolvedKey(keys));
  },
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const { shared } = key;
    const all = await ctx.store.listMaterials(shared.account_id, shared.key_id);
    const listed =
      input.IncludeKeyMaterial === 'ALL_KEY_MATERIAL' ? all : all.filter((row) => row.rotated_at_ms !== null);
    const { rows, paging } = await listPage(
      ctx,
      { operation: 'ListKeyRotations', of: `${shared.key_id} ${input.IncludeKeyMaterial ?? 'ROTATIONS_ONLY'}`, input },
      pageInMemory(listed, positionOf),
      positionOf,
    );
    const describeImport = await importDescriber(ctx, key);
    const Rotations = rows.map((row) => ({ ...rotationEntry(row), ...describeImport(row) }));
    return { output: { Rotations, ...paging } };
  },
};

/** Keys with imported material rotate to the pending material; other keys get new material. */
async function rotateNow(ctx: Context, key: ResolvedKey, current: KeyMaterialRow) {
  const rotation = {
    type: 'ON_DEMAND',
    atMs: ctx.nowMs,
    set: { on_demand_rotation_count: key.shared.on_demand_rotation_count + 1 },
  } as const;
  if (key.shared.origin === 'EXTERNAL') {
    const pending = await requirePendingMaterial(ctx, key);
    return { materialId: pending.material_id, mutations: promoteMaterial(key, current, pending, rotation) };
  }
  const fresh = await ctx.keyMaterial.generateKey(materialOwner(key));
  return { materialId: fresh.materialId, mutations: replaceMaterial(key, current, fresh, rotation) };
}

/** @throws KmsError KMSInvalidStateException until the pending material is in every Region of the key. */
async function requirePendingMaterial(ctx: Context, key: ResolvedKey): Promise<KeyMaterialRow> {
  const { materials, copies } = await importedMaterials(ctx, key);
  const regions = await regionsOf(ctx, key);
  const pending = materials.find((row) => materialState(row, copies, regions, ctx.nowMs) === 'PENDING_ROTATION');
  if (pending) return pending;
  throw new KmsError('KMSInvalidStateException', messages.noMaterialPendingRotation(key.arn));
}

/** The members that an entry has only for imported material: its state, in the key and in the key's Region. */
async function importDescriber(
  ctx: Context,
  key: ResolvedKey,
): Promise<(row: KeyMaterialRow) => Partial<RotationsListEntry>> {
  if (key.shared.origin !== 'EXTERNAL') return () => ({});
  const { copies } = await importedMaterials(ctx, key);
  const regions = await regionsOf(ctx, key);
  const here = new Map(copiesIn(key.regional.region, copies).map((copy) => [copy.material_id, copy]));
  return (row) => ({
    KeyMaterialState: materialState(row, copies, regions, ctx.nowMs),
    ...importEntry(here.get(row.material_id), ctx.nowMs),
  });
}

function importEntry(copy: ImportedMaterialRow | undefined, nowMs: number): Partial<RotationsListEntry> {
  return {
    ...defined({ KeyMaterialDescription: copy?.description ?? undefined }),
    ...(copy && isPresent(copy, nowMs)
      ? { ImportState: 'IMPORTED', ...validityOf(copy) }
      : { ImportState: 'PENDING_IMPORT' }),
  };
}

export function rotationStatus({ shared, regional }: StoredKey): RotationStatus {
  if (!isRotationShown(shared, regional.state)) return { KeyRotationEnabled: false };
  const { rotation_period_in_days: period, next_rotation_at_ms: nextAtMs } = shared;
  return {
    KeyRotationEnabled: true,
    ...defined({
      RotationPeriodInDays: period ?? undefined,
      NextRotationDate: nextAtMs === null ? undefined : new Date(nextAtMs),
    }),
  };
}

/** Oldest first, then by id. Thirteen digits of milliseconds last until the year 2286. */
function positionOf(row: KeyMaterialRow): string {
  return `${String(row.created_at_ms).padStart(13, '0')} ${row.material_id}`;
}

function rotationEntry(row: KeyMaterialRow): RotationsListEntry {
  return {
    KeyId: row.key_id,
    KeyMaterialId: row.material_id,
    KeyMaterialState: row.state,
    ...defined({
      RotationDate: row.rotated_at_ms === null ? undefined : new Date(row.rotated_at_ms),
      RotationType: row.rotation_type ?? undefined,
    }),
  };
}

/** @throws KmsError UnsupportedOperationException for keys whose material never rotates. */
function requireRotatable(key: ResolvedKey): void {
  const { key_spec: spec } = key.shared;
  if (!keySpecRow(spec).rotatable) {
    throw new KmsError('UnsupportedOperationException', messages.keySpecNotValid(key.arn, spec));
  }
  requireRotatedOrigin(key);
}

/** @throws KmsError UnsupportedOperationException for keys in custom key stores. */
function requireRotatedOrigin(key: ResolvedKey): void {
  const { origin } = key.shared;
  if (origin !== 'AWS_KMS' && origin !== 'EXTERNAL') throw unsupportedOrigin(key);
}

/** Imported material cannot rotate automatically. */
function requireAutomaticRotation(key: ResolvedKey): void {
  requireRotatable(key);
  if (key.shared.origin !== 'AWS_KMS') throw unsupportedOrigin(key);
  requireRotatedHere(key);
}

/** Rotation is configured and started on the primary key only; its replicas follow. */
function requireRotatedHere(key: ResolvedKey): void {
  requireRotatable(key);
  if (key.shared.primary_region !== key.regional.region) {
    throw new KmsError('UnsupportedOperationException', messages.notMultiRegionPrimary(key.arn));
  }
}

export const rotationFunctions: Implementations<typeof rotationOperations> = {
  EnableKeyRotation: enableKeyRotation,
  DisableKeyRotation: disableKeyRotation,
  GetKeyRotationStatus: getKeyRotationStatus,
  RotateKeyOnDemand: rotateKeyOnDemand,
  ListKeyRotations: listKeyRotations,
};
