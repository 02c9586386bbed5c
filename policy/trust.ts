/**
 * Who can open a session of a role. The role's trust policy has the place of a key policy: it allows the caller by
 * name, or leaves the decision to the caller's account and so to identity policies; across accounts both must allow.
 * The bearer of an identity provider's token does not have policies of its own: the trust policy alone decides.
 * Source: IAM User Guide, "Methods to assume a role", "How to use trust policies with IAM roles", "Pass session tags in
 * AWS STS" and "Monitor and control actions taken with assumed roles" (permissions that the trust policy must give
 * too).
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { Organization } from '@keystead/provider-schema/organization.ts';
import type { Authority } from './authority.ts';
import { authorize } from './authorize.ts';
import type { Conditions, ConditionValue } from './conditions.ts';
import type { Decision, Finding } from './decision.ts';
import { type Effort, newEffort, TooCostly } from './effort.ts';
import { reachOf } from './evaluate.ts';
import type { CompiledPolicy, CompiledStatement } from './policy.ts';
import type { PrincipalSet } from './policy-principals.ts';
import type { Principal } from './principal.ts';
import { tagValue } from './tags.ts';

export interface Assumption {
  readonly principal: Principal;
  readonly authority: Authority;
  readonly role: { readonly arn: string; readonly accountId: string };
  readonly trustPolicy: CompiledPolicy;
  /** `sts:AssumeRole`, `sts:TagSession`, … */
  readonly action: string;
  readonly conditions: Conditions;
  /** As in AuthorizationRequest. */
  readonly effort?: Effort;
}

export function authorizeAssumption(assumption: Assumption): Decision {
  if (assumption.principal.kind === 'federated') return decideForFederatedCaller(assumption);
  const { principal, authority, role, trustPolicy, action, conditions, effort } = assumption;
  const asked = {
    ...{ principal, authority, action, conditions, resource: role, keyPolicy: trustPolicy },
    ...defined({ effort }),
  };
  return inTermsOfTrust(assumption, authorize({ ...asked, resourceKind: 'key', grants: [], crossAccount: true }));
}

function decideForFederatedCaller(assumption: Assumption): Decision {
  try {
    return decideByTrustAlone(assumption, assumption.effort ?? newEffort());
  } catch (error) {
    if (!(error instanceof TooCostly)) throw error;
    const because = error.message;
    return refuse(assumption, { kind: 'no-allow', lacking: 'trust policy', because, tooCostly: true });
  }
}

/** @throws TooCostly */
function decideByTrustAlone(assumption: Assumption, effort: Effort): Decision {
  const { principal, role, trustPolicy, action, conditions } = assumption;
  const question = { principal, hasBoundary: false, action, resourceArn: role.arn, conditions, effort };
  const applying = trustPolicy.statements.filter((statement) => reachOf(statement, question) === 'direct');
  const found = (statement: CompiledStatement | undefined): Finding | undefined =>
    statement && { policy: 'trust policy', statement: statement.name };
  const denied = found(applying.find(({ effect }) => effect === 'Deny'));
  // "*" stands for AWS's principals only. An identity provider must be named.
  const allowed = found(applying.find(({ effect, principals }) => effect === 'Allow' && names(principals, principal)));
  if (denied) return refuse(assumption, { kind: 'explicit-deny', by: denied });
  return allowed ? { allowed: true, by: allowed } : refuse(assumption, { kind: 'no-allow', lacking: 'trust policy' });
}

const names = ({ negated, federated }: PrincipalSet, { arn }: Principal) => !negated && federated.has(arn);

function inTermsOfTrust(assumption: Assumption, decision: Decision): Decision {
  const named = (found: Finding): Finding =>
    found.policy === 'key policy' ? { ...found, policy: 'trust policy' } : found;
  if (decision.allowed) {
    const { by, alsoBy } = decision;
    return { allowed: true, by: by.policy === 'grant' ? by : named(by), ...(alsoBy && { alsoBy: named(alsoBy) }) };
  }
  const { denial } = decision;
  if (denial.kind === 'explicit-deny') return refuse(assumption, { ...denial, by: named(denial.by) });
  return refuse(assumption, {
    kind: 'no-allow',
    lacking: denial.lacking === 'key policy' ? 'trust policy' : denial.lacking,
    ...(denial.tooCostly && defined({ because: denial.because, tooCostly: denial.tooCostly })),
  });
}

/** The answer of STS does not contain the reason, nor whether the role exists. */
const refuse = ({ principal, role, action }: Assumption, denial: Extract<Decision, { allowed: false }>['denial']) => ({
  allowed: false as const,
  denial,
  message: assumptionDenied(principal, action, role.arn),
});

export function assumptionDenied(principal: Principal, action: string, roleArn: string): string {
  return principal.kind === 'federated'
    ? `Not authorized to perform ${action}`
    : `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${roleArn}`;
}

/** Parameters of a new session, beside the role. */
export interface AskedOfSession {
  readonly sessionName: string;
  readonly externalId?: string;
  readonly sourceIdentity?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  readonly roleTags: Readonly<Record<string, string>>;
  readonly roleAccountId: string;
  /** Of the role's account. Absent: it has none; or it is another account than the caller's, and no policy asks. */
  readonly roleOrganization?: Organization;
  /** Condition keys of a web identity's claims. */
  readonly claims?: Readonly<Record<string, string | readonly string[]>>;
  readonly federatedProvider?: string;
  /** How the identity token was used before. Absent: no policy asks, or there is no token. */
  readonly tokenUse?: string;
}

/** The condition key of `tokenUse`, in lower case. Not a key of AWS. */
export const IDENTITY_TOKEN_USE = 'keystead:identitytokenuse';

/** The condition keys of STS (Service Authorization Reference), and then those that every request has. */
export function assumptionConditions(asked: AskedOfSession, ofRequest: Conditions): Conditions {
  const tagKeys = Object.keys(asked.tags);
  const own = new Map<string, ConditionValue>([
    ['sts:rolesessionname', asked.sessionName],
    ['sts:externalid', asked.externalId],
    ['sts:sourceidentity', asked.sourceIdentity],
    ['sts:transitivetagkeys', asked.transitiveTagKeys],
    [IDENTITY_TOKEN_USE, asked.tokenUse],
    ['aws:tagkeys', tagKeys],
    ['aws:resourceaccount', asked.roleAccountId],
    ['aws:resourceorgid', asked.roleOrganization?.id],
    ['aws:resourceorgpaths', asked.roleOrganization?.paths],
    ...Object.entries(asked.tags).map(([key, value]) => [`aws:requesttag/${key.toLowerCase()}`, value] as const),
    ...Object.entries(asked.roleTags).flatMap(([key, value]) =>
      ['aws', 'iam'].map((prefix) => [`${prefix}:resourcetag/${key.toLowerCase()}`, value] as const),
    ),
    ...Object.entries(asked.claims ?? {}),
  ]);
  if (asked.federatedProvider !== undefined) own.set('aws:federatedprovider', asked.federatedProvider);
  const tags = { 'aws:requesttag/': Object.entries(asked.tags), 'aws:resourcetag/': Object.entries(asked.roleTags) };
  return (name, tagKey) => {
    if (!own.has(name)) return ofRequest(name, tagKey);
    if (tagKey === undefined) return own.get(name);
    return tagValue(tags[name.startsWith('aws:requesttag/') ? 'aws:requesttag/' : 'aws:resourcetag/'], tagKey);
  };
}
