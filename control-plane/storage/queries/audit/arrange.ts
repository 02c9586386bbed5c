/**
 * Arranging the audit log: moves rows of earlier versions into segments, and seals segments, several as one. What it
 * writes are statements of one transaction each; records, hashes and their order stay as they are. A step whose records
 * were arranged or pruned by another server meanwhile changes nothing.
 */
import { sql } from 'kysely';
import { indexEntryOfJson, resourceLinksOf } from '../../../domain/audit/audit-index.ts';
import type { AuditArrangement, AuditArrangementReader } from '../../port/audit.ts';
import { FULL_BYTES, FULL_RECORDS, readTexts, type SegmentRow, segmentsOf } from '../../segments/format.ts';
import { planMerge, SEAL_AFTER_MS, SEAL_SEGMENTS } from '../../segments/plan.ts';
import type { Sealed } from '../../segments/seal.ts';
import { termsOf } from '../../segments/terms.ts';
import type { ConditionalStatement } from '../mutations.ts';
import type { RunQuery } from '../prepared.ts';
import type { AuditTermRow, QueryBuilder } from '../schema.ts';
import { amongLinks, resourceRow } from './row-index.ts';
import { insertSegment, type StoredSegment } from './segments.ts';

/** Few enough that other writes hardly wait. */
const ROWS_PER_MOVE = 256;
const ROWS_PER_STATEMENT = 500;
/** More segments than one merge takes. */
const OPEN_PER_PLAN = 1100;
const SMALLS_PER_PLAN = 64;

export function arrangementQueries(db: QueryBuilder, run: RunQuery): AuditArrangementReader {
  return {
    listAuditToArrange: async (nowMs, limit) => {
      const open = await run(chainsToSeal(db, nowMs, limit).compile());
      const moves = (await run(chainsWithRows(db, limit).compile())).map(({ chain_id }) => chain_id);
      const merges = open.map(({ chain_id }) => chain_id);
      return [...new Set([...merges, ...moves])].slice(0, limit);
    },
  };
}

function chainsToSeal(db: QueryBuilder, nowMs: number, limit: number) {
  const records = sql<number>`sum(last_sequence - first_sequence + 1)`;
  return db
    .selectFrom('audit_segments')
    .select('chain_id')
    .where('grade', '=', sql.lit(0 as const))
    .groupBy('chain_id')
    .having(({ eb, or, fn }) =>
      or([
        eb(records, '>=', FULL_RECORDS),
        eb(fn.countAll<number>(), '>=', SEAL_SEGMENTS),
        eb(fn.sum<number>('size_in_bytes'), '>=', FULL_BYTES),
        eb(fn.min('to_ms'), '<=', nowMs - SEAL_AFTER_MS),
      ]),
    )
    .orderBy('chain_id')
    .limit(limit);
}

const chainsWithRows = (db: QueryBuilder, limit: number) =>
  db
    .selectFrom('audit_chains')
    .select('chain_id')
    // Quickly false once all rows have been moved.
    .where(sql<boolean>`exists (select 1 from audit_log)`)
    .where(sql<boolean>`exists (select 1 from audit_log where audit_log.chain_id = audit_chains.chain_id)`)
    .orderBy('chain_id')
    .limit(limit);

type Seal = (segments: readonly SegmentRow[], grade: 1 | 2) => Promise<Sealed>;

/** The next step for a chain; undefined when there is none. */
export async function arrangement(
  db: QueryBuilder,
  run: RunQuery,
  { chainId, nowMs }: AuditArrangement,
  seal: Seal,
): Promise<readonly ConditionalStatement[] | undefined> {
  return (await merge(db, run, chainId, nowMs, seal)) ?? (await move(db, run, chainId));
}

const headerColumns = [
  ...(['id', 'first_sequence', 'last_sequence', 'from_ms', 'to_ms', 'grade', 'size_in_bytes'] as const),
];

