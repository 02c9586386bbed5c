/**
 * The decision to allow: a pure function of the request, the policies and the grants. Default is no.
 * Sources: KMS Developer Guide, "Troubleshooting AWS KMS permissions" (the order of questions), "Key policies in AWS
 * KMS", "Allowing users in other accounts to use a KMS key"; IAM User Guide, "Policy evaluation logic", "Access denied
 * error messages".
 *
 * A key policy is unlike other resource policies: owning the key allows nothing. A caller of the key's account is
 * allowed by
 *   1. a key-policy statement that names the caller (root answers to its account's name), or everyone;
 *   2. a key-policy statement that names the account, and an identity policy of the caller's;
 *   3. a grant to the caller whose constraints hold, or one to the account and an identity policy;
 * and an explicit deny in any policy beats all three. A permissions boundary and session policies must allow as well,
 * unless the key policy or grant names the user or the session itself. A caller of another account needs an identity
 * policy on top of 1 or 2, within its boundary and session policies, and is told the same whatever the cause. A service
 * has no policies of its own: only 1 and 3 can allow it, and only on keys of its own account.
 */
import type { Authority } from './authority.ts';
import type { Conditions } from './conditions.ts';
import { type Decision, deny, type Finding, type PolicyKind } from './decision.ts';
import { type Effort, newEffort, TooCostly } from './effort.ts';
import { judge, keyPolicyConditions, namesCaller, type Question } from './evaluate.ts';
import {
  type EncryptionContext,
  type Grant,
  type GrantMismatch,
  type GrantReach,
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
  /** The grant operation this action answers to, when a grant can allow it. */
  readonly grantOperation?: string;
  /** Encryption context of this side of the request, for grant constraints. */
  readonly encryptionContext?: EncryptionContext;
  /** CreateGrant: what is to be granted; a grant allows only a narrower one. */
  readonly requestedGrant?: Pick<Grant, 'operations' | 'constraints'>;
  /** The operation works across accounts at all. */
  readonly crossAccount: boolean;
  /** The request named no key; its ciphertext did. A refusal then does not tell which. */
  readonly namedByCiphertext?: true;
}

/** What one kind of policy says: the first statement that denies, or the first that allows in each way. */
export interface Said {
  readonly denied?: Finding;
  /** Reaches the caller, be it as everyone; identity policies always do. */
  readonly direct?: Finding;
  /** Reaches the caller by its own name. */
  readonly itself?: Finding;
  /** Reaches the caller's account. */
  readonly delegated?: Finding;
}

/** What every kind of policy says to a request. */
export interface Evaluation {
  readonly key: Said;
  readonly identity: Said;
  /** undefined: none is set. */
  readonly boundary: Said | undefined;
  readonly session: Said | undefined;
}

/** A decision with what it was made of. */
export interface Reasoned {
  readonly decision: Decision;
  /** Absent: the policies cost too much to evaluate. */
  readonly evaluation?: Evaluation;
}

export const authorize = (request: AuthorizationRequest): Decision => authorizeWithReasons(request).decision;

/** The same decision, for `explain`: statements and grants tell by `judge` and `grantSilence` what each had to say. */
export function authorizeWithReasons(request: AuthorizationRequest): Reasoned {
  try {
    const evaluation = evaluate(request);
    return { decision: decide(request, evaluation), evaluation };
  } catch (error) {
    return { decision: refuseCost(request, error) };
  }
}

/** Refuses what costs too much to decide; any other error is thrown again. */
export function refuseCost(request: AuthorizationRequest, error: unknown): Decision {
  if (!(error instanceof TooCostly)) throw error;
  const lacking = request.resourceKind === 'key' ? 'key policy' : 'identity policy';
  return deny(request, { kind: 'no-allow', lacking, because: error.message });
}

