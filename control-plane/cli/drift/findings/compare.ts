/**
 * Declared against actual, attribute by attribute, by meaning: a policy with the same meaning in other words is not
 * drift. Pure.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { describePolicyDifference, samePolicy } from '@keystead/provider-schema/policy-meaning.ts';
import { type Actual, type ActualGrant, type ActualKey, isLeaving, relatives } from '../running/actual.ts';
import { type DeclaredResource, isKeyType, isPrimaryType, isReplicaType, keyIdOf, nameOf } from '../states/declared.ts';
import { tagAttribute } from './left.ts';

export interface Difference {
  /** Terraform address; undefined for what is not in a state. */
  readonly address?: string;
  /** Of a resource that a program declares: the construct's path. */
  readonly constructPath?: string;
  readonly region: string;
  /** ARN of the key or alias the difference is about. */
  readonly resourceArn: string;
  readonly what:
    | 'changed'
    | 'missing'
    | 'unknown to Terraform'
    | 'changed since the baseline'
    | 'ignore rule expired'
    | 'not applied'
    | 'not in code';
  /** `description`, `policy`, `tags_all["Owner"]`, `alias`, `grant`, `replica`, … */
  readonly attribute: string;
  readonly declared?: unknown;
  readonly actual?: unknown;
  /** Readable parts of a difference, one line each. */
  readonly details?: readonly string[];
  /** ARN of the key behind an alias, or of the primary key behind a replica. */
  readonly keyArn?: string;
  /** Names the one grant the difference is about. */
  readonly grantId?: string;
  /** Terraform hides the declared value: neither value must be shown. */
  readonly isSensitive?: true;
}

export interface CompareOptions {
  /** Tags that the provider's ignore_tags hides; that setting is not in the state. */
  readonly ignoresTag: (key: string) => boolean;
}

type Change = Pick<Difference, 'attribute' | 'declared' | 'actual' | 'details' | 'keyArn'>;

/** @param isWanted which of the declared resources are compared; the others still count as declared */
export function compareAll(
  state: readonly DeclaredResource[],
  actual: Actual,
  options: CompareOptions,
  isWanted: (resource: DeclaredResource) => boolean = () => true,
): readonly Difference[] {
  const declared = state.filter(({ deposed }) => !deposed);
  const compared = declared
    .filter(isWanted)
    .flatMap((resource) =>
      compareOne(resource, declared, actual, options).map((difference) => ({ ...difference, ...pathOf(resource) })),
    );
  return [...compared, ...undeclared(state, actual, isWanted)];
}

/** Key resources have it in the state too, as `construct_path`. */
export function pathOf({ constructPath, values }: DeclaredResource): Pick<Difference, 'constructPath'> {
  const path = constructPath ?? values.construct_path;
  return typeof path === 'string' && path !== '' ? { constructPath: path } : {};
}

