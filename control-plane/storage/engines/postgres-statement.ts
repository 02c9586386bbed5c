/**
 * A whole write as one PostgreSQL statement: one round trip, and atomic. Every mutation, the change log and the audit
 * rows are common table expressions that modify data, and the last line checks that each condition held.
 * Source: PostgreSQL manual, 7.8.4 "Data-Modifying Statements in WITH".
 *
 *     with chain       as (update audit_chains … where last_sequence = <ours> returning 1),
 *          snapshot    as (select last_sequence from change_head),
 *          change_head as (update change_head … returning last_sequence),
 *          touches     as (insert into touches …),
 *          mutation_0  as (update keys … where key_id = … and revision = … returning 1),
 *          mutation_1  as (insert into aliases …),
 *          changes     as (insert into change_log …),
 *          audit_0     as (insert into audit_segments …)
 *     select <guards>
 *
 * A guard that fails must roll back everything, and the portable way to fail in SQL is an arithmetic error. There are
 * three guards with three SQLSTATEs:
 *
 * - `1 / 0`, 22012: a mutation touched no row. The write lost a race.
 * - `sqrt(-1)`, 2201F: a change was committed after this statement's snapshot and before it locked the change head, so
 * a
 *   deleteAll can have missed a row. A second attempt sees that row.
 * - `ln(0)`, 2201E: the audit chain does not end at the record that this lane wrote last.
 *
 * The guards are evaluated from left to right, and evaluating one runs its expression: the change head is locked before
 * any row, so writes with changes queue there and cannot deadlock with each other. At READ COMMITTED, an update that
 * waited for another writer checks its conditions against the row that this writer committed.
 */
import { type CompiledQuery, type OperationNodeSource, type RawBuilder, sql } from 'kysely';
import type { RowNames } from '../memory/row-memory.ts';
import type { Change } from '../port/changes.ts';
import type { Mutation } from '../port/store.ts';
import { insertSegment, moveChainEnd } from '../queries/audit/segments.ts';
import { appendChanges, type ChangeCause } from '../queries/changes.ts';
import { postgresDialect } from '../queries/dialect.ts';
import { mutationStatement } from '../queries/mutations.ts';
import { advanceHeads, forgetOldTouch, insertTouch } from '../queries/touches.ts';
import { appendToChain, type ChainEnd, type NewRecord } from '../segments/format.ts';

export const guardStates = { lostRace: '22012', staleSnapshot: '2201F', chainMoved: '2201E' } as const;

export interface LaneWrite {
  readonly mutations: readonly Mutation[];
  /** Rows kept in memory that the mutations touch; undefined: any. */
  readonly touched: RowNames | undefined;
  readonly changes: readonly Change[];
  /** Of the changes. */
  readonly cause: ChangeCause | undefined;
  readonly audit: readonly NewRecord[];
}

interface Part {
  readonly name: string;
  readonly query: OperationNodeSource;
}

const db = postgresDialect.queries;
const touched = sql<number>`1`.as('touched');

/** The statement, and the end of the chain once it is committed. */
export function writeStatement(
  write: LaneWrite,
  end: ChainEnd,
): { readonly query: CompiledQuery; readonly end: ChainEnd } {
  const changes = changeParts(write);
  const audit = auditParts(write.audit, end);
  const parts: Part[] = [...audit.chain, ...changes.head];
  const lost: RawBuilder<unknown>[] = changes.head.length > 0 ? [touchedOnce('change_head')] : [];
  for (const [index, mutation] of write.mutations.entries()) {
    const name = `mutation_${index}`;
    const { query, mustTouch } = mutationStatement(postgresDialect, mutation);
    parts.push({ name, query });
    if (mustTouch) lost.push(touchedOnce(name));
  }
  parts.push(...changes.log, ...audit.rows);
  const guards = [
    ...(audit.chain.length > 0 ? [sql`ln((select count(*) from chain))`] : []),
    ...(changes.guard ? [changes.guard] : []),
    ...(lost.length > 0 ? [sql`1 / (case when ${sql.join(lost, sql` and `)} then 1 else 0 end)`] : []),
  ];
  const expressions = sql.join(parts.map(({ name, query }) => sql`${sql.id(name)} as (${query})`));
  const select = guards.length > 0 ? sql.join(guards) : sql`1`;
  const query = parts.length > 0 ? sql`with ${expressions} select ${select}` : sql`select ${select}`;
  return { query: query.compile(db), end: audit.end };
}

const touchedOnce = (name: string) => sql`(select count(*) from ${sql.id(name)}) = 1`;

/** `snapshot` comes before the expression that hides the table's name, so it reads the table. */
function changeParts({ mutations, touched: rows, changes, cause }: LaneWrite) {
  const logged = cause ? changes : [];
  if (logged.length === 0 && rows?.length === 0) return { head: [], log: [] };
  const head = [
    { name: 'snapshot', query: db.selectFrom('change_head').select('last_sequence').where('id', '=', 1) },
    { name: 'change_head', query: advanceHeads(db, logged.length) },
    { name: 'touch', query: insertTouch(db, { rows, changes: logged.length }) },
    { name: 'old_touch', query: forgetOldTouch(db) },
  ];
  const log = cause && logged.length > 0 ? [{ name: 'changes', query: appendChanges(db, logged, cause) }] : [];
  if (!mutations.some(({ op }) => op === 'deleteAll')) return { head: head.slice(1), log };
  const since = sql`(select last_sequence from change_head) - (select last_sequence from snapshot)`;
  const guard = sql`sqrt(case when ${since} = ${sql.lit(logged.length)} then 1 else -1 end)`;
  return { head, log, guard };
}

function auditParts(records: readonly NewRecord[], start: ChainEnd) {
  if (records.length === 0) return { chain: [], rows: [], end: start };
  const { segments, end } = appendToChain(start, records);
  const move = { chainId: end.chainId, fromSequence: start.sequence, sequence: end.sequence, hash: end.hash };
  const rows = segments.map((segment, index): Part => ({ name: `audit_${index}`, query: insertSegment(db, segment) }));
  return { chain: [{ name: 'chain', query: moveChainEnd(db, move).returning(touched) }], rows, end };
}
