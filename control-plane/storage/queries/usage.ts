/**
 * Queries over the last uses of keys and access keys, and over the progress of the search for them in the audit log.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { sql } from 'kysely';
import type { UsageReader } from '../port/usage.ts';
import { readLinks } from '../segments/format.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';

type OfKeys = 'findKeyUsage' | 'listKeyUsages';
type OfKeyUsers = 'listKeyUsers' | 'listKeyUsersAmong';
type OfAccessKeys = 'findAccessKeyUsage' | 'listAccessKeyUsages';

export function usageQueries(db: QueryBuilder, run: RunQuery): UsageReader {
  return { ...ofKeys(db, run), ...ofKeyUsers(db, run), ...ofAccessKeys(db, run), ...progress(db, run) };
}

function ofKeys(db: QueryBuilder, run: RunQuery): Pick<UsageReader, OfKeys> {
  const byId = prepare((key: { accountId: string; region: string; keyId: string }) =>
    db
      .selectFrom('key_usage')
      .selectAll()
      .where('account_id', '=', key.accountId)
      .where('region', '=', key.region)
      .where('key_id', '=', key.keyId),
  );
  return {
    findKeyUsage: async (accountId, region, keyId) => (await run(byId({ accountId, region, keyId })))[0],
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
  };
}

function ofKeyUsers(db: QueryBuilder, run: RunQuery): Pick<UsageReader, OfKeyUsers> {
  const latest = prepare((of: { accountId: string; region: string; keyId: string; sinceMs: number; rows: number }) =>
    db
      .selectFrom('key_users')
      .selectAll()
      .where('account_id', '=', of.accountId)
      .where('region', '=', of.region)
      .where('key_id', '=', of.keyId)
      .where('used_at_ms', '>=', of.sinceMs)
      .orderBy('used_at_ms', 'desc')
      .orderBy('principal_id')
      .orderBy('action')
      .limit(of.rows),
  );
  return {
    listKeyUsers: (accountId, region, keyId, { sinceMs, limit }) =>
      run(latest({ accountId, region, keyId, sinceMs, rows: limit })),
    listKeyUsersAmong: (accountId, region, keyIds, principalIds) =>
      run(
        db
          .selectFrom('key_users')
          .selectAll()
          .where('account_id', '=', accountId)
          .where('region', '=', region)
          .where('key_id', 'in', [...keyIds])
          .where('principal_id', 'in', [...principalIds])
          .compile(),
      ),
  };
}

function ofAccessKeys(db: QueryBuilder, run: RunQuery): Pick<UsageReader, OfAccessKeys> {
  const byId = prepare((of: { accessKeyId: string }) =>
    db.selectFrom('access_key_usage').selectAll().where('access_key_id', '=', of.accessKeyId),
  );
  return {
    findAccessKeyUsage: async (accessKeyId) => (await run(byId({ accessKeyId })))[0],
    listAccessKeyUsages: async (accessKeyIds) => {
      if (accessKeyIds.length === 0) return [];
      const ids = [...accessKeyIds];
      const keys = db.selectFrom('access_keys').select('access_key_id').where('access_key_id', 'in', ids);
      const usages = db.selectFrom('access_key_usage').selectAll().where('access_key_id', 'in', ids);
      const known = new Map((await run(usages.compile())).map((row) => [row.access_key_id, row]));
      return (await run(keys.compile())).map(({ access_key_id: accessKeyId }) => {
        const usage = known.get(accessKeyId);
        return { accessKeyId, ...defined({ known: usage }) };
      });
    },
  };
}

const firstUnreadSegment = sql<number>`(
  select min(s.last_sequence) from audit_segments s
  where s.chain_id = audit_chains.chain_id and s.last_sequence > coalesce(usage_marks.sequence, 0)
)`;

function progress(db: QueryBuilder, run: RunQuery): Omit<UsageReader, OfKeys | OfKeyUsers | OfAccessKeys> {
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
  const unreadSegments = prepare(() =>
    db
      .selectFrom('audit_chains')
      .leftJoin('usage_marks', 'usage_marks.chain_id', 'audit_chains.chain_id')
      .innerJoin('audit_segments', (join) =>
        join
          .onRef('audit_segments.chain_id', '=', 'audit_chains.chain_id')
          .on('audit_segments.last_sequence', '=', firstUnreadSegment),
      )
      .select(['audit_segments.first_sequence', 'audit_segments.from_ms', 'audit_segments.links'])
      .select(sql<number>`coalesce(usage_marks.sequence, 0)`.as('mark'))
      .where(sql<boolean>`audit_chains.last_sequence > coalesce(usage_marks.sequence, 0)`),
  );
  return {
    listChainsToReadForUsage: async (readBeforeMs, limit) =>
      (await run(chains({ readBeforeMs, limit }))).map((row) => ({
        chainId: row.chain_id,
        ...(row.mark_sequence !== null &&
          row.mark_revision !== null && { mark: { sequence: row.mark_sequence, revision: row.mark_revision } }),
      })),
    findUnreadForUsageSince: async () => {
      const [row] = await run(unread({}));
      const times = (await run(unreadSegments({}))).map((segment) => {
        return readLinks(segment).find(({ sequence }) => sequence > segment.mark)?.atMs;
      });
      const known = [row?.since_ms, ...times].filter((time) => typeof time === 'number');
      return known.length === 0 ? undefined : Math.min(...known);
    },
  };
}
