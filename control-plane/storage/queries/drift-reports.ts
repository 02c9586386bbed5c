/** Queries over the drift reports of stacks. */
import type { DriftReportReader } from '../port/drift-reports.ts';
import { pageOf } from '../port/page.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';

const columns = [
  'drift_reports.account_id',
  'drift_reports.stack_name',
  'number',
  'published_at_ms',
  'published_by',
  'sequence',
  'resources',
  'findings',
] as const;

export function driftReportQueries(db: QueryBuilder, run: RunQuery): DriftReportReader {
  const stack = prepare((of: { accountId: string; stackName: string }) =>
    db
      .selectFrom('drift_stacks')
      .selectAll()
      .where('account_id', '=', of.accountId)
      .where('stack_name', '=', of.stackName),
  );
  const stacks = prepare((of: { accountId: string }) =>
    db
      .selectFrom('drift_stacks')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('account_id', '=', of.accountId),
  );
  const report = prepare((of: { accountId: string; stackName: string; number: number }) =>
    db
      .selectFrom('drift_reports')
      .selectAll()
      .where('account_id', '=', of.accountId)
      .where('stack_name', '=', of.stackName)
      .where('number', '=', of.number),
  );
  const last = () =>
    db
      .selectFrom('drift_stacks')
      .innerJoin('drift_reports', (join) =>
        join
          .onRef('drift_reports.account_id', '=', 'drift_stacks.account_id')
          .onRef('drift_reports.stack_name', '=', 'drift_stacks.stack_name')
          .onRef('drift_reports.number', '=', 'drift_stacks.last_number'),
      )
      .select(columns);
  return {
    findDriftStack: async (accountId, stackName) => (await run(stack({ accountId, stackName })))[0],
    countDriftStacks: async (accountId) => Number((await run(stacks({ accountId })))[0]?.count ?? 0),
    findDriftReport: async (accountId, stackName, number) => (await run(report({ accountId, stackName, number })))[0],
    listLastDriftReports: async (accountId, { after = '', limit }) => {
      const query = last()
        .where('drift_stacks.account_id', '=', accountId)
        .where('drift_stacks.stack_name', '>', after)
        .orderBy('drift_stacks.stack_name')
        .limit(limit + 1);
      return pageOf(await run(query.compile()), limit);
    },
    listDriftReports: async (accountId, stackName, { before, limit }) => {
      const query = db
        .selectFrom('drift_reports')
        .select(columns)
        .where('account_id', '=', accountId)
        .where('stack_name', '=', stackName)
        .$if(before !== undefined, (all) => all.where('number', '<', before ?? 0))
        .orderBy('number', 'desc')
        .limit(limit + 1);
      return pageOf(await run(query.compile()), limit);
    },
    newestDriftReports: (limit) =>
      run(
        last()
          .orderBy('published_at_ms', 'desc')
          .orderBy('drift_stacks.account_id')
          .orderBy('drift_stacks.stack_name')
          .limit(limit)
          .compile(),
      ),
  };
}
