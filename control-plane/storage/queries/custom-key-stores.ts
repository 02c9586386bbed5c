/** Queries over custom key stores. */
import type { CustomKeyStoreReader } from '../port/custom-key-stores.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';

export function customKeyStoreQueries(db: QueryBuilder, run: RunQuery): CustomKeyStoreReader {
  const all = () => db.selectFrom('custom_key_stores').selectAll();
  const byId = prepare((of: { accountId: string; region: string; keyStoreId: string }) =>
    all()
      .where('account_id', '=', of.accountId)
      .where('region', '=', of.region)
      .where('custom_key_store_id', '=', of.keyStoreId),
  );
  const inRegion = prepare((of: { accountId: string; region: string }) =>
    all().where('account_id', '=', of.accountId).where('region', '=', of.region).orderBy('custom_key_store_id'),
  );
  const inTransition = prepare((of: { limit: number }) =>
    all()
      .where('connection_state', 'in', ['CONNECTING', 'DISCONNECTING'])
      .orderBy('account_id')
      .orderBy('region')
      .orderBy('custom_key_store_id')
      .limit(of.limit),
  );

  return {
    findCustomKeyStore: async (accountId, region, keyStoreId) =>
      (await run(byId({ accountId, region, keyStoreId })))[0],
    listCustomKeyStores: (accountId, region) => run(inRegion({ accountId, region })),
    listCustomKeyStoresOn: (backing) => {
      const query = all()
        .where((row) => row.and(backing))
        .orderBy('custom_key_store_id');
      return run(query.compile());
    },
    listCustomKeyStoresInTransition: (limit) => run(inTransition({ limit })),
    hasKeyInKeyStore: async (accountId, keyStoreId, xksKeyId) => {
      const query = db
        .selectFrom('key_sets')
        .select('key_id')
        .where('account_id', '=', accountId)
        .where('custom_key_store_id', '=', keyStoreId)
        .$if(xksKeyId !== undefined, (keys) => keys.where('xks_key_id', '=', xksKeyId ?? ''))
        .limit(1);
      return (await run(query.compile())).length > 0;
    },
  };
}
