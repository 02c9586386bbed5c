/** Authorization for the operations of STS: who can open a session of a role, and which policies can limit one. */
import type { DecisionNote } from '@keystead/policy/decision.ts';
import { countCompiled } from '@keystead/policy/effort.ts';
import { bindPolicy, parseIdentityPolicy, parseTrustPolicy } from '@keystead/policy/policy.ts';
import type { PrincipalIds } from '@keystead/policy/policy-principals.ts';
import { conditionsOf } from '@keystead/policy/request-context.ts';
import {
  type AskedOfSession,
  assumptionConditions,
  assumptionDenied,
  authorizeAssumption,
} from '@keystead/policy/trust.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../context/context.ts';
import type { Result } from '../context/refusal.ts';
import { awsManagedPolicies } from '../domain/identities/aws-managed-policies.ts';
import type { SessionBounds } from '../domain/identities/session.ts';
import type { PrincipalRow } from '../storage/port/tables.ts';
import { answered, proceedAfter, requireAllow } from './decided.ts';
import { asksForTokenUse, findTokenUse, type TokenUse, tokenUsedBefore } from './identity-token-use.ts';
import { resourceOrganization } from './organizations.ts';
import { policiesInAuthority } from './principal-policies.ts';

export type RoleAction = 'sts:AssumeRole' | 'sts:AssumeRoleWithWebIdentity';

/** The session that a caller requests, beside the role. */
export interface SessionRequest {
  readonly action: RoleAction;
  readonly sessionName: string;
  readonly externalId?: string;
  readonly sourceIdentity?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
}

/**
 * Requires that the caller is allowed to open the requested session of a role.
 * @param proceed learns how the identity token was used before, if the trust policy asks
 * @throws Refusal of AccessDeniedException, InvalidIdentityTokenException, or of what `proceed` throws
 */
export async function requireAssumption<T extends Result>(
  ctx: Context,
  role: PrincipalRow,
  asked: SessionRequest,
  proceed: (tokenUse: TokenUse | undefined) => T | Promise<T>,
): Promise<T> {
  const { action } = asked;
  // Inherited tags and an inherited source identity need permission too: the role's trust policy must accept them.
  const actions = [
    action,
    ...(Object.keys(asked.tags).length > 0 || asked.transitiveTagKeys.length > 0 ? ['sts:TagSession'] : []),
    ...(asked.sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
  const principalIds = JSON.parse(role.trust_principals ?? '{}') as PrincipalIds;
  countCompiled(ctx.effort, role.trust_policy ?? '');
  const trustPolicy = bindPolicy(parseTrustPolicy(role.trust_policy ?? ''), principalIds);
  const policies = [trustPolicy, ...policiesInAuthority(ctx.authority)];
  const roleOrganization = await resourceOrganization(ctx, role.account_id, policies);
  const tokenUse = asksForTokenUse(trustPolicy) ? await findTokenUse(ctx, role, asked.sessionName) : undefined;
  const facts: AskedOfSession = {
    ...asked,
    roleTags: JSON.parse(role.tags) as Readonly<Record<string, string>>,
    roleAccountId: role.account_id,
    ...defined({
      roleOrganization,
      claims: ctx.webIdentity?.claims,
      federatedProvider: ctx.webIdentity?.providerArn,
      tokenUse,
    }),
  };
  const decisions: DecisionNote[] = [];
  for (const one of actions) {
    const request = {
      principal: ctx.principal,
      authority: ctx.authority,
      effort: ctx.effort,
      role: { arn: role.arn, accountId: role.account_id },
      trustPolicy,
      action: one,
      conditions: assumptionConditions(
        facts,
        conditionsOf({ ctx, operation: action.slice('sts:'.length), action: one, input: {} }),
      ),
    };
    const { decision, note } = answered({ ...request, resource: request.role }, authorizeAssumption(request));
    decisions.push(note);
    if (!decision.allowed && tokenUse !== undefined && tokenUse !== 'first') throw tokenUsedBefore(decisions);
    requireAllow(decision, decisions);
  }
  return proceedAfter(decisions, () => proceed(tokenUse));
}

/** The refusal for a role that does not exist: the same as for a role that the caller cannot assume. */
export function roleNotAssumable(ctx: Context, action: RoleAction, roleArn: string): KmsError {
  return new KmsError('AccessDeniedException', assumptionDenied(ctx.principal, action, roleArn));
}

/**
 * Refuses a session policy that is not an identity policy, and the ARN of a policy that the account does not have.
 * @throws KmsError MalformedPolicyDocumentException
 */
export async function requireSessionPolicies(ctx: Context, accountId: string, bounds: SessionBounds): Promise<void> {
  if (bounds.policy !== undefined) {
    countCompiled(ctx.effort, bounds.policy);
    parseIdentityPolicy(bounds.policy);
  }
  for (const arn of bounds.policyArns ?? []) {
    if (awsManagedPolicies.has(arn)) continue;
    const policy = await ctx.store.findManagedPolicy(arn);
    if (policy?.account_id !== accountId) {
      throw new KmsError('MalformedPolicyDocumentException', `Policy ${arn} does not exist in the role's account.`);
    }
  }
}
