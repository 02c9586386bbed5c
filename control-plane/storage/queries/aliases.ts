/** Queries over aliases. */
import type { AliasReader } from '../port/aliases.ts';
import { pageOf } from '../port/page.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';

export function aliasQueries(db: QueryBuilder, run: RunQuery): AliasReader {
  const inRegion = (of: { accountId: string; region: string }) =>
    db.selectFrom('aliases').where('account_id', '=', of.accountId).where('region', '=', of.region);

  const byName = prepare((alias: { accountId: string; region: string; aliasName: string }) =>
    inRegion(alias).selectAll().where('alias_name', '=', alias.aliasName),
  );
  const count = prepare((of: { accountId: string; region: string; keyId: string }) =>
    inRegion(of)
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('target_key_id', '=', of.keyId),
  );

  return {
    findAlias: async (accountId, region, aliasName) => (await run(byName({ accountId, region, aliasName })))[0],
    listAliases: async (accountId, region, { keyId, after = '', limit }) => {
      const query = inRegion({ accountId, region })
        .selectAll()
        .$if(keyId !== undefined, (all) => all.where('target_key_id', '=', keyId ?? ''))
        .where('alias_name', '>', after)
        .orderBy('alias_name')
        .limit(limit + 1);
      return pageOf(await run(query.compile()), limit);
    },
    countAliases: async (accountId, region, keyId) => (await run(count({ accountId, region, keyId })))[0]?.count ?? 0,
  };
}
