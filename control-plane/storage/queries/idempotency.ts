/** Queries over stored answers. */
import type { IdempotencyReader } from '../port/idempotency.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';

export function idempotencyQueries(db: QueryBuilder, run: RunQuery): IdempotencyReader {
  const byKey = prepare((of: { accountId: string; principalId: string; idempotencyKey: string }) =>
    db
      .selectFrom('idempotency')
      .selectAll()
      .where('account_id', '=', of.accountId)
      .where('principal_id', '=', of.principalId)
      .where('idempotency_key', '=', of.idempotencyKey),
  );
  const expired = prepare((of: { nowMs: number; limit: number }) =>
    db
      .selectFrom('idempotency')
      .selectAll()
      .where('expires_at_ms', '<=', of.nowMs)
      .orderBy('expires_at_ms')
      .limit(of.limit),
  );
  return {
    findIdempotent: async (accountId, principalId, idempotencyKey) =>
      (await run(byKey({ accountId, principalId, idempotencyKey })))[0],
    listExpiredIdempotency: (nowMs, limit) => run(expired({ nowMs, limit })),
  };
}
