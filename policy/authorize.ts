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
import { newEffort, TooCostly } from './effort.ts';
import { keyPolicyConditions, namesCaller, type Question, reachOf } from './evaluate.ts';
import {
  type EncryptionContext,
  type Grant,
  type GrantReach,
  grantAllows,
  granteeReach,
  isNarrowerGrant,
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

/** Every kind of policy, heard. */
export interface Hearing {
  readonly key: Said;
  readonly identity: Said;
  /** undefined: none is set. */
  readonly boundary: Said | undefined;
  readonly session: Said | undefined;
}

export function authorize(request: AuthorizationRequest): Decision {
  return withinEffort(request, () => decide(request, hear(request)));
}

/** Refuses what costs too much to decide. */
export function withinEffort(request: AuthorizationRequest, decide: () => Decision): Decision {
  try {
    return decide();
  } catch (error) {
    if (!(error instanceof TooCostly)) throw error;
    const lacking = request.resourceKind === 'key' ? 'key policy' : 'identity policy';
    return deny(request, { kind: 'no-allow', lacking, because: error.message, tooCostly: true });
  }
}

function decide(request: AuthorizationRequest, heard: Hearing): Decision {
  const denied = explicitDenial(request, heard);
  if (denied) return denied;
  if (request.resourceKind !== 'key' || !request.resource) return decideByIdentity(request, heard);
  return isForeign(request) ? decideForeign(request, heard) : decideOwn(request, heard);
}

/** @throws TooCostly */
export function hear(request: AuthorizationRequest): Hearing {
  const { principal, authority, resource } = request;
  const question: Question = { ...request, resourceArn: resource?.arn ?? '*', effort: newEffort() };
  const { permissionsBoundary: boundary, sessionPolicies: session } = authority;
  const identity = hearPolicies('identity policy', authority.identityPolicies, question);
  return {
    key: request.resourceKind === 'key' ? hearKeyPolicy(request, question) : {},
    identity: principal.kind === 'root' && !identity.denied ? { direct: rootUser } : identity,
    boundary: boundary && hearPolicies('permissions boundary', [boundary], question),
    session: session && hearPolicies('session policy', session, question),
  };
}

/** Root has full identity access of its own; only a session policy could narrow that. */
const rootUser: Finding = { policy: 'identity policy', statement: 'root user' };

/** RetireGrant is the grant's to allow: a key policy can only deny it. */
const onlyDeniedByKeyPolicies: ReadonlySet<string> = new Set(['kms:RetireGrant']);

function hearKeyPolicy({ keyPolicy, conditions, action }: AuthorizationRequest, question: Question): Said {
  if (!keyPolicy) return {};
  const said = hearPolicies('key policy', [keyPolicy], { ...question, conditions: keyPolicyConditions(conditions) });
  return said.denied || !onlyDeniedByKeyPolicies.has(action) ? said : {};
}

function hearPolicies(kind: PolicyKind, policies: readonly CompiledPolicy[], question: Question): Said {
  const said: { -readonly [K in keyof Said]: Said[K] } = {};
  for (const { statements, name } of policies) {
    for (const statement of statements) {
      const reach = reachOf(statement, question);
      if (reach === 'none') continue;
      const found: Finding = { policy: kind, statement: statement.name, ...(name !== undefined && { name }) };
      if (statement.effect === 'Deny') return { denied: found };
      if (reach === 'account') said.delegated ??= found;
      else {
        said.direct ??= found;
        if (!said.itself && namesCaller(statement.principals, question.principal as Principal)) said.itself = found;
      }
    }
  }
  return said;
}

/** Deny beats everything, grants included; of several, the resource's is named first. */
export function explicitDenial(request: AuthorizationRequest, heard: Hearing): Decision | undefined {
  const denied = [heard.key, heard.identity, heard.boundary, heard.session].find((said) => said?.denied)?.denied;
  return denied && deny(request, { kind: 'explicit-deny', by: denied });
}

/** Which bound of the caller's stays silent, and so narrows what is allowed through its role or account. */
export function silentBound({ boundary, session }: Hearing): 'permissions boundary' | 'session policy' | undefined {
  if (boundary && !boundary.direct) return 'permissions boundary';
  return session && !session.direct ? 'session policy' : undefined;
}

export const isForeign = ({ principal, resource }: AuthorizationRequest): boolean =>
  resource !== undefined && principal.accountId !== resource.accountId;

function decideByIdentity(request: AuthorizationRequest, heard: Hearing): Decision {
  const { direct } = heard.identity;
  if (isForeign(request)) return deny(request, { kind: 'no-allow', lacking: 'key policy', because: 'another account' });
  if (!direct) return deny(request, { kind: 'no-allow', lacking: 'identity policy' });
  const bound = silentBound(heard);
  return bound ? deny(request, { kind: 'no-allow', lacking: bound }) : { allowed: true, by: direct };
}

function decideOwn(request: AuthorizationRequest, heard: Hearing): Decision {
  const { key, identity } = heard;
  const bound = silentBound(heard);
  if (key.itself) return { allowed: true, by: key.itself };
  if (key.direct && !bound) return { allowed: true, by: key.direct };
  if (key.delegated && identity.direct && !bound) {
    return { allowed: true, by: identity.direct, delegatedBy: key.delegated.statement };
  }
  const grant = allowingGrant(request, (reach) => reach === 'itself' || (!bound && grantReaches(reach, heard)));
  if (grant) return { allowed: true, by: { policy: 'grant', grant } };
  const boundAlone = key.direct || (key.delegated && identity.direct);
  if (bound && (boundAlone || allowingGrant(request, (reach) => grantReaches(reach, heard)))) {
    return deny(request, { kind: 'no-allow', lacking: bound });
  }
  return key.delegated
    ? deny(request, { kind: 'no-allow', lacking: 'identity policy', delegatedBy: key.delegated.statement })
    : deny(request, { kind: 'no-allow', lacking: 'key policy' });
}

function decideForeign(request: AuthorizationRequest, heard: Hearing): Decision {
  const byKey = heard.key.direct ?? heard.key.delegated;
  const bound = silentBound(heard);
  const refuse = (because: string, lacking: PolicyKind = 'key policy') =>
    deny(request, { kind: 'no-allow', lacking, because: `caller of another account, ${because}` });
  if (!request.crossAccount) return refuse('operation does not work across accounts');
  if (request.principal.kind === 'aws-service') return refuse('services use keys of their own account');
  if (!bound && byKey && heard.identity.direct) return { allowed: true, by: byKey, alsoBy: heard.identity.direct };
  const grant = allowingGrant(request, (reach) => !bound && grantReaches(reach, heard));
  if (grant) return { allowed: true, by: { policy: 'grant', grant } };
  if (!byKey) return refuse('no key policy statement or grant allows');
  return heard.identity.direct
    ? refuse('not within its bounds', bound)
    : refuse('no identity policy allows', 'identity policy');
}

/** A grant to the caller suffices; one to the caller's account leaves the rest to its identity policies. */
export const grantReaches = (reach: GrantReach, { identity }: Hearing): boolean =>
  reach === 'itself' || reach === 'role' || (reach === 'account' && identity.direct !== undefined);

export function allowingGrant(
  request: AuthorizationRequest,
  suffices: (reach: GrantReach) => boolean,
): Grant | undefined {
  const { principal, grantOperation: operation, requestedGrant, authority } = request;
  if (operation === undefined) return undefined;
  return request.grants.find((grant) => {
    const narrower = operation !== 'CreateGrant' || !requestedGrant || isNarrowerGrant(grant, requestedGrant);
    const use = {
      operation,
      ...(request.encryptionContext && { encryptionContext: request.encryptionContext }),
      // Only a service's own call has a source; for all others the constraint is not asked.
      ...(principal.kind === 'aws-service' && { sourceArn: authority.source?.arn ?? '' }),
    };
    return suffices(granteeReach(grant, principal)) && narrower && grantAllows(grant, use);
  });
}
