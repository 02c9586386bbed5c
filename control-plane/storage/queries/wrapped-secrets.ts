/**
 * Queries over everything that is wrapped under the root key. Wrapped bytes begin with a version and the generation
 * (domain/keys/wrapped-header.ts), so bytes of an earlier generation are less than the header of a later one.
 */
import { type RawBuilder, sql } from 'kysely';
import { wrappedHeader } from '../../domain/keys/wrapped-header.ts';
import { primaryKeys } from '../port/tables.ts';
import {
  type WrappedPage,
  type WrappedRows,
  type WrappedSecretReader,
  type WrappedTable,
  wrappedTables,
} from '../port/wrapped-secrets.ts';
import type { RunQuery } from './prepared.ts';
import type { QueryBuilder } from './schema.ts';

interface Columns {
  readonly wrapped: string;
  /** Beside the primary key and the revision. */
  readonly others: readonly string[];
  /** Whether the KMS key's columns are needed too. */
  readonly ofKey: boolean;
}

const columns: Readonly<Record<WrappedTable, Columns>> = {
  key_materials: { wrapped: 'wrapped', others: [], ofKey: true },
  imported_materials: { wrapped: 'wrapped', others: [], ofKey: true },
  access_keys: { wrapped: 'wrapped_secret', others: ['account_id'], ofKey: false },
  custom_key_stores: { wrapped: 'wrapped_secret', others: ['type', 'xks_access_key_id'], ofKey: false },
};

const KEY_COLUMNS = ['key_spec', 'origin', 'domain_region'];

export function wrappedSecretQueries(db: QueryBuilder, run: RunQuery): WrappedSecretReader {
  const count = async (table: WrappedTable, before: number): Promise<number> => {
    const query = sql<{ count: number }>`select count(*) as count ${rowsOf(table, { before })}`;
    return (await run(query.compile(db)))[0]?.count ?? 0;
  };
  return {
    listWrapped: async <T extends WrappedTable>(table: T, page: WrappedPage) => {
      const { wrapped, others, ofKey } = columns[table];
      const own = [...primaryKeys[table], ...others, wrapped, 'revision'].map((name) => ownColumn(table, name));
      const ofItsKey = ofKey ? KEY_COLUMNS.map((name) => sql.ref(`key_sets.${name}`)) : [];
      const query = sql<WrappedRows[T]>`select ${sql.join([...own, ...ofItsKey])} ${rowsOf(table, page)}
        order by ${primaryKeyOf(table)} limit ${page.limit}`;
      return run(query.compile(db));
    },
    countWrapped: async (before) => {
      const counts = wrappedTables.map(async (table) => [table, await count(table, before)] as const);
      return Object.fromEntries(await Promise.all(counts)) as Record<WrappedTable, number>;
    },
  };
}

const ownColumn = (table: WrappedTable, name: string) => sql.ref(`${table}.${name}`);

const primaryKeyOf = (table: WrappedTable) => sql.join(primaryKeys[table].map((name) => ownColumn(table, name)));

/** FROM and WHERE. */
function rowsOf(table: WrappedTable, { before, after }: Partial<WrappedPage>): RawBuilder<unknown> {
  const { wrapped, ofKey } = columns[table];
  const column = ownColumn(table, wrapped);
  const join = sql`join key_sets on key_sets.account_id = ${ownColumn(table, 'account_id')}
    and key_sets.key_id = ${ownColumn(table, 'key_id')}`;
  const conditions = [
    sql`${column} is not null`,
    ...(before === undefined ? [] : [sql`${column} < ${wrappedHeader(before)}`]),
    ...(after === undefined ? [] : [sql`(${primaryKeyOf(table)}) > (${sql.join([...after])})`]),
  ];
  return sql`from ${sql.table(table)} ${ofKey ? join : sql``} where ${sql.join(conditions, sql` and `)}`;
}
