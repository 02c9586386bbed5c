/** Compares what segments are searched by with their records, and stores it again from them. */

import { indexEntryOfJson } from '../../../domain/audit/audit-index.ts';
import type { AuditIndexReader, IndexedSegment } from '../../port/audit.ts';
import { WriteConflict } from '../../port/store.ts';
import { readLinks, readRecords, type SegmentRow, segmentsOf } from '../../segments/format.ts';
import { type Term, termsOf } from '../../segments/terms.ts';
import type { ConditionalStatement } from '../mutations.ts';
import type { RunQuery } from '../prepared.ts';
import type { AuditTermRow, QueryBuilder } from '../schema.ts';
import { addTerms, amongTerms, replaceSegment, termRows } from './arrange.ts';
import type { StoredSegment } from './segments.ts';

const SEGMENTS_PER_READ = 16;
const TERMS_PER_READ = 500;

export function segmentIndexQueries(db: QueryBuilder, run: RunQuery): Pick<AuditIndexReader, 'listIndexedSegments'> {
  return {
    listIndexedSegments: async (chainId, { after, limit }) => {
      const rows = Math.min(limit, SEGMENTS_PER_READ);
      const segments = await run(segmentsAfter(db, chainId, after, rows + 1).compile());
      const checked: IndexedSegment[] = [];
      for (const segment of segments.slice(0, rows)) checked.push(await compared(db, run, segment));
      return { rows: checked, more: segments.length > rows };
    },
  };
}

const segmentsAfter = (db: QueryBuilder, chainId: string, after: number, limit: number) =>
  db
    .selectFrom('audit_segments')
    .selectAll()
    .where('chain_id', '=', chainId)
    .where('last_sequence', '>', after)
    .orderBy('last_sequence')
    .limit(limit);

async function compared(db: QueryBuilder, run: RunQuery, segment: StoredSegment): Promise<IndexedSegment> {
  const records = await readRecords(segment);
  const place = { first: segment.first_sequence, last: segment.last_sequence };
  const differences = hasOtherTimes(segment, records) ? ['time'] : [];
  if (segment.grade === 0) return { ...place, differences, missing: [] };
  const terms = termsOf(records.map(({ recordJson }) => recordJson));
  const derived = termRows(segment, terms.keys());
  const stored = new Set<number>();
  for (let at = 0; at < derived.length; at += TERMS_PER_READ) {
    for (const row of await run(storedTerms(db, derived.slice(at, at + TERMS_PER_READ)).compile())) {
      if (row.from_ms === segment.from_ms) stored.add(row.term);
    }
  }
  const missing = [...terms].flatMap(([number, term]) => (stored.has(number) ? [] : [nameOf(term)]));
  if (missing.length === 0) return { ...place, differences, missing };
  // A running server can have merged it meanwhile.
  const [now] = await run(segmentsAfter(db, segment.chain_id, segment.last_sequence - 1, 1).compile());
  const isAsRead =
    now?.id === segment.id && now.grade === segment.grade && now.first_sequence === segment.first_sequence;
  return isAsRead || !now ? { ...place, differences, missing } : compared(db, run, now);
}

const storedTerms = (db: QueryBuilder, rows: readonly AuditTermRow[]) =>
  db.selectFrom('audit_terms').select(['term', 'from_ms']).where(amongTerms(rows));

const nameOf = ({ kind, value }: Term): string => (value === '' ? kind : `${kind} ${value}`);

/** Texts that are not records are not compared: the hash chain shows them. */
function hasOtherTimes(segment: StoredSegment, records: readonly { readonly recordJson: string }[]): boolean {
  const links = readLinks(segment);
  const isOther = records.some(({ recordJson }, index) => {
    const entry = indexEntryOfJson(recordJson);
    return entry !== undefined && links[index]?.atMs !== entry.atMs;
  });
  const times = links.map(({ atMs }) => atMs);
  return isOther || Math.min(...times) !== segment.from_ms || Math.max(...times) !== segment.to_ms;
}

/** The statements that store again what a segment is searched by; its records and hashes stay as they are. */
export async function repairSegmentStatements(
  db: QueryBuilder,
  run: RunQuery,
  chainId: string,
  lastSequence: number,
): Promise<readonly ConditionalStatement[]> {
  const [segment] = await run(segmentsAfter(db, chainId, lastSequence - 1, 1).compile());
  if (!segment) throw new WriteConflict(`audit chain ${chainId} has no segment with record ${lastSequence}`);
  const records = (await readRecords(segment)).map((record) => ({
    ...record,
    atMs: indexEntryOfJson(record.recordJson)?.atMs ?? record.atMs,
  }));
  const [as, another] = segmentsOf(chainId, segment.first_sequence, segment.previous_hash, records);
  if (!as || another) throw new RangeError(`the times of the segment with record ${lastSequence} are too far apart`);
  const { grade, size_in_bytes, records: texts } = segment;
  const repaired: SegmentRow = { ...as, last_sequence: segment.last_sequence, grade, size_in_bytes, records: texts };
  const terms = termsOf(records.map(({ recordJson }) => recordJson)).keys();
  const added = grade === 0 ? [] : addTerms(db, { ...repaired, id: segment.id }, terms);
  const stale = db.deleteFrom('audit_terms').where('segment', '=', segment.id);
  return [
    { query: replaceSegment(db, segment, repaired), mustTouch: true },
    { query: stale, mustTouch: false },
    ...added,
  ];
}
