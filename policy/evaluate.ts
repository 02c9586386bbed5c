/**
 * Whether one statement of a compiled policy applies to a request.
 * Sources: IAM User Guide, "Policy evaluation logic", "AWS JSON policy elements: Principal", "AWS JSON policy elements:
 * NotPrincipal", "Permissions boundaries for IAM entities".
 */
import { type CompiledCondition, type Conditions, conditionHolds, hasList, lookupIn } from './conditions.ts';
import { costs, type Effort, spend } from './effort.ts';
import { type Lookup, matchesPattern } from './pattern.ts';
import type { CompiledStatement, Effect, PatternSet } from './policy.ts';
import type { PrincipalSet } from './policy-principals.ts';
import { type Principal, serviceNames } from './principal.ts';

/**
 * A caller with an identity provider's token that does not have a session yet, and so is not a principal of an account.
 */
export interface FederatedCaller {
  readonly kind: 'federated';
  /** ARN of the provider as a trust policy names it, or a well-known provider's name. */
  readonly provider: string;
}

export interface Question {
  readonly principal: Principal | FederatedCaller;
  /** Whether the caller has a permissions boundary: NotPrincipal in a Deny then never spares it. */
  readonly hasBoundary: boolean;
  /** `kms:Encrypt` */
  readonly action: string;
  readonly resourceArn: string;
  readonly conditions: Conditions;
  /** What all statements together can still cost. */
  readonly effort: Effort;
}

/**
 * How a statement names the caller: as itself (or as everyone), through its account, or not at all. The difference
 * matters for Allow: an account that is allowed must still allow its users by identity policy.
 */
export type Reach = 'direct' | 'account' | 'none';

/** Why a statement does not apply to a request: its first element that does not match, or the condition that fails. */
export type StatementMismatch =
  | 'other principals'
  | 'no effect'
  | 'other actions'
  | 'other resources'
  | CompiledCondition;

/**
 * How a statement that applies names the caller, or why it does not apply. Not an object, because a decision needs
 * many.
 */
export type Verdict = Exclude<Reach, 'none'> | StatementMismatch;

/**
 * A statement applies when its principals, actions, resources and all conditions match.
 * @throws TooCostly
 */
export function evaluateStatement(statement: CompiledStatement, question: Question): Verdict {
  const { effort } = question;
  spend(effort, costs.statement);
  const reach = principalReach(statement.principals, question, statement.effect);
  if (reach === 'none') return 'other principals';
  if (!statement.actions || !statement.resources) return 'no effect';
  if (!fitsActions(statement.actions, question)) return 'other actions';
  if (!fitsResources(statement.resources, question)) return 'other resources';
  const failing = statement.conditions.find((condition) => !conditionHolds(condition, question.conditions, effort));
  return failing ?? reach;
}

/**
 * How a statement that applies names the caller; `none` when it does not apply.
 * @throws TooCostly
 */
export function reachOf(statement: CompiledStatement, question: Question): Reach {
  const verdict = evaluateStatement(statement, question);
  return verdict === 'direct' || verdict === 'account' ? verdict : 'none';
}

/** A key policy's request context does not contain the key's tags and aliases. */
export function keyPolicyConditions(conditions: Conditions): Conditions {
  return (name, tagKey) =>
    name === 'kms:resourcealiases' || name.startsWith('aws:resourcetag/') ? undefined : conditions(name, tagKey);
}

function principalReach(set: PrincipalSet, { principal: caller, hasBoundary }: Question, effect: Effect): Reach {
  if (caller.kind === 'service') return 'none';
  if (set.negated && effect === 'Deny' && hasBoundary) return 'direct';
  const listed = placesOf(set, caller);
  if (!set.negated) return set.everyone || listed.itself.some(Boolean) ? 'direct' : listed.account ? 'account' : 'none';
  // A caller has several names at once: a session also has its role's and its account's. A Deny spares only callers
  // listed under every name, an Allow reaches only callers listed under none: in doubt, access is denied.
  const names = [...listed.itself, listed.account];
  const spared = set.everyone || (effect === 'Deny' ? names.every(Boolean) : names.some(Boolean));
  return spared ? 'none' : 'direct';
}

/**
 * Whether a statement that applies names the user or the session, and not only its role, its account or everyone: a
 * permissions boundary or session policy that does not allow the action then does not matter. Everyone, narrowed by a
 * condition on aws:PrincipalArn, is a name too, also of a role.
 * Sources: IAM User Guide, "Policy evaluation for requests within a single account"; "AWS JSON policy elements:
 * Principal" (IAM role principals).
 */
export function namesCaller({ principals, namesByCondition }: CompiledStatement, caller: Principal): boolean {
  return namesByCondition || (!principals.negated && lists(principals, caller));
}

function lists(set: PrincipalSet, caller: Principal): boolean {
  switch (caller.kind) {
    case 'root':
      return set.accountIds.has(caller.accountId);
    case 'user':
    case 'assumed-role':
      return set.arns.has(caller.arn) || set.uniqueIds.has(caller.principalId);
    case 'aws-service':
      return serviceNames(caller).some((name) => set.services.has(name));
    default:
      return false;
  }
}

/**
 * The names under which a set lists the caller. Root, services and federated callers stand for their account
 * themselves.
 */
function placesOf(set: PrincipalSet, caller: Question['principal']): { itself: readonly boolean[]; account: boolean } {
  if (caller.kind === 'federated') {
    const itself = set.federated.has(caller.provider);
    return { itself: [itself], account: itself };
  }
  const named = lists(set, caller);
  if (caller.kind === 'root' || caller.kind === 'aws-service') return { itself: [named], account: named };
  const account = set.accountIds.has(caller.accountId);
  if (caller.kind !== 'assumed-role') return { itself: [named], account };
  return { itself: [named, set.arns.has(caller.roleArn) || set.uniqueIds.has(caller.roleId)], account };
}

const noVariables: Lookup = () => undefined;

/** @throws TooCostly */
function fitsActions({ patterns, negated }: PatternSet, { action, effort }: Question): boolean {
  const lowered = action.toLowerCase();
  return patterns.some((pattern) => matchesPattern(pattern, lowered, noVariables, effort)) !== negated;
}

/** @throws TooCostly */
function fitsResources({ patterns, negated, singleVariables }: PatternSet, question: Question): boolean {
  const { resourceArn, conditions, effort } = question;
  if (hasList(singleVariables, conditions, effort)) return false;
  const lookup = lookupIn(conditions);
  return patterns.some((pattern) => matchesPattern(pattern, resourceArn, lookup, effort)) !== negated;
}
