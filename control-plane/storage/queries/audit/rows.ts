/**
 * Queries over `audit_log`: records as earlier versions stored them, one row each with columns that look-ups use. A job
 * moves them into segments, oldest first.
 */
import { type SelectQueryBuilder, sql } from 'kysely';
import type { AuditQuery, RecordedAudit, RecordedLink } from '../../port/audit.ts';
import { prepare, type RunQuery } from '../prepared.ts';
import type { AuditLogRow, QueryBuilder, Schema } from '../schema.ts';
import { leadingFilter, type PlacedRecord, type Position, SCANNED_PER_PAGE, type Scan } from './placed.ts';

export function rowQueries(db: QueryBuilder, run: RunQuery) {
  const ofChain = (page: { chainId: string; after: number; rows: number }) =>
    db
      .selectFrom('audit_log')
      .where('chain_id', '=', page.chainId)
      .where('sequence', '>', page.after)
      .orderBy('sequence')
      .limit(page.rows);
  const chain = prepare((page: { chainId: string; after: number; rows: number }) =>
    ofChain(page).select(['chain_id', 'sequence', 'previous_hash', 'hash', 'record_json']),
  );
  const links = prepare((page: { chainId: string; after: number; rows: number }) =>
    ofChain(page).select(['sequence', 'hash', 'at_ms']),
  );
  return {
    records: async (chainId: string, after: number, rows: number): Promise<readonly RecordedAudit[]> =>
      (await run(chain({ chainId, after, rows }))).map(recordedAudit),
    links: async (chainId: string, after: number, rows: number): Promise<readonly RecordedLink[]> =>
      (await run(links({ chainId, after, rows }))).map(({ sequence, hash, at_ms: atMs }) => ({ sequence, hash, atMs })),
    place: async (eventId: string) => {
      const place = db.selectFrom('audit_log').select(['chain_id', 'sequence']).where('event_id', '=', eventId);
      const [row] = await run(place.compile());
      return row && { chainId: row.chain_id, sequence: row.sequence };
    },
    lookup: async (query: AuditQuery, before: Position | undefined): Promise<Scan> => {
      const rows = await run(lookup(db, query, before).compile());
      const found = rows.map(placed);
      if (rows.length > query.limit) return { found, until: found.at(-1) };
      const [last] = await run(lastScanned(db, query, before).compile());
      return { found, until: last && { atMs: last.at_ms, sequence: last.sequence, chainId: last.chain_id } };
    },
  };
}

const placed = (row: Pick<AuditLogRow, 'at_ms' | 'chain_id' | 'sequence' | 'record_json'>): PlacedRecord => ({
  atMs: row.at_ms,
  sequence: row.sequence,
  chainId: row.chain_id,
  recordJson: row.record_json,
});

/** Newest first, in the order of `byPlace`. */
function lookup(db: QueryBuilder, query: AuditQuery, before: Position | undefined) {
  const { region = '', eventId = '', requestId = '', eventSource = '', resourceType = '' } = query;
  const { eventName = '', userName = '', accessKeyId = '' } = query;
  return db
    .selectFrom(scan(db, query, before).selectAll('audit_log').limit(SCANNED_PER_PAGE).as('scanned'))
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
    .orderBy('sequence', 'desc')
    .orderBy('chain_id', 'desc')
    .limit(query.limit + 1);
}

/** The last record that a full page scanned; no row when the scan reached the end of the log. */
function lastScanned(db: QueryBuilder, query: AuditQuery, before: Position | undefined) {
  return scan(db, query, before)
    .select(['audit_log.chain_id', 'audit_log.sequence', 'audit_log.at_ms'])
    .offset(SCANNED_PER_PAGE - 1)
    .limit(1);
}

/** The account's records in the order of the index that fits the query best. */
function scan(db: QueryBuilder, query: AuditQuery, before: Position | undefined) {
  const { accountId, resourceArn, fromMs = 0, toMs = 0 } = query;
  const { eventName = '', userName = '', accessKeyId = '' } = query;
  const leading = resourceArn === undefined ? 'audit_log' : 'audit_resources';
  const at = sql.ref<number>(`${leading}.at_ms`);
  const place = sql`${at}, ${sql.ref(`${leading}.sequence`)}, ${sql.ref(`${leading}.chain_id`)}`;
  const { kind: by } = leadingFilter(query);
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
        const { atMs = 0, sequence = 0, chainId = '' } = before ?? {};
        // The first condition follows from the second, and is one that an index can serve.
        const earlier = sql<boolean>`${at} <= ${atMs} and (${place}) < (${atMs}, ${sequence}, ${chainId})`;
        return all.where(earlier);
      })
      .orderBy(at, 'desc')
      .orderBy(sql.ref(`${leading}.sequence`), 'desc')
      .orderBy(sql.ref(`${leading}.chain_id`), 'desc')
  );
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
