/**
 * Whether an identity token has opened a session before: the condition key keystead:IdentityTokenUse of trust policies.
 * Only tokens for roles that ask are recorded. The row is written with the session's audit record; of two requests at
 * once one inserts it, and the other runs again and finds it.
 */
import type { DecisionNote } from '@keystead/policy/decision.ts';
import type { CompiledPolicy } from '@keystead/policy/policy.ts';
import { IDENTITY_TOKEN_USE } from '@keystead/policy/trust.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { Context } from '../context/context.ts';
import { Refusal } from '../context/refusal.ts';
import type { Mutation } from '../storage/port/store.ts';
import type { PrincipalRow } from '../storage/port/tables.ts';

/** Never before; for the same role and session name; for another role or session name. */
export type TokenUse = 'first' | 'same-session' | 'other-session';

export const asksForTokenUse = ({ mentions }: CompiledPolicy): boolean => mentions.has(IDENTITY_TOKEN_USE);

/** undefined: the caller does not have an identity token. */
export async function findTokenUse(
  { store, webIdentity }: Pick<Context, 'store' | 'webIdentity'>,
  role: PrincipalRow,
  sessionName: string,
): Promise<TokenUse | undefined> {
  if (webIdentity === undefined) return undefined;
  const used = await store.findIdentityTokenUse(webIdentity.tokenDigest);
  if (used === undefined) return 'first';
  return used.role_id === role.principal_id && used.session_name === sessionName ? 'same-session' : 'other-session';
}

/** Kept until no server takes the token any more, also one whose clock is late. */
export function recordTokenUse(
  { webIdentity }: Pick<Context, 'webIdentity'>,
  role: PrincipalRow,
  sessionName: string,
): readonly Mutation[] {
  if (webIdentity === undefined) return [];
  const row = {
    token_digest: webIdentity.tokenDigest,
    role_id: role.principal_id,
    session_name: sessionName,
    expires_at_ms: webIdentity.expiresAtMs + limits.clockSkewInSeconds * 1000,
  };
  return [{ op: 'insert', table: 'identity_token_uses', row }];
}

/** The bearer of a valid token learns why, because a job whose token was stolen must see it. */
export function tokenUsedBefore(decisions: readonly DecisionNote[]): Refusal {
  const error = new KmsError(
    'InvalidIdentityTokenException',
    'The identity token has already opened a session, under another role or session name, or the role takes each ' +
      'token only once. Fetch a new one for each job, and set AWS_ROLE_SESSION_NAME to one name for all programs of ' +
      'the job. If nobody else should have had this token, it was stolen: the audit log shows its first use.',
  );
  return new Refusal(error, { decisions });
}
