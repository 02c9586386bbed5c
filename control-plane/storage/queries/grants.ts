/** Queries over grants. */
import type { GrantReader } from '../port/grants.ts';
import { pageOf } from '../port/page.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';

interface KeyOf {
  readonly accountId: string;
  readonly region: string;
  readonly keyId: string;
}

export function grantQueries(db: QueryBuilder, run: RunQuery): GrantReader {
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
  // A caller matches few grantee ids: its unique id, ARN, role and account. Ordered like the index, so that a key with
  // many grants is not scanned.
  const toAny = prepare((of: KeyOf & { a: string; b: string; c: string; d: string; e: string; rows: number }) =>
    onKey(of)
      .selectAll()
      .where('grantee_id', 'in', [of.a, of.b, of.c, of.d, of.e])
      .orderBy('grantee_id')
      .orderBy('grant_id')
      .limit(of.rows),
  );
  const toOne = prepare((of: KeyOf & { granteeId: string; after: string; rows: number }) =>
    onKey(of)
      .selectAll()
      .where('grantee_id', '=', of.granteeId)
      .where('grant_id', '>', of.after)
      .orderBy('grant_id')
      .limit(of.rows),
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
    listGrantsForGrantees: async (accountId, region, keyId, granteeIds, limit) => {
      const [a, b = a, c = a, d = a, e = a, ...more] = granteeIds;
      if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined) {
        return pageOf([], limit);
      }
      if (more.length > 0) throw new RangeError('at most five grantee ids');
      return pageOf(await run(toAny({ accountId, region, keyId, a, b, c, d, e, rows: limit + 1 })), limit);
    },
    listGrantsForGrantee: async (accountId, region, keyId, granteeId, { after = '', limit }) =>
      pageOf(await run(toOne({ accountId, region, keyId, granteeId, after, rows: limit + 1 })), limit),
    findGrantsByName: (accountId, region, keyId, name) => run(byName({ accountId, region, keyId, name })),
    listRetirableGrants: async (region, retiringId, { onKeysOf, after = '', limit }) => {
      const query = db
        .selectFrom('grants')
        .selectAll()
        .where('region', '=', region)
        .where('retiring_id', '=', retiringId)
        .$if(onKeysOf !== undefined, (all) => all.where('account_id', '=', onKeysOf ?? ''))
        .where('grant_id', '>', after)
        .orderBy('grant_id')
        .limit(limit + 1);
      return pageOf(await run(query.compile()), limit);
    },
    countGrants: async (accountId, region, keyId) => (await run(count({ accountId, region, keyId })))[0]?.count ?? 0,
  };
}
