/**
 * The decision to allow: a pure function of the request, the policies and the grants. The default is to deny.
 * Sources: KMS Developer Guide, "Troubleshooting AWS KMS permissions" (the order of questions), "Key policies in AWS
 * KMS", "Allowing users in other accounts to use a KMS key"; IAM User Guide, "Policy evaluation logic", "Access denied
 * error messages".
 *
 * A key policy is unlike other resource policies: owning the key allows nothing. A caller of the key's account is
 * allowed by
 *   1. a key-policy statement that names the caller (the account's name stands for root), or everyone;
 *   2. a key-policy statement that names the account, and an identity policy of the caller's;
 *   3. a grant to the caller whose constraints hold, or one to the account and an identity policy;
 * and an explicit deny in any policy overrides all three. A permissions boundary and session policies must allow as
 * well, unless the key policy or grant names the user or the session itself, or the key policy everyone whom a condition
 * on aws:PrincipalArn admits. A caller of another account needs an identity policy on top of 1 or 2, within its boundary
 * and session policies, and gets one text for every cause. A service has no policies of its own: only 1 and 3 can allow
 * it, and only on keys of its own account.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { Authority } from './authority.ts';
import type { Conditions } from './conditions.ts';
import { type Decision, deny, type Finding, type PolicyKind } from './decision.ts';
import { costs, type Effort, newEffort, spend, TooCostly } from './effort.ts';
import { evaluateStatement, keyPolicyConditions, namesCaller, type Question } from './evaluate.ts';
import {
  type EncryptionContext,
  type Grant,
  type GrantMismatch,
  type GrantReach,
  type GrantUse,
  granteeReach,
  grantMismatch,
} from './grants.ts';
import type { CompiledPolicy } from './policy.ts';
import type { Principal } from './principal.ts';

export type { Conditions } from './conditions.ts';
export type { Decision } from './decision.ts';

export interface AuthorizationRequest {
  readonly principal: Principal;
  /** The caller's policies and the bounds of its session; root and services have none. */
  readonly authority: Authority;
  /** `kms:Encrypt` */
  readonly action: string;
  /** ARN and owner of the key or alias; undefined: `*`, an IAM-only action. */
  readonly resource?: { readonly arn: string; readonly accountId: string };
  /** `key`: the key policy decides first; `alias`/undefined: IAM only. */
  readonly resourceKind?: 'key' | 'alias';
  readonly conditions: Conditions;
  readonly keyPolicy?: CompiledPolicy;
  /** Grants on this key to this caller or its account. */
  readonly grants: readonly Grant[];
  /** The grant operation that stands for this action, when a grant can allow it. */
  readonly grantOperation?: string;
  /** Encryption context of this side of the request, for grant constraints. */
  readonly encryptionContext?: EncryptionContext;
  /** CreateGrant: the grant to create; another grant allows only a narrower one. */
  readonly requestedGrant?: Pick<Grant, 'operations' | 'constraints'>;
  /** Whether the operation works across accounts. */
  readonly crossAccount: boolean;
  /** What all decisions of the request together can still cost; absent: this decision is the only one. */
  readonly effort?: Effort;
  /** The ciphertext named the key, not the request. A refusal then does not name the key. */
  readonly namedByCiphertext?: true;
}

/** The result of one kind of policy: the first statement that denies, or the first that allows in each way. */
export interface PolicyResult {
  readonly denied?: Finding;
  /** Allows the caller, by name or as everyone; identity policies allow only in this way. */
  readonly direct?: Finding;
  /** Allows the caller by its own name, or by its ARN in a condition. */
  readonly itself?: Finding;
  /** Allows the caller's account. */
  readonly delegated?: Finding;
}

/** The results of all policies for a request. */
export interface Evaluation {
  readonly key: PolicyResult;
  readonly identity: PolicyResult;
  /** undefined: no boundary is set. */
  readonly boundary: PolicyResult | undefined;
  readonly session: PolicyResult | undefined;
}

/** A decision and the results it follows from. */
export interface Reasoned {
  readonly decision: Decision;
  /** Absent: the policies cost too much to evaluate. */
  readonly evaluation?: Evaluation;
}

export const authorize = (request: AuthorizationRequest): Decision => authorizeWithReasons(request).decision;

/** The same decision with its evaluation, for `explain`, or for a decision with more grants. */
export function authorizeWithReasons(request: AuthorizationRequest): Reasoned {
  const effort = request.effort ?? newEffort();
  try {
    const evaluation = evaluate(request, effort);
    return { decision: decide(request, evaluation, effort), evaluation };
  } catch (error) {
    return { decision: refuseCost(request, error) };
  }
}

/** Decides a request whose policies are evaluated already, with other grants. */
export function authorizeEvaluated(request: AuthorizationRequest, evaluation: Evaluation): Decision {
  try {
    return decide(request, evaluation, request.effort ?? newEffort());
  } catch (error) {
    return refuseCost(request, error);
  }
}

