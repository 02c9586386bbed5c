/**
 * Mutations as statements. Each condition is in the statement itself (primary key and revision), and a statement whose
 * condition did not hold touches no row; then the engines roll back the whole write and throw WriteConflict.
 */
import { type Compilable, type Kysely, type OperationNodeSource, sql } from 'kysely';
import type { Mutation, Write } from '../port/store.ts';
import { primaryKeys, type TableName } from '../port/tables.ts';
import type { Dialect } from './dialect.ts';

export interface ConditionalStatement {
  readonly query: Compilable & OperationNodeSource;
  /** Whether the write fails with a conflict when no row is touched. */
  readonly mustTouch: boolean;
}

type Cells = Readonly<Record<string, unknown>>;
/** Tables by name only: the type of Mutation already ensures that tables and columns fit. */
type AnyTable = Kysely<Record<string, Record<string, unknown>>>;

export function mutationStatement(dialect: Dialect, mutation: Mutation): ConditionalStatement {
  const db = dialect.queries as unknown as AnyTable;
  const touched = sql<number>`1`.as('touched');
  const { table } = mutation;
  switch (mutation.op) {
    case 'insert':
      return { query: db.insertInto(table).values({ ...mutation.row, revision: 1 }), mustTouch: false };
    case 'update': {
      const where = { ...mutation.key, revision: mutation.revision };
      const set = { ...mutation.set, revision: mutation.revision + 1 };
      return { query: db.updateTable(table).set(set).where(allEqual(where)).returning(touched), mustTouch: true };
    }
    case 'delete': {
      const where = { ...mutation.key, revision: mutation.revision };
      return { query: db.deleteFrom(table).where(allEqual(where)).returning(touched), mustTouch: true };
    }
    case 'require': {
      const where = { ...mutation.key, revision: mutation.revision };
      const row = db.selectFrom(table).select(touched).where(allEqual(where));
      return { query: dialect.locksReadRows ? row.forShare() : row, mustTouch: true };
    }
    case 'deleteAll':
      return { query: db.deleteFrom(table).where(allEqual(mutation.where)), mustTouch: false };
  }
}

const allEqual = (cells: Cells) =>
  sql<boolean>`${sql.join(
    Object.entries(cells).map(([column, value]) => sql`${sql.ref(column)} = ${value}`),
    sql` and `,
  )}`;

/** Finds programming errors that the two engines would handle differently, or not notice. @throws TypeError */
export function checkWrite(write: Write): void {
  if (write.changes.length > 0 && write.audit.length === 0) {
    throw new TypeError('A write with changes needs the audit record of the request that made them');
  }
  const named = new Set<string>();
  for (const mutation of write.mutations) {
    if (mutation.op === 'deleteAll') {
      if (Object.keys(mutation.where).length === 0)
        throw new TypeError(`deleteAll of ${mutation.table} names no column`);
      continue;
    }
    const cells: Cells = mutation.op === 'insert' ? mutation.row : mutation.key;
    const row = JSON.stringify([mutation.table, ...keyColumns(mutation.table).map((column) => cells[column])]);
    if (named.has(row)) throw new TypeError(`A write names a row twice: ${row}`);
    named.add(row);
  }
}

const keyColumns = (table: TableName): readonly string[] => primaryKeys[table];
