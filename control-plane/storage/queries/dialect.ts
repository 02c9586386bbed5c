/**
 * What differs between the two databases, as data. Everything else in this folder's parent is written once.
 * Portable beyond PostgreSQL on purpose: no advisory locks, no LISTEN, no types of its own.
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
  /** Column types. Text compares by bytes everywhere, so that pages have one order on every database and locale. */
  readonly text: string;
  readonly blob: string;
  /** 64 bits. */
  readonly integer: string;
  /** Follows CREATE TABLE's closing parenthesis. */
  readonly tableOptions: string;
  /** Whether a row that is only read must be locked, so that it cannot change before the commit. */
  readonly locksReadRows: boolean;
  /** Whether text may contain U+0000. */
  readonly storesNul: boolean;
  readonly queries: QueryBuilder;
}

/**
 * Writes parameters as `+?`. Built with STAT4, as our driver is, SQLite looks at the values of bare parameters when it
 * plans a join, and so prepares the statement anew each time they change: eight times the cost of the look-up itself.
 * A unary plus does nothing to a value of any type and hides it from the planner.
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
  // STRICT: a value of the wrong type is refused, as PostgreSQL does. https://www.sqlite.org/stricttables.html
  tableOptions: 'strict',
  // One writer at a time: what it reads cannot change under it.
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
