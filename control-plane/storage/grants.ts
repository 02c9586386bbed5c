/** Queries over grants. */
import { pageOf } from './paging.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';
import type { StoreReader } from './store.ts';

type GrantQueries = Pick<
  StoreReader,
  'findGrant' | 'listGrants' | 'listGrantsForPrincipals' | 'findGrantsByName' | 'listRetirableGrants' | 'countGrants'
>;

interface KeyOf {
  readonly accountId: string;
  readonly region: string;
  readonly keyId: string;
}

export function grantQueries(db: QueryBuilder, run: RunQuery): GrantQueries {
  const onKey = (key: KeyOf) =>
    db
      .selectFrom('grants')
      .where('account_id', '=', key.accountId)
      .where('region', '=', key.region)
      .where('key_id', '=', key.keyId);

  const byId = prepare((grant: KeyOf & { grantId: string }) =>
    onKey(grant).selectAll().where('grant_id', '=', grant.grantId),
  );
  const byName = prepare((grant: KeyOf & { name: string }) =>
    onKey(grant).selectAll().where('name', '=', grant.name).orderBy('grant_id'),
  );
  // Every authorization asks for two: the principal's own ARN and its account's root. In the index's order, so that a
  // key with many grants is not searched through.
  const forTwo = prepare((of: KeyOf & { first: string; second: string }) =>
    onKey(of)
      .selectAll()
      .where('grantee_principal', 'in', [of.first, of.second])
      .orderBy('grantee_principal')
      .orderBy('grant_id'),
  );
  const retirable = prepare((page: { region: string; retiringPrincipal: string; after: string; rows: number }) =>
    db
      .selectFrom('grants')
      .selectAll()
      .where('region', '=', page.region)
      .where('retiring_principal', '=', page.retiringPrincipal)
      .where('grant_id', '>', page.after)
      .orderBy('grant_id')
      .limit(page.rows),
  );
  const count = prepare((key: KeyOf) => onKey(key).select((eb) => eb.fn.countAll<number>().as('count')));

  return {
    findGrant: async (accountId, region, keyId, grantId) => (await run(byId({ accountId, region, keyId, grantId })))[0],
    listGrants: async (accountId, region, keyId, { granteePrincipal, after = '', limit }) => {
      const query = onKey({ accountId, region, keyId })
        .selectAll()
        .$if(granteePrincipal !== undefined, (all) => all.where('grantee_principal', '=', granteePrincipal ?? ''))
        .where('grant_id', '>', after)
        .orderBy('grant_id')
        .limit(limit + 1);
      return pageOf(await run(query.compile()), limit);
    },
    listGrantsForPrincipals: async (accountId, region, keyId, principals) => {
      const key = { accountId, region, keyId };
      const [first, second = first, ...others] = principals;
      if (first === undefined || second === undefined) return [];
      if (others.length === 0) return run(forTwo({ ...key, first, second }));
      const query = onKey(key)
        .selectAll()
        .where('grantee_principal', 'in', principals)
        .orderBy('grantee_principal')
        .orderBy('grant_id');
      return run(query.compile());
    },
    findGrantsByName: (accountId, region, keyId, name) => run(byName({ accountId, region, keyId, name })),
    listRetirableGrants: async (region, retiringPrincipal, { after = '', limit }) =>
      pageOf(await run(retirable({ region, retiringPrincipal, after, rows: limit + 1 })), limit),
    countGrants: async (accountId, region, keyId) => (await run(count({ accountId, region, keyId })))[0]?.count ?? 0,
  };
}
