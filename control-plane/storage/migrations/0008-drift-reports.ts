/** Drift reports of stacks, and which of a stack is the last. */
import { type CompiledQuery, sql } from 'kysely';
import type { Dialect } from '../queries/dialect.ts';

export function driftReports({ queries, text, integer, blob, tableOptions }: Dialect): readonly CompiledQuery[] {
  const [textual, whole, bytes] = [text, integer, blob].map((type) => sql.raw(`${type} not null`));
  return [
    sql`create table drift_stacks (
      account_id ${textual}, stack_name ${textual}, last_number ${whole}, continuation ${sql.raw(blob)},
      revision ${whole}, primary key (account_id, stack_name)
    ) ${sql.raw(tableOptions)}`.compile(queries),
    // The document last, so that the other columns can be read without it.
    sql`create table drift_reports (
      account_id ${textual}, stack_name ${textual}, number ${whole}, published_at_ms ${whole},
      published_by ${textual}, sequence ${whole}, resources ${whole}, findings ${textual}, revision ${whole},
      document ${bytes}, primary key (account_id, stack_name, number)
    ) ${sql.raw(tableOptions)}`.compile(queries),
  ];
}
