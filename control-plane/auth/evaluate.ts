/**
 * Whether one statement of a compiled policy speaks about a request.
 * Source: IAM User Guide, "Policy evaluation logic"; "AWS JSON policy elements: NotPrincipal".
 */
import { type ConditionValues, conditionHolds, valuesOf } from './conditions.ts';
import { type Lookup, matchesPattern } from './pattern.ts';
import type { CompiledStatement, Effect, PatternSet } from './policy.ts';
import type { PrincipalSet } from './policy-principals.ts';
import type { Principal } from './principal.ts';

/** The bearer of an identity provider's token, before it has a session: nobody's principal yet. */
export interface FederatedBearer {
  readonly kind: 'federated';
  /** ARN of the provider as a trust policy names it, or a well-known provider's name. */
  readonly provider: string;
}

export interface Question {
  readonly principal: Principal | FederatedBearer;
  /** `kms:Encrypt` */
  readonly action: string;
  readonly resourceArn: string;
  readonly conditions: ConditionValues;
}

/**
 * How a statement reaches the caller: as itself (or as everyone), through its account, or not at all. The difference
 * matters to Allow: an account that is allowed still has to allow its users by identity policy.
 */
export type Reach = 'direct' | 'account' | 'none';

/** Tags and aliases of the key are no part of a key policy's request context. */
const absentInKeyPolicies = (name: string) => name === 'kms:resourcealiases' || name.startsWith('aws:resourcetag/');

/** A statement speaks when its principals, actions, resources and all conditions fit; `none` when it does not. */
export function reachOf(statement: CompiledStatement, question: Question): Reach {
  const reach = principalReach(statement.principals, question.principal, statement.effect);
  if (reach === 'none') return 'none';
  const speaks =
    actionMatches(statement.actions, question.action) &&
    resourceMatches(statement.resources, question) &&
    statement.conditions.every((condition) => conditionHolds(condition, question.conditions));
  return speaks ? reach : 'none';
}

/** What a key policy can ask about, of what is known. */
export function keyPolicyConditions(conditions: ConditionValues): ConditionValues {
  return Object.fromEntries(Object.entries(conditions).filter(([name]) => !absentInKeyPolicies(name)));
}

function principalReach(set: PrincipalSet, caller: Question['principal'], effect: Effect): Reach {
  if (caller.kind === 'service') return 'none';
  const { self, account } = listed(set, caller);
  if (!set.negated) return set.everyone || self ? 'direct' : account ? 'account' : 'none';
  // A caller is both itself and its account. A Deny spares only those listed as both, an Allow reaches only those
  // listed as neither: doubt never opens.
  const spared = set.everyone || (effect === 'Deny' ? self && account : self || account);
  return spared ? 'none' : 'direct';
}

/** Whether the set lists the caller itself, and its account; a caller without an account is listed as itself or not. */
function listed(set: PrincipalSet, caller: Question['principal']): { self: boolean; account: boolean } {
  switch (caller.kind) {
    case 'federated':
      return both(set.federated.has(caller.provider));
    case 'aws-service':
      return both(set.services.has(caller.arn));
    case 'root':
      return both(set.accountIds.has(caller.accountId));
    case 'user':
      return {
        self: set.arns.has(caller.arn) || set.uniqueIds.has(caller.principalId),
        account: set.accountIds.has(caller.accountId),
      };
    case 'assumed-role':
      return {
        self: set.arns.has(caller.arn) || set.arns.has(caller.roleArn) || set.uniqueIds.has(caller.roleId),
        account: set.accountIds.has(caller.accountId),
      };
    default:
      return both(false);
  }
}

const both = (is: boolean) => ({ self: is, account: is });

function actionMatches(set: PatternSet | undefined, action: string): boolean {
  const lowered = action.toLowerCase();
  return anyMatches(set, lowered, () => undefined);
}

function resourceMatches(set: PatternSet | undefined, { resourceArn, conditions }: Question): boolean {
  return anyMatches(set, resourceArn, (name) => {
    const values = valuesOf(conditions, name);
    return values.length === 1 ? values[0] : undefined;
  });
}

function anyMatches(set: PatternSet | undefined, value: string, lookup: Lookup): boolean {
  if (!set) return false;
  return set.patterns.some((pattern) => matchesPattern(pattern, value, lookup)) !== set.negated;
}
