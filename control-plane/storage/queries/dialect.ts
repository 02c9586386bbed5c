/**
 * The differences between the two databases, as data; all queries are written once. The SQL is portable to other
 * databases with PostgreSQL's protocol: no advisory locks, no LISTEN, no types of PostgreSQL's own.
 */
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { QueryBuilder, Schema } from './schema.ts';

export interface Dialect {
  readonly engine: 'sqlite' | 'postgres';
  /** Column types. Text is compared by bytes, so that pages have the same order on every database and locale. */
  readonly text: string;
  readonly blob: string;
  /** 64 bits. */
  readonly integer: string;
  /** Follows CREATE TABLE's closing parenthesis. */
  readonly tableOptions: string;
  /** Whether `require` must lock the row that it reads, so that it cannot change before the commit. */
  readonly locksReadRows: boolean;
  /** Whether text can contain U+0000. */
  readonly storesNul: boolean;
  readonly queries: QueryBuilder;
}

/**
 * Writes parameters as `+?`. A SQLite built with STAT4, as in our driver, uses the values of bare parameters to plan a
 * join, and so prepares the statement again each time they change: eight times the cost of the look-up itself. A unary
 * plus leaves a value of any type unchanged and hides it from the planner.
 * Sources: https://www.sqlite.org/lang_expr.html (unary +), https://www.sqlite.org/queryplanner-ng.html (QPSG)
 */
class StablePlanCompiler extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '+?';
  }
}

export const sqliteDialect: Dialect = {
  engine: 'sqlite',
  text: 'text',
  blob: 'blob',
  integer: 'integer',
  // STRICT: refuses a value of the wrong type, as PostgreSQL does. https://www.sqlite.org/stricttables.html
  tableOptions: 'strict',
  // There is one writer at a time, so rows that it reads cannot change.
  locksReadRows: false,
  storesNul: true,
  queries: new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new StablePlanCompiler(),
    },
  }),
};

export const postgresDialect: Dialect = {
  engine: 'postgres',
  text: 'text collate "C"',
  blob: 'bytea',
  integer: 'bigint',
  tableOptions: '',
  locksReadRows: true,
  storesNul: false,
  queries: new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  }),
};
