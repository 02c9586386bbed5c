/**
 * Builders for the Store port's mutations and change-log rows, for operations and jobs. Each names the revision that
 * was read, so that a lost race fails the write instead of overwriting the change in between.
 */
import type { KeySpec, KeyState, KeyUsage, Origin } from '@keystead/provider-schema/vocabulary.ts';
import { isComplete, isPermanent, stateWithMaterial } from '../domain/keys/imported-material.ts';
import { noRotation, type RotationSchedule, type RotationType } from '../domain/keys/rotation.ts';
import type { Change } from '../storage/port/changes.ts';
import type { StoredKey } from '../storage/port/keys.ts';
import type { Mutation } from '../storage/port/store.ts';
import type {
  CustomKeyStoreRow,
  ImportedMaterialRow,
  KeyMaterialRow,
  KeyRow,
  KeySetRow,
} from '../storage/port/tables.ts';

type RegionalColumns = Partial<Omit<KeyRow, 'account_id' | 'region' | 'key_id' | 'revision'>>;
type SharedColumns = Partial<Omit<KeySetRow, 'account_id' | 'key_id' | 'revision'>>;

/** Changes a key in its own Region. */
export function updateKey({ regional }: Pick<StoredKey, 'regional'>, set: RegionalColumns): Mutation {
  const { account_id, region, key_id, revision } = regional;
  return { op: 'update', table: 'keys', key: { account_id, region, key_id }, revision, set };
}

/** Changes the properties that all Regions of a key share. */
export function updateKeySet({ shared }: Pick<StoredKey, 'shared'>, set: SharedColumns): Mutation {
  const { account_id, key_id, revision } = shared;
  return { op: 'update', table: 'key_sets', key: { account_id, key_id }, revision, set };
}

/** The write fails if the key was changed or deleted in its Region since it was read. */
export function requireUnchangedKey({ regional }: Pick<StoredKey, 'regional'>): Mutation {
  const { account_id, region, key_id, revision } = regional;
  return { op: 'require', table: 'keys', key: { account_id, region, key_id }, revision };
}

/** The same for the properties that all Regions of a key share. */
export function requireUnchangedKeySet({ shared }: Pick<StoredKey, 'shared'>): Mutation {
  const { account_id, key_id, revision } = shared;
  return { op: 'require', table: 'key_sets', key: { account_id, key_id }, revision };
}

/**
 * Bumps the revision that all Regions of a key share. A write that counts the key's aliases or grants includes it: of
 * two that read the same count, the second fails and counts again, so no race can exceed a limit or create a duplicate.
 */
export function bumpRevision(key: Pick<StoredKey, 'shared'>): Mutation {
  return updateKeySet(key, {});
}

type KeyStoreColumns = Partial<Omit<CustomKeyStoreRow, 'account_id' | 'region' | 'custom_key_store_id' | 'revision'>>;

export function updateKeyStore(row: CustomKeyStoreRow, set: KeyStoreColumns): Mutation {
  const { account_id, region, custom_key_store_id, revision } = row;
  return { op: 'update', table: 'custom_key_stores', key: { account_id, region, custom_key_store_id }, revision, set };
}

export function keyStoreChange(
  row: Pick<CustomKeyStoreRow, 'account_id' | 'region' | 'custom_key_store_id'>,
  kind: Change['kind'],
  eventName: string,
): Change {
  const { account_id: accountId, region, custom_key_store_id: resourceId } = row;
  return { accountId, region, resourceType: 'custom-key-store', resourceId, kind, eventName };
}

export function keyChange({ regional }: Pick<StoredKey, 'regional'>, kind: Change['kind'], eventName: string): Change {
  const { account_id: accountId, region, key_id: keyId } = regional;
  return { accountId, region, resourceType: 'key', resourceId: keyId, keyId, kind, eventName };
}

/** A new key; absent members get the values of a key that is created without parameters. */
export interface NewKey {
  readonly accountId: string;
  readonly region: string;
  readonly keyId: string;
  readonly createdAtMs: number;
  readonly keySpec: KeySpec;
  readonly keyUsage: KeyUsage;
  readonly policy: string;
  /** As in the row; absent if the policy does not name a principal that has a unique id. */
  readonly policy_principals?: string;
  /** JSON, as in the row. */
  readonly tags: string;
  readonly description?: string;
  readonly origin?: Origin;
  readonly multiRegion?: boolean;
  readonly shared?: Pick<SharedColumns, 'key_manager' | 'custom_key_store_id' | 'xks_key_id' | keyof RotationSchedule>;
  readonly state?: KeyState;
  /** Absent while the key does not have any. */
  readonly material?: { readonly materialId: string; readonly wrapped: Uint8Array };
}

/** A key in its first Region, with its first material: as it will be stored, and the mutations that store it. */
export function insertKey(key: NewKey): { readonly stored: StoredKey; readonly mutations: readonly Mutation[] } {
  const { accountId, region, keyId, material } = key;
  const ids = { account_id: accountId, key_id: keyId };
  const shared = {
    ...ids,
    key_spec: key.keySpec,
    key_usage: key.keyUsage,
    origin: key.origin ?? 'AWS_KMS',
    key_manager: 'CUSTOMER',
    multi_region: key.multiRegion ? 1 : 0,
    primary_region: region,
    domain_region: region,
    current_material_id: material?.materialId ?? null,
    custom_key_store_id: null,
    xks_key_id: null,
    ...noRotation,
    on_demand_rotation_count: 0,
    ...key.shared,
  } as const;
  const regional = {
    ...ids,
    region,
    state: key.state ?? 'Enabled',
    description: key.description ?? '',
    policy: key.policy,
    policy_principals: key.policy_principals ?? '{}',
    tags: key.tags,
    created_at_ms: key.createdAtMs,
    deletion_at_ms: null,
    pending_window_in_days: null,
    deletion_protected: 0,
  } as const;
  return {
    stored: { shared: { ...shared, revision: 1 }, regional: { ...regional, revision: 1 } },
    mutations: [
      { op: 'insert', table: 'key_sets', row: shared },
      { op: 'insert', table: 'keys', row: regional },
      ...(material ? [insertFirstMaterial(ids, material, key.createdAtMs)] : []),
    ],
  };
}

