/**
 * Declared against actual, attribute by attribute, by meaning: a policy written differently but saying the same is no
 * drift. Pure, but for reading what runs.
 */
import { describePolicyDifference, samePolicy } from '@keystead/provider-schema/policy-meaning.ts';
import type { Actual, ActualGrant, ActualKey } from './actual.ts';
import type { DeclaredResource } from './declared.ts';

export interface Difference {
  /** Terraform address; undefined for what no state knows. */
  readonly address?: string;
  readonly region: string;
  /** ARN of the key or alias the difference is about. */
  readonly resourceArn: string;
  readonly what: 'changed' | 'missing' | 'unknown to Terraform';
  /** `description`, `policy`, `alias`, `grant`, … */
  readonly attribute: string;
  readonly declared?: unknown;
  readonly actual?: unknown;
  /** Readable parts of a difference between documents. */
  readonly details?: readonly string[];
  /** Names the one grant the difference is about, to find its event. */
  readonly grantId?: string;
}

type Values = Readonly<Record<string, unknown>>;

/** States in which Terraform takes a key for deleted. */
const LEAVING = new Set(['PendingDeletion', 'PendingReplicaDeletion']);

export async function compareAll(
  declared: readonly DeclaredResource[],
  actual: Actual,
): Promise<readonly Difference[]> {
  const perResource = await Promise.all(declared.map((resource) => compareOne(resource, declared, actual)));
  return [...perResource.flat(), ...(await strangers(declared, actual))];
}

async function compareOne(
  resource: DeclaredResource,
  declared: readonly DeclaredResource[],
  actual: Actual,
): Promise<readonly Difference[]> {
  const { address, region, values } = resource;
  if (resource.type === 'aws_kms_alias') return compareAlias(resource, actual);
  const keyId = keyIdOf(values.key_id);
  const key = await actual.findKey(region, keyId);
  const resourceArn = key?.KeyMetadata.Arn ?? String(values.arn ?? values.key_id);
  if (!key || LEAVING.has(key.KeyMetadata.KeyState)) {
    return [
      {
        address,
        region,
        resourceArn,
        what: 'missing',
        attribute: 'key',
        actual: key ? key.KeyMetadata.KeyState : 'gone',
      },
    ];
  }
  if (resource.type === 'aws_kms_grant') return compareGrant(resource, key);
  const attributes = resource.type === 'aws_kms_key_policy' ? ['policy'] : keyAttributes(resource, declared);
  return attributes.flatMap((attribute) => {
    const difference = compareAttribute(attribute, values[attribute], actualAttribute(attribute, key));
    return difference ? [{ address, region, resourceArn, what: 'changed' as const, attribute, ...difference }] : [];
  });
}

/** A key's policy belongs to its aws_kms_key_policy resource when one is declared. */
function keyAttributes(resource: DeclaredResource, declared: readonly DeclaredResource[]): readonly string[] {
  const keyId = keyIdOf(resource.values.key_id);
  const policyElsewhere = declared.some(
    (other) =>
      other.type === 'aws_kms_key_policy' && other.region === resource.region && keyIdOf(other.values.key_id) === keyId,
  );
  const own =
    resource.type === 'aws_kms_key'
      ? ['description', 'is_enabled', 'enable_key_rotation', 'rotation_period_in_days']
      : ['description', 'enabled'];
  return [...own, ...(policyElsewhere ? [] : ['policy']), 'tags_all'];
}

function actualAttribute(attribute: string, key: ActualKey): unknown {
  switch (attribute) {
    case 'description':
      return key.KeyMetadata.Description ?? '';
    case 'is_enabled':
    case 'enabled':
      return key.KeyMetadata.Enabled;
    case 'enable_key_rotation':
      return key.RotationStatus.KeyRotationEnabled;
    case 'rotation_period_in_days':
      return key.RotationStatus.RotationPeriodInDays;
    case 'policy':
      return key.Policy;
    default:
      return Object.fromEntries(key.Tags.map(({ TagKey, TagValue }) => [TagKey, TagValue]));
  }
}

