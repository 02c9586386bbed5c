/**
 * Imported key material: parameters to wrap it with, its import, its deletion. The HSM unwraps it and returns its id.
 * Equal bytes have equal ids, so the id shows whether the material is new to the key. Material is imported into each
 * Region of a key separately.
 * Source: AWS KMS API reference, GetParametersForImport, ImportKeyMaterial, DeleteImportedKeyMaterial; Developer Guide,
 * "Importing key material".
 */

import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { importOperations } from '@keystead/provider-schema/operations/kms/import.ts';
import { type WrappingChoice, wrappingChoice } from '@keystead/provider-schema/wrapping.ts';
import { trailElements } from '../../audit/event-form.ts';
import type { Context } from '../../context/context.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { requireUnprotected } from '../../domain/keys/deletion-protection.ts';
import {
  isComplete,
  isPermanent,
  namesMaterials,
  planImport,
  requireValidity,
  stateWithMaterial,
} from '../../domain/keys/imported-material.ts';
import { unsupportedOrigin } from '../../domain/keys/key-state.ts';
import { materialOwner } from '../../domain/keys/material-owner.ts';
import {
  bumpRevision,
  type ImportedMaterials,
  idsOfCopy,
  importedMaterialRow,
  keyChange,
  removeCopy,
  updateKey,
  updateKeySet,
} from '../../mutations/mutations.ts';
import type { Mutation } from '../../storage/port/store.ts';
import type { ImportedMaterialRow, KeyMaterialRow } from '../../storage/port/tables.ts';
import { type Implementation, type Implementations, type Input, resolvedKey } from '../shared/implementation.ts';
import { importedMaterials } from './key-material.ts';

const MS_PER_HOUR = 3_600_000;

const getParametersForImport: Implementation<'GetParametersForImport'> = {
  check(_ctx, input, keys) {
    const key = resolvedKey(keys);
    requireExternal(key);
    requireWrapping(key, input);
  },
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const validToMs = ctx.nowMs + limits.importParametersInHours * MS_PER_HOUR;
    const parameters = await ctx.keyMaterial.generateImportParameters({
      target: importTarget(key),
      wrapping: requireWrapping(key, input),
      validToMs,
    });
    return {
      output: {
        KeyId: key.arn,
        ImportToken: parameters.importToken,
        PublicKey: parameters.publicKey,
        ParametersValidTo: new Date(validToMs),
      },
    };
  },
};

const importKeyMaterial: Implementation<'ImportKeyMaterial'> = {
  check(ctx, input, keys) {
    const key = resolvedKey(keys);
    requireExternal(key);
    requireMaterialMembers(key, input);
    requireValidity(input, ctx.nowMs);
  },
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const imported = await ctx.keyMaterial.importKey({
      target: importTarget(key),
      importToken: input.ImportToken,
      encryptedKeyMaterial: input.EncryptedKeyMaterial,
      nowMs: ctx.nowMs,
    });
    const output = answer(key, imported.materialId);
    return {
      output,
      mutations: await importMutations(ctx, key, input, imported),
      changes: [keyChange(key, 'updated', 'ImportKeyMaterial')],
      audit: { responseElements: trailElements(output) },
    };
  },
};

const deleteImportedKeyMaterial: Implementation<'DeleteImportedKeyMaterial'> = {
  check(_ctx, input, keys) {
    requireExternal(resolvedKey(keys));
    requireMaterialMembers(resolvedKey(keys), input);
  },
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const materialId = input.KeyMaterialId ?? key.shared.current_material_id ?? undefined;
    const output = answer(key, materialId);
    const audit = { responseElements: trailElements(output) };
    const held = await importedMaterials(ctx, key);
    if (input.KeyMaterialId !== undefined && !held.materials.some((row) => row.material_id === materialId)) {
      throw new KmsError('NotFoundException', messages.materialNotFound(key.arn, input.KeyMaterialId));
    }
    const copy = held.copies.find((row) => row.region === key.regional.region && row.material_id === materialId);
    // Deleting material that is not there succeeds without a change.
    if (!copy || copy.wrapped === null) return { output, audit };
    if (!isPending(held, copy)) requireUnprotected(key);
    return {
      output,
      mutations: removeCopy(key, held, copy, ctx.nowMs),
      changes: [keyChange(key, 'updated', 'DeleteImportedKeyMaterial')],
      audit,
    };
  },
};

/** Material that waits for its first rotation: the key has not encrypted anything with it. */
function isPending({ materials }: ImportedMaterials, { material_id }: ImportedMaterialRow): boolean {
  const material = materials.find((row) => row.material_id === material_id);
  return material !== undefined && !isPermanent(material);
}

