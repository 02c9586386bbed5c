/**
 * Queries over the audit log, and how a record becomes a row. A record is serialised once, here, and that text is
 * what is hashed, stored and read back; the columns beside it only serve look-ups.
 */
import { type SelectQueryBuilder, sql } from 'kysely';
import { type AuditLink, linkHash } from '../domain/audit-chain.ts';
import type { AuditRecord } from '../domain/audit-record.ts';
import { pageOf } from './paging.ts';
import { prepare, type RunQuery } from './prepared.ts';
import type { AuditLogRow, AuditResourceRow, QueryBuilder, Schema } from './schema.ts';
import type { AuditQuery, RecordedAudit, StoreReader } from './store.ts';

/** A record with all that its rows need but their place in a chain. */
export interface AuditEntry {
  readonly recordJson: string;
  readonly accountId: string;
  readonly region: string;
  readonly eventName: string;
  readonly requestId: string;
  readonly eventId: string;
  readonly atMs: number;
  readonly resourceArns: readonly string[];
}

export function auditEntry(record: AuditRecord): AuditEntry {
  return {
    recordJson: JSON.stringify(record),
    accountId: record.recipientAccountId,
    region: record.awsRegion,
    eventName: record.eventName,
    requestId: record.requestID,
    eventId: record.eventID,
    atMs: Date.parse(record.eventTime),
    resourceArns: [...new Set((record.resources ?? []).map((resource) => resource.ARN))],
  };
}

/** The end of a chain while it is being written. */
export interface ChainEnd {
  readonly chainId: string;
  readonly sequence: number;
  readonly hash: string;
}

/** The rows of one more record, and the chain's new end. */
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
    account_id: entry.accountId,
    region: entry.region,
    event_name: entry.eventName,
    request_id: entry.requestId,
    event_id: entry.eventId,
    at_ms: entry.atMs,
  };
  const resources: readonly AuditResourceRow[] = entry.resourceArns.map((resource_arn) => ({
    account_id: entry.accountId,
    resource_arn,
    at_ms: entry.atMs,
    chain_id: link.chainId,
    sequence: link.sequence,
  }));
  return { row, resources, end: { chainId: end.chainId, sequence: link.sequence, hash } };
}

export const insertAuditRows = (db: QueryBuilder, rows: readonly AuditLogRow[]) =>
  db.insertInto('audit_log').values([...rows]);

export const insertAuditResources = (db: QueryBuilder, rows: readonly AuditResourceRow[]) =>
  db.insertInto('audit_resources').values([...rows]);

/** Moves a chain's end; touches no row when the chain does not end where its writer left it. */
export const moveChainEnd = (
  db: QueryBuilder,
  move: { chainId: string; fromSequence: number; sequence: number; hash: string },
) =>
  db
    .updateTable('audit_chains')
    .set({ last_sequence: move.sequence, last_hash: move.hash })
    .where('chain_id', '=', move.chainId)
    .where('last_sequence', '=', move.fromSequence);

type AuditQueries = Pick<StoreReader, 'listAuditChains' | 'listAudit' | 'lookupAudit'>;

export function auditQueries(db: QueryBuilder, run: RunQuery): AuditQueries {
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
  return {
    listAuditChains: async () =>
      (await run(chains({}))).map((row) => ({
        chainId: row.chain_id,
        lastSequence: row.last_sequence,
        lastHash: row.last_hash,
      })),
    listAudit: async (chainId, { after, limit }) => {
      const page = pageOf(await run(chain({ chainId, after, rows: limit + 1 })), limit);
      return { rows: page.rows.map(recordedAudit), more: page.more };
    },
    lookupAudit: async (query) => {
      const { rows, more } = pageOf(await run(lookup(db, query).compile()), query.limit);
      const records = rows.map((row) => JSON.parse(row.record_json) as AuditRecord);
      const last = rows.at(-1);
      return more && last ? { records, next: formatPosition(last) } : { records };
    },
  };
}

type Position = Pick<AuditLogRow, 'at_ms' | 'chain_id' | 'sequence'>;

/** Newest first; chain and sequence order the records of one second. Read from the index of the table that leads. */
function lookup(db: QueryBuilder, query: AuditQuery) {
  const { accountId, resourceArn, region = '', eventName = '', requestId = '', fromMs = 0, toMs = 0, before } = query;
  const leading = resourceArn === undefined ? 'audit_log' : 'audit_resources';
  const at = sql.ref<number>(`${leading}.at_ms`);
  const place = sql`${at}, ${sql.ref(`${leading}.chain_id`)}, ${sql.ref(`${leading}.sequence`)}`;
  return db
    .selectFrom('audit_log')
    .select(['audit_log.chain_id', 'audit_log.sequence', 'audit_log.at_ms', 'audit_log.record_json'])
    .$call((all) => (resourceArn === undefined ? all : naming(all, resourceArn)))
    .where(sql.ref(`${leading}.account_id`), '=', accountId)
    .$if(query.region !== undefined, (all) => all.where('audit_log.region', '=', region))
    .$if(query.eventName !== undefined, (all) => all.where('audit_log.event_name', '=', eventName))
    .$if(query.requestId !== undefined, (all) => all.where('audit_log.request_id', '=', requestId))
    .$if(query.fromMs !== undefined, (all) => all.where(at, '>=', fromMs))
    .$if(query.toMs !== undefined, (all) => all.where(at, '<=', toMs))
    .$if(before !== undefined, (all) => {
      const last = parsePosition(before ?? '');
      return all.where(sql<boolean>`(${place}) < (${last.at_ms}, ${last.chain_id}, ${last.sequence})`);
    })
    .orderBy(at, 'desc')
    .orderBy(sql.ref(`${leading}.chain_id`), 'desc')
    .orderBy(sql.ref(`${leading}.sequence`), 'desc')
    .limit(query.limit + 1);
}

type LogSelection = SelectQueryBuilder<Schema, 'audit_log', Position & Pick<AuditLogRow, 'record_json'>>;

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

/** Time, sequence and chain id, which may contain anything and so comes last. */
const formatPosition = ({ at_ms, chain_id, sequence }: Position): string => `${at_ms}.${sequence}.${chain_id}`;

function parsePosition(text: string): Position {
  const [, atMs, sequence, chainId] = /^(\d+)\.(\d+)\.(.+)$/s.exec(text) ?? [];
  if (chainId === undefined) throw new RangeError(`"${text}" is no position in the audit log`);
  return { at_ms: Number(atMs), sequence: Number(sequence), chain_id: chainId };
}
