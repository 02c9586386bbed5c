/** The change log. The operation is Keystead's own. */

import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { pageSize } from '@keystead/provider-schema/limits.ts';
import type { changesOperations } from '@keystead/provider-schema/operations/keystead/changes.ts';
import type { Context } from '../../context/context.ts';
import type { Implementation, Implementations } from '../shared/implementation.ts';
import { lastAccepted, requireOwnChanges } from './own-changes.ts';

/** Lists the changes of the account in every Region, so that a follower needs only one cursor. */
const listChanges: Implementation<'ListChanges'> = {
  async run(ctx, input) {
    const after = input.After ?? 0;
    const limit = pageSize('ListChanges', input.Limit);
    const resourceTypes = input.ResourceTypes;
    const query = { accountId: ctx.accountId, after, limit, ...defined({ resourceTypes }) };
    const rows = input.Newest ? await ctx.store.newestChange(ctx.accountId) : (await ctx.store.listChanges(query)).rows;
    const Changes = rows.map((row) => ({
      Sequence: row.sequence,
      Time: new Date(row.atMs),
      AccountId: row.accountId,
      Region: row.region,
      ResourceType: row.resourceType,
      ResourceId: row.resourceId,
      KeyId: row.keyId,
      Kind: row.kind,
      EventName: row.eventName,
      RequestId: row.requestId,
      EventId: row.eventId,
    }));
    return { output: { Changes, NextSequence: rows.at(-1)?.sequence ?? after } };
  },
};

/**
 * The record of this request in the audit log is all that is kept: it is in a hash chain that the control plane signs.
 * A sequence number that does not exist yet would accept changes that nobody has seen.
 */
const acceptChanges: Implementation<'AcceptChanges'> = {
  async run(ctx, { Sequence }) {
    await requireChange(ctx, Sequence);
    return { output: undefined };
  },
};

/** The same, for a caller that must not accept what others did. */
const acceptOwnChanges: Implementation<'AcceptOwnChanges'> = {
  async run(ctx, { Baseline, Sequence }) {
    await requireChange(ctx, Sequence);
    await requireOwnChanges(ctx, await lastAccepted(ctx, Baseline), Sequence);
    return { output: undefined };
  },
};

/**
 * A position that the change log does not have yet would claim to have seen what nobody has made.
 * @throws KmsError ValidationException
 */
export async function requireChange(ctx: Context, sequence: number): Promise<void> {
  if (sequence === 0) return;
  const { rows } = await ctx.store.listChanges({ accountId: ctx.accountId, after: sequence - 1, limit: 1 });
  if (rows[0]?.sequence === sequence) return;
  throw new KmsError(
    'ValidationException',
    `There is no change ${sequence} in this account: name one that ListChanges shows.`,
  );
}

export const changesFunctions: Implementations<typeof changesOperations> = {
  AcceptChanges: acceptChanges,
  AcceptOwnChanges: acceptOwnChanges,
  ListChanges: listChanges,
};