/** Writes the material's row if it is new to the key, this Region's copy of it, and the key's new state. */
async function importMutations(
  ctx: Context,
  key: ResolvedKey,
  input: Input<'ImportKeyMaterial'>,
  { materialId, wrapped }: { readonly materialId: string; readonly wrapped: Uint8Array },
): Promise<readonly Mutation[]> {
  const held = await importedMaterials(ctx, key);
  const { region } = key.regional;
  const isPrimary = key.shared.primary_region === region;
  const plan = planImport({ arn: key.arn, isPrimary, materials: held.materials }, materialId, input);
  const ids = { account_id: key.shared.account_id, key_id: key.shared.key_id, material_id: materialId };
  const known = held.copies.find((row) => row.region === region && row.material_id === materialId);
  const copy = {
    ...ids,
    region,
    wrapped,
    description: input.KeyMaterialDescription ?? known?.description ?? null,
    valid_to_ms: requireValidity(input, ctx.nowMs),
  };
  const fresh = importedMaterialRow(ids, plan === 'first' ? 'CURRENT' : 'PENDING_ROTATION', ctx.nowMs);
  return [
    ...(plan === 'again' ? [] : [{ op: 'insert', table: 'key_materials', row: fresh } as const]),
    known ? replaceCopy(known, copy) : { op: 'insert', table: 'imported_materials', row: copy },
    updateKey(key, { state: stateAfter(ctx, key, held, plan === 'first' ? fresh : undefined, copy) }),
    plan === 'first' ? updateKeySet(key, { current_material_id: materialId }) : bumpRevision(key),
  ];
}

function stateAfter(
  ctx: Context,
  { regional }: ResolvedKey,
  { materials, copies }: ImportedMaterials,
  first: Pick<KeyMaterialRow, 'material_id' | 'state'> | undefined,
  copy: Omit<ImportedMaterialRow, 'revision'>,
) {
  const here = copies.filter((row) => row.region === regional.region && row.material_id !== copy.material_id);
  const complete = isComplete(first ? [first] : materials, [...here, copy], ctx.nowMs);
  return stateWithMaterial(regional.state, complete);
}

function replaceCopy(known: ImportedMaterialRow, copy: Omit<ImportedMaterialRow, 'revision'>): Mutation {
  const { wrapped, description, valid_to_ms } = copy;
  const set = { wrapped, description, valid_to_ms };
  return { op: 'update', table: 'imported_materials', key: idsOfCopy(known), revision: known.revision, set };
}

/** Keys that keep one material for life do not show its id. */
function answer(key: ResolvedKey, materialId: string | undefined) {
  const named = namesMaterials(key.shared.key_spec) && materialId !== undefined;
  return { KeyId: key.arn, ...(named && { KeyMaterialId: materialId }) };
}

function importTarget(key: ResolvedKey) {
  return { owner: materialOwner(key), region: key.regional.region };
}

/** @throws KmsError UnsupportedOperationException for keys whose material was not imported. */
function requireExternal(key: ResolvedKey): void {
  if (key.shared.origin !== 'EXTERNAL') throw unsupportedOrigin(key);
}

/** @throws KmsError UnsupportedOperationException when this key's material cannot be wrapped with these parameters. */
function requireWrapping(
  { shared }: ResolvedKey,
  { WrappingAlgorithm: algorithm, WrappingKeySpec: wrappingKeySpec }: Input<'GetParametersForImport'>,
): WrappingChoice {
  const choice = wrappingChoice(shared.key_spec, algorithm, wrappingKeySpec);
  if (choice) return choice;
  throw new KmsError(
    'UnsupportedOperationException',
    messages.wrappingNotValid(algorithm, wrappingKeySpec, shared.key_spec),
  );
}

/** @throws KmsError UnsupportedOperationException, ValidationException */
function requireMaterialMembers(
  { shared }: ResolvedKey,
  input: Pick<Input<'ImportKeyMaterial'>, 'ImportType' | 'KeyMaterialDescription' | 'KeyMaterialId'>,
): void {
  const { ImportType, KeyMaterialDescription, KeyMaterialId } = input;
  const [member] = Object.entries({ ImportType, KeyMaterialDescription, KeyMaterialId }).find(
    ([, value]) => value !== undefined,
  ) ?? [undefined];
  if (member !== undefined && !namesMaterials(shared.key_spec)) {
    throw new KmsError('UnsupportedOperationException', messages.materialMemberNotValid(member, shared.key_spec));
  }
  if (ImportType === 'NEW_KEY_MATERIAL' && KeyMaterialId !== undefined) {
    throw new KmsError('ValidationException', messages.materialIdOfNewMaterial);
  }
}

export const importFunctions: Implementations<typeof importOperations> = {
  GetParametersForImport: getParametersForImport,
  ImportKeyMaterial: importKeyMaterial,
  DeleteImportedKeyMaterial: deleteImportedKeyMaterial,
};
