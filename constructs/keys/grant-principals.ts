/**
 * The principals of a grant as the arguments of its resource: an ARN, or a service with the resource that it acts for.
 * Source: KMS API reference, CreateGrant, GranteeServicePrincipal, RetiringServicePrincipal, GrantConstraints.
 */
import { values } from '@keystead/provider-schema/shapes/kms/values.ts';
import type { IConstruct } from 'constructs';
import { Token } from '../cdk.ts';
import type { PlainConditions } from '../policies/plain-conditions.ts';
import type { IPrincipal, PrincipalFragment } from '../policies/principal-interface.ts';
import { toPrincipal } from '../policies/principals.ts';
import { refuse } from '../stacks/refuse.ts';

export interface GrantPrincipals {
  readonly granteePrincipal?: string;
  readonly granteeServicePrincipal?: string;
  readonly retiringPrincipal?: string;
  readonly retiringServicePrincipal?: string;
  readonly sourceArn?: string;
}

/** @throws Error when one of them cannot hold or retire a grant, or a service lacks what AWS demands of it. */
export function grantPrincipals(
  at: IConstruct,
  grantee: IPrincipal | string,
  retiring: IPrincipal | string | undefined,
): GrantPrincipals {
  const fragment = fragmentOf(at, grantee);
  const retirer = retiring === undefined ? {} : retiringPrincipal(at, retiring);
  if (fragment.kind !== 'Service') return { granteePrincipal: holder(at, grantee, fragment), ...retirer };
  const sourceArn = requireSource(at, fragment);
  if (retiring === undefined) {
    refuse(
      at,
      `A grant to the service ${fragment.value} needs somebody who can retire it.`,
      'Give retiringPrincipal: the ARN of a user or role, or a service.',
    );
  }
  return { granteeServicePrincipal: fragment.value, sourceArn, ...retirer };
}

function retiringPrincipal(at: IConstruct, retiring: IPrincipal | string): GrantPrincipals {
  const fragment = fragmentOf(at, retiring);
  if (fragment.kind !== 'Service') return { retiringPrincipal: holder(at, retiring, fragment) };
  if (fragment.conditions === undefined) return { retiringServicePrincipal: fragment.value };
  return refuse(
    at,
    `The service ${fragment.value} can retire the grant in every request: conditions do not hold for that.`,
    'Name the service without sourceArn, sourceAccount and other conditions as retiringPrincipal.',
  );
}

/** The name of a principal that can hold or retire a grant: an ARN. */
function holder(
  at: IConstruct,
  principal: IPrincipal | string,
  { kind, value, conditions }: PrincipalFragment,
): string {
  if (conditions !== undefined && kind === 'AWS') {
    refuse(
      at,
      `A grant to ${value} cannot have the conditions of that principal.`,
      'Name the principal without conditions, or give it access through the key policy.',
    );
  }
  if (kind === 'AWS' && value !== '*' && (principal === value || typeof principal !== 'string')) return value;
  return refuse(
    at,
    `"${typeof principal === 'string' ? principal : value}" cannot hold a grant.`,
    'Name the ARN of a user, role, session or account root, or a ServicePrincipal with the sourceArn it acts for.',
  );
}

/** A grant holds a service to one ARN, and to nothing else. */
function requireSource(at: IConstruct, { value, conditions }: PrincipalFragment): string {
  const { sourceArn, sourceAccount, others } = sourceOf(conditions);
  if (others) {
    refuse(
      at,
      `A grant to the service ${value} cannot have the conditions of that principal.`,
      'Leave all but sourceArn out, or give it access through the key policy.',
    );
  }
  if (sourceArn === undefined) {
    return refuse(
      at,
      `A grant to the service ${value} needs the ARN of the resource that the service acts for.`,
      `Pass new ServicePrincipal('${value}', { sourceArn }), or give it access through the key policy.`,
    );
  }
  requireArn(at, sourceArn);
  if (sourceAccount !== undefined && sourceArn.split(':')[4] !== sourceAccount) {
    refuse(
      at,
      `A grant to the service ${value} cannot have a sourceAccount beside the account in its sourceArn.`,
      'Leave sourceAccount out: sourceArn names the account.',
    );
  }
  return sourceArn;
}

function requireArn(at: IConstruct, sourceArn: string): void {
  if (Token.isUnresolved(sourceArn)) return;
  const { min, max, pattern } = values.GrantConstraintSourceArnType;
  if (new RegExp(pattern).test(sourceArn) && sourceArn.length >= min && sourceArn.length <= max) return;
  refuse(
    at,
    `"${sourceArn}" cannot be the sourceArn of a grant.`,
    `Give an ARN of ${min} to ${max} characters with its account; only its last part can have wildcards.`,
  );
}

interface Source {
  readonly sourceArn?: string | undefined;
  readonly sourceAccount?: string | undefined;
  /** Whether there are conditions beside the two. */
  readonly others: boolean;
}

/** The conditions of a `ServicePrincipal`, read back. */
function sourceOf(conditions: PlainConditions = {}): Source {
  const pairs = Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys ?? {}).map(([key, value]) => [`${operator} ${key}`, value] as const),
  );
  const textOf = (wanted: string): string | undefined => {
    const value: unknown = pairs.find(([pair]) => pair === wanted)?.[1];
    return typeof value === 'string' ? value : undefined;
  };
  const sourceArn = textOf('ArnLike aws:SourceArn');
  const sourceAccount = textOf('StringEquals aws:SourceAccount');
  const read = [sourceArn, sourceAccount].filter((text) => text !== undefined).length;
  return { sourceArn, sourceAccount, others: pairs.length > read };
}

function fragmentOf(at: IConstruct, principal: IPrincipal | string): PrincipalFragment {
  try {
    return toPrincipal(principal).policyFragment;
  } catch (error) {
    return refuse(at, `"${principal}" cannot hold a grant.`, error instanceof Error ? error.message : String(error));
  }
}
