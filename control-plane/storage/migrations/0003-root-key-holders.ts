/** Which generations of the root key the HSM of each server holds. */
import { type CompiledQuery, sql } from 'kysely';
import type { Dialect } from '../queries/dialect.ts';

export function rootKeyHolders({ queries, text, integer, tableOptions }: Dialect): readonly CompiledQuery[] {
  const [textual, whole] = [sql.raw(`${text} not null`), sql.raw(`${integer} not null`)];
  return [
    sql`create table root_key_holders (
      holder_id ${textual}, oldest ${whole}, newest ${whole}, newest_fingerprint ${textual}, seen_at_ms ${whole},
      revision ${whole}, primary key (holder_id)
    ) ${sql.raw(tableOptions)}`.compile(queries),
  ];
}
