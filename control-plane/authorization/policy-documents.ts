/** Policy documents of keys and identities: validated before they are stored, and shown with the current principals. */
import { countCompiled } from '@keystead/policy/effort.ts';
import { compiledKeyPolicy } from '@keystead/policy/key-policies.ts';
import { lockoutCheck } from '@keystead/policy/lockout.ts';
import { parseIdentityPolicy, parseTrustPolicy, principalsNamed } from '@keystead/policy/policy.ts';
import { type PrincipalIds, renamePrincipals } from '@keystead/policy/policy-principals.ts';
import type { PrincipalReference } from '@keystead/provider-schema/arn.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../context/context.ts';
import { currentArnOf, findPrincipalId } from './principal-ids.ts';

/** A key policy or trust policy as a row holds it. */
export interface AcceptedPolicy {
  readonly policy: string;
  /** JSON: ARN → unique id, see KeyRow. */
  readonly policy_principals: string;
}

/**
 * Refuses a document that cannot be a key's policy: it is not a key policy, is too large, names principals of the
 * account that do not exist or, unless bypassed, would not let the caller replace it.
 * @throws KmsError MalformedPolicyDocumentException, LimitExceededException, InvalidArnException
 */
export async function requireKeyPolicy(
  ctx: Context,
  document: string,
  key: { readonly arn: string; readonly accountId: string; readonly bypassLockoutSafetyCheck: boolean },
): Promise<AcceptedPolicy> {
  const policy = compiledKeyPolicy(document, undefined, ctx.effort, true);
  const accepted = { policy: document, policy_principals: await idsOf(ctx, principalsNamed(policy)) };
  if (!key.bypassLockoutSafetyCheck) lockoutCheck(policy, ctx, key.arn, ctx.effort);
  return accepted;
}

/**
 * Refuses a document that is not an identity policy (the policy of a user, group or role).
 * @throws KmsError MalformedPolicyDocumentException
 */
export function requireIdentityPolicy({ effort }: Pick<Context, 'effort'>, document: string): void {
  countCompiled(effort, document);
  parseIdentityPolicy(document);
}

/**
 * Refuses a document that cannot be a role's trust policy, or that names principals of the account that do not exist.
 * @throws KmsError MalformedPolicyDocumentException
 */
export async function requireTrustPolicy(ctx: Context, document: string): Promise<AcceptedPolicy> {
  countCompiled(ctx.effort, document);
  return { policy: document, policy_principals: await idsOf(ctx, principalsNamed(parseTrustPolicy(document))) };
}

/** The policy with the account's principals as they are now: a deleted one by its unique id, a renamed one by its ARN. */
export async function shownPolicy(ctx: Context, { policy, policy_principals }: AcceptedPolicy): Promise<string> {
  const names: Record<string, string> = {};
  for (const [arn, id] of Object.entries(JSON.parse(policy_principals) as PrincipalIds)) {
    const now = await currentArnOf(ctx, id, arn);
    if (now !== arn) names[arn] = now;
  }
  return Object.keys(names).length === 0 ? policy : renamePrincipals(policy, names);
}

/** @throws KmsError MalformedPolicyDocumentException when a principal of the account does not exist */
async function idsOf(ctx: Context, named: readonly PrincipalReference[]): Promise<string> {
  const ids: Record<string, string> = {};
  for (const one of named) {
    if (!('arn' in one) || Object.hasOwn(ids, one.arn)) continue;
    const id = await findPrincipalId(ctx, one);
    if (id === undefined) throw new KmsError('MalformedPolicyDocumentException', messages.invalidPrincipals);
    if (id !== one.arn) ids[one.arn] = id;
  }
  return JSON.stringify(ids);
}