/** Denies a request whose decision costs too much; throws any other error again. */
export function refuseCost(request: AuthorizationRequest, error: unknown): Decision {
  if (!(error instanceof TooCostly)) throw error;
  const lacking = request.resourceKind === 'key' ? 'key policy' : 'identity policy';
  return deny(request, { kind: 'no-allow', lacking, because: error.message, tooCostly: true });
}

/** @throws TooCostly */
function decide(request: AuthorizationRequest, evaluation: Evaluation, effort: Effort): Decision {
  const denied = explicitDenial(request, evaluation);
  if (denied) return denied;
  if (request.resourceKind !== 'key' || !request.resource) return decideByIdentity(request, evaluation);
  return isForeign(request) ? decideForeign(request, evaluation, effort) : decideOwn(request, evaluation, effort);
}

/** @throws TooCostly */
export function evaluate(request: AuthorizationRequest, effort: Effort): Evaluation {
  const { principal, authority } = request;
  const question = questionOf(request, effort);
  const { permissionsBoundary: boundary, sessionPolicies: session } = authority;
  const identity = evaluatePolicies('identity policy', authority.identityPolicies, question);
  return {
    key: request.resourceKind === 'key' ? evaluateKeyPolicy(request, question) : {},
    identity: principal.kind === 'root' && !identity.denied ? { direct: rootUser } : identity,
    boundary: boundary && evaluatePolicies('permissions boundary', [boundary], question),
    session: session && evaluatePolicies('session policy', session, question),
  };
}

/** @param effort what all statements together can cost */
export const questionOf = (
  { principal, authority, action, resource, conditions }: AuthorizationRequest,
  effort: Effort,
): Question => ({
  principal,
  hasBoundary: authority.permissionsBoundary !== undefined,
  action,
  resourceArn: resource?.arn ?? '*',
  conditions,
  effort,
});

export const questionToKeyPolicy = (question: Question): Question => ({
  ...question,
  conditions: keyPolicyConditions(question.conditions),
});

/** Root has full identity access; only a session policy could narrow it. */
export const rootUser: Finding = { policy: 'identity policy', statement: 'root user' };

/** The grant allows RetireGrant: a key policy can only deny it. */
const onlyDeniedByKeyPolicies: ReadonlySet<string> = new Set(['kms:RetireGrant']);

function evaluateKeyPolicy({ keyPolicy, action }: AuthorizationRequest, question: Question): PolicyResult {
  if (!keyPolicy) return {};
  const result = evaluatePolicies('key policy', [keyPolicy], questionToKeyPolicy(question));
  return result.denied || !onlyDeniedByKeyPolicies.has(action) ? result : {};
}

function evaluatePolicies(kind: PolicyKind, policies: readonly CompiledPolicy[], question: Question): PolicyResult {
  const result: { -readonly [K in keyof PolicyResult]: PolicyResult[K] } = {};
  for (const { statements, name } of policies) {
    for (const statement of statements) {
      const verdict = evaluateStatement(statement, question);
      if (verdict !== 'direct' && verdict !== 'account') continue;
      const found: Finding = { policy: kind, statement: statement.name, ...defined({ name }) };
      if (statement.effect === 'Deny') return { denied: found };
      if (verdict === 'account') result.delegated ??= found;
      else {
        result.direct ??= found;
        if (!result.itself && namesCaller(statement, question.principal as Principal)) result.itself = found;
      }
    }
  }
  return result;
}

/** A Deny overrides everything, grants included. Of several, the key policy's is named first. */
export function explicitDenial(request: AuthorizationRequest, evaluation: Evaluation): Decision | undefined {
  const { key, identity, boundary, session } = evaluation;
  const denied = key.denied ?? identity.denied ?? boundary?.denied ?? session?.denied;
  return denied && deny(request, { kind: 'explicit-deny', by: denied });
}

/** The bound that does not allow the action, and so blocks permissions through the caller's role or account. */
export function limitingBound({
  boundary,
  session,
}: Evaluation): 'permissions boundary' | 'session policy' | undefined {
  if (boundary && !boundary.direct) return 'permissions boundary';
  return session && !session.direct ? 'session policy' : undefined;
}

export const isForeign = ({ principal, resource }: AuthorizationRequest): boolean =>
  resource !== undefined && principal.accountId !== resource.accountId;

function decideByIdentity(request: AuthorizationRequest, evaluation: Evaluation): Decision {
  const { direct } = evaluation.identity;
  if (isForeign(request)) return deny(request, { kind: 'no-allow', lacking: 'key policy', because: 'another account' });
  if (!direct) return deny(request, { kind: 'no-allow', lacking: 'identity policy' });
  const bound = limitingBound(evaluation);
  return bound ? deny(request, { kind: 'no-allow', lacking: bound }) : { allowed: true, by: direct };
}

