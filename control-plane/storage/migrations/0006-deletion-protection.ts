/** Whether a key is protected from deletion in its Region; the keys that exist are not. */
import { type CompiledQuery, sql } from 'kysely';
import type { Dialect } from '../queries/dialect.ts';

export function deletionProtection({ queries, integer }: Dialect): readonly CompiledQuery[] {
  return [
    queries.schema
      .alterTable('keys')
      .addColumn('deletion_protected', sql.raw(integer), (column) => column.notNull().defaultTo(sql.lit(0)))
      .compile(),
  ];
}
