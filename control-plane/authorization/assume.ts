/** What STS's operations ask the authorizer: who may open a session of a role, and what may bound one. */
import type { DecisionNote } from '@keystead/policy/decision.ts';
import { bindPolicy, parseIdentityPolicy, parseTrustPolicy } from '@keystead/policy/policy.ts';
import type { PrincipalIds } from '@keystead/policy/policy-principals.ts';
import { conditionsOf } from '@keystead/policy/request-context.ts';
import {
  type AskedOfSession,
  assumptionConditions,
  assumptionDenied,
  authorizeAssumption,
} from '@keystead/policy/trust.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { Policies } from '../context/context.ts';
import { awsManagedPolicies } from '../domain/identities/aws-managed-policies.ts';
import { answered, proceedAfter, requireAllow } from './decided.ts';

export const requireAssumption: Policies['requireAssumption'] = async (ctx, role, asked, proceed) => {
  const { action } = asked;
  // What a session inherits is asked about too: the role must take what it did not choose.
  const actions = [
    action,
    ...(Object.keys(asked.tags).length > 0 || asked.transitiveTagKeys.length > 0 ? ['sts:TagSession'] : []),
    ...(asked.sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
  const principalIds = JSON.parse(role.trust_principals ?? '{}') as PrincipalIds;
  const trustPolicy = bindPolicy(parseTrustPolicy(role.trust_policy ?? ''), principalIds);
  const facts: AskedOfSession = {
    ...asked,
    roleTags: JSON.parse(role.tags) as Readonly<Record<string, string>>,
    roleAccountId: role.account_id,
    ...(ctx.webIdentity && {
      claims: ctx.webIdentity.claims,
      federatedProvider: ctx.webIdentity.providerArn,
    }),
  };
  const decisions: DecisionNote[] = [];
  for (const one of actions) {
    const request = {
      principal: ctx.principal,
      authority: ctx.authority,
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
    requireAllow(decision, decisions);
  }
  return proceedAfter(decisions, proceed);
};

/** A role that is not there, in the words for one that may not be assumed. */
export const unassumable: Policies['unassumable'] = (ctx, action, roleArn) =>
  new KmsError('AccessDeniedException', assumptionDenied(ctx.principal, action, roleArn));

export const requireSessionPolicies: Policies['requireSessionPolicies'] = async (ctx, accountId, bounds) => {
  if (bounds.policy !== undefined) parseIdentityPolicy(bounds.policy);
  for (const arn of bounds.policyArns ?? []) {
    if (awsManagedPolicies.has(arn)) continue;
    const policy = await ctx.store.findManagedPolicy(arn);
    if (policy?.account_id !== accountId) {
      throw new KmsError('MalformedPolicyDocumentException', `Policy ${arn} does not exist in the role's account.`);
    }
  }
};