function decideOwn(request: AuthorizationRequest, evaluation: Evaluation, effort: Effort): Decision {
  const { key, identity } = evaluation;
  const bound = limitingBound(evaluation);
  if (key.itself) return { allowed: true, by: key.itself };
  if (key.direct && !bound) return { allowed: true, by: key.direct };
  if (key.delegated && identity.direct && !bound) {
    return { allowed: true, by: identity.direct, delegatedBy: key.delegated.statement };
  }
  const use = grantQuestionOf(request);
  const grant = allowingGrant(request, use, evaluation, effort);
  if (grant) return { allowed: true, by: { policy: 'grant', grant } };
  const boundAlone = key.direct || (key.delegated && identity.direct);
  const isBounded = (one: Grant) => grantRefusal(request, use, one, evaluation, effort) === 'bounds';
  if (bound && (boundAlone || request.grants.some(isBounded))) {
    return deny(request, { kind: 'no-allow', lacking: bound });
  }
  return key.delegated
    ? deny(request, { kind: 'no-allow', lacking: 'identity policy', delegatedBy: key.delegated.statement })
    : deny(request, { kind: 'no-allow', lacking: 'key policy' });
}

function decideForeign(request: AuthorizationRequest, evaluation: Evaluation, effort: Effort): Decision {
  const byKey = evaluation.key.direct ?? evaluation.key.delegated;
  const bound = limitingBound(evaluation);
  const refuse = (because: string, lacking: PolicyKind = 'key policy') =>
    deny(request, { kind: 'no-allow', lacking, because: `caller of another account, ${because}` });
  const never = neverAcrossAccounts(request);
  if (never !== undefined) return refuse(never);
  const { direct } = evaluation.identity;
  if (!bound && byKey && direct) return { allowed: true, by: byKey, alsoBy: direct };
  const grant = allowingGrant(request, grantQuestionOf(request), evaluation, effort);
  if (grant) return { allowed: true, by: { policy: 'grant', grant } };
  if (!byKey) return refuse('no key policy statement or grant allows');
  return direct ? refuse('not within its bounds', bound) : refuse('no identity policy allows', 'identity policy');
}

/** Why a caller of another account is never allowed, whatever policies and grants allow. */
function neverAcrossAccounts({ crossAccount, principal }: AuthorizationRequest): string | undefined {
  if (!crossAccount) return 'operation does not work across accounts';
  return principal.kind === 'aws-service' ? 'services use keys of their own account' : undefined;
}

const allowingGrant = (
  request: AuthorizationRequest,
  use: GrantQuestion | undefined,
  evaluation: Evaluation,
  effort: Effort,
): Grant | undefined => request.grants.find((one) => grantRefusal(request, use, one, evaluation, effort) === undefined);

/** What the request wants of each of its grants. */
export interface GrantQuestion extends GrantUse {
  /** The few ids that thousands of grants name are recognised once. */
  readonly reachOf: (grant: Grant) => GrantReach;
}

/** undefined: no grant can allow the action. */
export function grantQuestionOf(request: AuthorizationRequest): GrantQuestion | undefined {
  const { principal, grantOperation: operation, authority, encryptionContext, requestedGrant } = request;
  if (operation === undefined) return undefined;
  const reaches = new Map<string, GrantReach>();
  const reachOf = (grant: Grant) => {
    const reach = reaches.get(grant.granteeId) ?? granteeReach(grant, principal);
    reaches.set(grant.granteeId, reach);
    return reach;
  };
  return {
    operation,
    reachOf,
    ...defined({ encryptionContext, requestedGrant }),
    // Only a service's own call has a source.
    ...(principal.kind === 'aws-service' && defined({ sourceArn: authority.source?.arn })),
  };
}

/** Why a grant does not allow the action: it is not the caller's, not for this use, or not enough by itself. */
export type GrantRefusal = 'other grantee' | GrantMismatch | Shortfall;

/**
 * undefined: the grant allows the action.
 * @param use of the request (`grantQuestionOf`), made once for all grants
 * @throws TooCostly
 */
export function grantRefusal(
  request: AuthorizationRequest,
  use: GrantQuestion | undefined,
  grant: Grant,
  evaluation: Evaluation,
  effort: Effort,
): GrantRefusal | undefined {
  spend(effort, costs.grant);
  if (use === undefined) return 'other operations';
  const reach = use.reachOf(grant);
  if (reach === 'none') return 'other grantee';
  return grantMismatch(grant, use, effort) ?? shortfall(request, reach, evaluation);
}

/** What must allow beside a grant, and does not. */
export type Shortfall = 'accounts' | 'identity policies' | 'bounds';

/** A grant to the caller suffices; one to its account leaves the rest to identity policies, and bounds narrow both. */
export function shortfall(
  request: AuthorizationRequest,
  reach: Exclude<GrantReach, 'none'>,
  evaluation: Evaluation,
): Shortfall | undefined {
  const foreign = isForeign(request);
  if (foreign && neverAcrossAccounts(request) !== undefined) return 'accounts';
  if (reach === 'account' && !evaluation.identity.direct) return 'identity policies';
  const isUnbounded = reach === 'itself' && !foreign;
  return isUnbounded || !limitingBound(evaluation) ? undefined : 'bounds';
}
