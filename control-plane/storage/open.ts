/** Opens the store that the configuration names. */
import { hostname } from 'node:os';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { Clock } from '../domain/clock.ts';
import { openPostgres, openPostgresReadOnly } from './engines/postgres.ts';
import { openSqlite, openSqliteReadOnly } from './engines/sqlite.ts';
import type { Store, StoreLog, StoreReader } from './port/store.ts';

export interface OpenOptions {
  /** `sqlite`, or a `postgres://` URL. */
  readonly database: string;
  /** Directory of SQLite's files. */
  readonly dataDir: string;
  /** Name of this server in the audit log's list of nodes; default: the host's name. */
  readonly nodeName?: string;
  readonly clock: Clock;
  readonly log?: StoreLog;
  /** The SQLite worker's program, when it is not beside its engine (a bundle). */
  readonly sqliteWorkerUrl?: URL;
}

/**
 * @throws StoreLocked when another server has the data directory.
 * @throws StoreVersionMismatch when a newer program wrote the database.
 * @throws StoreUnavailable when the database cannot be reached or used.
 */
export async function openStore(options: OpenOptions): Promise<Store> {
  const { database, dataDir, nodeName = hostname(), clock, log, sqliteWorkerUrl } = options;
  if (database === 'sqlite') {
    return openSqlite({ directory: dataDir, nodeName, clock, ...defined({ workerUrl: sqliteWorkerUrl }) });
  }
  return openPostgres({ url: postgresUrl(database), nodeName, clock, ...defined({ log }) });
}

export interface ReadOnlyStore extends StoreReader {
  close(): Promise<void>;
}

/** For commands that read while a server can be running; takes no lock and changes nothing. */
export async function openStoreReadOnly({ database, dataDir }: OpenOptions): Promise<ReadOnlyStore> {
  if (database === 'sqlite') return openSqliteReadOnly(dataDir);
  return openPostgresReadOnly(postgresUrl(database));
}

function postgresUrl(database: string): string {
  if (/^postgres(ql)?:\/\//.test(database)) return database;
  // The message does not repeat the text: a mistyped URL can contain a password.
  throw new RangeError('The database must be "sqlite" or a postgres:// URL');
}
