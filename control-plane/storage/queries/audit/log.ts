/**
 * Queries over the audit log: the chains, their records in order, and look-ups. Records are in segments; those that
 * earlier versions stored as rows are read beside them until they have been moved.
 */
import type { ChainHead } from '../../../domain/audit/audit-chain.ts';
import type { AuditRecord } from '../../../domain/audit/audit-record.ts';
import { timeOfId } from '../../../domain/identifiers/time-ordered-id.ts';
import type { AuditLogReader, RecordedAudit, RecordedLink } from '../../port/audit.ts';
import { type Page, pageOf } from '../../port/page.ts';
import { readLinks, readRecords } from '../../segments/format.ts';
import { prepare, type RunQuery } from '../prepared.ts';
import type { AuditChainRow, QueryBuilder } from '../schema.ts';
import { lookupQueries } from './lookup.ts';
import { rowQueries } from './rows.ts';
import { segmentQueries, segmentsAfter } from './segments.ts';

export function auditQueries(db: QueryBuilder, run: RunQuery): AuditLogReader {
  const chains = prepare(() => db.selectFrom('audit_chains').selectAll().orderBy('chain_id'));
  const rows = rowQueries(db, run);
  const segments = segmentQueries(db, run);
  return {
    listAuditChains: async () => (await run(chains({}))).map(chainHead),
    listAudit: async (chainId, { after, limit }) => {
      const old = await rows.records(chainId, after, limit + 1);
      const found: RecordedAudit[] = [];
      for await (const batch of segmentsAfter(segments.whole(chainId), after, limit + 1)) {
        for (const segment of batch) {
          for (const { sequence, previousHash, hash, recordJson } of await readRecords(segment)) {
            found.push({ chainId, sequence, previousHash, hash, recordJson });
          }
        }
      }
      return inOrder(old, found, after, limit);
    },
    listAuditLinks: async (chainId, { after, limit }) => {
      const old = await rows.links(chainId, after, limit + 1);
      const found: RecordedLink[] = [];
      for await (const batch of segmentsAfter(segments.links(chainId), after, limit + 1)) {
        for (const segment of batch) found.push(...readLinks(segment));
      }
      return inOrder(old, found, after, limit);
    },
    findAuditPlace: async (eventId) => {
      const atMs = timeOfId(eventId);
      const old = await rows.place(eventId);
      if (old) return old;
      const inSecond = atMs === undefined ? undefined : await placeInSegments(db, run, eventId, atMs);
      return inSecond ?? (await placeInSegments(db, run, eventId));
    },
    ...lookupQueries(db, run),
  };
}

export function chainHead(row: AuditChainRow): ChainHead {
  const head = { chainId: row.chain_id, lastSequence: row.last_sequence, lastHash: row.last_hash };
  if (row.pruned_sequence === 0) return head;
  const peaks = JSON.parse(row.pruned_peaks) as readonly string[];
  return { ...head, anchor: { sequence: row.pruned_sequence, hash: row.pruned_hash, peaks } };
}

/** A record that was moved between the two readings is in both. */
function inOrder<Row extends { readonly sequence: number }>(
  old: readonly Row[],
  found: readonly Row[],
  after: number,
  limit: number,
): Page<Row> {
  const wanted: Row[] = [];
  let last = after;
  const sorted = old.length === 0 ? found : [...old, ...found].sort((a, b) => a.sequence - b.sequence);
  for (const row of sorted) {
    if (row.sequence <= last) continue;
    wanted.push(row);
    last = row.sequence;
    if (wanted.length > limit) break;
  }
  return pageOf(wanted, limit);
}

const SEGMENTS_PER_READ = 16;
const SECOND_MS = 1000;

/** Reads all segments, or those of the second that contains `atMs`: event times are whole seconds. */
async function placeInSegments(db: QueryBuilder, run: RunQuery, eventId: string, atMs?: number) {
  const secondMs = Math.floor((atMs ?? 0) / SECOND_MS) * SECOND_MS;
  let last = { chain_id: '', last_sequence: 0 };
  for (;;) {
    const { chain_id, last_sequence } = last;
    const read = db
      .selectFrom('audit_segments')
      .selectAll()
      .$if(atMs !== undefined, (all) => all.where('from_ms', '<=', secondMs).where('to_ms', '>=', secondMs))
      .where(({ eb, and, or }) =>
        or([
          eb('chain_id', '>', chain_id),
          and([eb('chain_id', '=', chain_id), eb('last_sequence', '>', last_sequence)]),
        ]),
      )
      .orderBy('chain_id')
      .orderBy('last_sequence')
      .limit(SEGMENTS_PER_READ);
    const segments = await run(read.compile());
    for (const segment of segments) {
      const record = (await readRecords(segment)).find(({ recordJson }) => isEvent(recordJson, eventId));
      if (record) return { chainId: segment.chain_id, sequence: record.sequence };
    }
    const end = segments.at(-1);
    if (!end) return undefined;
    last = end;
  }
}

function isEvent(recordJson: string, eventId: string): boolean {
  if (!recordJson.includes(eventId)) return false;
  try {
    return (JSON.parse(recordJson) as AuditRecord).eventID === eventId;
  } catch {
    return false;
  }
}
