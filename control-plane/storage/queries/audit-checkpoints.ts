/** Queries over checkpoints, and the removal of records beyond the retention period. */
import type { CompiledQuery } from 'kysely';
import type { ChainAnchor } from '../../domain/audit/audit-chain.ts';
import { indexEntryOf, resourceLinksOf } from '../../domain/audit/audit-index.ts';
import type { AuditRecord } from '../../domain/audit/audit-record.ts';
import type { CheckpointReader } from '../port/audit.ts';
import { pageOf } from '../port/page.ts';
import { amongLinks, resourceRow } from './audit-index.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { AuditResourceRow, QueryBuilder } from './schema.ts';

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

/** The part of a chain to remove: records `from + 1` to `anchor.sequence`. */
export interface Pruning {
  readonly chainId: string;
  readonly from: number;
  readonly anchor: ChainAnchor;
}

/** The rows of `audit_resources` to remove with them, which are read from the records themselves. */
export async function resourcesOf(db: QueryBuilder, run: RunQuery, { chainId, from, anchor }: Pruning) {
  const texts = db
    .selectFrom('audit_log')
    .select(['sequence', 'record_json'])
    .where('chain_id', '=', chainId)
    .where('sequence', '>', from)
    .where('sequence', '<=', anchor.sequence);
  return (await run(texts.compile())).flatMap(({ sequence, record_json }): AuditResourceRow[] => {
    return resourceLinksOf(chainId, sequence, indexEntryOf(JSON.parse(record_json) as AuditRecord)).map(resourceRow);
  });
}

/** Touches no row when another node has pruned the chain meanwhile. */
export const moveAnchor = (db: QueryBuilder, { chainId, from, anchor }: Pruning) =>
  db
    .updateTable('audit_chains')
    .set({
      pruned_sequence: anchor.sequence,
      pruned_hash: anchor.hash,
      pruned_peaks: JSON.stringify(anchor.peaks),
    })
    .where('chain_id', '=', chainId)
    .where('pruned_sequence', '=', from)
    .where('last_sequence', '>=', anchor.sequence)
    .returning('chain_id');

export const deleteRecords = (db: QueryBuilder, { chainId, anchor }: Pruning) =>
  db.deleteFrom('audit_log').where('chain_id', '=', chainId).where('sequence', '<=', anchor.sequence);

const ROWS_PER_DELETE = 500;

export function deleteResources(db: QueryBuilder, rows: readonly AuditResourceRow[]): readonly CompiledQuery[] {
  const queries: CompiledQuery[] = [];
  for (let at = 0; at < rows.length; at += ROWS_PER_DELETE) {
    queries.push(
      db
        .deleteFrom('audit_resources')
        .where(amongLinks(rows.slice(at, at + ROWS_PER_DELETE)))
        .compile(),
    );
  }
  return queries;
}
