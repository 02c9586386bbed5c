/**
 * Touches: what each write touched of the rows that nodes keep in memory, in commit order and without gaps, because the
 * update of the head row makes every other such write wait until this one commits. On PostgreSQL only.
 */
import { sql } from 'kysely';
import type { QueryBuilder } from './schema.ts';

/** A node that is further behind forgets everything. */
export const TOUCHES_KEPT = 10_000;
/** Read at once, for the same reason. */
const TOUCHES_READ = 1000;

export interface NewTouch {
  /** undefined: any row. */
  readonly rows: readonly string[] | undefined;
  /** Number of changes in the same write. */
  readonly changes: number;
}

/** Takes the next numbers of the change log and of the touches. */
export function advanceHeads(db: QueryBuilder, changes: number) {
  return db
    .updateTable('change_head')
    .set((eb) => ({
      last_sequence: eb('last_sequence', '+', changes),
      last_touch: eb('last_touch', '+', 1),
    }))
    .where('id', '=', 1)
    .returning(['last_sequence', 'last_touch']);
}

/** `change_head` is a common table expression with the heads as this write left them. */
export function insertTouch(db: QueryBuilder, { rows, changes }: NewTouch) {
  return db.insertInto('touches').values({
    number: sql<number>`(select last_touch from change_head)`,
    row_names: rows === undefined ? null : JSON.stringify(rows),
    last_sequence: sql<number>`(select last_sequence from change_head)`,
    changes,
  });
}

/** Each write removes one, by its number: looking for the oldest would pass over all that were removed before. */
export function forgetOldTouch(db: QueryBuilder) {
  return db
    .deleteFrom('touches')
    .where('number', '=', sql<number>`(select last_touch from change_head) - ${sql.lit(TOUCHES_KEPT)}`);
}

export interface HeadAndTouch {
  readonly headTouch: number;
  readonly headSequence: number;
  /** These four are null where there is no touch. */
  readonly number: number | null;
  readonly rowNames: string | null;
  readonly lastSequence: number | null;
  readonly changes: number | null;
}

/** The heads, each time beside one of the touches after `after`, in their order; at least one row. */
export function touchesAfter(db: QueryBuilder, after: number) {
  return db
    .selectFrom('change_head')
    .leftJoin('touches', (join) => join.on('touches.number', '>', after))
    .select([
      'change_head.last_touch as headTouch',
      'change_head.last_sequence as headSequence',
      'touches.number',
      'touches.row_names as rowNames',
      'touches.last_sequence as lastSequence',
      'touches.changes',
    ])
    .where('change_head.id', '=', 1)
    .orderBy('touches.number')
    .limit(TOUCHES_READ);
}
