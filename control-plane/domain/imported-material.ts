/**
 * Imported key material: what a key's materials and their copies in its Regions make of the key.
 * A material is permanently associated with a key from the moment it is the current one; before that it is pending
 * rotation. Each Region of a key holds its own copy, which may expire or be deleted; a key can be used in a Region where
 * the copies of all its permanent materials are present.
 * Source: AWS KMS Developer Guide, "Importing key material", "Rotate keys with imported key material".
 */
import type { ExpirationModelType, KeyMaterialState } from '@keystead/provider-schema/generated/types.ts';
import type { KeyState } from '@keystead/provider-schema/records.ts';

/** The columns of a material that its key's Regions share. */
export interface Material {
  readonly material_id: string;
  readonly state: 'CURRENT' | 'NON_CURRENT' | 'PENDING_ROTATION';
}

/** The columns of one Region's copy of a material. */
export interface MaterialCopy {
  readonly region: string;
  readonly material_id: string;
  readonly wrapped: Uint8Array | null;
  readonly valid_to_ms: number | null;
}

/** A copy that expired counts as gone even before the job that deletes it has come by. */
export function isPresent({ wrapped, valid_to_ms }: Omit<MaterialCopy, 'region' | 'material_id'>, nowMs: number) {
  return wrapped !== null && (valid_to_ms === null || valid_to_ms > nowMs);
}

export function isPermanent({ state }: Pick<Material, 'state'>): boolean {
  return state !== 'PENDING_ROTATION';
}

/** @param copies those of one Region. */
export function isComplete(materials: readonly Material[], copies: readonly MaterialCopy[], nowMs: number): boolean {
  const present = new Set(copies.filter((copy) => isPresent(copy, nowMs)).map((copy) => copy.material_id));
  const permanent = materials.filter(isPermanent);
  return permanent.length > 0 && permanent.every((material) => present.has(material.material_id));
}

/**
 * The state of a key whose copies changed. A key on its way to deletion stays on it; one that was disabled stays so for
 * as long as it lacks nothing; one that lacked material and now has it is enabled.
 */
export function stateWithMaterial(state: KeyState, complete: boolean): KeyState {
  if (state === 'PendingDeletion' || state === 'PendingReplicaDeletion') return state;
  if (!complete) return 'PendingImport';
  return state === 'PendingImport' ? 'Enabled' : state;
}

/** When a key's material expires: the earliest date among the permanent ones. Undefined while one of them is missing. */
export interface Expiration {
  readonly ExpirationModel: ExpirationModelType;
  readonly ValidTo?: Date;
}

/** @param copies those of one Region. */
export function expirationOf(
  materials: readonly Material[],
  copies: readonly MaterialCopy[],
  nowMs: number,
): Expiration | undefined {
  if (!isComplete(materials, copies, nowMs)) return undefined;
  const permanent = new Set(materials.filter(isPermanent).map((material) => material.material_id));
  const dates = copies.flatMap((copy) => (permanent.has(copy.material_id) ? (copy.valid_to_ms ?? []) : []));
  if (dates.length === 0) return { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' };
  return { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: new Date(Math.min(...dates)) };
}

/**
 * What a material's state is called. One that is pending has to be imported into every Region before it can rotate.
 * @param copies those of all Regions.
 */
export function materialState(
  material: Material,
  copies: readonly MaterialCopy[],
  regions: readonly string[],
  nowMs: number,
): KeyMaterialState {
  if (isPermanent(material)) return material.state;
  const here = new Set(
    copies
      .filter((copy) => copy.material_id === material.material_id && isPresent(copy, nowMs))
      .map((copy) => copy.region),
  );
  const everywhere = regions.every((region) => here.has(region));
  return everywhere ? 'PENDING_ROTATION' : 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION';
}
