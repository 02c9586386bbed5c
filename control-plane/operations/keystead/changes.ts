/** The change log. The operation is Keystead's own. */

import { pageSize } from '@keystead/provider-schema/limits.ts';
import type { changesOperations } from '@keystead/provider-schema/operations/keystead/changes.ts';
import type { Implementation, Implementations } from '../shared/implementation.ts';

/** Lists the changes of the account in every Region, so that a follower needs only one cursor. */
const listChanges: Implementation<'ListChanges'> = {
  async run(ctx, input) {
    const after = input.After ?? 0;
    const limit = pageSize('ListChanges', input.Limit);
    const { rows } = await ctx.store.listChanges({ accountId: ctx.accountId, after, limit });
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

export const changesFunctions: Implementations<typeof changesOperations> = {
  ListChanges: listChanges,
};
