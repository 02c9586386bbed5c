/** Which session each identity token opened, until the token expires; tokens that were used before count as not used. */
import { type CompiledQuery, sql } from 'kysely';
import type { Dialect } from '../queries/dialect.ts';

export function identityTokenUses({ queries, text, integer, tableOptions }: Dialect): readonly CompiledQuery[] {
  const [textual, whole] = [sql.raw(`${text} not null`), sql.raw(`${integer} not null`)];
  return [
    sql`create table identity_token_uses (
      token_digest ${textual}, role_id ${textual}, session_name ${textual}, expires_at_ms ${whole}, revision ${whole},
      primary key (token_digest)
    ) ${sql.raw(tableOptions)}`.compile(queries),
    queries.schema
      .createIndex('identity_token_uses_by_expiry')
      .on('identity_token_uses')
      .column('expires_at_ms')
      .compile(),
  ];
}
