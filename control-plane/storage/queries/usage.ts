/** Queries over keys' last uses, and over how far the audit log has been read for them. */
import { sql } from 'kysely';
import type { StoreReader } from '../port/store.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';

type UsageQueries = Pick<
  StoreReader,
  'findKeyUsage' | 'listKeyUsages' | 'listChainsToReadForUsage' | 'findUnreadForUsageSince'
>;

export function usageQueries(db: QueryBuilder, run: RunQuery): UsageQueries {
  const usage = prepare((key: { accountId: string; region: string; keyId: string }) =>
    db
      .selectFrom('key_usage')
      .selectAll()
      .where('account_id', '=', key.accountId)
      .where('region', '=', key.region)
      .where('key_id', '=', key.keyId),
  );
  const chains = prepare((due: { readBeforeMs: number; limit: number }) =>
    db
      .selectFrom('audit_chains')
      .leftJoin('usage_marks', 'usage_marks.chain_id', 'audit_chains.chain_id')
      .select([
        'audit_chains.chain_id',
        'usage_marks.sequence as mark_sequence',
        'usage_marks.revision as mark_revision',
      ])
      .where((eb) => eb('audit_chains.last_sequence', '>', eb.fn.coalesce('usage_marks.sequence', eb.lit(0))))
      .where((eb) => eb(eb.fn.coalesce('usage_marks.read_at_ms', eb.lit(0)), '<=', due.readBeforeMs))
      .orderBy('audit_chains.chain_id')
      .limit(due.limit),
  );
  const unread = prepare(() =>
    db
      .selectFrom('audit_chains')
      .leftJoin('usage_marks', 'usage_marks.chain_id', 'audit_chains.chain_id')
      .innerJoin('audit_log', (join) =>
        join
          .onRef('audit_log.chain_id', '=', 'audit_chains.chain_id')
          .on('audit_log.sequence', '=', sql<number>`coalesce(usage_marks.sequence, 0) + 1`),
      )
      .select((eb) => eb.fn.min('audit_log.at_ms').as('since_ms')),
  );
  return {
    findUnreadForUsageSince: async () => (await run(unread({})))[0]?.since_ms ?? undefined,
    findKeyUsage: async (accountId, region, keyId) => (await run(usage({ accountId, region, keyId })))[0],
    listKeyUsages: async (accountId, region, keyIds) => {
      const rows = await run(
        db
          .selectFrom('keys')
          .leftJoin('key_usage', (join) =>
            join
              .onRef('key_usage.account_id', '=', 'keys.account_id')
              .onRef('key_usage.region', '=', 'keys.region')
              .onRef('key_usage.key_id', '=', 'keys.key_id'),
          )
          .select(['keys.key_id', 'keys.created_at_ms', 'key_usage.used_at_ms', 'key_usage.revision'])
          .where('keys.account_id', '=', accountId)
          .where('keys.region', '=', region)
          .where('keys.key_id', 'in', [...keyIds])
          .compile(),
      );
      return rows.map(({ key_id: keyId, created_at_ms: createdAtMs, used_at_ms: usedAtMs, revision }) => ({
        keyId,
        createdAtMs,
        ...(usedAtMs !== null && revision !== null && { known: { usedAtMs, revision } }),
      }));
    },
    listChainsToReadForUsage: async (readBeforeMs, limit) =>
      (await run(chains({ readBeforeMs, limit }))).map((row) => ({
        chainId: row.chain_id,
        ...(row.mark_sequence !== null &&
          row.mark_revision !== null && { mark: { sequence: row.mark_sequence, revision: row.mark_revision } }),
      })),
  };
}