function decide(request: AuthorizationRequest, evaluation: Evaluation): Decision {
  const denied = explicitDenial(request, evaluation);
  if (denied) return denied;
  if (request.resourceKind !== 'key' || !request.resource) return decideByIdentity(request, evaluation);
  return isForeign(request) ? decideForeign(request, evaluation) : decideOwn(request, evaluation);
}

/** @throws TooCostly */
export function evaluate(request: AuthorizationRequest): Evaluation {
  const { principal, authority } = request;
  const question = questionOf(request, newEffort());
  const { permissionsBoundary: boundary, sessionPolicies: session } = authority;
  const identity = evaluatePolicies('identity policy', authority.identityPolicies, question);
  return {
    key: request.resourceKind === 'key' ? evaluateKeyPolicy(request, question) : {},
    identity: principal.kind === 'root' && !identity.denied ? { direct: rootUser } : identity,
    boundary: boundary && evaluatePolicies('permissions boundary', [boundary], question),
    session: session && evaluatePolicies('session policy', session, question),
  };
}

/** @param effort what all statements together may cost; absent: each has its own */
export const questionOf = (
  { principal, action, resource, conditions }: AuthorizationRequest,
  effort?: Effort,
): Question => ({ principal, action, resourceArn: resource?.arn ?? '*', conditions, effort });

export const questionToKeyPolicy = (question: Question): Question => ({
  ...question,
  conditions: keyPolicyConditions(question.conditions),
});

/** Root has full identity access of its own; only a session policy could narrow that. */
export const rootUser: Finding = { policy: 'identity policy', statement: 'root user' };

/** RetireGrant is the grant's to allow: a key policy can only deny it. */
const onlyDeniedByKeyPolicies: ReadonlySet<string> = new Set(['kms:RetireGrant']);

function evaluateKeyPolicy({ keyPolicy, action }: AuthorizationRequest, question: Question): Said {
  if (!keyPolicy) return {};
  const said = evaluatePolicies('key policy', [keyPolicy], questionToKeyPolicy(question));
  return said.denied || !onlyDeniedByKeyPolicies.has(action) ? said : {};
}

function evaluatePolicies(kind: PolicyKind, policies: readonly CompiledPolicy[], question: Question): Said {
  const said: { -readonly [K in keyof Said]: Said[K] } = {};
  for (const { statements, name } of policies) {
    for (const statement of statements) {
      const verdict = judge(statement, question);
      if (verdict !== 'direct' && verdict !== 'account') continue;
      const found: Finding = { policy: kind, statement: statement.name, ...(name !== undefined && { name }) };
      if (statement.effect === 'Deny') return { denied: found };
      if (verdict === 'account') said.delegated ??= found;
      else {
        said.direct ??= found;
        if (!said.itself && namesCaller(statement.principals, question.principal as Principal)) said.itself = found;
      }
    }
  }
  return said;
}

/** Deny beats everything, grants included; of several, the resource's is named first. */
export function explicitDenial(request: AuthorizationRequest, evaluation: Evaluation): Decision | undefined {
  const { key, identity, boundary, session } = evaluation;
  const denied = key.denied ?? identity.denied ?? boundary?.denied ?? session?.denied;
  return denied && deny(request, { kind: 'explicit-deny', by: denied });
}

/** Which bound of the caller's stays silent, and so narrows what is allowed through its role or account. */
export function silentBound({ boundary, session }: Evaluation): 'permissions boundary' | 'session policy' | undefined {
  if (boundary && !boundary.direct) return 'permissions boundary';
  return session && !session.direct ? 'session policy' : undefined;
}

export const isForeign = ({ principal, resource }: AuthorizationRequest): boolean =>
  resource !== undefined && principal.accountId !== resource.accountId;

function decideByIdentity(request: AuthorizationRequest, evaluation: Evaluation): Decision {
  const { direct } = evaluation.identity;
  if (isForeign(request)) return deny(request, { kind: 'no-allow', lacking: 'key policy', because: 'another account' });
  if (!direct) return deny(request, { kind: 'no-allow', lacking: 'identity policy' });
  const bound = silentBound(evaluation);
  return bound ? deny(request, { kind: 'no-allow', lacking: bound }) : { allowed: true, by: direct };
}

