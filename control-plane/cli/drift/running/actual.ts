/** Reads what runs: each declared key whole, in one call, then its replicas, and aliases that point elsewhere. */
import type { OutputJson } from '@keystead/provider-schema/json-types.ts';
import { type Connection, Refusal } from '../../shared/connection.ts';
import { CommandError } from '../../shared/report.ts';
import { type DeclaredResource, isKeyType, keyIdOf } from '../states/declared.ts';

export interface ActualGrant {
  readonly GrantId: string;
  readonly Name?: string;
  readonly GranteePrincipal?: string;
  /** In place of GranteePrincipal, for a service that acts for the resource in the constraints. */
  readonly GranteeServicePrincipal?: string;
  readonly RetiringPrincipal?: string;
  readonly Operations: readonly string[];
  readonly Constraints?: NonNullable<OutputJson<'GetKeyConfiguration'>['Grants'][number]['Constraints']>;
}

export interface RegionalKey {
  readonly Arn: string;
  readonly Region: string;
}

/** A key as the service shows it. Members that AWS's shapes leave optional are always there in ours. */
export interface ActualKey {
  readonly KeyMetadata: {
    readonly KeyId: string;
    readonly Arn: string;
    readonly Description?: string;
    readonly Enabled: boolean;
    readonly KeyState: string;
    /** Seconds since the epoch. */
    readonly DeletionDate?: number;
    /** Seconds since the epoch. */
    readonly ValidTo?: number;
    readonly CustomKeyStoreId?: string;
    readonly MultiRegionConfiguration?: {
      readonly MultiRegionKeyType: 'PRIMARY' | 'REPLICA';
      readonly PrimaryKey: RegionalKey;
      readonly ReplicaKeys: readonly RegionalKey[];
    };
  };
  readonly Policy: string;
  readonly Tags: readonly { readonly TagKey: string; readonly TagValue: string }[];
  readonly RotationStatus: { readonly KeyRotationEnabled: boolean; readonly RotationPeriodInDays?: number };
  readonly Aliases: readonly { readonly AliasName: string; readonly AliasArn: string }[];
  readonly Grants: readonly ActualGrant[];
  readonly DeletionProtection: boolean;
}

export interface Actual {
  /** undefined: the key does not exist, or not any more. */
  key(region: string, keyId: string): ActualKey | undefined;
  /** Id of the key an alias points to; undefined: the alias does not exist. */
  aliasTarget(region: string, aliasName: string): string | undefined;
}

/** What was read, and every key of it. */
export interface ReadActual extends Actual {
  readonly all: readonly ActualKey[];
}

/** States in which a key counts as deleted for Terraform. */
const leavingStates: ReadonlySet<string> = new Set(['PendingDeletion', 'PendingReplicaDeletion']);

export function isLeaving(key: ActualKey): boolean {
  return leavingStates.has(key.KeyMetadata.KeyState);
}

/** All members of a multi-Region key, the key itself included; none for a key of a single Region. */
export function relatives({ KeyMetadata: { MultiRegionConfiguration: regions } }: ActualKey): readonly RegionalKey[] {
  return regions ? [regions.PrimaryKey, ...regions.ReplicaKeys] : [];
}

/**
 * One call per key; aliases come with the keys they point to. The aliases of a Region are listed only when one of them
 * is not where the state says.
 * @throws CommandError when the caller is not allowed to read something
 */
