/**
 * Whether one statement of a compiled policy speaks about a request.
 * Source: IAM User Guide, "Policy evaluation logic"; "AWS JSON policy elements: NotPrincipal".
 */
import { type CompiledCondition, type Conditions, conditionHolds, lookupIn } from './conditions.ts';
import { type Effort, newEffort, spend, spendOnBinding } from './effort.ts';
import { boundPattern, type Lookup, lengthOf, matchesPattern, matchesPieces, type Pattern } from './pattern.ts';
import type { CompiledStatement, Effect, PatternSet } from './policy.ts';
import type { PrincipalSet } from './policy-principals.ts';
import type { Principal } from './principal.ts';

/** Who comes with an identity provider's token, before it has a session: nobody's principal yet. */
export interface FederatedCaller {
  readonly kind: 'federated';
  /** ARN of the provider as a trust policy names it, or a well-known provider's name. */
  readonly provider: string;
}

export interface Question {
  readonly principal: Principal | FederatedCaller;
  /** `kms:Encrypt` */
  readonly action: string;
  readonly resourceArn: string;
  readonly conditions: Conditions;
  /** What the decision may still cost; absent: each statement may cost as much as a decision. */
  readonly effort?: Effort | undefined;
}

/**
 * How a statement reaches the caller: as itself (or as everyone), through its account, or not at all. The difference
 * matters to Allow: an account that is allowed still has to allow its users by identity policy.
 */
export type Reach = 'direct' | 'account' | 'none';

/** What keeps a statement from speaking to a request: the first thing that does not fit; of conditions, the one that fails. */
export type Silence = 'other principals' | 'no effect' | 'other actions' | 'other resources' | CompiledCondition;

/** How a statement that speaks reaches the caller, or why it is silent. Nothing is made for it: a decision reads many. */
export type Verdict = Exclude<Reach, 'none'> | Silence;

/**
 * A statement speaks when its principals, actions, resources and all conditions fit.
 * @throws TooCostly
 */
export function judge(statement: CompiledStatement, question: Question): Verdict {
  const reach = principalReach(statement.principals, question.principal, statement.effect);
  if (reach === 'none') return 'other principals';
  if (!statement.actions || !statement.resources) return 'no effect';
  if (!fitsActions(statement.actions, question)) return 'other actions';
  const effort = question.effort ?? newEffort();
  if (!fitsResources(statement.resources, question, effort)) return 'other resources';
  const failing = statement.conditions.find((condition) => !conditionHolds(condition, question.conditions, effort));
  return failing ?? reach;
}

/**
 * How a statement reaches the caller; `none` when it does not speak.
 * @throws TooCostly
 */
export function reachOf(statement: CompiledStatement, question: Question): Reach {
  const verdict = judge(statement, question);
  return verdict === 'direct' || verdict === 'account' ? verdict : 'none';
}

/** Tags and aliases of the key are no part of a key policy's request context. */
export function keyPolicyConditions(conditions: Conditions): Conditions {
  return (name) =>
    name === 'kms:resourcealiases' || name.startsWith('aws:resourcetag/') ? undefined : conditions(name);
}

function principalReach(set: PrincipalSet, caller: Question['principal'], effect: Effect): Reach {
  if (caller.kind === 'service') return 'none';
  const listed = placesOf(set, caller);
  if (!set.negated) return set.everyone || listed.itself.some(Boolean) ? 'direct' : listed.account ? 'account' : 'none';
  // A caller is all of its names at once: a session is its role and its account's too. A Deny spares only those listed
  // under every name, an Allow reaches only those listed under none: doubt never opens.
  const names = [...listed.itself, listed.account];
  const spared = set.everyone || (effect === 'Deny' ? names.every(Boolean) : names.some(Boolean));
  return spared ? 'none' : 'direct';
}

/**
 * Whether an element names the user, or the session, and not merely its role, its account or everyone: what it allows is
 * then not narrowed by the silence of a permissions boundary or session policy.
 * Source: IAM User Guide, "Policy evaluation for requests within a single account".
 */
export function namesCaller(set: PrincipalSet, caller: Principal): boolean {
  return !set.negated && lists(set, caller);
}

function lists(set: PrincipalSet, caller: Principal): boolean {
  switch (caller.kind) {
    case 'root':
      return set.accountIds.has(caller.accountId);
    case 'user':
    case 'assumed-role':
      return set.arns.has(caller.arn) || set.uniqueIds.has(caller.principalId);
    case 'aws-service':
      return set.services.has(caller.arn);
    default:
      return false;
  }
}

/** Under which of its names a set lists the caller; those without an account stand for it themselves. */
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

function fitsActions({ patterns, negated }: PatternSet, { action }: Question): boolean {
  const lowered = action.toLowerCase();
  return patterns.some((pattern) => matchesPattern(pattern, lowered, noVariables)) !== negated;
}

/** @throws TooCostly */
function fitsResources({ patterns, negated }: PatternSet, question: Question, effort: Effort): boolean {
  const { resourceArn, conditions } = question;
  const lookup = lookupIn(conditions);
  const fits = (pattern: Pattern) => {
    if (pattern.literal !== undefined) return pattern.literal === resourceArn;
    const bound = boundPattern(pattern, lookup);
    spend(effort, 1, resourceArn.length);
    if (bound && !pattern.pieces) spendOnBinding(effort, lengthOf(bound));
    return bound !== undefined && matchesPieces(bound, resourceArn);
  };
  return patterns.some(fits) !== negated;
}