function decideOwn(request: AuthorizationRequest, evaluation: Evaluation): Decision {
  const { key, identity } = evaluation;
  const bound = silentBound(evaluation);
  if (key.itself) return { allowed: true, by: key.itself };
  if (key.direct && !bound) return { allowed: true, by: key.direct };
  if (key.delegated && identity.direct && !bound) {
    return { allowed: true, by: identity.direct, delegatedBy: key.delegated.statement };
  }
  const grant = givingGrant(request, evaluation);
  if (grant) return { allowed: true, by: { policy: 'grant', grant } };
  const boundAlone = key.direct || (key.delegated && identity.direct);
  const isBounded = (one: Grant) => grantSilence(request, one, evaluation) === 'bounds';
  if (bound && (boundAlone || request.grants.some(isBounded))) {
    return deny(request, { kind: 'no-allow', lacking: bound });
  }
  return key.delegated
    ? deny(request, { kind: 'no-allow', lacking: 'identity policy', delegatedBy: key.delegated.statement })
    : deny(request, { kind: 'no-allow', lacking: 'key policy' });
}

function decideForeign(request: AuthorizationRequest, evaluation: Evaluation): Decision {
  const byKey = evaluation.key.direct ?? evaluation.key.delegated;
  const bound = silentBound(evaluation);
  const refuse = (because: string, lacking: PolicyKind = 'key policy') =>
    deny(request, { kind: 'no-allow', lacking, because: `caller of another account, ${because}` });
  const never = neverAcrossAccounts(request);
  if (never !== undefined) return refuse(never);
  const { direct } = evaluation.identity;
  if (!bound && byKey && direct) return { allowed: true, by: byKey, alsoBy: direct };
  const grant = givingGrant(request, evaluation);
  if (grant) return { allowed: true, by: { policy: 'grant', grant } };
  if (!byKey) return refuse('no key policy statement or grant allows');
  return direct ? refuse('not within its bounds', bound) : refuse('no identity policy allows', 'identity policy');
}

/** What keeps a caller of another account out, whatever policies and grants say. */
function neverAcrossAccounts({ crossAccount, principal }: AuthorizationRequest): string | undefined {
  if (!crossAccount) return 'operation does not work across accounts';
  return principal.kind === 'aws-service' ? 'services use keys of their own account' : undefined;
}

const givingGrant = (request: AuthorizationRequest, evaluation: Evaluation): Grant | undefined =>
  request.grants.find((grant) => grantSilence(request, grant, evaluation) === undefined);

/** What keeps a grant from giving the action: it is not the caller's, not for this use, or not enough by itself. */
export type GrantSilence = 'other grantee' | GrantMismatch | Shortfall;

/** undefined: the grant gives the action. */
export function grantSilence(
  request: AuthorizationRequest,
  grant: Grant,
  evaluation: Evaluation,
): GrantSilence | undefined {
  const { principal, grantOperation: operation, authority, encryptionContext, requestedGrant } = request;
  const reach = granteeReach(grant, principal);
  if (reach === 'none') return 'other grantee';
  if (operation === undefined) return 'other operations';
  const use = {
    operation,
    ...(encryptionContext && { encryptionContext }),
    // Only a service's own call has a source; for all others the constraint is not asked.
    ...(principal.kind === 'aws-service' && { sourceArn: authority.source?.arn ?? '' }),
    ...(requestedGrant && { requestedGrant }),
  };
  return grantMismatch(grant, use) ?? shortfall(request, reach, evaluation);
}

/** What has to allow beside a grant, and does not. */
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
  return isUnbounded || !silentBound(evaluation) ? undefined : 'bounds';
}
