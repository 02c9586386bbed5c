/** The key policy that a new key begins with, and warnings about the policy that a caller gives a key. */
import { keyPolicyFindings } from '../../authorization/organizations.ts';
import { type AcceptedPolicy, requireKeyPolicy } from '../../authorization/policy-documents.ts';
import type { Context } from '../../context/context.ts';
import type { Outcome } from '../../context/outcome.ts';
import { defaultKeyPolicy } from '../../domain/keys/default-policy.ts';

/** @returns the given policy after its checks, or the default policy. */
export async function acceptedPolicy(
  ctx: Context,
  input: { readonly Policy?: string | undefined; readonly BypassPolicyLockoutSafetyCheck?: boolean | undefined },
  key: { readonly arn: string; readonly accountId: string; readonly region: string },
): Promise<AcceptedPolicy> {
  if (input.Policy === undefined) {
    return { policy: defaultKeyPolicy(key.accountId, key.region), policy_principals: '{}' };
  }
  return requireKeyPolicy(ctx, input.Policy, {
    arn: key.arn,
    accountId: key.accountId,
    bypassLockoutSafetyCheck: input.BypassPolicyLockoutSafetyCheck === true,
  });
}

/** Warnings about the given policy, which is accepted: statements that cannot do what they say. */
export async function policyWarnings(
  ctx: Context,
  { Policy }: { readonly Policy?: string | undefined },
  keyAccountId: string,
): Promise<Pick<Outcome<unknown>, 'warnings'>> {
  const findings = Policy === undefined ? [] : await keyPolicyFindings(ctx, Policy, keyAccountId);
  return findings.length === 0 ? {} : { warnings: findings.map(({ text }) => text) };
}
