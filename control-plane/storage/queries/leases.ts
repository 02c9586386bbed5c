/**
 * Leases: one row per name, taken and renewed by one conditional statement, so that two nodes can never both hold it.
 * The fencing token increases with every new holder and never decreases: a release keeps the row and its token.
 */
import { sql } from 'kysely';
import type { Lease } from '../port/store.ts';
import type { QueryBuilder } from './schema.ts';

const NO_HOLDER = '';

export function takeLease(
  db: QueryBuilder,
  { name, holder, nowMs, ttlMs }: { name: string; holder: string; nowMs: number; ttlMs: number },
) {
  const sameHolder = sql<boolean>`leases.holder = excluded.holder`;
  return db
    .insertInto('leases')
    .values({ name, holder, fencing_token: 1, expires_at_ms: nowMs + ttlMs, revision: 1 })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet((eb) => ({
          holder: eb.ref('excluded.holder'),
          fencing_token: sql<number>`leases.fencing_token + case when ${sameHolder} then 0 else 1 end`,
          expires_at_ms: eb.ref('excluded.expires_at_ms'),
          revision: eb('leases.revision', '+', 1),
        }))
        .where((eb) => eb.or([sameHolder, eb('leases.expires_at_ms', '<=', nowMs)])),
    )
    .returning(['name', 'fencing_token', 'revision']);
}

export function leaseOf(row: { name: string; fencing_token: number; revision: number } | undefined): Lease | undefined {
  return row && { name: row.name, fencingToken: row.fencing_token, revision: row.revision };
}

/** Ends all leases, when their holders are known to have stopped. */
export const endLeases = (db: QueryBuilder) => db.updateTable('leases').set({ expires_at_ms: 0 });

/** Does nothing when another holder has taken the lease meanwhile. */
export function dropLease(db: QueryBuilder, lease: Lease, holder: string) {
  return db
    .updateTable('leases')
    .set((eb) => ({ holder: NO_HOLDER, expires_at_ms: 0, revision: eb('revision', '+', 1) }))
    .where('name', '=', lease.name)
    .where('holder', '=', holder)
    .where('fencing_token', '=', lease.fencingToken)
    .returning('name');
}
