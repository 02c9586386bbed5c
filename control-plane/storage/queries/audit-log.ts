/**
 * Queries over the audit log, and the conversion of a record to a row. A record is serialized once, here; that text is
 * hashed, stored and read back, and the columns beside it serve look-ups only.
 */
import { type SelectQueryBuilder, sql } from 'kysely';
import { type AuditLink, type ChainHead, linkHash } from '../../domain/audit/audit-chain.ts';
import { type AuditIndexEntry, indexEntryOf, resourceLinksOf } from '../../domain/audit/audit-index.ts';
import type { AuditRecord } from '../../domain/audit/audit-record.ts';
import type { AuditLogReader, AuditQuery, RecordedAudit } from '../port/audit.ts';
import { pageOf } from '../port/page.ts';
import { indexColumns, resourceRow } from './audit-index.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { AuditChainRow, AuditLogRow, AuditResourceRow, QueryBuilder, Schema } from './schema.ts';

/** A record with everything that its rows need, except the place in a chain. */
export interface AuditEntry {
  readonly recordJson: string;
  readonly index: AuditIndexEntry;
}

export const auditEntry = (record: AuditRecord): AuditEntry => ({
  recordJson: JSON.stringify(record),
  index: indexEntryOf(record),
});

/** The end of a chain while it is being written. */
export interface ChainEnd {
  readonly chainId: string;
  readonly sequence: number;
  readonly hash: string;
}

/** The rows of the next record, and the chain's new end. */
export function appendToChain(end: ChainEnd, entry: AuditEntry) {
  const link: AuditLink = {
    chainId: end.chainId,
    sequence: end.sequence + 1,
    previousHash: end.hash,
    recordJson: entry.recordJson,
  };
  const hash = linkHash(link);
  const row: AuditLogRow = {
    chain_id: link.chainId,
    sequence: link.sequence,
    previous_hash: link.previousHash,
    hash,
    record_json: link.recordJson,
    ...indexColumns(entry.index),
  };
  const resources = resourceLinksOf(link.chainId, link.sequence, entry.index).map(resourceRow);
  return { row, resources, end: { chainId: end.chainId, sequence: link.sequence, hash } };
}

export const insertAuditRows = (db: QueryBuilder, rows: readonly AuditLogRow[]) =>
  db.insertInto('audit_log').values([...rows]);

export const insertAuditResources = (db: QueryBuilder, rows: readonly AuditResourceRow[]) =>
  db.insertInto('audit_resources').values([...rows]);

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

export function auditQueries(db: QueryBuilder, run: RunQuery): AuditLogReader {
  const chains = prepare(() => db.selectFrom('audit_chains').selectAll().orderBy('chain_id'));
  const chain = prepare((page: { chainId: string; after: number; rows: number }) =>
    db
      .selectFrom('audit_log')
      .select(['chain_id', 'sequence', 'previous_hash', 'hash', 'record_json'])
      .where('chain_id', '=', page.chainId)
      .where('sequence', '>', page.after)
      .orderBy('sequence')
      .limit(page.rows),
  );
  const links = prepare((page: { chainId: string; after: number; rows: number }) =>
    db
      .selectFrom('audit_log')
      .select(['sequence', 'hash', 'at_ms'])
      .where('chain_id', '=', page.chainId)
      .where('sequence', '>', page.after)
      .orderBy('sequence')
      .limit(page.rows),
  );
  return {
    listAuditChains: async () => (await run(chains({}))).map(chainHead),
    listAudit: async (chainId, { after, limit }) => {
      const page = pageOf(await run(chain({ chainId, after, rows: limit + 1 })), limit);
      return { rows: page.rows.map(recordedAudit), more: page.more };
    },
    listAuditLinks: async (chainId, { after, limit }) => {
      const page = pageOf(await run(links({ chainId, after, rows: limit + 1 })), limit);
      return {
        rows: page.rows.map(({ sequence, hash, at_ms: atMs }) => ({ sequence, hash, atMs })),
        more: page.more,
      };
    },
    findAuditPlace: async (eventId) => {
      const place = db.selectFrom('audit_log').select(['chain_id', 'sequence']).where('event_id', '=', eventId);
      const [row] = await run(place.compile());
      return row && { chainId: row.chain_id, sequence: row.sequence };
    },
    lookupAudit: async (query) => {
      const { rows, more } = pageOf(await run(lookup(db, query).compile()), query.limit);
      const records = rows.map((row) => JSON.parse(row.record_json) as AuditRecord);
      const last = more ? rows.at(-1) : (await run(lastScanned(db, query).compile()))[0];
      return last ? { records, next: formatPosition(last) } : { records };
    },
  };
}

export function chainHead(row: AuditChainRow): ChainHead {
  const head = { chainId: row.chain_id, lastSequence: row.last_sequence, lastHash: row.last_hash };
  if (row.pruned_sequence === 0) return head;
  const peaks = JSON.parse(row.pruned_peaks) as readonly string[];
  return { ...head, anchor: { sequence: row.pruned_sequence, hash: row.pruned_hash, peaks } };
}

type Position = Pick<AuditLogRow, 'at_ms' | 'chain_id' | 'sequence'>;

/**
 * Records that one page scans. A filter without an index can match few of very many records: then the page is short or
 * empty and has a position to continue from, as CloudTrail's pages do, and other requests need not wait.
 */
const SCANNED_PER_PAGE = 2000;

