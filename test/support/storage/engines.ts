/** Both engines behind one interface: a place for a database, which a test can open several times. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyChain } from '@keystead/control-plane/domain/audit/audit-chain.ts';
import type { Clock } from '@keystead/control-plane/domain/clock.ts';
import { openStore, openStoreReadOnly, type ReadOnlyStore } from '@keystead/control-plane/storage/open.ts';
import type { RecordedAudit } from '@keystead/control-plane/storage/port/audit.ts';
import type { RecordedChange } from '@keystead/control-plane/storage/port/changes.ts';
import type { Store, StoreReader } from '@keystead/control-plane/storage/port/store.ts';
import Database from 'better-sqlite3';
import { type PostgresServer, query, startPostgres } from '../postgres.ts';
import { startMs } from './rows.ts';

export type EngineName = 'sqlite' | 'postgres';
export const engines: readonly EngineName[] = ['sqlite', 'postgres'];

/** Statements without the store. */
export interface Direct {
  readonly execute: Place['tamper'];
  readonly select: Place['select'];
}

export interface Place {
  readonly database: string;
  readonly dataDir: string;
  open(): Promise<Store>;
  openReadOnly(): Promise<ReadOnlyStore>;
  /** Changes the database without the store. `?` stands for each value. */
  tamper(sql: string, ...values: readonly (string | number | Buffer | null)[]): Promise<void>;
  /** Reads the database without the store. */
  select(sql: string, ...values: readonly (string | number)[]): Promise<readonly unknown[]>;
  /** Both. */
  readonly direct: Direct;
}

export interface Places {
  create(engine: EngineName): Promise<Place>;
  readonly server: PostgresServer;
  /** Closes all stores that tests opened, and removes their data. */
  removeAll(): Promise<void>;
}

export const testClock: Clock = { now: () => startMs };

export async function makePlaces(): Promise<Places> {
  const server = await startPostgres();
  const directories: string[] = [];
  const opened: { close(): Promise<void> }[] = [];
  const kept = async <S extends { close(): Promise<void> }>(opening: Promise<S>): Promise<S> => {
    const store = await opening;
    opened.push(store);
    return store;
  };
  return {
    server,
    create: async (engine) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'keystead-storage-'));
      directories.push(dataDir);
      const database = engine === 'sqlite' ? 'sqlite' : await server.createDatabase();
      const options = { database, dataDir, clock: testClock };
      const tamper: Place['tamper'] = (sql, ...values) =>
        engine === 'sqlite' ? tamperSqlite(dataDir, sql, values) : tamperPostgres(database, sql, values);
      const select: Place['select'] = (sql, ...values) =>
        engine === 'sqlite' ? selectSqlite(dataDir, sql, values) : selectPostgres(database, sql, values);
      return {
        database,
        dataDir,
        open: () => kept(openStore(options)),
        openReadOnly: () => kept(openStoreReadOnly(options)),
        tamper,
        select,
        direct: { execute: tamper, select },
      };
    },
    removeAll: async () => {
      try {
        for (const store of opened) await store.close();
      } finally {
        await server.stop();
        for (const directory of directories) rmSync(directory, { recursive: true, force: true });
      }
    },
  };
}

async function tamperSqlite(dataDir: string, sql: string, values: readonly unknown[]): Promise<void> {
  const database = new Database(join(dataDir, 'keystead.db'));
  try {
    database.prepare(sql).run(...values);
  } finally {
    database.close();
  }
}

async function selectSqlite(dataDir: string, sql: string, values: readonly unknown[]): Promise<readonly unknown[]> {
  const database = new Database(join(dataDir, 'keystead.db'), { readonly: true });
  try {
    return database.prepare(sql).all(...values);
  } finally {
    database.close();
  }
}

const tamperPostgres = async (url: string, sql: string, values: readonly unknown[]): Promise<void> => {
  await query(url, numbered(sql), values);
};

/** Integers of 64 bits are strings in the driver's answers. */
async function selectPostgres(url: string, sql: string, values: readonly unknown[]): Promise<readonly unknown[]> {
  const rows = (await query(url, numbered(sql), values)) as readonly Record<string, unknown>[];
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'string' && /^\d{1,16}$/.test(value) && !name.endsWith('hash') ? Number(value) : value,
      ]),
    ),
  );
}

function numbered(sql: string): string {
  let place = 0;
  return sql.replaceAll('?', () => {
    place += 1;
    return `$${place}`;
  });
}

export async function allChanges(store: StoreReader): Promise<RecordedChange[]> {
  const changes: RecordedChange[] = [];
  for (;;) {
    const page = await store.listChanges({ after: changes.at(-1)?.sequence ?? 0, limit: 100 });
    changes.push(...page.rows);
    if (!page.more) return changes;
  }
}

export async function* auditRecords(store: StoreReader, chainId: string): AsyncGenerator<RecordedAudit> {
  for (let after = 0; ; ) {
    const page = await store.listAudit(chainId, { after, limit: 100 });
    yield* page.rows;
    after = page.rows.at(-1)?.sequence ?? after;
    if (!page.more) return;
  }
}

/** Verifies every chain. @returns the number of records in all of them */
export async function verifiedRecords(store: StoreReader): Promise<number> {
  let verified = 0;
  for (const chain of await store.listAuditChains()) {
    const report = await verifyChain(chain, auditRecords(store, chain.chainId));
    expect(report).toEqual({ verified: chain.lastSequence });
    verified += report.verified;
  }
  return verified;
}
