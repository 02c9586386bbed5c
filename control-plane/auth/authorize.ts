/**
 * The decision to allow: a pure function of the request, the policies and the grants. Default is no.
 * Sources: KMS Developer Guide, "Troubleshooting AWS KMS permissions" (the order of questions), "Key policies in AWS
 * KMS", "Allowing users in other accounts to use a KMS key"; IAM User Guide, "Access denied error messages".
 *
 * A key policy is unlike other resource policies: owning the key allows nothing. A caller of the key's account is
 * allowed by
 *   1. a key-policy statement that names the caller (root answers to its account's name), or everyone;
 *   2. a key-policy statement that names the account, and an identity policy of the caller's;
 *   3. a grant to the caller whose constraints hold, or one to the account and an identity policy;
 * and an explicit deny in any policy beats all three. A caller of another account needs an identity policy on top of 1
 * or 2, and is told the same whatever the cause.
 */
import { type DenialReason, messages } from '@keystead/provider-schema/messages.ts';
import { parsePrincipal } from '../domain/arn.ts';
import type { ConditionValues } from './conditions.ts';
import { keyPolicyConditions, type Question, type Reach, reachOf } from './evaluate.ts';
import { type Grant, grantAllows, isNarrowerGrant } from './grants.ts';
import type { CompiledPolicy } from './policy.ts';
import type { Principal } from './principal.ts';

export type { ConditionValues } from './conditions.ts';

export interface AuthorizationRequest {
  readonly principal: Principal;
  /** `kms:Encrypt` */
  readonly action: string;
  /** ARN and owner of the key or alias; undefined: `*`, an IAM-only action. */
  readonly resource?: { readonly arn: string; readonly accountId: string };
  /** `key`: the key policy decides first; `alias`/undefined: IAM only. */
  readonly resourceKind?: 'key' | 'alias';
  readonly conditions: ConditionValues;
  readonly keyPolicy?: CompiledPolicy;
  /** The caller's identity policies. Users have none until IAM policies exist; root needs none. */
  readonly identityPolicies: readonly CompiledPolicy[];
  /** Grants on this key to this caller or its account. */
  readonly grants: readonly Grant[];
  /** The grant operation this action answers to, when a grant can allow it. */
  readonly grantOperation?: string;
  /** Encryption context of this side of the request, for grant constraints. */
  readonly encryptionContext?: Readonly<Record<string, string>>;
  /** CreateGrant: what is to be granted; a grant allows only a narrower one. */
  readonly requestedGrant?: Pick<Grant, 'operations' | 'constraints'>;
  /** The operation works across accounts at all. */
  readonly crossAccount: boolean;
  /** The request named no key; its ciphertext did. A refusal then does not tell which. */
  readonly namedByCiphertext?: true;
}

export type Decision =
  | {
      readonly allowed: true;
      readonly by:
        | { readonly kind: 'key-policy' | 'identity-policy'; readonly statement: string }
        | { readonly kind: 'grant'; readonly grant: Grant };
    }
  | { readonly allowed: false; readonly reason: string /** AWS's text for the caller. */; readonly message: string };

export function authorize(request: AuthorizationRequest): Decision {
  const identity = identityVerdict(request);
  if (request.resourceKind !== 'key' || !request.resource) return decideByIdentity(request, identity);
  const key = keyPolicyVerdict(request, request.resource.arn);
  if (key.denied !== undefined) return deny(request, `key policy, ${key.denied}`, explicitDeny('resource-based'));
  if (identity.denied !== undefined) {
    return deny(request, `identity policy, ${identity.denied}`, explicitDeny('identity-based'));
  }
  return isForeign(request) ? decideForeign(request, key, identity) : decideOwn(request, key, identity);
}

/** What one kind of policy says; each member names the statement that says it. */
interface Verdict {
  readonly denied: string | undefined;
  /** Reaches the caller as itself; identity policies always do. */
  readonly direct: string | undefined;
  /** Reaches the caller's account. */
  readonly delegated: string | undefined;
}

function keyPolicyVerdict(request: AuthorizationRequest, resourceArn: string): Verdict {
  const question: Question = { ...request, resourceArn, conditions: keyPolicyConditions(request.conditions) };
  const said = verdict(request.keyPolicy?.statements ?? [], question);
  return onlyDeniedByKeyPolicies.has(request.action) ? { ...said, direct: undefined, delegated: undefined } : said;
}

/** RetireGrant is the grant's to allow: a key policy can only deny it. */
const onlyDeniedByKeyPolicies: ReadonlySet<string> = new Set(['kms:RetireGrant']);

/** Root has full identity access of its own; only policies above it, which are none yet, could narrow that. */
function identityVerdict(request: AuthorizationRequest): Verdict {
  const question: Question = { ...request, resourceArn: request.resource?.arn ?? '*' };
  const { denied, direct, delegated } = verdict(
    request.identityPolicies.flatMap(({ statements }) => statements),
    question,
  );
  const own = request.principal.kind === 'root' ? 'root user' : undefined;
  return { denied, direct: direct ?? delegated ?? own, delegated: undefined };
}

function verdict(statements: CompiledPolicy['statements'], question: Question): Verdict {
  const reaching = statements.map((statement) => ({ statement, reach: reachOf(statement, question) }));
  const first = (effect: 'Allow' | 'Deny', reaches: readonly Reach[]) =>
    reaching.find((one) => one.statement.effect === effect && reaches.includes(one.reach))?.statement.name;
  return {
    denied: first('Deny', ['direct', 'account']),
    direct: first('Allow', ['direct']),
    delegated: first('Allow', ['account']),
  };
}

