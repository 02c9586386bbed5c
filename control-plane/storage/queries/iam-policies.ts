/** Queries over groups, managed and inline policies, what they are attached to, and OIDC providers. */
import type { Compilable } from 'kysely';
import type { StoreReader } from '../port/store.ts';
import { namePage } from './name-page.ts';
import { pageOf } from './paging.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';

type PolicyQueries = Pick<
  StoreReader,
  | 'findGroupNamed'
  | 'listGroups'
  | 'countGroups'
  | 'listGroupMembers'
  | 'listGroupsOf'
  | 'findManagedPolicy'
  | 'findManagedPolicyNamed'
  | 'listManagedPolicies'
  | 'countManagedPolicies'
  | 'listPolicyVersions'
  | 'listAttachments'
  | 'listAttachedEntities'
  | 'countAttachments'
  | 'countBoundaries'
  | 'listInlinePolicies'
  | 'findOidcProvider'
  | 'listOidcProviders'
>;

export function policyQueries(db: QueryBuilder, run: RunQuery): PolicyQueries {
  const groupsIn = (accountId: string) => db.selectFrom('groups').where('account_id', '=', accountId);
  const groupNamed = prepare((of: { accountId: string; nameKey: string }) =>
    groupsIn(of.accountId).selectAll().where('name_key', '=', of.nameKey),
  );
  const groupCount = prepare((of: { accountId: string }) =>
    groupsIn(of.accountId).select((eb) => eb.fn.countAll<number>().as('count')),
  );
  const groupsOf = prepare((of: { principalId: string }) =>
    db
      .selectFrom('group_members')
      .innerJoin('groups', 'groups.group_id', 'group_members.group_id')
      .selectAll('groups')
      .where('group_members.principal_id', '=', of.principalId)
      .orderBy('groups.name_key'),
  );
  const policiesIn = (accountId: string) => db.selectFrom('managed_policies').where('account_id', '=', accountId);
  const policy = prepare((of: { arn: string }) =>
    db.selectFrom('managed_policies').selectAll().where('arn', '=', of.arn),
  );
  const policyNamed = prepare((of: { accountId: string; nameKey: string }) =>
    policiesIn(of.accountId).selectAll().where('name_key', '=', of.nameKey),
  );
  const policyCount = prepare((of: { accountId: string }) =>
    policiesIn(of.accountId).select((eb) => eb.fn.countAll<number>().as('count')),
  );
  const versions = prepare((of: { policyId: string }) =>
    db.selectFrom('policy_versions').selectAll().where('policy_id', '=', of.policyId).orderBy('version_number', 'desc'),
  );
  const attachments = prepare((of: { ownerId: string }) =>
    db.selectFrom('policy_attachments').selectAll().where('owner_id', '=', of.ownerId).orderBy('policy_arn'),
  );
  const entities = prepare((of: { accountId: string; policyArn: string }) =>
    db
      .selectFrom('policy_attachments')
      .leftJoin('principals', 'principals.principal_id', 'policy_attachments.owner_id')
      .leftJoin('groups', 'groups.group_id', 'policy_attachments.owner_id')
      .select((eb) => [
        'policy_attachments.owner_kind as kind',
        'policy_attachments.owner_id as id',
        eb.fn.coalesce('principals.name', 'groups.name', eb.val('')).as('name'),
        eb.fn.coalesce('principals.path', 'groups.path', eb.val('/')).as('path'),
      ])
      .where('policy_attachments.account_id', '=', of.accountId)
      .where('policy_attachments.policy_arn', '=', of.policyArn)
      .orderBy('policy_attachments.owner_kind')
      .orderBy('policy_attachments.owner_id'),
  );
  const inline = prepare((of: { ownerId: string }) =>
    db.selectFrom('inline_policies').selectAll().where('owner_id', '=', of.ownerId).orderBy('name'),
  );
  const provider = prepare((of: { arn: string }) =>
    db.selectFrom('oidc_providers').selectAll().where('arn', '=', of.arn),
  );
  const providers = prepare((of: { accountId: string }) =>
    db.selectFrom('oidc_providers').selectAll().where('account_id', '=', of.accountId).orderBy('url'),
  );
  const counted = async (query: Compilable<{ arn: string | null; count: number }>) =>
    Object.fromEntries((await run(query.compile())).map(({ arn, count }) => [arn ?? '', count]));

  return {
    findGroupNamed: async (accountId, name) => (await run(groupNamed({ accountId, nameKey: name.toLowerCase() })))[0],
    listGroups: async (accountId, page) =>
      pageOf(await run(namePage(groupsIn(accountId).selectAll(), 'groups', page).compile()), page.limit),
    countGroups: async (accountId) => (await run(groupCount({ accountId })))[0]?.count ?? 0,
    listGroupMembers: async (groupId, page) => {
      const members = db
        .selectFrom('group_members')
        .innerJoin('principals', 'principals.principal_id', 'group_members.principal_id')
        .selectAll('principals')
        .where('group_members.group_id', '=', groupId);
      return pageOf(await run(namePage(members, 'principals', page).compile()), page.limit);
    },
    listGroupsOf: (principalId) => run(groupsOf({ principalId })),
    findManagedPolicy: async (arn) => (await run(policy({ arn })))[0],
    findManagedPolicyNamed: async (accountId, name) =>
      (await run(policyNamed({ accountId, nameKey: name.toLowerCase() })))[0],
    listManagedPolicies: async (accountId, page) =>
      pageOf(await run(namePage(policiesIn(accountId).selectAll(), 'managed_policies', page).compile()), page.limit),
    countManagedPolicies: async (accountId) => (await run(policyCount({ accountId })))[0]?.count ?? 0,
    listPolicyVersions: (policyId) => run(versions({ policyId })),
    listAttachments: (ownerId) => run(attachments({ ownerId })),
    listAttachedEntities: (accountId, policyArn) => run(entities({ accountId, policyArn })),
    countAttachments: async (accountId, policyArns) => {
      if (policyArns.length === 0) return {};
      const query = db
        .selectFrom('policy_attachments')
        .select((eb) => ['policy_arn as arn', eb.fn.countAll<number>().as('count')])
        .where('account_id', '=', accountId)
        .where('policy_arn', 'in', [...policyArns])
        .groupBy('policy_arn');
      return counted(query);
    },
    countBoundaries: async (accountId, policyArns) => {
      if (policyArns.length === 0) return {};
      const query = db
        .selectFrom('principals')
        .select((eb) => ['permissions_boundary_arn as arn', eb.fn.countAll<number>().as('count')])
        .where('account_id', '=', accountId)
        .where('permissions_boundary_arn', 'in', [...policyArns])
        .groupBy('permissions_boundary_arn');
      return counted(query);
    },
    listInlinePolicies: (ownerId) => run(inline({ ownerId })),
    findOidcProvider: async (arn) => (await run(provider({ arn })))[0],
    listOidcProviders: (accountId) => run(providers({ accountId })),
  };
}
