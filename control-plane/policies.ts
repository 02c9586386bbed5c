/** The `Policies` port of operations, wired to auth: what a key may carry as its policy, and who may do the rest. */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { compiledKeyPolicy } from './auth/key-policies.ts';
import { lockoutCheck } from './auth/lockout.ts';
import { principalsNamed } from './auth/policy.ts';
import type { Context, Policies } from './context.ts';
import type { PrincipalReference } from './domain/arn.ts';
import { requireAllowed, requireRetirement } from './permit.ts';

export const policies: Policies = {
  async requireAcceptable(ctx, document, key) {
    const policy = compiledKeyPolicy(document);
    for (const named of principalsNamed(policy)) await requirePrincipalExists(ctx, named);
    if (!key.bypassLockoutSafetyCheck) lockoutCheck(policy, ctx.principal, key.arn);
  },
  requireAllowed,
  requireRetirement,
};

/**
 * Users of an account that lives here must exist. Principals that are managed elsewhere, or of a kind that is not
 * managed here yet, cannot be checked: they are accepted, and match no caller.
 */
async function requirePrincipalExists(ctx: Context, named: PrincipalReference): Promise<void> {
  if (named.kind !== 'user' || named.accountId !== ctx.accountId) return;
  if (!(await ctx.store.findPrincipal(named.arn))) {
    throw new KmsError('MalformedPolicyDocumentException', messages.invalidPrincipals);
  }
}
