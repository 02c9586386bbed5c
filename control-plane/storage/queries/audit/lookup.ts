/**
 * Look-ups. The index names the sealed segments with a record for the query, and the newest segments, which are not in
 * the index yet, are read as they are. Segments are read newest first, until the page is full and no unread segment can
 * have a record that belongs before its end.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import { type AuditIndexEntry, indexEntryOfJson } from '../../../domain/audit/audit-index.ts';
import type { AuditRecord } from '../../../domain/audit/audit-record.ts';
import type { AuditLogReader, AuditQuery } from '../../port/audit.ts';
import { StoreUnavailable } from '../../port/store.ts';
import { MAX_SPAN_MS, readTexts } from '../../segments/format.ts';
import { type TermKind, termNumber } from '../../segments/terms.ts';
import type { RunQuery } from '../prepared.ts';
import type { QueryBuilder } from '../schema.ts';
import {
  byPlace,
  formatPosition,
  leadingFilter,
  type PlacedRecord,
  type Position,
  parsePosition,
  SCANNED_PER_PAGE,
  type Scan,
} from './placed.ts';
import { rowQueries } from './rows.ts';
import type { StoredSegment } from './segments.ts';

/** Segments that one page considers, and records that it reads at most, before it ends short. */
const SEGMENTS_PER_PAGE = 256;
const RECORDS_READ_PER_PAGE = 32_768;
/** The first read is of one segment, which often suffices; each following one of twice as many. */
const SEGMENTS_PER_READ = 8;
const ATTEMPTS = 10;

export function lookupQueries(db: QueryBuilder, run: RunQuery): Pick<AuditLogReader, 'lookupAudit'> {
  const rows = rowQueries(db, run);
  return {
    lookupAudit: async (query) => {
      const before = query.before === undefined ? undefined : parsePosition(query.before);
      // In this order: a record that is moved into a segment meanwhile is found twice, not missed.
      const old = await rows.lookup(query, before);
      return pageOfScans(query.limit, [old, await scanSegments(db, run, query, before)]);
    },
  };
}

/** What both sources tell, down to where both are complete. */
function pageOfScans(limit: number, scans: readonly Scan[]) {
  const ends = scans.flatMap(({ until }) => (until ? [until] : [])).sort(byPlace);
  const [until] = ends;
  const found: PlacedRecord[] = [];
  for (const record of scans.flatMap((scan) => scan.found).sort(byPlace)) {
    const last = found.at(-1);
    if (until && byPlace(record, until) > 0) break;
    if (!last || byPlace(last, record) !== 0) found.push(record);
  }
  const records = found.slice(0, limit).map(({ recordJson }) => JSON.parse(recordJson) as AuditRecord);
  const next = found.length > limit ? found[limit - 1] : until;
  return next ? { records, next: formatPosition(next) } : { records };
}

async function scanSegments(
  db: QueryBuilder,
  run: RunQuery,
  query: AuditQuery,
  before: Position | undefined,
): Promise<Scan> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const listed = await run(candidates(query, before, attempt > 1).compile(db));
    const scan = await readCandidates(db, run, query, before, listed);
    if (scan) return scan;
    await nextTurn();
  }
  throw new StoreUnavailable('The audit log was rearranged during every attempt to search it');
}

/** A segment that can have records for the query; the two numbers are an upper bound of its records' positions. */
interface Candidate {
  readonly id: number;
  readonly to_ms: number;
  readonly last_sequence: number;
}

/**
 * @param isChecked leaves out entries of the index whose segment does not exist, which also happens for a moment while
 *   segments are merged
 */
function candidates(query: AuditQuery, before: Position | undefined, isChecked: boolean) {
  const { fromMs = 0, toMs = Number.MAX_SAFE_INTEGER } = query;
  const latest = Math.min(toMs, before?.atMs ?? Number.MAX_SAFE_INTEGER);
  const from = latest > Number.MAX_SAFE_INTEGER - MAX_SPAN_MS ? latest : latest + MAX_SPAN_MS;
  const within = sql`from_ms <= ${latest} and to_ms >= ${fromMs} and to_ms <= ${from}`;
  const order = sql`order by to_ms desc, last_sequence desc limit ${sql.lit(SEGMENTS_PER_PAGE + 1)}`;
  const exists = isChecked
    ? sql`and exists (select 1 from audit_segments s where s.id = t.segment and s.last_sequence = t.last_sequence)`
    : sql``;
  return sql<Candidate>`
    select * from (select segment as id, to_ms, last_sequence from audit_terms t
      where term = ${termNumber(leadingFilter(query))} and ${within} ${exists} ${order}) as indexed
    union all
    select * from (select id, to_ms, last_sequence from audit_segments where grade = 0 and ${within} ${order}) as open
    ${order}`;
}

