/**
 * Finds conditions on organizations whose outcome is the same for every request, because Keystead was not told the
 * organization of the account that they are about. A statement with such a condition never applies, or applies as if the
 * condition were not there.
 * Source: IAM User Guide, "AWS global condition context keys", aws:PrincipalOrgID, aws:PrincipalOrgPaths,
 * aws:ResourceOrgID, aws:ResourceOrgPaths, aws:SourceOrgID, aws:SourceOrgPaths.
 */
import {
  type Organization,
  type OrganizationConditionKey,
  organizationConditionKeys,
} from '@keystead/provider-schema/organization.ts';
import { type CompiledCondition, conditionHolds } from './conditions.ts';
import { newEffort } from './effort.ts';
import type { CompiledPolicy, CompiledStatement } from './policy.ts';
import type { PrincipalSet } from './policy-principals.ts';
import type { Principal } from './principal.ts';

export interface PolicyFinding {
  /** The statement's Sid, or its place in the document. */
  readonly statement: string;
  /** Lower case: `aws:principalorgid`. */
  readonly conditionKey: string;
  readonly text: string;
}

export interface OrganizationFacts {
  /** By account id; an account that is not in it does not have an organization. */
  readonly organizations: ReadonlyMap<string, Organization>;
  /** Account of the key; absent: the request is not about a key, and nothing is found about its account. */
  readonly resourceAccountId?: string;
  /** The only caller that matters; absent: every caller that a statement names. */
  readonly principal?: Principal;
}

interface Subject {
  readonly of: 'principal' | 'resource' | 'source';
  /** What an account must have for its requests to have the key. */
  readonly has: 'an organization' | 'paths in an organization';
}

const subjects: Readonly<Record<OrganizationConditionKey, Subject>> = {
  'aws:principalorgid': { of: 'principal', has: 'an organization' },
  'aws:principalorgpaths': { of: 'principal', has: 'paths in an organization' },
  'aws:resourceorgid': { of: 'resource', has: 'an organization' },
  'aws:resourceorgpaths': { of: 'resource', has: 'paths in an organization' },
  'aws:sourceorgid': { of: 'source', has: 'an organization' },
  'aws:sourceorgpaths': { of: 'source', has: 'paths in an organization' },
};

const subjectOf = (key: string): Subject | undefined =>
  Object.hasOwn(subjects, key) ? subjects[key as OrganizationConditionKey] : undefined;

/** Whether a policy needs the organization of the resource's account, in a condition or as a variable. */
export const asksForResourceOrganization = ({ mentions }: CompiledPolicy): boolean =>
  mentions.has('aws:resourceorgid') || mentions.has('aws:resourceorgpaths');

/** Whether a policy has conditions on organizations. */
export const asksForOrganizations = ({ mentions }: CompiledPolicy): boolean =>
  organizationConditionKeys.some((name) => mentions.has(name));

export function organizationFindings(policy: CompiledPolicy, facts: OrganizationFacts): readonly PolicyFinding[] {
  return policy.statements.flatMap((statement) =>
    statement.conditions.flatMap((condition) => {
      const reason = reasonOfAbsence(condition, statement, facts);
      return reason === undefined ? [] : [findingOf(statement, condition, reason)];
    }),
  );
}

function findingOf({ effect, name }: CompiledStatement, condition: CompiledCondition, reason: string): PolicyFinding {
  const { operator, key } = condition.source;
  // The function that decides requests says what an absent key means to the operator.
  const holds = conditionHolds(condition, () => undefined, newEffort());
  const text = holds
    ? `${effect} "${name}" is not limited by ${operator} ${key}, which always holds: ${reason}.`
    : `${effect} "${name}" never applies, because ${operator} ${key} never holds: ${reason}.`;
  return { statement: name, conditionKey: condition.key, text };
}

/** Why no request that the statement is about has the condition's key; undefined: a request can have it. */
function reasonOfAbsence(
  { key }: CompiledCondition,
  { principals }: CompiledStatement,
  { organizations, resourceAccountId, principal }: OrganizationFacts,
): string | undefined {
  const subject = subjectOf(key);
  if (!subject) return undefined;
  if (subject.of === 'source') return 'requests to Keystead never have it';
  if (subject.of === 'resource' && resourceAccountId === undefined) return undefined;
  if (subject.of === 'principal' && principal?.kind === 'aws-service') return SERVICES;
  const accountIds =
    subject.of === 'resource'
      ? [resourceAccountId as string]
      : principal
        ? [principal.accountId]
        : accountsNamedBy(principals);
  if (accountIds?.length === 0) return SERVICES;
  const has = (organization: Organization | undefined): boolean =>
    organization !== undefined && (subject.has === 'an organization' || organization.paths.length > 0);
  const known = accountIds ? accountIds.map((accountId) => organizations.get(accountId)) : organizations.values();
  return [...known].some(has) ? undefined : lacking(accountIds, subject.has);
}

const SERVICES = 'services and identity providers are in no organization';

function lacking(accountIds: readonly string[] | undefined, what: Subject['has']): string {
  if (!accountIds) return `no account of this installation has ${what}`;
  const [accountId, ...others] = accountIds;
  return others.length === 0
    ? `account ${accountId} does not have ${what}`
    : `none of the accounts that it names has ${what}`;
}

/** undefined: principals of any account. None: the statement names services or identity providers only. */
function accountsNamedBy({ negated, everyone, named }: PrincipalSet): readonly string[] | undefined {
  if (negated || everyone || named.some(({ kind }) => kind === 'unique-id')) return undefined;
  return [...new Set(named.flatMap((one) => ('accountId' in one ? [one.accountId] : [])))];
}
