/**
 * The change log: the changes of declared state, in commit order, without gaps. The update of the head row makes every
 * other write with changes wait until this one commits, so a reader never sees sequence n before n - 1.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { type Expression, type RawBuilder, sql } from 'kysely';
import type { Change, ChangeReader, RecordedChange } from '../port/changes.ts';
import { pageOf } from '../port/page.ts';
import type { Write } from '../port/store.ts';
import type { ConditionalStatement } from './mutations.ts';
import type { RunQuery } from './prepared.ts';
import type { ChangeLogRow, QueryBuilder } from './schema.ts';

export function changeQueries(db: QueryBuilder, run: RunQuery): ChangeReader {
  return {
    listChanges: async ({ accountId, region, resourceTypes = [], after, limit }) => {
      const query = db
        .selectFrom('change_log')
        .selectAll()
        .$if(accountId !== undefined, (all) => all.where('account_id', '=', accountId ?? ''))
        .$if(region !== undefined, (all) => all.where('region', '=', region ?? ''))
        .$if(resourceTypes.length > 0, (all) => all.where('resource_type', 'in', resourceTypes))
        .where('sequence', '>', after)
        .orderBy('sequence')
        .limit(limit + 1);
      const page = pageOf(await run(query.compile()), limit);
      return { rows: page.rows.map(recordedChange), more: page.more };
    },
    newestChange: async (accountId) => {
      const query = db
        .selectFrom('change_log')
        .selectAll()
        .where('account_id', '=', accountId)
        .orderBy('sequence', 'desc')
        .limit(1);
      return (await run(query.compile())).map(recordedChange);
    },
  };
}

function recordedChange(row: ChangeLogRow): RecordedChange {
  return {
    sequence: row.sequence,
    accountId: row.account_id,
    region: row.region,
    resourceType: row.resource_type,
    resourceId: row.resource_id,
    ...defined({ keyId: row.key_id ?? undefined }),
    kind: row.kind,
    eventName: row.event_name,
    atMs: row.at_ms,
    requestId: row.request_id,
    eventId: row.event_id,
  };
}

/** The cause of a change: the request's first audit record. */
export interface ChangeCause {
  readonly atMs: number;
  readonly requestId: string;
  readonly eventId: string;
}

export function causeOf({ changes, audit }: Pick<Write, 'changes' | 'audit'>): ChangeCause | undefined {
  const [record] = audit;
  if (changes.length === 0 || !record) return undefined;
  return { atMs: Date.parse(record.eventTime), requestId: record.requestID, eventId: record.eventID };
}

/** The statements that log a write's changes, after its mutations. */
export function changeStatements(
  db: QueryBuilder,
  changes: readonly Change[],
  cause: ChangeCause | undefined,
): readonly ConditionalStatement[] {
  if (changes.length === 0 || !cause) return [];
  return [
    { query: advanceChangeHead(db, changes.length), mustTouch: true },
    { query: appendChanges(db, changes, cause), mustTouch: false },
  ];
}

/** Reserves `count` sequence numbers. The query returns the last of them. */
export function advanceChangeHead(db: QueryBuilder, count: number) {
  return db
    .updateTable('change_head')
    .set((eb) => ({ last_sequence: eb('last_sequence', '+', count) }))
    .where('id', '=', 1)
    .returning('last_sequence');
}

/**
 * Appends the changes with the reserved sequence numbers. `change_head` is either the table after its update, or a
 * common table expression with the same name, so the same SQL works on both engines.
 */
export function appendChanges(db: QueryBuilder, changes: readonly Change[], cause: ChangeCause) {
  const sequence = (index: number): Expression<number> & RawBuilder<number> =>
    sql<number>`(select last_sequence from change_head) - ${sql.lit(changes.length - 1 - index)}`;
  return db.insertInto('change_log').values(
    changes.map((change, index) => ({
      sequence: sequence(index),
      account_id: change.accountId,
      region: change.region,
      resource_type: change.resourceType,
      resource_id: change.resourceId,
      key_id: change.keyId ?? null,
      kind: change.kind,
      event_name: change.eventName,
      at_ms: cause.atMs,
      request_id: cause.requestId,
      event_id: cause.eventId,
    })),
  );
}
