/** Queries over the uses of identity tokens. */
import type { TokenUseReader } from '../../port/identities/token-uses.ts';
import { prepare, type RunQuery } from '../prepared.ts';
import type { QueryBuilder } from '../schema.ts';

export function tokenUseQueries(db: QueryBuilder, run: RunQuery): TokenUseReader {
  const byDigest = prepare((of: { tokenDigest: string }) =>
    db.selectFrom('identity_token_uses').selectAll().where('token_digest', '=', of.tokenDigest),
  );
  const expired = prepare((of: { nowMs: number; limit: number }) =>
    db
      .selectFrom('identity_token_uses')
      .selectAll()
      .where('expires_at_ms', '<=', of.nowMs)
      .orderBy('expires_at_ms')
      .limit(of.limit),
  );
  return {
    findIdentityTokenUse: async (tokenDigest) => (await run(byDigest({ tokenDigest })))[0],
    listExpiredIdentityTokenUses: (nowMs, limit) => run(expired({ nowMs, limit })),
  };
}
