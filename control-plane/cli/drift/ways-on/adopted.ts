/**
 * What runs, as resources that a configuration can declare and import. Pure. Which argument a type has, and what its
 * import takes, is in provider-schema/resources and docs/resources.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { JsonText, type Value, type ValueMap } from '../../terraform/value.ts';
import type { ActualGrant, ActualKey } from '../running/actual.ts';

/** Without the name that the configuration gives it. */
export interface Adopted {
  readonly type: string;
  readonly name: string;
  readonly importId: string;
  readonly values: ValueMap;
  readonly blocks?: Readonly<Record<string, readonly ValueMap[]>>;
}

/** Why something cannot be imported. */
export class NotAdoptable extends Error {}

/** The members of a key that matter only to a declaration. */
type Metadata = ActualKey['KeyMetadata'] & {
  readonly KeySpec?: string;
  readonly KeyUsage?: string;
  readonly KeyManager?: string;
  readonly Origin?: string;
  readonly MultiRegion?: boolean;
  readonly CustomKeyStoreId?: string;
  readonly XksKeyConfiguration?: { readonly Id?: string };
};

const regionOf = (arn: string): string => arn.split(':')[3] ?? '';
const at = (id: string, region: string): string => `${id}@${region}`;

/** @throws NotAdoptable */
export function adoptedKey(key: ActualKey): Adopted {
  const metadata: Metadata = key.KeyMetadata;
  const { KeyId, Arn, Origin = 'AWS_KMS', KeyManager, MultiRegionConfiguration: regions } = metadata;
  if (KeyManager === 'AWS') {
    throw new NotAdoptable('a service manages this key; refer to it with the data source aws_kms_key');
  }
  const region = regionOf(Arn);
  const isReplica = regions?.MultiRegionKeyType === 'REPLICA';
  const isExternal = Origin === 'EXTERNAL';
  const type = isReplica
    ? isExternal
      ? 'aws_kms_replica_external_key'
      : 'aws_kms_replica_key'
    : isExternal
      ? 'aws_kms_external_key'
      : 'aws_kms_key';
  return {
    type,
    name: nameOfKey(key),
    importId: at(KeyId, region),
    values: {
      region,
      ...(isReplica && { primary_key_arn: regions.PrimaryKey.Arn }),
      ...(metadata.Description && { description: metadata.Description }),
      ...(type === 'aws_kms_key' ? ownMaterial(metadata, key) : importedMaterial(type, metadata)),
      ...common(key),
    },
  };
}

function ownMaterial(metadata: Metadata, { RotationStatus: rotation }: ActualKey): ValueMap {
  const { KeyUsage, KeySpec, MultiRegion, CustomKeyStoreId, XksKeyConfiguration } = metadata;
  return {
    ...(KeyUsage && KeyUsage !== 'ENCRYPT_DECRYPT' && { key_usage: KeyUsage }),
    ...(KeySpec && KeySpec !== 'SYMMETRIC_DEFAULT' && { customer_master_key_spec: KeySpec }),
    ...(MultiRegion && { multi_region: true }),
    ...(CustomKeyStoreId && { custom_key_store_id: CustomKeyStoreId }),
    ...(XksKeyConfiguration?.Id && { xks_key_id: XksKeyConfiguration.Id }),
    ...(!metadata.Enabled && { is_enabled: false }),
    ...(rotation.KeyRotationEnabled && {
      enable_key_rotation: true,
      ...defined({ rotation_period_in_days: rotation.RotationPeriodInDays }),
    }),
  };
}

/** The control plane never gives key material away: it is not declared, and so stays as it is. */
function importedMaterial(type: string, metadata: Metadata): ValueMap {
  const { KeyUsage, KeySpec, MultiRegion, Enabled, KeyState, Origin, ValidTo } = metadata;
  const isPrimary = type === 'aws_kms_external_key';
  return {
    ...(isPrimary && KeyUsage && KeyUsage !== 'ENCRYPT_DECRYPT' && { key_usage: KeyUsage }),
    ...(isPrimary && KeySpec && KeySpec !== 'SYMMETRIC_DEFAULT' && { key_spec: KeySpec }),
    ...(isPrimary && MultiRegion && { multi_region: true }),
    ...(KeyState !== 'PendingImport' && { enabled: Enabled }),
    ...(Origin === 'EXTERNAL' && ValidTo !== undefined && { valid_to: new Date(ValidTo * 1000).toISOString() }),
  };
}

