/** Queries over checkpoints. */
import type { CheckpointReader } from '../../port/audit.ts';
import { pageOf } from '../../port/page.ts';
import { prepare, type RunQuery } from '../prepared.ts';
import type { QueryBuilder } from '../schema.ts';

export function checkpointQueries(db: QueryBuilder, run: RunQuery): CheckpointReader {
  const trees = prepare(() => db.selectFrom('audit_trees').selectAll().orderBy('chain_id'));
  const last = prepare(() => db.selectFrom('audit_checkpoints').selectAll().orderBy('number', 'desc').limit(1));
  const checkpoints = prepare((page: { after: number; rows: number }) =>
    db.selectFrom('audit_checkpoints').selectAll().where('number', '>', page.after).orderBy('number').limit(page.rows),
  );
  return {
    listAuditTrees: async () => await run(trees({})),
    findLastCheckpoint: async () => (await run(last({})))[0],
    listCheckpoints: async ({ after, limit }) => pageOf(await run(checkpoints({ after, rows: limit + 1 })), limit),
  };
}
