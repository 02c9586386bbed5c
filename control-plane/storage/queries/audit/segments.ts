/** Queries over the segments of the audit log (segments/format.ts): adding one, and reading a chain. */
import type { Selectable } from 'kysely';
import type { SegmentRow } from '../../segments/format.ts';
import { prepare, type RunQuery } from '../prepared.ts';
import type { AuditSegmentRow, QueryBuilder } from '../schema.ts';

export type StoredSegment = Selectable<AuditSegmentRow>;

export const insertSegment = (db: QueryBuilder, row: SegmentRow) =>
  db.insertInto('audit_segments').values({
    chain_id: row.chain_id,
    first_sequence: row.first_sequence,
    last_sequence: row.last_sequence,
    previous_hash: row.previous_hash,
    from_ms: row.from_ms,
    to_ms: row.to_ms,
    grade: row.grade,
    size_in_bytes: row.size_in_bytes,
    links: row.links,
    records: row.records,
  });

/** Moves a chain's end; touches no row when the chain does not end at `fromSequence`. */
export const moveChainEnd = (
  db: QueryBuilder,
  move: { chainId: string; fromSequence: number; sequence: number; hash: string },
) =>
  db
    .updateTable('audit_chains')
    .set({ last_sequence: move.sequence, last_hash: move.hash })
    .where('chain_id', '=', move.chainId)
    .where('last_sequence', '=', move.fromSequence);

const FIRST_READ = 4;
const MOST_READ = 128;

/**
 * A chain's segments with records after `after`, in order, until they have as many as wanted. Each batch is one query, so it sees every record once; when
 * segments are merged between two queries, a segment can begin before the end of the one before.
 */
export async function* segmentsAfter<Row extends Pick<SegmentRow, 'first_sequence' | 'last_sequence'>>(
  query: (after: number, rows: number) => Promise<readonly Row[]>,
  after: number,
  wanted: number,
): AsyncGenerator<readonly Row[]> {
  let [covered, records, segments, limit] = [after, 0, 0, FIRST_READ];
  while (records < wanted) {
    const rows = await query(covered, limit);
    if (rows.length === 0) return;
    yield rows;
    for (const { first_sequence, last_sequence } of rows) {
      records += Math.max(0, last_sequence - Math.max(first_sequence - 1, covered));
      covered = last_sequence;
    }
    segments += rows.length;
    const left = (wanted - records) / Math.max(1, records / segments);
    limit = Math.min(MOST_READ, Math.max(1, Math.ceil(left)));
  }
}

/** Reads whole segments of one chain. */
export function segmentQueries(db: QueryBuilder, run: RunQuery) {
  const ofChain = (page: { chainId: string; after: number; rows: number }) =>
    db
      .selectFrom('audit_segments')
      .where('chain_id', '=', page.chainId)
      .where('last_sequence', '>', page.after)
      .orderBy('last_sequence')
      .limit(page.rows);
  const whole = prepare((page: { chainId: string; after: number; rows: number }) => ofChain(page).selectAll());
  const links = prepare((page: { chainId: string; after: number; rows: number }) =>
    ofChain(page).select(['first_sequence', 'last_sequence', 'from_ms', 'links']),
  );
  return {
    whole: (chainId: string) => (after: number, rows: number) => run(whole({ chainId, after, rows })),
    links: (chainId: string) => (after: number, rows: number) => run(links({ chainId, after, rows })),
  };
}
