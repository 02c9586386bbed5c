/** Queries over accounts. */
import type { AccountReader } from '../../port/identities/accounts.ts';
import { pageOf } from '../../port/page.ts';
import { prepare, type RunQuery } from '../prepared.ts';
import type { QueryBuilder } from '../schema.ts';

export function accountQueries(db: QueryBuilder, run: RunQuery): AccountReader {
  const byId = prepare((of: { accountId: string }) =>
    db.selectFrom('accounts').selectAll().where('account_id', '=', of.accountId),
  );
  const inOrganizations = prepare(() =>
    db.selectFrom('accounts').selectAll().where('organization_id', 'is not', null).orderBy('account_id'),
  );
  const alias = prepare((of: { alias: string }) =>
    db.selectFrom('account_aliases').selectAll().where('alias', '=', of.alias),
  );
  const aliasOf = prepare((of: { accountId: string }) =>
    db.selectFrom('account_aliases').selectAll().where('account_id', '=', of.accountId),
  );
  return {
    findAccount: async (accountId) => (await run(byId({ accountId })))[0],
    listAccounts: async ({ after = '', limit }) => {
      const rows = db.selectFrom('accounts').selectAll().where('account_id', '>', after).orderBy('account_id');
      return pageOf(await run(rows.limit(limit + 1).compile()), limit);
    },
    listAccountsInOrganizations: () => run(inOrganizations({})),
    findAccountAlias: async (name) => (await run(alias({ alias: name })))[0],
    findAliasOfAccount: async (accountId) => (await run(aliasOf({ accountId })))[0],
  };
}
