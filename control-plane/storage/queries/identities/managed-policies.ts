/** Queries over customer managed policies and their versions. */
import type { ManagedPolicyReader } from '../../port/identities/managed-policies.ts';
import { pageOf } from '../../port/page.ts';
import { namePage } from '../name-page.ts';
import { prepare, type RunQuery } from '../prepared.ts';
import type { QueryBuilder } from '../schema.ts';

export function managedPolicyQueries(db: QueryBuilder, run: RunQuery): ManagedPolicyReader {
  const inAccount = (accountId: string) => db.selectFrom('managed_policies').where('account_id', '=', accountId);
  const byArn = prepare((of: { arn: string }) =>
    db.selectFrom('managed_policies').selectAll().where('arn', '=', of.arn),
  );
  const named = prepare((of: { accountId: string; nameKey: string }) =>
    inAccount(of.accountId).selectAll().where('name_key', '=', of.nameKey),
  );
  const count = prepare((of: { accountId: string }) =>
    inAccount(of.accountId).select((eb) => eb.fn.countAll<number>().as('count')),
  );
  const versions = prepare((of: { policyId: string }) =>
    db.selectFrom('policy_versions').selectAll().where('policy_id', '=', of.policyId).orderBy('version_number', 'desc'),
  );
  return {
    findManagedPolicy: async (arn) => (await run(byArn({ arn })))[0],
    findManagedPolicyNamed: async (accountId, name) =>
      (await run(named({ accountId, nameKey: name.toLowerCase() })))[0],
    listManagedPolicies: async (accountId, page) =>
      pageOf(await run(namePage(inAccount(accountId).selectAll(), 'managed_policies', page).compile()), page.limit),
    countManagedPolicies: async (accountId) => (await run(count({ accountId })))[0]?.count ?? 0,
    listPolicyVersions: (policyId) => run(versions({ policyId })),
  };
}
