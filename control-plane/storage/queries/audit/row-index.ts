/**
 * Queries over what rows of earlier versions are searched by: columns beside each record, and links to the resources it
 * names.
 */
import { type CompiledQuery, type RawBuilder, sql } from 'kysely';
import {
  type AuditIndexEntry,
  type AuditIndexValues,
  isLinkOf,
  type ResourceLink,
} from '../../../domain/audit/audit-index.ts';
import type { AuditIndexReader, AuditIndexRepair } from '../../port/audit.ts';
import { pageOf } from '../../port/page.ts';
import { prepare, type RunQuery } from '../prepared.ts';
import type { AuditLogRow, AuditResourceRow, QueryBuilder } from '../schema.ts';

/** The columns of a record that look-ups use. */
export const indexColumns = (entry: AuditIndexValues) => ({
  account_id: entry.accountId,
  region: entry.region,
  event_source: entry.eventSource,
  event_name: entry.eventName,
  user_name: entry.userName ?? null,
  access_key_id: entry.accessKeyId ?? null,
  read_only: entry.readOnly ? 1 : 0,
  resource_type: entry.resourceType ?? null,
  request_id: entry.requestId,
  event_id: entry.eventId,
  at_ms: entry.atMs,
});

const indexValues = (row: Omit<AuditLogRow, 'previous_hash' | 'hash'>): AuditIndexValues => ({
  accountId: row.account_id,
  region: row.region,
  eventSource: row.event_source,
  eventName: row.event_name,
  userName: row.user_name ?? undefined,
  accessKeyId: row.access_key_id ?? undefined,
  readOnly: row.read_only !== 0,
  resourceType: row.resource_type ?? undefined,
  requestId: row.request_id,
  eventId: row.event_id,
  atMs: row.at_ms,
});

type RowIndexReader = Pick<AuditIndexReader, 'listAuditIndex' | 'findResourceLinks' | 'listResourceLinks'>;

export const resourceRow = (link: ResourceLink): AuditResourceRow => ({
  account_id: link.accountId,
  resource_arn: link.resourceArn,
  at_ms: link.atMs,
  chain_id: link.chainId,
  sequence: link.sequence,
});

const resourceLink = (row: AuditResourceRow): ResourceLink => ({
  accountId: row.account_id,
  resourceArn: row.resource_arn,
  atMs: row.at_ms,
  chainId: row.chain_id,
  sequence: row.sequence,
});

/** A link by its primary key. */
const linkColumns = sql`(l.account_id, l.resource_arn, l.at_ms, l.chain_id, l.sequence)`;

function linkTuple(row: AuditResourceRow): RawBuilder<unknown> {
  // Without the cast, PostgreSQL reads these values as text.
  const [atMs, sequence] = [row.at_ms, row.sequence].map((value) => sql`cast(${value} as bigint)`);
  return sql`(${row.account_id}, ${row.resource_arn}, ${atMs}, ${row.chain_id}, ${sequence})`;
}

/** The rows of `audit_resources` that are among these. */
export function amongLinks(rows: readonly AuditResourceRow[]): RawBuilder<boolean> {
  const tuples = sql.join(rows.map(linkTuple));
  return sql<boolean>`(account_id, resource_arn, at_ms, chain_id, sequence) in (values ${tuples})`;
}

export function rowIndexQueries(db: QueryBuilder, run: RunQuery): RowIndexReader {
  const indexed = prepare((page: { chainId: string; after: number; rows: number }) =>
    db
      .selectFrom('audit_log')
      .selectAll()
      .where('chain_id', '=', page.chainId)
      .where('sequence', '>', page.after)
      .orderBy('sequence')
      .limit(page.rows),
  );
  return {
    listAuditIndex: async (chainId, { after, limit }) => {
      const { rows, more } = pageOf(await run(indexed({ chainId, after, rows: limit + 1 })), limit);
      const entries = rows.map((row) => ({
        sequence: row.sequence,
        recordJson: row.record_json,
        stored: indexValues(row),
      }));
      return { rows: entries, more };
    },
    findResourceLinks: async (links) => {
      if (links.length === 0) return [];
      const found = db
        .selectFrom('audit_resources')
        .selectAll()
        .where(amongLinks(links.map(resourceRow)));
      return (await run(found.compile())).map(resourceLink);
    },
    listResourceLinks: async ({ after, limit }) => {
      const { rows, more } = pageOf(await run(linksWithRecords(db, after, limit + 1)), limit);
      const links = rows.map((row) => ({ link: resourceLink(row), isNamed: isNamed(row) }));
      return { rows: links, more };
    },
  };
}

interface LinkWithRecord extends AuditResourceRow {
  /** null: there is no such record. */
  readonly record_json: string | null;
}

/** In the order of the primary key, each with the record it points to. */
function linksWithRecords(db: QueryBuilder, after: ResourceLink | undefined, limit: number) {
  const from = after ? sql`where ${linkColumns} > ${linkTuple(resourceRow(after))}` : sql``;
  return sql<LinkWithRecord>`
    select l.account_id, l.resource_arn, l.at_ms, l.chain_id, l.sequence, r.record_json
    from audit_resources l
    left join audit_log r on r.chain_id = l.chain_id and r.sequence = l.sequence
    ${from}
    order by l.account_id, l.resource_arn, l.at_ms, l.chain_id, l.sequence
    limit ${limit}`.compile(db);
}

const isNamed = (row: LinkWithRecord): boolean => isLinkOf(resourceLink(row), row.record_json ?? undefined);

/** The statements that store what the records say; each can run again, and alone. */
export function repairStatements(db: QueryBuilder, repair: AuditIndexRepair): readonly CompiledQuery[] {
  const { chainId, entries, add, remove } = repair;
  const updates = entries.map(({ sequence, entry }) => updateColumns(db, chainId, sequence, entry).compile());
  const inserts = add.map((link) =>
    db
      .insertInto('audit_resources')
      .values(resourceRow(link))
      .onConflict((conflict) => conflict.doNothing())
      .compile(),
  );
  const deletes =
    remove.length === 0
      ? []
      : [
          db
            .deleteFrom('audit_resources')
            .where(amongLinks(remove.map(resourceRow)))
            .compile(),
        ];
  return [...updates, ...inserts, ...deletes];
}

const updateColumns = (db: QueryBuilder, chainId: string, sequence: number, entry: AuditIndexEntry) =>
  db.updateTable('audit_log').set(indexColumns(entry)).where('chain_id', '=', chainId).where('sequence', '=', sequence);