async function merge(db: QueryBuilder, run: RunQuery, chainId: string, nowMs: number, seal: Seal) {
  const ofChain = () => db.selectFrom('audit_segments').select(headerColumns).where('chain_id', '=', chainId);
  const open = await run(
    ofChain()
      .where('grade', '=', sql.lit(0 as const))
      .orderBy('last_sequence')
      .limit(OPEN_PER_PLAN)
      .compile(),
  );
  const [first] = open;
  if (!first) return undefined;
  const before = await run(
    ofChain()
      .where('last_sequence', '<', first.first_sequence)
      .orderBy('last_sequence', 'desc')
      .limit(SMALLS_PER_PLAN)
      .compile(),
  );
  const full = before.findIndex(({ grade }) => grade !== 1);
  const smalls = (full < 0 ? before : before.slice(0, full)).toReversed();
  const plan = planMerge(smalls, open, nowMs);
  if (!plan) return undefined;
  const sources: StoredSegment[] = [];
  for (let at = 0; at < plan.sources.length; at += ROWS_PER_STATEMENT) {
    const ids = plan.sources.slice(at, at + ROWS_PER_STATEMENT).map(({ id }) => id);
    sources.push(...(await run(db.selectFrom('audit_segments').selectAll().where('id', 'in', ids).compile())));
  }
  sources.sort((a, b) => a.last_sequence - b.last_sequence);
  const asPlanned = plan.sources.every(({ id, grade, first_sequence }, index) => {
    const source = sources[index];
    return source?.id === id && source.grade === grade && source.first_sequence === first_sequence;
  });
  return asPlanned ? mergeStatements(db, sources, await seal(sources, plan.grade)) : undefined;
}

/** Puts a sealed segment in the place of its sources. It keeps the id of the last of them. */
async function mergeStatements(db: QueryBuilder, sources: readonly StoredSegment[], { row: into, terms }: Sealed) {
  const last = sources.at(-1);
  if (!last) return [];
  return [
    { query: replaceSegment(db, last, into), mustTouch: true },
    ...inParts(sources.slice(0, -1)).map((part) => always(db.deleteFrom('audit_segments').where(amongSegments(part)))),
    ...(await removeTerms(db, sources)),
    ...addTerms(db, { ...into, id: last.id }, terms),
    { query: isAlone(db, last.id, into), mustTouch: true },
  ];
}

const always = (query: ConditionalStatement['query']): ConditionalStatement => ({ query, mustTouch: false });

/** Touches no row when the segment is not as it was read. */
export const replaceSegment = (db: QueryBuilder, from: StoredSegment, { chain_id: _, ...into }: SegmentRow) =>
  db
    .updateTable('audit_segments')
    .set(into)
    .where('id', '=', from.id)
    .where('chain_id', '=', from.chain_id)
    .where('first_sequence', '=', from.first_sequence)
    .where('last_sequence', '=', from.last_sequence)
    .where('grade', '=', from.grade)
    .returning('id');

/** As they were read: a segment with the same id that was merged meanwhile has other records too. */
function amongSegments(segments: readonly StoredSegment[]) {
  const tuples = segments.map(({ id, first_sequence, last_sequence }) => {
    return sql`(${sql.join([id, first_sequence, last_sequence].map((value) => sql`cast(${value} as bigint)`))})`;
  });
  return sql<boolean>`(id, first_sequence, last_sequence) in (values ${sql.join(tuples)})`;
}

/** A row when no other segment has records of this one, and none of them was pruned. */
function isAlone(db: QueryBuilder, id: number, { chain_id, first_sequence, last_sequence }: SegmentRow) {
  const others = db
    .selectFrom('audit_segments')
    .select('id')
    .where('chain_id', '=', chain_id)
    .where('last_sequence', '>=', first_sequence)
    .where('first_sequence', '<=', last_sequence)
    .where('id', '<>', id);
  return db
    .selectFrom('audit_chains')
    .select('chain_id')
    .where('chain_id', '=', chain_id)
    .where('pruned_sequence', '<', first_sequence)
    .where(({ not, exists }) => not(exists(others)));
}

