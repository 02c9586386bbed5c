/**
 * Segments of the audit log and the index of them. The rows of `audit_log` stay; a job moves them into segments while
 * the server runs (queries/audit/arrange.ts).
 */
import { type CompiledQuery, sql } from 'kysely';
import type { Dialect } from '../queries/dialect.ts';

export function auditSegments(dialect: Dialect): readonly CompiledQuery[] {
  const { queries, text, integer, blob, tableOptions, generatedId, clusteredTable } = dialect;
  const [textual, whole, bytes] = [text, integer, blob].map((type) => sql.raw(`${type} not null`));
  return [
    // Columns with much data last, so that the others can be read without them.
    sql`create table audit_segments (
      id ${sql.raw(generatedId)}, chain_id ${textual}, first_sequence ${whole}, last_sequence ${whole},
      previous_hash ${textual}, from_ms ${whole}, to_ms ${whole}, grade ${whole}, size_in_bytes ${whole},
      links ${bytes}, records ${bytes}
    ) ${sql.raw(tableOptions)}`.compile(queries),
    queries.schema
      .createIndex('audit_segments_by_chain')
      .unique()
      .on('audit_segments')
      .columns(['chain_id', 'last_sequence'])
      .compile(),
    sql`create index audit_segments_open on audit_segments (to_ms, last_sequence) where grade = 0`.compile(queries),
    sql`create table audit_terms (
      term ${whole}, to_ms ${whole}, last_sequence ${whole}, segment ${whole}, from_ms ${whole},
      primary key (term, to_ms, last_sequence, segment)
    ) ${sql.raw(clusteredTable)}`.compile(queries),
  ];
}
