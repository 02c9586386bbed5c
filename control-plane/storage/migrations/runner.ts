/**
 * Brings a database to this program's schema: missing migrations are applied in one transaction, under a lock on one
 * row, so that nodes that start together on one database migrate it once. A database of a newer program is refused.
 */
import { type CompiledQuery, sql } from 'kysely';
import type { Clock } from '../../domain/clock.ts';
import { StoreVersionMismatch } from '../port/store.ts';
import type { Dialect } from '../queries/dialect.ts';
import type { RunQuery } from '../queries/prepared.ts';
import { migrations } from './index.ts';

/** Runs `work` inside one transaction on one connection. */
export type InTransaction = <Result>(work: (run: RunQuery) => Promise<Result>) => Promise<Result>;

export async function migrate(
  dialect: Dialect,
  transaction: InTransaction,
  clock: Clock,
  known = migrations,
): Promise<void> {
  await transaction(async (run) => {
    for (const query of ledger(dialect)) await run(query);
  });
  await transaction(async (run) => {
    await run(lockLedger(dialect));
    const applied = await appliedCount(dialect, run);
    refuseNewer(applied, known.length);
    for (const [index, migration] of known.entries()) {
      if (index < applied) continue;
      for (const query of migration.statements(dialect)) await run(query);
      const row = { number: index + 1, name: migration.name, applied_at_ms: clock.now() };
      await run(dialect.queries.insertInto('migrations').values(row).compile());
    }
  });
}

/** For readers, which do not migrate: the schema must be exactly this program's. @throws StoreVersionMismatch */
export async function requireCurrentSchema(dialect: Dialect, run: RunQuery): Promise<void> {
  const applied = await appliedCount(dialect, run);
  refuseNewer(applied, migrations.length);
  if (applied < migrations.length) {
    throw new StoreVersionMismatch(
      `The database has schema version ${applied}, but this program needs ${migrations.length}: start the server once to migrate it`,
    );
  }
}

function refuseNewer(applied: number, known: number): void {
  if (applied <= known) return;
  throw new StoreVersionMismatch(
    `The database has schema version ${applied}, but this program knows only ${known}: a newer keystead has migrated it. Start that version, or a newer one`,
  );
}

async function appliedCount({ queries }: Dialect, run: RunQuery): Promise<number> {
  const rows = await run(queries.selectFrom('migrations').select('number').compile());
  return Math.max(0, ...rows.map((row) => row.number));
}

/** Row 0 is the lock. */
function ledger(dialect: Dialect): readonly CompiledQuery[] {
  const { queries, integer, text, tableOptions } = dialect;
  return [
    queries.schema
      .createTable('migrations')
      .ifNotExists()
      .addColumn('number', sql.raw(integer), (column) => column.primaryKey())
      .addColumn('name', sql.raw(text), (column) => column.notNull())
      .addColumn('applied_at_ms', sql.raw(integer), (column) => column.notNull())
      .modifyEnd(sql.raw(tableOptions))
      .compile(),
    queries
      .insertInto('migrations')
      .values({ number: 0, name: 'lock', applied_at_ms: 0 })
      .onConflict((conflict) => conflict.column('number').doNothing())
      .compile(),
  ];
}

/** An update that changes nothing locks the row until the transaction ends, on either engine. */
const lockLedger = ({ queries }: Dialect): CompiledQuery =>
  queries.updateTable('migrations').set({ name: 'lock' }).where('number', '=', 0).compile();