/** The index entries of a sealed segment with these terms. */
export const termRows = (
  { id, to_ms, from_ms, last_sequence }: Omit<StoredSegment, 'links' | 'records'>,
  terms: Iterable<number>,
): readonly AuditTermRow[] => Array.from(terms, (term) => ({ term, to_ms, last_sequence, segment: id, from_ms }));

export function addTerms(
  db: QueryBuilder,
  segment: StoredSegment,
  terms: Iterable<number>,
): readonly ConditionalStatement[] {
  return inParts(termRows(segment, terms)).map((rows) =>
    always(
      db
        .insertInto('audit_terms')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing()),
    ),
  );
}

export async function removeTerms(
  db: QueryBuilder,
  segments: readonly StoredSegment[],
): Promise<readonly ConditionalStatement[]> {
  const rows: AuditTermRow[] = [];
  for (const segment of segments) {
    if (segment.grade !== 0) rows.push(...termRows(segment, termsOf(await readTexts(segment)).keys()));
  }
  return inParts(rows).map((part) => always(db.deleteFrom('audit_terms').where(amongTerms(part))));
}

/** The rows of `audit_terms` that are among these. */
export function amongTerms(rows: readonly AuditTermRow[]) {
  const tuples = sql.join(
    rows.map(({ term, to_ms, last_sequence, segment }) => {
      // Without the casts, PostgreSQL reads the values as text.
      return sql`(${sql.join([term, to_ms, last_sequence, segment].map((value) => sql`cast(${value} as bigint)`))})`;
    }),
  );
  return sql<boolean>`(term, to_ms, last_sequence, segment) in (values ${tuples})`;
}

function inParts<Row>(rows: readonly Row[]): Row[][] {
  const parts: Row[][] = [];
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) parts.push(rows.slice(at, at + ROWS_PER_STATEMENT));
  return parts;
}

/** Moves the oldest rows of a chain, without a gap between them, into a segment. */
async function move(db: QueryBuilder, run: RunQuery, chainId: string) {
  const query = db
    .selectFrom('audit_log')
    .selectAll()
    .where('chain_id', '=', chainId)
    .orderBy('sequence')
    .limit(ROWS_PER_MOVE);
  const read = await run(query.compile());
  const [first] = read;
  if (!first) return undefined;
  const gap = read.findIndex(({ sequence }, index) => sequence !== first.sequence + index);
  const rows = gap < 0 ? read : read.slice(0, gap);
  const entries = rows.map((row) => ({ row, entry: indexEntryOfJson(row.record_json) }));
  const records = entries.map(({ row, entry }) => ({
    recordJson: row.record_json,
    hash: row.hash,
    atMs: entry && Number.isFinite(entry.atMs) ? entry.atMs : row.at_ms,
  }));
  const links = entries.flatMap(({ row, entry }) => (entry ? resourceLinksOf(chainId, row.sequence, entry) : []));
  const last = first.sequence + rows.length - 1;
  return [
    // Locks the chain against pruning, and against another server that moves the same rows.
    { query: stillKept(db, chainId, first.sequence), mustTouch: true },
    { query: rowsBetween(db, chainId, first.sequence, last).returning('chain_id'), mustTouch: true },
    ...inParts(links.map(resourceRow)).map((part) => always(db.deleteFrom('audit_resources').where(amongLinks(part)))),
    ...segmentsOf(chainId, first.sequence, first.previous_hash, records).map((row) => always(insertSegment(db, row))),
  ];
}

const stillKept = (db: QueryBuilder, chainId: string, sequence: number) =>
  db
    .updateTable('audit_chains')
    .set((eb) => ({ pruned_sequence: eb.ref('pruned_sequence') }))
    .where('chain_id', '=', chainId)
    .where('pruned_sequence', '<', sequence)
    .returning('chain_id');

const rowsBetween = (db: QueryBuilder, chainId: string, first: number, last: number) =>
  db
    .deleteFrom('audit_log')
    .where('chain_id', '=', chainId)
    .where('sequence', '>=', first)
    .where('sequence', '<=', last);