function common({ Policy, Tags, DeletionProtection }: ActualKey): ValueMap {
  const tags = Tags.filter(({ TagKey }) => !TagKey.startsWith('aws:'));
  return {
    ...(DeletionProtection && { deletion_protection: true }),
    policy: new JsonText(Policy),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags.map(({ TagKey, TagValue }) => [TagKey, TagValue])) }),
  };
}

/** After its first alias, or its description. */
function nameOfKey({ Aliases, KeyMetadata: { Description = '', KeyId } }: ActualKey): string {
  const [alias] = Aliases.map(({ AliasName }) => AliasName.replace(/^alias\//, ''));
  return alias ?? (Description.trim() !== '' && Description.length <= 40 ? Description : `key_${KeyId.slice(0, 8)}`);
}

/** @param target the key, as the configuration refers to it. @throws NotAdoptable */
export function adoptedAlias(aliasName: string, region: string, target: Value): Adopted {
  if (aliasName.startsWith('alias/aws/')) throw new NotAdoptable('a service manages this alias');
  return {
    type: 'aws_kms_alias',
    name: aliasName.replace(/^alias\//, ''),
    importId: at(aliasName, region),
    values: { region, name: aliasName, target_key_id: target },
  };
}

const isPrincipal = (text: string): boolean =>
  /^(arn:aws[a-z-]*:|([a-z0-9-]+\.){1,4}(amazonaws|amazon)\.com$)/.test(text);

type GrantTerms = ActualGrant & { readonly RetiringServicePrincipal?: string };

/** @param keyReference the key, as the configuration refers to it. @throws NotAdoptable */
export function adoptedGrant(grant: GrantTerms, keyId: string, region: string, keyReference: Value): Adopted {
  const { GrantId, Name, GranteePrincipal, RetiringPrincipal, Constraints, Operations } = grant;
  const deleted = [GranteePrincipal, RetiringPrincipal].find((text) => text && !isPrincipal(text));
  if (deleted !== undefined) {
    throw new NotAdoptable(`it names ${deleted}, a principal that was deleted; revoke it with keystead drift revert`);
  }
  const { EncryptionContextEquals, EncryptionContextSubset, SourceArn } = Constraints ?? {};
  const constraints: ValueMap = defined({
    encryption_context_equals: EncryptionContextEquals as ValueMap | undefined,
    encryption_context_subset: EncryptionContextSubset as ValueMap | undefined,
    source_arn: SourceArn,
  });
  const grantee = GranteePrincipal ?? grant.GranteeServicePrincipal ?? 'grant';
  return {
    type: 'aws_kms_grant',
    name: Name || (grantee.split(/[/:]/).at(-1) ?? 'grant'),
    importId: at(`${keyId}:${GrantId}`, region),
    values: {
      region,
      key_id: keyReference,
      ...(Name && { name: Name }),
      ...defined({ grantee_principal: GranteePrincipal, grantee_service_principal: grant.GranteeServicePrincipal }),
      ...(RetiringPrincipal && { retiring_principal: RetiringPrincipal }),
      ...defined({ retiring_service_principal: grant.RetiringServicePrincipal }),
      operations: [...Operations].sort(),
    },
    ...(Object.keys(constraints).length > 0 && { blocks: { constraints: [constraints] } }),
  };
}

export function adoptedPolicy(key: ActualKey, name: string, keyReference: Value): Adopted {
  const { KeyId, Arn } = key.KeyMetadata;
  const region = regionOf(Arn);
  return {
    type: 'aws_kms_key_policy',
    name,
    importId: at(KeyId, region),
    values: { region, key_id: keyReference, policy: new JsonText(key.Policy) },
  };
}
