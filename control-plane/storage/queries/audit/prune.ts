/** The removal of records beyond the retention period, from the beginning of a chain, in one transaction. */
import type { ChainAnchor } from '../../../domain/audit/audit-chain.ts';
import { indexEntryOfJson, resourceLinksOf } from '../../../domain/audit/audit-index.ts';
import { withoutFirst } from '../../segments/format.ts';
import type { ConditionalStatement } from '../mutations.ts';
import type { RunQuery } from '../prepared.ts';
import type { AuditResourceRow, QueryBuilder } from '../schema.ts';
import { removeTerms, replaceSegment } from './arrange.ts';
import { amongLinks, resourceRow } from './row-index.ts';
import type { StoredSegment } from './segments.ts';

/** The part of a chain to remove: records `from + 1` to `anchor.sequence`. */
export interface Pruning {
  readonly chainId: string;
  readonly from: number;
  readonly anchor: ChainAnchor;
}

const ROWS_PER_DELETE = 500;

/** The statements that remove the records; they conflict when the chain was pruned or arranged meanwhile. */
export async function pruneStatements(
  db: QueryBuilder,
  run: RunQuery,
  pruning: Pruning,
): Promise<readonly ConditionalStatement[]> {
  const { chainId, anchor } = pruning;
  const resources = await resourcesOf(db, run, pruning);
  const segments = await run(firstSegments(db, pruning).compile());
  const cut = segments.find(({ last_sequence }) => last_sequence > anchor.sequence);
  return [
    { query: moveAnchor(db, pruning), mustTouch: true },
    ...deleteResources(db, resources),
    always(db.deleteFrom('audit_log').where('chain_id', '=', chainId).where('sequence', '<=', anchor.sequence)),
    ...(await removeTerms(db, segments)),
    always(
      db.deleteFrom('audit_segments').where('chain_id', '=', chainId).where('last_sequence', '<=', anchor.sequence),
    ),
    ...(cut ? await cutStatements(db, cut, anchor) : []),
    { query: hasNoneBefore(db, pruning), mustTouch: true },
  ];
}

const always = (query: ConditionalStatement['query']): ConditionalStatement => ({ query, mustTouch: false });

const firstSegments = (db: QueryBuilder, { chainId, anchor }: Pruning) =>
  db
    .selectFrom('audit_segments')
    .selectAll()
    .where('chain_id', '=', chainId)
    .where('first_sequence', '<=', anchor.sequence)
    .orderBy('last_sequence');

/** The records that stay are sealed again later. */
async function cutStatements(db: QueryBuilder, cut: StoredSegment, { sequence }: ChainAnchor) {
  // A part of a segment is never more than a segment.
  return (await withoutFirst(cut, sequence)).map((rest) => ({ query: replaceSegment(db, cut, rest), mustTouch: true }));
}

/** A row when no segment has a record up to the anchor. */
function hasNoneBefore(db: QueryBuilder, { chainId, anchor }: Pruning) {
  const before = db
    .selectFrom('audit_segments')
    .select('id')
    .where('chain_id', '=', chainId)
    .where('first_sequence', '<=', anchor.sequence);
  return db
    .selectFrom('audit_chains')
    .select('chain_id')
    .where('chain_id', '=', chainId)
    .where(({ not, exists }) => not(exists(before)));
}

/** The rows of `audit_resources` to remove with rows, which are read from the records themselves. */
async function resourcesOf(db: QueryBuilder, run: RunQuery, { chainId, from, anchor }: Pruning) {
  const texts = db
    .selectFrom('audit_log')
    .select(['sequence', 'record_json'])
    .where('chain_id', '=', chainId)
    .where('sequence', '>', from)
    .where('sequence', '<=', anchor.sequence);
  return (await run(texts.compile())).flatMap(({ sequence, record_json }): AuditResourceRow[] => {
    const entry = indexEntryOfJson(record_json);
    return entry ? resourceLinksOf(chainId, sequence, entry).map(resourceRow) : [];
  });
}

/** Touches no row when another node has pruned the chain meanwhile. */
const moveAnchor = (db: QueryBuilder, { chainId, from, anchor }: Pruning) =>
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

function deleteResources(db: QueryBuilder, rows: readonly AuditResourceRow[]): readonly ConditionalStatement[] {
  const statements: ConditionalStatement[] = [];
  for (let at = 0; at < rows.length; at += ROWS_PER_DELETE) {
    const part = rows.slice(at, at + ROWS_PER_DELETE);
    statements.push(always(db.deleteFrom('audit_resources').where(amongLinks(part))));
  }
  return statements;
}
