/** Opens the store that a configuration names. */
import { hostname } from 'node:os';
import type { Clock } from '../domain/clock.ts';
import { openPostgres, openPostgresReadOnly } from './engines/postgres.ts';
import { openSqlite, openSqliteReadOnly } from './engines/sqlite.ts';
import type { Store, StoreLog, StoreReader } from './port/store.ts';

export interface OpenOptions {
  /** `sqlite`, or a `postgres://` URL. */
  readonly database: string;
  /** Where SQLite keeps its files. */
  readonly dataDir: string;
  /** Names this server in the audit log's list of nodes; default: the host's name. */
  readonly nodeName?: string;
  readonly clock: Clock;
  readonly log?: StoreLog;
  /** The SQLite worker's program, when it is not beside its engine (a bundle). */
  readonly sqliteWorkerUrl?: URL;
}

/**
 * @throws StoreLocked when another server has the data directory.
 * @throws StoreVersionMismatch when a newer program wrote the database.
 * @throws StoreUnavailable when there is no reaching it.
 */
export async function openStore(options: OpenOptions): Promise<Store> {
  const { database, dataDir, nodeName = hostname(), clock, log, sqliteWorkerUrl } = options;
  if (database === 'sqlite') {
    const workerUrl = sqliteWorkerUrl && { workerUrl: sqliteWorkerUrl };
    return openSqlite({ directory: dataDir, nodeName, clock, ...workerUrl });
  }
  return openPostgres({ url: postgresUrl(database), nodeName, clock, ...(log && { log }) });
}

export interface ReadOnlyStore extends StoreReader {
  close(): Promise<void>;
}

/** For commands that look while a server may be running; takes no lock and changes nothing. */
export async function openStoreReadOnly({ database, dataDir }: OpenOptions): Promise<ReadOnlyStore> {
  if (database === 'sqlite') return openSqliteReadOnly(dataDir);
  return openPostgresReadOnly(postgresUrl(database));
}

function postgresUrl(database: string): string {
  if (/^postgres(ql)?:\/\//.test(database)) return database;
  // Not repeated in the message: a mistyped URL may hold a password.
  throw new RangeError('The database is "sqlite" or a postgres:// URL');
}