/** Undefined when a segment is not there any more: it was merged with others, and the list must be read again. */
async function readCandidates(
  db: QueryBuilder,
  run: RunQuery,
  query: AuditQuery,
  before: Position | undefined,
  listed: readonly Candidate[],
): Promise<Scan | undefined> {
  const matching: Scanned[] = [];
  const isScanned = scannedBy(query, before);
  let read = 0;
  for (let at = 0; at < listed.length; ) {
    const count = Math.min(at + 1, SEGMENTS_PER_READ);
    const part = listed.slice(at, Math.min(at + count, SEGMENTS_PER_PAGE));
    const ids = part.map(({ id }) => id);
    const segments = await run(db.selectFrom('audit_segments').selectAll().where('id', 'in', ids).compile());
    if (!part.every((one) => segments.some((segment) => isSame(segment, one)))) return undefined;
    const texts = await Promise.all(segments.map(readTexts));
    for (const [index, { chain_id: chainId, first_sequence }] of segments.entries()) {
      const lines = texts[index] ?? [];
      read += lines.length;
      for (const [line, recordJson] of lines.entries()) {
        const sequence = first_sequence + line;
        const entry = isScanned(chainId, sequence, recordJson);
        if (entry) matching.push({ atMs: entry.atMs, sequence, chainId, recordJson, entry });
      }
      await nextTurn();
    }
    at += part.length;
    const next = listed[at];
    const bound = next && { atMs: next.to_ms, sequence: next.last_sequence + 1, chainId: '' };
    const scan = completeScan(query, matching, bound);
    if (scan.isEnough || !bound || read >= RECORDS_READ_PER_PAGE || at >= SEGMENTS_PER_PAGE) return scan;
  }
  return { found: [], until: undefined };
}

const isSame = (segment: StoredSegment, { id, to_ms, last_sequence }: Candidate): boolean =>
  segment.id === id && segment.last_sequence === last_sequence && segment.to_ms === to_ms;

interface Scanned extends PlacedRecord {
  readonly entry: AuditIndexEntry;
}

/** Down to `bound`, or to the last record that a page scans. */
function completeScan(query: AuditQuery, matching: Scanned[], bound: Position | undefined) {
  matching.sort(byPlace);
  const complete = bound ? matching.filter((record) => byPlace(record, bound) <= 0) : matching;
  const scanned = complete.slice(0, SCANNED_PER_PAGE);
  const isFull = scanned.length === SCANNED_PER_PAGE;
  const found = scanned.filter(({ entry }) => isMatch(query, entry)).slice(0, query.limit + 1);
  const isOver = found.length > query.limit;
  return { found, until: isOver ? found.at(-1) : isFull ? scanned.at(-1) : bound, isEnough: isFull || isOver };
}

/** Whether a page scans a record: the account's, with the leading filter, in the time and after the page before. */
function scannedBy(query: AuditQuery, before: Position | undefined) {
  const { accountId, fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = query;
  const { kind, value } = leadingFilter(query);
  // In a record's text, a value is written as JSON writes it. Reading most texts no further saves most of the time.
  const written = value === '' || value === 'root' ? '' : JSON.stringify(value).slice(1, -1);
  return (chainId: string, sequence: number, recordJson: string): AuditIndexEntry | undefined => {
    if (!recordJson.includes(written)) return undefined;
    const entry = indexEntryOfJson(recordJson);
    if (entry?.accountId !== accountId || !leads[kind](entry, value)) return undefined;
    if (entry.atMs < fromMs || entry.atMs > toMs) return undefined;
    return before && byPlace(before, { atMs: entry.atMs, sequence, chainId }) >= 0 ? undefined : entry;
  };
}

const leads: Readonly<Record<TermKind, (entry: AuditIndexEntry, value: string) => boolean>> = {
  time: () => true,
  changes: ({ readOnly }) => !readOnly,
  user: ({ userName }, value) => userName === value,
  'access-key': ({ accessKeyId }, value) => accessKeyId === value,
  event: ({ eventName }, value) => eventName === value,
  resource: ({ resourceArns }, value) => resourceArns.includes(value),
};

const EXACT = [
  ...(['region', 'eventName', 'eventSource', 'userName', 'accessKeyId', 'readOnly', 'resourceType'] as const),
  ...(['eventId', 'requestId'] as const),
];

const isMatch = (query: AuditQuery, entry: AuditIndexEntry): boolean =>
  EXACT.every((name) => query[name] === undefined || query[name] === entry[name]);
