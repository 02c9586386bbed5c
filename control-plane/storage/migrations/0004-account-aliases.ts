/** Aliases of accounts. */
import { type CompiledQuery, sql } from 'kysely';
import type { Dialect } from '../queries/dialect.ts';

export function accountAliases({ queries, integer, text, tableOptions }: Dialect): readonly CompiledQuery[] {
  return [
    queries.schema
      .createTable('account_aliases')
      .addColumn('alias', sql.raw(text), (column) => column.primaryKey().notNull())
      .addColumn('account_id', sql.raw(text), (column) => column.notNull())
      .addColumn('revision', sql.raw(integer), (column) => column.notNull())
      .modifyEnd(sql.raw(tableOptions))
      .compile(),
    queries.schema.createIndex('account_aliases_by_account').on('account_aliases').columns(['account_id']).compile(),
  ];
}
