/** The `Policies` port of operations, wired to auth: what a key may carry as its policy, and who may do the rest. */
import { compiledKeyPolicy } from '@keystead/policy/key-policies.ts';
import { lockoutCheck } from '@keystead/policy/lockout.ts';
import { parseIdentityPolicy, parseTrustPolicy, principalsNamed } from '@keystead/policy/policy.ts';
import { type PrincipalIds, renamePrincipals } from '@keystead/policy/policy-principals.ts';
import { assumedRoleArn, type PrincipalReference, rootArn } from '@keystead/provider-schema/arn.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { AcceptedPolicy, Context, Policies } from '../context/context.ts';
import { requireAssumption, requireSessionPolicies, unassumable } from './assume.ts';
import { requireAllowed, requireRetirement } from './permit.ts';
import { simulate } from './simulate.ts';

export const policies: Policies = {
  async requireAcceptable(ctx, document, key) {
    const policy = compiledKeyPolicy(document);
    const accepted = { policy: document, policy_principals: await idsOf(ctx, principalsNamed(policy)) };
    if (!key.bypassLockoutSafetyCheck) lockoutCheck(policy, ctx.principal, key.arn);
    return accepted satisfies AcceptedPolicy;
  },

  async describe(ctx, { policy, policy_principals }) {
    const names: Record<string, string> = {};
    for (const [arn, id] of Object.entries(JSON.parse(policy_principals) as PrincipalIds)) {
      const now = await nameOf(ctx, id, arn);
      if (now !== arn) names[arn] = now;
    }
    return Object.keys(names).length === 0 ? policy : renamePrincipals(policy, names);
  },

  requireIdentityPolicy(document) {
    parseIdentityPolicy(document);
  },

  async requireTrustPolicy(ctx, document) {
    return { policy: document, policy_principals: await idsOf(ctx, principalsNamed(parseTrustPolicy(document))) };
  },

  identify,
  nameOf,
  requireAllowed,
  requireRetirement,
  simulate,
  requireAssumption,
  unassumable,
  requireSessionPolicies,
};

/** @throws KmsError MalformedPolicyDocumentException when one does not exist */
async function idsOf(ctx: Context, named: readonly PrincipalReference[]): Promise<string> {
  const ids: Record<string, string> = {};
  for (const one of named) {
    if (!('arn' in one) || Object.hasOwn(ids, one.arn)) continue;
    const id = await identify(ctx, one);
    if (id === undefined) throw new KmsError('MalformedPolicyDocumentException', messages.invalidPrincipals);
    if (id !== one.arn) ids[one.arn] = id;
  }
  return JSON.stringify(ids);
}

/**
 * Users and roles of an account that lives here must exist. Principals that are managed elsewhere, and federated users,
 * whom nothing here makes, cannot be checked: their ARN is all there is.
 */
async function identify(ctx: Context, named: PrincipalReference): Promise<string | undefined> {
  if (named.kind === 'unique-id') return named.principalId;
  if (named.kind === 'account') return rootArn(named.accountId, ctx.region);
  if (named.kind === 'federated-user' || !(await ctx.store.findAccount(named.accountId))) return named.arn;
  if (named.kind !== 'assumed-role') return (await ctx.store.findPrincipal(named.arn))?.principal_id;
  const [roleName = '', sessionName] = sessionParts(named.arn);
  const role = await ctx.store.findPrincipalNamed(named.accountId, 'role', roleName);
  return role?.name === roleName ? `${role.principal_id}:${sessionName}` : undefined;
}

async function nameOf(ctx: Context, id: string, arn: string): Promise<string> {
  if (id === arn) return arn;
  const [principalId = '', sessionName] = id.split(':');
  const known = (await ctx.store.findPrincipalById(principalId))?.principal;
  if (!known) return principalId;
  return sessionName === undefined ? known.arn : assumedRoleArn(known.arn, known.name, sessionName);
}

const sessionParts = (arn: string) => arn.slice(arn.indexOf('/') + 1).split('/');
