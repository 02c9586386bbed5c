/** Uses of a key as reviews tell them: by principal, with names of the key's own account alone. */
import { rootArn } from '@keystead/provider-schema/arn.ts';
import type { ChangeFinding, PrincipalUse } from '@keystead/provider-schema/generated/types.ts';
import type { Context } from '../../context/context.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import type { UseByPrincipal } from '../../domain/keys/key-users.ts';
import { lastUse } from '../kms/key-usage.ts';

const PRINCIPALS_SHOWN = 5;

/** The uses of the principals that used the key last, each principal once. @param uses at least one, the latest first */
export async function usesFinding(
  ctx: Context,
  Type: ChangeFinding['Type'],
  uses: readonly UseByPrincipal[],
): Promise<ChangeFinding> {
  const byPrincipal = [...Map.groupBy(uses, ({ principalId }) => principalId).values()];
  const Uses = await Promise.all(byPrincipal.slice(0, PRINCIPALS_SHOWN).map((ofOne) => principalUse(ctx, ofOne)));
  return { Type, Uses, Total: byPrincipal.length };
}

/**
 * The last use, however long ago; the principal is absent when the record that named it is pruned. undefined: never.
 * @param users the latest first
 */
export async function lastUseOf(
  ctx: Context,
  key: ResolvedKey,
  users: readonly UseByPrincipal[],
): Promise<PrincipalUse | undefined> {
  const last = await lastUse(ctx, key);
  if (!last) return undefined;
  const by = users.filter(({ eventId }) => eventId === last.eventId);
  if (by.length > 0) return principalUse(ctx, by);
  return { Actions: [`kms:${last.operation}`], LastUsedDate: new Date(last.usedAtMs) };
}

async function principalUse(ctx: Context, uses: readonly UseByPrincipal[]): Promise<PrincipalUse> {
  const [{ principalId = '', principalAccountId = '', usedAtMs = 0 } = {}] = uses;
  return {
    Principal: await nameOf(ctx, principalId, principalAccountId),
    AccountId: principalAccountId,
    Actions: uses.map(({ action }) => action),
    LastUsedDate: new Date(usedAtMs),
  };
}

/** As the owner's trail tells it: of another account only the unique id. */
async function nameOf(ctx: Context, principalId: string, accountId: string): Promise<string> {
  if (accountId !== ctx.accountId) return principalId;
  if (principalId === accountId) return rootArn(accountId, ctx.region);
  return (await ctx.store.findPrincipalById(principalId))?.principal.arn ?? principalId;
}
