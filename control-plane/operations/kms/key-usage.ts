/** When a key was last used. Source: AWS KMS API reference, GetKeyLastUsage. */
import type { KeyLastUsageData } from '@keystead/provider-schema/generated/types.ts';
import type { Context } from '../../context/context.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import type { AuditRecord } from '../../domain/audit/audit-record.ts';
import { isUseOf, type KeyUse, usesIn } from '../../domain/keys/key-usage.ts';
import { type UseByPrincipal, type UseFacts, usersIn } from '../../domain/keys/key-users.ts';
import type { KeyUserRow } from '../../storage/port/tables.ts';
import { type Implementation, resolvedKey } from '../shared/implementation.ts';

/** Records reach the log in the order of their commits, not of their times. A later one can be older by this much. */
const DISORDER_MS = 120_000;
/** If a key had more events than this since the job last read the log, older uses show after its next run. */
const UNREAD_EVENTS_LOOKED_AT = 1000;
/** A request can ask who used each of a hundred keys. */
const UNREAD_EVENTS_LOOKED_AT_FOR_USERS = 200;
/** Principals and actions; a key with more of them is used by a whole company. */
const USERS_LOOKED_AT = 500;

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

/**
 * The last use by each principal for each action, the latest first; as far as the audit log goes back, and with the
 * records that the job has not read yet.
 */
export async function usersOf(ctx: Pick<Context, 'store'>, key: ResolvedKey): Promise<readonly UseByPrincipal[]> {
  const { account_id, region, key_id, created_at_ms: createdAtMs } = key.regional;
  const query = { sinceMs: 0, limit: USERS_LOOKED_AT };
  const rows = await ctx.store.listKeyUsers(account_id, region, key_id, query);
  const unread = await unreadRecords(ctx, key, UNREAD_EVENTS_LOOKED_AT_FOR_USERS);
  const ofKey = unread.flatMap(usersIn).filter(({ keyId }) => keyId === key_id);
  const latest = new Map<string, UseByPrincipal>();
  for (const use of [...rows.map(storedUse), ...ofKey].filter((one) => isUseOf(one, { createdAtMs }))) {
    const name = `${use.principalId}/${use.action}`;
    if (use.usedAtMs >= (latest.get(name)?.usedAtMs ?? 0)) latest.set(name, use);
  }
  return [...latest.values()].sort((a, b) => b.usedAtMs - a.usedAtMs);
}

const storedUse = (row: KeyUserRow): UseByPrincipal => ({
  accountId: row.account_id,
  region: row.region,
  keyId: row.key_id,
  principalId: row.principal_id,
  principalAccountId: row.principal_account_id,
  action: row.action,
  usedAtMs: row.used_at_ms,
  eventId: row.event_id,
  facts: JSON.parse(row.facts_json) as UseFacts,
});

async function unreadRecords(
  { store }: Pick<Context, 'store'>,
  key: ResolvedKey,
  limit: number,
): Promise<readonly AuditRecord[]> {
  const sinceMs = await store.findUnreadForUsageSince();
  if (sinceMs === undefined) return [];
  const { account_id: accountId, region } = key.regional;
  const fromMs = sinceMs - DISORDER_MS;
  return (await store.lookupAudit({ accountId, region, resourceArn: key.arn, fromMs, limit })).records;
}

async function unreadUse(ctx: Pick<Context, 'store'>, key: ResolvedKey): Promise<LastUse | undefined> {
  for (const record of await unreadRecords(ctx, key, UNREAD_EVENTS_LOOKED_AT)) {
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