function compareOne(
  resource: DeclaredResource,
  declared: readonly DeclaredResource[],
  actual: Actual,
  options: CompareOptions,
): readonly Difference[] {
  const { address, region, values } = resource;
  if (resource.type === 'aws_kms_alias') return compareAlias(resource, actual);
  const key = actual.key(region, keyIdOf(values.key_id));
  if (resource.type === 'aws_kms_grant') return compareGrant(resource, key);
  const resourceArn = key?.KeyMetadata.Arn ?? arnOf(resource);
  if (!key || isLeaving(key)) {
    return [{ address, region, resourceArn, what: 'missing', attribute: 'key', ...fateOf(key) }];
  }
  const seen = changes(resource, declared, key, options).filter(
    ({ attribute }) => !resource.ignoresChange?.(attribute),
  );
  return seen.map((change) => ({
    address,
    region,
    resourceArn,
    what: 'changed',
    ...change,
    ...defined({ isSensitive: resource.sensitive.has(change.attribute.replace(/\[.*/s, '')) || undefined }),
  }));
}

function fateOf(key: ActualKey | undefined): Pick<Difference, 'actual' | 'details'> {
  if (!key) return { actual: 'gone' };
  const { KeyState, DeletionDate: atSeconds } = key.KeyMetadata;
  const date = atSeconds === undefined ? undefined : new Date(atSeconds * 1000).toISOString();
  const details = date === undefined ? undefined : [`deleted for good on ${date}, unless cancelled before`];
  return { actual: KeyState, ...defined({ details }) };
}

function changes(
  resource: DeclaredResource,
  declared: readonly DeclaredResource[],
  key: ActualKey,
  options: CompareOptions,
): readonly Change[] {
  const { type, values } = resource;
  if (type === 'aws_kms_key_policy') return policyChange(values.policy, key.Policy);
  const enabled = type === 'aws_kms_key' ? 'is_enabled' : 'enabled';
  return [
    ...valueChange('description', values.description ?? '', key.KeyMetadata.Description ?? ''),
    ...valueChange(enabled, values[enabled], key.KeyMetadata.Enabled),
    ...(type === 'aws_kms_key' ? rotationChanges(values, key) : expiryChange(values.valid_to, key)),
    ...(isPrimaryType(type) ? primaryMoved(resource, key) : []),
    ...(isReplicaType(type) ? primaryChange(values.primary_key_arn, key) : []),
    // A key's policy belongs to its aws_kms_key_policy resource when one is declared.
    ...(hasPolicyResource(resource, declared) ? [] : policyChange(values.policy, key.Policy)),
    ...tagChanges(values.tags_all, key, options),
    // Absent means false, as in a plan.
    ...valueChange('deletion_protection', values.deletion_protection === true, key.DeletionProtection),
  ];
}

/** An attribute that the state does not hold is not declared. */
function valueChange(attribute: string, declared: unknown, actual: unknown): readonly Change[] {
  return declared === undefined || declared === null || declared === actual ? [] : [{ attribute, declared, actual }];
}

/** A period counts only while rotation is both declared and on; the service shows none otherwise. */
function rotationChanges(values: DeclaredResource['values'], { RotationStatus: actual }: ActualKey): readonly Change[] {
  const switched = valueChange('enable_key_rotation', values.enable_key_rotation, actual.KeyRotationEnabled);
  if (switched.length > 0 || !actual.KeyRotationEnabled) return switched;
  return valueChange('rotation_period_in_days', values.rotation_period_in_days, actual.RotationPeriodInDays);
}

/** Without a date, imported material never expires. While there is no material, `enabled` shows the difference. */
function expiryChange(declared: unknown, { KeyMetadata: { KeyState, ValidTo } }: ActualKey): readonly Change[] {
  const date = typeof declared === 'string' && declared !== '' ? declared : undefined;
  const actual = ValidTo === undefined ? undefined : new Date(ValidTo * 1000).toISOString();
  const isSame = date === undefined ? actual === undefined : Date.parse(date) === Date.parse(actual ?? '');
  return isSame || KeyState === 'PendingImport' ? [] : [{ attribute: 'valid_to', declared: date, actual }];
}

/** A multi-Region key that is not declared as a replica is declared as the primary key. */
function primaryMoved({ region }: DeclaredResource, { KeyMetadata }: ActualKey): readonly Change[] {
  const regions = KeyMetadata.MultiRegionConfiguration;
  return regions ? valueChange('primary_region', region, regions.PrimaryKey.Region) : [];
}

function primaryChange(declared: unknown, { KeyMetadata }: ActualKey): readonly Change[] {
  const arn = KeyMetadata.MultiRegionConfiguration?.PrimaryKey.Arn;
  return valueChange('primary_key_arn', declared, arn).map((change) => ({ ...change, keyArn: String(declared) }));
}

function policyChange(declared: unknown, actual: string): readonly Change[] {
  if (typeof declared !== 'string' || declared === '' || samePolicy(declared, actual)) return [];
  return [{ attribute: 'policy', declared, actual, details: describePolicyDifference(declared, actual) }];
}

/** Keys whose policy an `aws_kms_key_policy` declares. Found once for each state: it can have ten thousand keys. */
const withPolicyResource = new WeakMap<readonly DeclaredResource[], ReadonlySet<string>>();

function hasPolicyResource({ region, values }: DeclaredResource, declared: readonly DeclaredResource[]): boolean {
  let keys = withPolicyResource.get(declared);
  if (!keys) {
    const policies = declared.filter(({ type }) => type === 'aws_kms_key_policy');
    keys = new Set(policies.map((policy) => `${policy.region}/${keyIdOf(policy.values.key_id)}`));
    withPolicyResource.set(declared, keys);
  }
  return keys.has(`${region}/${keyIdOf(values.key_id)}`);
}

/** One change per tag: each can have another cause. Tags of AWS itself are never declared. */
function tagChanges(declared: unknown, key: ActualKey, { ignoresTag }: CompareOptions): readonly Change[] {
  if (declared === undefined) return [];
  const wanted = new Map(Object.entries((declared ?? {}) as Readonly<Record<string, unknown>>));
  const actual = new Map<string, unknown>(key.Tags.map(({ TagKey, TagValue }) => [TagKey, TagValue]));
  return [...new Set([...wanted.keys(), ...actual.keys()])]
    .filter((tag) => wanted.get(tag) !== actual.get(tag) && !ignoresTag(tag) && !tag.startsWith('aws:'))
    .sort()
    .map((tag) => ({
      attribute: tagAttribute(tag),
      ...defined({ declared: wanted.get(tag), actual: actual.get(tag) }),
    }));
}

function compareAlias(resource: DeclaredResource, actual: Actual): readonly Difference[] {
  const { address, region, values } = resource;
  const declared = keyIdOf(values.target_key_id);
  const aliasName = String(values.name);
  const target = actual.aliasTarget(region, aliasName);
  if (target === declared || (target !== undefined && resource.ignoresChange?.('target_key_id'))) return [];
  const keyArn = String(values.target_key_arn ?? values.target_key_id);
  const about = { address, region, resourceArn: String(values.arn), keyArn };
  return target === undefined
    ? [{ ...about, what: 'missing', attribute: 'alias', declared: aliasName }]
    : [{ ...about, what: 'changed', attribute: 'target_key_id', declared, actual: target }];
}

/** A grant is never changed, only replaced; it stays on a key that waits for its deletion. */
function compareGrant(resource: DeclaredResource, key: ActualKey | undefined): readonly Difference[] {
  const { address, region, values } = resource;
  if (key?.Grants.some((grant) => grant.GrantId === values.grant_id)) return [];
  const resourceArn = key?.KeyMetadata.Arn ?? arnOf(resource);
  const grantee_principal = values.grantee_principal || values.grantee_service_principal;
  const declared = { grantee_principal, operations: values.operations };
  return [
    { address, region, resourceArn, what: 'missing', attribute: 'grant', declared, grantId: String(values.grant_id) },
  ];
}

/** Aliases, grants and replicas of declared keys that are not in a state: Terraform cannot see them at all. */
function undeclared(
  state: readonly DeclaredResource[],
  actual: Actual,
  isWanted: (resource: DeclaredResource) => boolean,
): readonly Difference[] {
  const known = new Set(state.map(nameOf));
  const seen = new Set<string>();
  return state
    .filter((resource) => isKeyType(resource.type) && !resource.deposed && isWanted(resource))
    .flatMap((resource) => {
      const { address, region, values } = resource;
      const key = actual.key(region, keyIdOf(values.key_id));
      // A key that two states declare is searched once.
      if (!key || isLeaving(key) || seen.has(key.KeyMetadata.Arn)) return [];
      seen.add(key.KeyMetadata.Arn);
      return [
        ...undeclaredAliases(key, region, address, known),
        ...undeclaredGrants(key, region, address, known),
        ...(isPrimaryType(resource.type) ? undeclaredReplicas(key, address, known, actual) : []),
      ];
    });
}

type Known = ReadonlySet<string>;
const unknownToTerraform = 'unknown to Terraform';

function undeclaredAliases(key: ActualKey, region: string, address: string, known: Known): readonly Difference[] {
  return key.Aliases.filter(({ AliasName }) => !known.has(`alias ${region}/${AliasName}`)).map((alias) => ({
    region,
    resourceArn: alias.AliasArn,
    what: unknownToTerraform,
    attribute: 'alias',
    actual: `${alias.AliasName} → ${address}`,
    keyArn: key.KeyMetadata.Arn,
  }));
}

function undeclaredGrants(key: ActualKey, region: string, address: string, known: Known): readonly Difference[] {
  return key.Grants.filter(({ GrantId }) => !known.has(`grant ${GrantId}`)).map((grant) => ({
    region,
    resourceArn: key.KeyMetadata.Arn,
    what: unknownToTerraform,
    attribute: 'grant',
    actual: `${describeGrant(grant)} on ${address}`,
    grantId: grant.GrantId,
  }));
}

/** A replica that waits for its deletion was destroyed already and is not reported. */
function undeclaredReplicas(key: ActualKey, address: string, known: Known, actual: Actual): readonly Difference[] {
  const { KeyId } = key.KeyMetadata;
  return relatives(key).flatMap(({ Arn, Region }) => {
    const replica = actual.key(Region, KeyId);
    if (known.has(`key ${Region}/${KeyId}`) || !replica || isLeaving(replica)) return [];
    return [
      {
        region: Region,
        resourceArn: Arn,
        what: unknownToTerraform,
        attribute: 'replica',
        actual: `replica in ${Region} of ${address}`,
        keyArn: key.KeyMetadata.Arn,
      },
    ];
  });
}

function describeGrant(grant: ActualGrant): string {
  const { Name, Operations, GranteePrincipal, GranteeServicePrincipal, Constraints } = grant;
  const name = Name ? ` "${Name}"` : '';
  const constraints = Constraints ? ` with ${JSON.stringify(Constraints)}` : '';
  return `grant${name} of ${[...Operations].sort().join(', ')} to ${GranteePrincipal ?? GranteeServicePrincipal}${constraints}`;
}

/** The ARN as the state has it, for a key that does not exist. */
function arnOf({ values }: DeclaredResource): string {
  return String(values.arn ?? values.key_id);
}
