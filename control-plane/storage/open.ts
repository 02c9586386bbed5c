/** Opens the store that a configuration names. */
import { hostname } from 'node:os';
import type { Clock } from '../clock.ts';
import { openSqlite, openSqliteReadOnly } from './engines/sqlite.ts';
import type { Store, StoreReader } from './store.ts';

/** What the store has to say to operators; pino's loggers fit. */
export interface StoreLog {
  warn(fields: object, message: string): void;
}

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
  const { database, dataDir, nodeName = hostname(), clock, sqliteWorkerUrl } = options;
  if (database === 'sqlite') {
    const workerUrl = sqliteWorkerUrl && { workerUrl: sqliteWorkerUrl };
    return openSqlite({ directory: dataDir, nodeName, clock, ...workerUrl });
  }
  throw new RangeError(`The database is "sqlite" or a postgres:// URL, not "${database}"`);
}

export interface ReadOnlyStore extends StoreReader {
  close(): Promise<void>;
}

/** For commands that look while a server may be running; takes no lock and changes nothing. */
export async function openStoreReadOnly({ database, dataDir }: OpenOptions): Promise<ReadOnlyStore> {
  if (database === 'sqlite') return openSqliteReadOnly(dataDir);
  throw new RangeError(`The database is "sqlite" or a postgres:// URL, not "${database}"`);
}