/** Newest first; records of one second are ordered by chain and sequence. */
function lookup(db: QueryBuilder, query: AuditQuery) {
  const { region = '', eventId = '', requestId = '', eventSource = '', resourceType = '' } = query;
  const { eventName = '', userName = '', accessKeyId = '' } = query;
  return db
    .selectFrom(scan(db, query).selectAll('audit_log').limit(SCANNED_PER_PAGE).as('scanned'))
    .select(['chain_id', 'sequence', 'at_ms', 'record_json'])
    .$if(query.region !== undefined, (all) => all.where('region', '=', region))
    .$if(query.eventName !== undefined, (all) => all.where('event_name', '=', eventName))
    .$if(query.userName !== undefined, (all) => all.where('user_name', '=', userName))
    .$if(query.accessKeyId !== undefined, (all) => all.where('access_key_id', '=', accessKeyId))
    .$if(query.readOnly !== undefined, (all) => all.where('read_only', '=', query.readOnly ? 1 : 0))
    .$if(query.eventId !== undefined, (all) => all.where('event_id', '=', eventId))
    .$if(query.requestId !== undefined, (all) => all.where('request_id', '=', requestId))
    .$if(query.eventSource !== undefined, (all) => all.where('event_source', '=', eventSource))
    .$if(query.resourceType !== undefined, (all) => all.where('resource_type', '=', resourceType))
    .orderBy('at_ms', 'desc')
    .orderBy('chain_id', 'desc')
    .orderBy('sequence', 'desc')
    .limit(query.limit + 1);
}

/** The last record that a full page scanned; no row when the scan reached the end of the log. */
function lastScanned(db: QueryBuilder, query: AuditQuery) {
  return scan(db, query)
    .select(['audit_log.chain_id', 'audit_log.sequence', 'audit_log.at_ms'])
    .offset(SCANNED_PER_PAGE - 1)
    .limit(1);
}

/** The account's records in the order of the index that fits the query best. */
function scan(db: QueryBuilder, query: AuditQuery) {
  const { accountId, resourceArn, fromMs = 0, toMs = 0, before } = query;
  const { eventName = '', userName = '', accessKeyId = '' } = query;
  const leading = resourceArn === undefined ? 'audit_log' : 'audit_resources';
  const at = sql.ref<number>(`${leading}.at_ms`);
  const place = sql`${at}, ${sql.ref(`${leading}.chain_id`)}, ${sql.ref(`${leading}.sequence`)}`;
  const by = leadingFilter(query);
  return (
    db
      .selectFrom('audit_log')
      .$call((all) => (resourceArn === undefined ? all : naming(all, resourceArn)))
      .where(sql.ref(`${leading}.account_id`), '=', accountId)
      .$if(by === 'user', (all) => all.where('user_name', '=', userName))
      .$if(by === 'access-key', (all) => all.where('access_key_id', '=', accessKeyId))
      .$if(by === 'event', (all) => all.where('event_name', '=', eventName))
      // A literal: with a parameter, the planner would not use the partial index.
      .$if(by === 'changes', (all) => all.where('read_only', '=', sql.lit(0)))
      .$if(query.fromMs !== undefined, (all) => all.where(at, '>=', fromMs))
      .$if(query.toMs !== undefined, (all) => all.where(at, '<=', toMs))
      .$if(before !== undefined, (all) => {
        const last = parsePosition(before ?? '');
        return all.where(sql<boolean>`(${place}) < (${last.at_ms}, ${last.chain_id}, ${last.sequence})`);
      })
      .orderBy(at, 'desc')
      .orderBy(sql.ref(`${leading}.chain_id`), 'desc')
      .orderBy(sql.ref(`${leading}.sequence`), 'desc')
  );
}

function leadingFilter(query: AuditQuery): 'resource' | 'user' | 'access-key' | 'event' | 'changes' | 'time' {
  if (query.resourceArn !== undefined) return 'resource';
  if (query.accessKeyId !== undefined) return 'access-key';
  if (query.userName !== undefined) return 'user';
  if (query.eventName !== undefined) return 'event';
  return query.readOnly === false ? 'changes' : 'time';
}

type LogSelection = SelectQueryBuilder<Schema, 'audit_log', object>;

function naming(log: LogSelection, resourceArn: string): LogSelection {
  return log
    .innerJoin('audit_resources', (join) =>
      join
        .onRef('audit_resources.chain_id', '=', 'audit_log.chain_id')
        .onRef('audit_resources.sequence', '=', 'audit_log.sequence'),
    )
    .where('audit_resources.resource_arn', '=', resourceArn) as unknown as LogSelection;
}

type RecordedRow = Pick<AuditLogRow, 'chain_id' | 'sequence' | 'previous_hash' | 'hash' | 'record_json'>;

function recordedAudit(row: RecordedRow): RecordedAudit {
  return {
    chainId: row.chain_id,
    sequence: row.sequence,
    previousHash: row.previous_hash,
    hash: row.hash,
    recordJson: row.record_json,
  };
}

/** Time, sequence and chain id, which is last because it can contain anything. */
const formatPosition = ({ at_ms, chain_id, sequence }: Position): string => `${at_ms}.${sequence}.${chain_id}`;

function parsePosition(text: string): Position {
  const [, atMs, sequence, chainId] = /^(\d+)\.(\d+)\.(.+)$/s.exec(text) ?? [];
  if (chainId === undefined) throw new RangeError(`"${text}" is not a position in the audit log`);
  return { at_ms: Number(atMs), sequence: Number(sequence), chain_id: chainId };
}
