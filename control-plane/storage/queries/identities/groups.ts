/** Queries over groups and their members. */
import type { GroupReader } from '../../port/identities/groups.ts';
import { pageOf } from '../../port/page.ts';
import { namePage } from '../name-page.ts';
import { prepare, type RunQuery } from '../prepared.ts';
import type { QueryBuilder } from '../schema.ts';

export function groupQueries(db: QueryBuilder, run: RunQuery): GroupReader {
  const inAccount = (accountId: string) => db.selectFrom('groups').where('account_id', '=', accountId);
  const named = prepare((of: { accountId: string; nameKey: string }) =>
    inAccount(of.accountId).selectAll().where('name_key', '=', of.nameKey),
  );
  const count = prepare((of: { accountId: string }) =>
    inAccount(of.accountId).select((eb) => eb.fn.countAll<number>().as('count')),
  );
  const ofPrincipal = prepare((of: { principalId: string }) =>
    db
      .selectFrom('group_members')
      .innerJoin('groups', 'groups.group_id', 'group_members.group_id')
      .selectAll('groups')
      .where('group_members.principal_id', '=', of.principalId)
      .orderBy('groups.name_key'),
  );
  return {
    findGroupNamed: async (accountId, name) => (await run(named({ accountId, nameKey: name.toLowerCase() })))[0],
    listGroups: async (accountId, page) =>
      pageOf(await run(namePage(inAccount(accountId).selectAll(), 'groups', page).compile()), page.limit),
    countGroups: async (accountId) => (await run(count({ accountId })))[0]?.count ?? 0,
    listGroupMembers: async (groupId, page) => {
      const members = db
        .selectFrom('group_members')
        .innerJoin('principals', 'principals.principal_id', 'group_members.principal_id')
        .selectAll('principals')
        .where('group_members.group_id', '=', groupId);
      return pageOf(await run(namePage(members, 'principals', page).compile()), page.limit);
    },
    listGroupsOf: (principalId) => run(ofPrincipal({ principalId })),
  };
}
