/**
 * Which rows the last writes touched, numbered in commit order: nodes that keep rows in memory forget these. Only
 * PostgreSQL has several nodes; on SQLite the columns and the table stay as they are.
 */
import { type CompiledQuery, sql } from 'kysely';
import type { Dialect } from '../queries/dialect.ts';

export function touchedRows({ queries, text, integer, tableOptions }: Dialect): readonly CompiledQuery[] {
  const whole = sql.raw(`${integer} not null`);
  return [
    queries.schema
      .alterTable('change_head')
      .addColumn('last_touch', sql.raw(integer), (column) => column.notNull().defaultTo(sql.lit(0)))
      .compile(),
    sql`create table touches (
      number ${whole} primary key, row_names ${sql.raw(text)}, last_sequence ${whole}, changes ${whole}
    ) ${sql.raw(tableOptions)}`.compile(queries),
  ];
}