function insertFirstMaterial(
  ids: { readonly account_id: string; readonly key_id: string },
  { materialId, wrapped }: { readonly materialId: string; readonly wrapped: Uint8Array },
  createdAtMs: number,
): Mutation {
  const row = {
    ...ids,
    material_id: materialId,
    wrapped,
    state: 'CURRENT',
    created_at_ms: createdAtMs,
    rotated_at_ms: null,
    rotation_type: null,
  } as const;
  return { op: 'insert', table: 'key_materials', row };
}

/** An imported key's materials, and their copies in all its Regions. */
export interface ImportedMaterials {
  readonly materials: readonly KeyMaterialRow[];
  readonly copies: readonly ImportedMaterialRow[];
}

/**
 * Removes the Region's copy of imported material. A permanent material keeps its row and can be imported again; one
 * that waits for rotation is deleted, in every Region if it is removed in the primary Region.
 */
export function removeCopy(
  key: StoredKey,
  { materials, copies }: ImportedMaterials,
  copy: ImportedMaterialRow,
  nowMs: number,
): readonly Mutation[] {
  const { account_id, key_id, material_id } = copy;
  const material = materials.find((row) => row.material_id === material_id);
  const others = copies.filter((row) => row.region === copy.region && row.material_id !== material_id);
  const state = stateWithMaterial(key.regional.state, isComplete(materials, others, nowMs));
  const ofCopy = { table: 'imported_materials', key: idsOfCopy(copy), revision: copy.revision } as const;
  const taken = (): readonly Mutation[] => {
    if (material && isPermanent(material))
      return [{ op: 'update', ...ofCopy, set: { wrapped: null, valid_to_ms: null } }];
    if (!material || copy.region !== key.shared.primary_region) return [{ op: 'delete', ...ofCopy }];
    const ids = { account_id, key_id, material_id };
    return [
      { op: 'delete', table: 'key_materials', key: ids, revision: material.revision },
      { op: 'deleteAll', table: 'imported_materials', where: ids },
    ];
  };
  return [...taken(), updateKey(key, { state }), bumpRevision(key)];
}

/** A row of imported material; its bytes are in the copies of its Regions. */
export function importedMaterialRow(
  ids: Pick<KeyMaterialRow, 'account_id' | 'key_id' | 'material_id'>,
  state: KeyMaterialRow['state'],
  createdAtMs: number,
): Omit<KeyMaterialRow, 'revision'> {
  return { ...ids, wrapped: null, state, created_at_ms: createdAtMs, rotated_at_ms: null, rotation_type: null };
}

export function idsOfCopy({ account_id, region, key_id, material_id }: Omit<ImportedMaterialRow, 'revision'>) {
  return { account_id, region, key_id, material_id };
}

/** Imported material that waited for rotation becomes the current one. */
export function promoteMaterial(
  key: StoredKey,
  current: KeyMaterialRow,
  pending: KeyMaterialRow,
  rotation: { readonly type: RotationType; readonly atMs: number; readonly set: SharedColumns },
): readonly Mutation[] {
  const update = (
    { account_id, key_id, material_id, revision }: KeyMaterialRow,
    set: Partial<Pick<KeyMaterialRow, 'state' | 'rotated_at_ms' | 'rotation_type'>>,
  ): Mutation => ({ op: 'update', table: 'key_materials', key: { account_id, key_id, material_id }, revision, set });
  return [
    update(pending, { state: 'CURRENT', rotated_at_ms: rotation.atMs, rotation_type: rotation.type }),
    update(current, { state: 'NON_CURRENT' }),
    updateKeySet(key, { ...rotation.set, current_material_id: pending.material_id }),
    requireUnchangedKey(key),
  ];
}

/** A new material becomes the current one; the old one stays, to decrypt what it encrypted. */
export function replaceMaterial(
  key: StoredKey,
  current: KeyMaterialRow,
  fresh: { readonly materialId: string; readonly wrapped: Uint8Array },
  rotation: { readonly type: RotationType; readonly atMs: number; readonly set: SharedColumns },
): readonly Mutation[] {
  const { account_id, key_id } = key.shared;
  return [
    {
      op: 'insert',
      table: 'key_materials',
      row: {
        account_id,
        key_id,
        material_id: fresh.materialId,
        wrapped: fresh.wrapped,
        state: 'CURRENT',
        created_at_ms: rotation.atMs,
        rotated_at_ms: rotation.atMs,
        rotation_type: rotation.type,
      },
    },
    {
      op: 'update',
      table: 'key_materials',
      key: { account_id, key_id, material_id: current.material_id },
      revision: current.revision,
      set: { state: 'NON_CURRENT' },
    },
    updateKeySet(key, { ...rotation.set, current_material_id: fresh.materialId }),
    // Fails if the key was disabled or scheduled for deletion meanwhile.
    requireUnchangedKey(key),
  ];
}
