/**
 * Imported key material: how a key's materials and their copies in its Regions decide the key's state.
 * A material is permanently associated with a key from the moment it is the current one; before that it is pending
 * rotation. Each Region of a key holds its own copy, which can expire or be deleted; a key can be used in a Region
 * where the copies of all its permanent materials are present.
 * Source: AWS KMS Developer Guide, "Importing key material", "Rotate keys with imported key material".
 */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { ExpirationModelType, ImportType, KeyMaterialState } from '@keystead/provider-schema/generated/types.ts';
import { keySpecRow } from '@keystead/provider-schema/key-specs.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { KeySpec, KeyState } from '@keystead/provider-schema/vocabulary.ts';

const MS_PER_DAY = 86_400_000;

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

/** An expired copy counts as missing even before the job deletes it. */
export function isPresent({ wrapped, valid_to_ms }: Omit<MaterialCopy, 'region' | 'material_id'>, nowMs: number) {
  return wrapped !== null && (valid_to_ms === null || valid_to_ms > nowMs);
}

export function copiesIn<Copy extends Pick<MaterialCopy, 'region'>>(region: string, copies: readonly Copy[]) {
  return copies.filter((copy) => copy.region === region);
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
 * The state of a key whose copies changed. A key pending deletion stays so; a disabled key stays disabled while its
 * material is complete; a key whose missing material is complete now is enabled.
 */
export function stateWithMaterial(state: KeyState, complete: boolean): KeyState {
  if (state === 'PendingDeletion' || state === 'PendingReplicaDeletion') return state;
  if (!complete) return 'PendingImport';
  return state === 'PendingImport' ? 'Enabled' : state;
}

/** Whether and when material expires, as the API shows it. */
export interface Expiration {
  readonly ExpirationModel: ExpirationModelType;
  readonly ValidTo?: Date;
}

/**
 * When a key's material expires: the earliest date among the permanent ones. Undefined while one of them is missing.
 * @param copies those of one Region.
 */
export function expirationOf(
  materials: readonly Material[],
  copies: readonly MaterialCopy[],
  nowMs: number,
): Expiration | undefined {
  if (!isComplete(materials, copies, nowMs)) return undefined;
  const permanent = new Set(materials.filter(isPermanent).map((material) => material.material_id));
  const dates = copies.flatMap((copy) => (permanent.has(copy.material_id) ? (copy.valid_to_ms ?? []) : []));
  return validityOf({ valid_to_ms: dates.length === 0 ? null : Math.min(...dates) });
}

export function validityOf({ valid_to_ms }: Pick<MaterialCopy, 'valid_to_ms'>): Expiration {
  if (valid_to_ms === null) return { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' };
  return { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: new Date(valid_to_ms) };
}

/**
 * A material's state in the API. Pending material must be imported into every Region before the key can rotate to it.
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

/** Only symmetric encryption keys can have several materials, and show their ids. */
export function namesMaterials(keySpec: KeySpec): boolean {
  return keySpecRow(keySpec).type === 'symmetric';
}

interface ValidityAsked {
  readonly ExpirationModel?: ExpirationModelType | undefined;
  readonly ValidTo?: Date | undefined;
}

/**
 * When a copy expires, in milliseconds since the Unix epoch; null: never.
 * @throws KmsError ValidationException
 */
export function requireValidity({ ExpirationModel, ValidTo }: ValidityAsked, nowMs: number): number | null {
  if (ExpirationModel === 'KEY_MATERIAL_DOES_NOT_EXPIRE') {
    if (ValidTo !== undefined) throw new KmsError('ValidationException', messages.validToNotAllowed);
    return null;
  }
  if (ValidTo === undefined) throw new KmsError('ValidationException', messages.validToRequired);
  const validToMs = ValidTo.getTime();
  if (validToMs <= nowMs || validToMs > nowMs + limits.importValidityInDays * MS_PER_DAY) {
    throw new KmsError('ValidationException', messages.validToOutOfRange);
  }
  return validToMs;
}

/** What an import adds: the key's first material, material pending rotation, or a copy of material it has. */
export type ImportPlan = 'first' | 'pending' | 'again';

/**
 * @param materialId of the bytes in the request.
 * @throws KmsError UnsupportedOperationException, IncorrectKeyMaterialException, KMSInvalidStateException
 */
export function planImport(
  key: { readonly arn: string; readonly isPrimary: boolean; readonly materials: readonly Material[] },
  materialId: string,
  asked: { readonly ImportType?: ImportType | undefined; readonly KeyMaterialId?: string | undefined },
): ImportPlan {
  const { arn, isPrimary, materials } = key;
  const isKnown = materials.some((material) => material.material_id === materialId);
  const { ImportType: importType = materials.length === 0 ? 'NEW_KEY_MATERIAL' : 'EXISTING_KEY_MATERIAL' } = asked;
  if (asked.KeyMaterialId !== undefined && asked.KeyMaterialId !== materialId) throw incorrectMaterial();
  if (importType === 'EXISTING_KEY_MATERIAL') {
    if (!isKnown) throw incorrectMaterial();
    return 'again';
  }
  if (!isPrimary) throw new KmsError('UnsupportedOperationException', messages.notMultiRegionPrimary(arn));
  if (isKnown) throw incorrectMaterial();
  if (materials.length === 0) return 'first';
  const pending = materials.find((material) => !isPermanent(material));
  if (!pending) return 'pending';
  throw new KmsError(
    'KMSInvalidStateException',
    messages.otherMaterialPendingRotation(arn, materialId, pending.material_id),
  );
}

function incorrectMaterial(): KmsError {
  return new KmsError('IncorrectKeyMaterialException');
}
