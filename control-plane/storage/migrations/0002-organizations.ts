/** The organization of an account, and the account's paths in it. */
import { type CompiledQuery, sql } from 'kysely';
import type { Dialect } from '../queries/dialect.ts';

export function organizations({ queries, text }: Dialect): readonly CompiledQuery[] {
  return ['organization_id', 'organization_paths'].map((column) =>
    queries.schema.alterTable('accounts').addColumn(column, sql.raw(text)).compile(),
  );
}
