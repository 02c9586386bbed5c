/**
 * Who used each key for what, and when last, as far as the audit log has been read. Without marks, the log is read
 * again from its first record.
 */
import { type CompiledQuery, sql } from 'kysely';
import type { Dialect } from '../queries/dialect.ts';

export function keyUsers({ queries, text, integer, tableOptions }: Dialect): readonly CompiledQuery[] {
  const [textual, whole] = [sql.raw(`${text} not null`), sql.raw(`${integer} not null`)];
  return [
    sql`create table key_users (
      account_id ${textual}, region ${textual}, key_id ${textual}, principal_id ${textual}, action ${textual},
      principal_account_id ${textual}, used_at_ms ${whole}, event_id ${textual}, facts_json ${textual},
      revision ${whole}, primary key (account_id, region, key_id, principal_id, action)
    ) ${sql.raw(tableOptions)}`.compile(queries),
    queries.deleteFrom('usage_marks').compile(),
  ];
}