export async function readActual(declared: readonly DeclaredResource[], connection: Connection): Promise<ReadActual> {
  const keys = await readDeclaredKeys(declared, connection);
  const found = [...keys.values()].filter((key) => key !== undefined);
  await readInto(
    keys,
    found.flatMap(relatives).map(({ Region, Arn }) => [Region, Arn] as const),
    connection,
  );
  const targets = new Map<string, string>();
  for (const key of keys.values()) {
    for (const alias of key?.Aliases ?? []) targets.set(alias.AliasArn, keyIdOf(key?.KeyMetadata.Arn));
  }
  const listed = new Map<string, ReadonlyMap<string, string>>();
  for (const { type, region, values } of declared) {
    if (type !== 'aws_kms_alias' || targets.has(String(values.arn)) || listed.has(region)) continue;
    listed.set(region, await listAliases(connection, region));
  }
  const byName = new Map([...targets].map(([arn, keyId]) => [placeOfAlias(arn), keyId]));
  return {
    all: [...keys.values()].filter((key) => key !== undefined),
    key: (region, keyId) => keys.get(`${region}/${keyId}`),
    aliasTarget: (region, name) => byName.get(`${region}/${name}`) ?? listed.get(region)?.get(name),
  };
}

type Keys = Map<string, ActualKey | undefined>;

/** By ARN where the state has one: then a key of another account is refused and does not look missing. */
async function readDeclaredKeys(declared: readonly DeclaredResource[], connection: Connection): Promise<Keys> {
  const references = declared.map(({ type, region, values }) => {
    if (type === 'aws_kms_alias') return [region, values.target_key_arn ?? values.target_key_id] as const;
    return [region, (isKeyType(type) && values.arn) || values.key_id] as const;
  });
  // ARNs first: each key is read once.
  const [arns, ids] = [true, false].map((isArn) =>
    references.filter(([, reference]) => String(reference).startsWith('arn:') === isArn),
  );
  return readInto(new Map(), [...(arns ?? []), ...(ids ?? [])], connection);
}

async function readInto(
  keys: Keys,
  references: readonly (readonly [region: string, reference: unknown])[],
  connection: Connection,
): Promise<Keys> {
  const wanted = new Map<string, readonly [region: string, reference: string]>();
  for (const [region, reference] of references) {
    const place = `${region}/${keyIdOf(reference)}`;
    if (reference && !keys.has(place) && !wanted.has(place)) wanted.set(place, [region, String(reference)]);
  }
  const read = async ([place, [region, reference]]: [string, readonly [string, string]]) => {
    keys.set(place, await findKey(connection, region, reference));
  };
  await Promise.all([...wanted].map(read));
  return keys;
}

async function findKey(connection: Connection, region: string, reference: string): Promise<ActualKey | undefined> {
  try {
    return (await connection.call('GetKeyConfiguration', { KeyId: reference }, region)) as ActualKey;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'NotFoundException') return undefined;
    throw permissionNamed(error);
  }
}

async function listAliases(connection: Connection, region: string): Promise<ReadonlyMap<string, string>> {
  const targets = new Map<string, string>();
  for (let marker: string | undefined; ; ) {
    const input = { Limit: 100, Marker: marker };
    const { Aliases = [], NextMarker } = await connection.call('ListAliases', input, region).catch((error: unknown) => {
      throw permissionNamed(error);
    });
    for (const { AliasName, TargetKeyId } of Aliases) {
      if (AliasName !== undefined && TargetKeyId) targets.set(AliasName, TargetKeyId);
    }
    if (NextMarker === undefined) return targets;
    marker = NextMarker;
  }
}

/** `arn:aws:kms:us-east-1:111122223333:alias/orders` as `us-east-1/alias/orders` */
function placeOfAlias(arn: string): string {
  const [, , , region, , ...name] = arn.split(':');
  return `${region}/${name.join(':')}`;
}

/** Everything must be readable before anything is compared: a part left out would be drift that is missed. */
function permissionNamed(error: unknown): unknown {
  if (!(error instanceof Refusal) || error.code !== 'AccessDeniedException') return error;
  return new CommandError(
    `The keys cannot be read for comparison. ${error.message}`,
    'keystead drift needs kms:DescribeKey, kms:GetKeyPolicy, kms:GetKeyRotationStatus, kms:ListGrants and ' +
      'kms:ListResourceTags on every declared key, kms:ListAliases, and cloudtrail:LookupEvents to name who made a change.',
  );
}