const isForeign = ({ principal, resource }: AuthorizationRequest) => principal.accountId !== resource?.accountId;

function decideByIdentity(request: AuthorizationRequest, identity: Verdict): Decision {
  if (identity.denied !== undefined) {
    return deny(request, `identity policy, ${identity.denied}`, explicitDeny('identity-based'));
  }
  if (request.resource && isForeign(request))
    return deny(request, 'resource of another account', noAllow('resource-based'));
  if (identity.direct !== undefined) return allowBy('identity-policy', identity.direct);
  return deny(request, 'no identity policy allows', noAllow('identity-based'));
}

function decideOwn(request: AuthorizationRequest, key: Verdict, identity: Verdict): Decision {
  if (key.direct !== undefined) return allowBy('key-policy', key.direct);
  if (key.delegated !== undefined && identity.direct !== undefined) return allowBy('identity-policy', identity.direct);
  const grant = allowingGrant(request, identity);
  if (grant) return { allowed: true, by: { kind: 'grant', grant } };
  return key.delegated === undefined
    ? deny(request, 'no key policy statement or grant allows', noAllow('resource-based'))
    : deny(request, `key policy delegates (${key.delegated}), no identity policy allows`, noAllow('identity-based'));
}

function decideForeign(request: AuthorizationRequest, key: Verdict, identity: Verdict): Decision {
  const byKey = key.direct ?? key.delegated;
  if (!request.crossAccount) return deny(request, 'operation does not work across accounts', noAllow('resource-based'));
  if (byKey !== undefined && identity.direct !== undefined) return allowBy('key-policy', byKey);
  const grant = allowingGrant(request, identity);
  if (grant) return { allowed: true, by: { kind: 'grant', grant } };
  const lacking = byKey === undefined ? 'no key policy statement or grant' : 'no identity policy';
  return deny(request, `caller of another account, ${lacking} allows`, noAllow('resource-based'));
}

/** A grant to the caller suffices; one to the caller's account leaves the rest to its identity policies. */
function allowingGrant(request: AuthorizationRequest, identity: Verdict): Grant | undefined {
  const { principal, grantOperation: operation, requestedGrant } = request;
  if (operation === undefined) return undefined;
  return request.grants.find((grant) => {
    const grantee = parsePrincipal(grant.granteePrincipal);
    const toAccount = grantee?.kind === 'account' && grantee.accountId === principal.accountId;
    const reaches = grant.granteePrincipal === principal.arn || (toAccount && identity.direct !== undefined);
    const narrower = operation !== 'CreateGrant' || !requestedGrant || isNarrowerGrant(grant, requestedGrant);
    return reaches && narrower && grantAllows(grant, operation, request.encryptionContext);
  });
}

export interface RetirementRequest {
  readonly principal: Principal;
  readonly grant: Grant;
  readonly key: { readonly arn: string; readonly accountId: string };
  readonly keyPolicy: CompiledPolicy;
  readonly identityPolicies: readonly CompiledPolicy[];
  readonly conditions: ConditionValues;
}

/**
 * RetireGrant is decided by the grant: its retiring principal may, its grantee when RetireGrant is among the operations,
 * and the root user of the issuing account; identity policies extend the right of the issuing and of a retiring account
 * to their users. A Deny in any policy holds.
 * Source: KMS Developer Guide, "Retiring and revoking grants".
 */
export function authorizeRetirement(retirement: RetirementRequest): Decision {
  const { principal, grant, key } = retirement;
  const request: AuthorizationRequest = {
    ...retirement,
    action: 'kms:RetireGrant',
    resource: key,
    resourceKind: 'key',
    grants: [grant],
    grantOperation: 'RetireGrant',
    crossAccount: true,
  };
  const identity = identityVerdict(request);
  const { denied } = keyPolicyVerdict(request, key.arn);
  if (denied !== undefined) return deny(request, `key policy, ${denied}`, explicitDeny('resource-based'));
  if (identity.denied !== undefined) {
    return deny(request, `identity policy, ${identity.denied}`, explicitDeny('identity-based'));
  }
  const accounts = [grant.issuingAccount, grant.retiringPrincipal ?? ''].flatMap((arn) => {
    const named = parsePrincipal(arn);
    return named?.kind === 'account' ? [named.accountId] : [];
  });
  const byAccount = accounts.includes(principal.accountId) && identity.direct !== undefined;
  const may = grant.retiringPrincipal === principal.arn || byAccount || allowingGrant(request, identity) !== undefined;
  return may
    ? { allowed: true, by: { kind: 'grant', grant } }
    : deny(request, 'the grant lets others retire it', noAllow('resource-based'));
}

const allowBy = (kind: 'key-policy' | 'identity-policy', statement: string): Decision => ({
  allowed: true,
  by: { kind, statement },
});

const explicitDeny = (policyType: string): DenialReason => ({ kind: 'explicit-deny', policyType });
const noAllow = (policyType: string): DenialReason => ({ kind: 'no-allow', policyType });

/** Keys of other accounts, and keys known only by ciphertext, have one text for every cause: existence does not leak. */
function deny(request: AuthorizationRequest, reason: string, why: DenialReason): Decision {
  const { principal, action, resource } = request;
  const message = request.namedByCiphertext
    ? messages.accessDeniedCiphertext(principal.arn, action)
    : resource && isForeign(request)
      ? messages.accessDeniedForeign(principal.arn, action)
      : messages.accessDenied(principal.arn, action, resource?.arn, why);
  return { allowed: false, reason: why.kind === 'explicit-deny' ? `explicit deny: ${reason}` : reason, message };
}
