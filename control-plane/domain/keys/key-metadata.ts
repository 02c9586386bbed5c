/** The metadata of a key. Source: AWS KMS API reference, KeyMetadata, MultiRegionConfiguration. */

import { keyArn } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import type {
  KeyManagerType,
  KeyMetadata,
  MultiRegionConfiguration,
} from '@keystead/provider-schema/generated/types.ts';
import { algorithmsOf, keySpecRow } from '@keystead/provider-schema/key-specs.ts';
import type { KeySpec, KeyState, KeyUsage, Origin } from '@keystead/provider-schema/vocabulary.ts';
import type { Expiration } from './imported-material.ts';

/** The columns a key's metadata is read from. */
export interface DescribedKey {
  readonly shared: {
    readonly key_spec: KeySpec;
    readonly key_usage: KeyUsage;
    readonly origin: Origin;
    readonly key_manager: KeyManagerType;
    readonly multi_region: number;
    readonly primary_region: string;
    readonly current_material_id: string | null;
    readonly custom_key_store_id: string | null;
    readonly xks_key_id: string | null;
  };
  readonly regional: {
    readonly account_id: string;
    readonly region: string;
    readonly key_id: string;
    readonly state: KeyState;
    readonly description: string;
    readonly created_at_ms: number;
    readonly deletion_at_ms: number | null;
    readonly pending_window_in_days: number | null;
  };
  /** Of a key in a custom key store. */
  readonly keyStore?: { readonly cloud_hsm_cluster_id: string | null };
}

/** The member that lists a key's algorithms, by what the key is for. */
const algorithmMembers = {
  ENCRYPT_DECRYPT: 'EncryptionAlgorithms',
  SIGN_VERIFY: 'SigningAlgorithms',
  GENERATE_VERIFY_MAC: 'MacAlgorithms',
  KEY_AGREEMENT: 'KeyAgreementAlgorithms',
  ENCAPSULATE_DECAPSULATE: 'EncapsulationAlgorithms',
} as const satisfies Record<KeyUsage, keyof KeyMetadata>;

/** The one list of algorithms that fits the key's usage, under its member's name. */
export function algorithmList({ key_spec, key_usage }: { readonly key_spec: KeySpec; readonly key_usage: KeyUsage }) {
  return { [algorithmMembers[key_usage]]: algorithmsOf(key_spec, key_usage) };
}

/**
 * @param regions every Region that has the key, its own included; read for multi-Region keys only.
 * @param expiration of imported material, while it is complete.
 */
export function keyMetadata(
  { shared, regional, keyStore }: DescribedKey,
  regions: readonly string[],
  expiration?: Expiration,
): KeyMetadata {
  const { account_id: accountId, region, key_id: keyId, state } = regional;
  return {
    AWSAccountId: accountId,
    KeyId: keyId,
    Arn: keyArn(region, accountId, keyId),
    CreationDate: new Date(regional.created_at_ms),
    Enabled: state === 'Enabled',
    Description: regional.description,
    KeyUsage: shared.key_usage,
    KeyState: state,
    Origin: shared.origin,
    KeyManager: shared.key_manager,
    KeySpec: shared.key_spec,
    // The deprecated member repeats the spec, even one that is newer than the member's enumeration.
    CustomerMasterKeySpec: shared.key_spec as KeyMetadata['CustomerMasterKeySpec'],
    ...algorithmList(shared),
    MultiRegion: shared.multi_region === 1,
    ...(shared.multi_region === 1 && {
      MultiRegionConfiguration: multiRegionConfiguration({ shared, regional }, regions),
    }),
    ...(state === 'PendingDeletion' &&
      regional.deletion_at_ms !== null && { DeletionDate: new Date(regional.deletion_at_ms) }),
    ...(state === 'PendingReplicaDeletion' &&
      regional.pending_window_in_days !== null && { PendingDeletionWindowInDays: regional.pending_window_in_days }),
    ...expiration,
    ...defined({
      CustomKeyStoreId: shared.custom_key_store_id ?? undefined,
      CloudHsmClusterId: keyStore?.cloud_hsm_cluster_id ?? undefined,
      XksKeyConfiguration: shared.xks_key_id === null ? undefined : { Id: shared.xks_key_id },
    }),
    // Other keys keep one material for life and do not show its id; nor does a key that is being created.
    ...(hasMaterialIds(shared) &&
      state !== 'Creating' &&
      shared.current_material_id !== null && { CurrentKeyMaterialId: shared.current_material_id }),
  };
}

/** Only keys whose material can be rotated or imported show its id; keys in custom key stores do not. */
export function hasMaterialIds({ key_spec, origin }: Pick<DescribedKey['shared'], 'key_spec' | 'origin'>): boolean {
  return keySpecRow(key_spec).type === 'symmetric' && (origin === 'AWS_KMS' || origin === 'EXTERNAL');
}

/** The same for every related key except the type; the key itself is among the listed keys. */
function multiRegionConfiguration(
  { shared, regional }: DescribedKey,
  regions: readonly string[],
): MultiRegionConfiguration {
  const related = (region: string) => ({
    Arn: keyArn(region, regional.account_id, regional.key_id),
    Region: region,
  });
  return {
    MultiRegionKeyType: regional.region === shared.primary_region ? 'PRIMARY' : 'REPLICA',
    PrimaryKey: related(shared.primary_region),
    ReplicaKeys: regions.filter((region) => region !== shared.primary_region).map(related),
  };
}

/** The number in `ETag` and `If-Match`: grows with every change of the key, in this Region or in all. */
export function keyRevision(key: {
  readonly shared: { readonly revision: number };
  readonly regional: { readonly revision: number };
}): number {
  return key.shared.revision + key.regional.revision;
}
