/** When a key was last used. Source: AWS KMS API reference, GetKeyLastUsage. */
import type { KeyLastUsageData } from '@keystead/provider-schema/generated/types.ts';
import type { Context } from '../../context/context.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { isUseOf, type KeyUse, usesIn } from '../../domain/keys/key-usage.ts';
import { type Implementation, resolvedKey } from '../shared/implementation.ts';

/** Records reach the log in the order of their commits, not of their times. A later one can be older by this much. */
const DISORDER_MS = 120_000;
/** If a key had more events than this since the job last read the log, older uses show after its next run. */
const UNREAD_EVENTS_LOOKED_AT = 1000;

/** The audit log goes back to the installation's first day, so every key is tracked from its creation. */
export const getKeyLastUsage: Implementation<'GetKeyLastUsage'> = {
  async run(ctx, _input, keys) {
    const key = resolvedKey(keys);
    const created = new Date(key.regional.created_at_ms);
    const use = await lastUse(ctx, key);
    return {
      output: {
        KeyId: key.regional.key_id,
        KeyCreationDate: created,
        TrackingStartDate: created,
        KeyLastUsage: use === undefined ? {} : usageData(use),
      },
    };
  },
};

type LastUse = Pick<KeyUse, 'operation' | 'usedAtMs' | 'eventId' | 'requestId'>;

/** The use that the job has stored, or a later one among the records that the job has not read yet. */
export async function lastUse(ctx: Pick<Context, 'store'>, key: ResolvedKey): Promise<LastUse | undefined> {
  const { account_id: accountId, region, key_id: keyId, created_at_ms: createdAtMs } = key.regional;
  const [row, unread] = await Promise.all([ctx.store.findKeyUsage(accountId, region, keyId), unreadUse(ctx, key)]);
  const stored = row && {
    operation: row.operation,
    usedAtMs: row.used_at_ms,
    eventId: row.event_id,
    requestId: row.request_id,
  };
  const [last] = [stored, unread]
    .filter((use) => use !== undefined)
    .filter((use) => isUseOf(use, { createdAtMs }))
    .sort((a, b) => b.usedAtMs - a.usedAtMs);
  return last;
}

async function unreadUse({ store }: Pick<Context, 'store'>, key: ResolvedKey): Promise<LastUse | undefined> {
  const sinceMs = await store.findUnreadForUsageSince();
  if (sinceMs === undefined) return undefined;
  const { account_id: accountId, region } = key.regional;
  const { records } = await store.lookupAudit({
    accountId,
    region,
    resourceArn: key.arn,
    fromMs: sinceMs - DISORDER_MS,
    limit: UNREAD_EVENTS_LOOKED_AT,
  });
  for (const record of records) {
    const use = usesIn(record).find(({ keyId }) => keyId === key.regional.key_id);
    if (use) return use;
  }
  return undefined;
}

function usageData({ operation, usedAtMs, eventId, requestId }: LastUse): KeyLastUsageData {
  return {
    Operation: operation,
    Timestamp: new Date(usedAtMs),
    CloudTrailEventId: eventId,
    KmsRequestId: requestId,
  };
}