function compareAttribute(attribute: string, declared: unknown, actual: unknown) {
  if (attribute === 'policy') {
    // A policy that Terraform leaves to the service has no declared text to compare.
    if (typeof declared !== 'string' || declared === '' || samePolicy(declared, String(actual))) return undefined;
    return { declared, actual, details: describePolicyDifference(declared, String(actual)) };
  }
  // A period is only declared while rotation is, and read back only while it is on.
  if (
    attribute === 'rotation_period_in_days' &&
    (declared === null || declared === undefined || actual === undefined)
  ) {
    return undefined;
  }
  const wanted =
    attribute === 'description' ? (declared ?? '') : attribute === 'tags_all' ? (declared ?? {}) : declared;
  return sameJson(wanted, actual) ? undefined : { declared: wanted, actual };
}

async function compareAlias(resource: DeclaredResource, actual: Actual): Promise<readonly Difference[]> {
  const { address, region, values } = resource;
  const target = await actual.findAliasTarget(region, String(values.name));
  const resourceArn = String(values.arn);
  const declared = keyIdOf(values.target_key_id);
  if (target === declared) return [];
  if (target === undefined)
    return [{ address, region, resourceArn, what: 'missing', attribute: 'alias', declared: values.name }];
  return [{ address, region, resourceArn, what: 'changed', attribute: 'target_key_id', declared, actual: target }];
}

function compareGrant({ address, region, values }: DeclaredResource, key: ActualKey): readonly Difference[] {
  if (key.Grants.some((grant) => grant.GrantId === values.grant_id)) return []; // a grant is never changed, only replaced
  const grantId = String(values.grant_id);
  const declared = { grantee_principal: values.grantee_principal, operations: values.operations };
  return [
    { address, region, resourceArn: key.KeyMetadata.Arn, what: 'missing', attribute: 'grant', declared, grantId },
  ];
}

/** Grants and aliases on declared keys that no state knows: Terraform cannot see these at all. */
async function strangers(declared: readonly DeclaredResource[], actual: Actual): Promise<readonly Difference[]> {
  const aliases = new Set(
    declared.filter((r) => r.type === 'aws_kms_alias').map((r) => `${r.region}/${r.values.name}`),
  );
  const grants = new Set(declared.filter((r) => r.type === 'aws_kms_grant').map((r) => String(r.values.grant_id)));
  const found: Difference[] = [];
  for (const { address, region, values } of declared.filter(isKey)) {
    const key = await actual.findKey(region, keyIdOf(values.key_id));
    if (!key || LEAVING.has(key.KeyMetadata.KeyState)) continue;
    for (const alias of key.Aliases.filter(({ AliasName }) => !aliases.has(`${region}/${AliasName}`))) {
      found.push({
        region,
        resourceArn: alias.AliasArn,
        what: 'unknown to Terraform',
        attribute: 'alias',
        actual: `${alias.AliasName} → ${address}`,
      });
    }
    for (const grant of key.Grants.filter(({ GrantId }) => !grants.has(GrantId))) {
      found.push({
        region,
        resourceArn: key.KeyMetadata.Arn,
        what: 'unknown to Terraform',
        attribute: 'grant',
        actual: `${describeGrant(grant)} on ${address}`,
        grantId: grant.GrantId,
      });
    }
  }
  return found;
}

function isKey({ type }: DeclaredResource): boolean {
  return type === 'aws_kms_key' || type === 'aws_kms_replica_key';
}

function describeGrant(grant: ActualGrant): string {
  const name = grant.Name ? ` "${grant.Name}"` : '';
  return `grant${name} of ${[...grant.Operations].sort().join(', ')} to ${grant.GranteePrincipal}`;
}

/** State holds a key as id or as ARN. */
function keyIdOf(reference: unknown): string {
  return String(reference).replace(/^arn:.*:key\//, '');
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value as Values)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
