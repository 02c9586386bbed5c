/**
 * Decisions about keys that a request names in a list, each for itself: what the caller may not see of one key is left
 * out, and the others are answered.
 */
import type { DecisionNote } from '@keystead/policy/decision.ts';
import { renew } from '@keystead/policy/effort.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../context/context.ts';
import type { ResolvedKey } from '../context/resolved-key.ts';
import { parseKeyRef } from '../domain/identifiers/key-ref.ts';
import { askAboutAccount, askAboutKey } from './permit.ts';
import { resolveNamed } from './resolve.ts';

/** What was decided, and the first action that is denied; undefined: all are allowed. */
export interface ListedPermission {
  readonly denied: string | undefined;
  readonly decisions: readonly DecisionNote[];
}

/**
 * A key of the caller's account and Region. A key of another account has one answer, whether it exists or not.
 * @returns why there is none for the caller
 */
export async function findListedKey(ctx: Context, keyId: string): Promise<ResolvedKey | 'AccessDenied' | 'NotFound'> {
  try {
    return await resolveNamed(ctx, { action: 'kms:DescribeKey', crossAccount: false }, parseKeyRef(keyId, 'key'));
  } catch (error) {
    if (!(error instanceof KmsError)) throw error;
    return error.code === 'AccessDeniedException' ? 'AccessDenied' : 'NotFound';
  }
}

/** Whether the caller is allowed all these actions on the key. The list of a request can be long: each key has the whole effort. */
export async function permissionOn(
  ctx: Context,
  key: ResolvedKey,
  actions: readonly string[],
): Promise<ListedPermission> {
  renew(ctx.effort);
  const decisions: DecisionNote[] = [];
  for (const action of actions) {
    const { decision, note } = await askAboutKey(ctx, action, key);
    decisions.push(note);
    if (!decision.allowed) return { denied: action, decisions };
  }
  return { denied: undefined, decisions };
}

/** The same for an action on the caller's account. */
export function permissionInAccount(ctx: Context, action: string): ListedPermission {
  renew(ctx.effort);
  const { decision, note } = askAboutAccount(ctx, action);
  return { denied: decision.allowed ? undefined : action, decisions: [note] };
}
