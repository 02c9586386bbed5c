/**
 * The SQLite files of one data directory: `keystead.db` (with its -wal and -shm) and `keystead.lock`.
 * Sources: https://www.sqlite.org/pragma.html, https://www.sqlite.org/wal.html
 */
import { mkdir, open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import type { CompiledQuery } from 'kysely';
import { syncDirectory } from '../../runtime/durable-file.ts';
import { StoreLocked, StoreUnavailable } from '../port/store.ts';

export const databaseFile = (directory: string): string => join(directory, 'keystead.db');

/** Reads wait this long for the rare moments in which a WAL database is locked for readers too (recovery). */
const BUSY_TIMEOUT_MS = 5_000;
/** A WAL that grew in one burst shrinks again. */
const WAL_SIZE_LIMIT_IN_BYTES = 64 * 1024 * 1024;

/** Makes directory and database file, readable by their owner alone; -wal and -shm take the mode of the database. */
export async function prepareFiles(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = await open(databaseFile(directory), 'a', 0o600);
  await file.close();
  // A new file is durable only when the directories that name it are.
  for (const path of [directory, dirname(resolve(directory))]) await syncDirectory(path);
}

/**
 * Takes the directory for this process. The lock is the operating system's own on a file of its own, held by an
 * exclusive transaction: it goes away with the process however that ends, and no stale file can block a start.
 * @throws StoreLocked
 */
export function lockDirectory(directory: string): Database.Database {
  const lock = new Database(join(directory, 'keystead.lock'), { timeout: 0 });
  try {
    lock.exec('begin exclusive');
    return lock;
  } catch (error) {
    lock.close();
    if (isBusy(error)) throw new StoreLocked(directory);
    throw error;
  }
}

const isBusy = (error: unknown): boolean => String(codeOf(error)).startsWith('SQLITE_BUSY');

/** By its member, not by its class: the driver is native code, and its errors may be of another realm than ours. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}

/** Of pages, for each connection, as far as they are used: a million keys have indexes that 2 MB, the default, do not hold. */
const CACHE_IN_KIB = 65_536;

/** The one connection that writes. */
export function openForWriting(file: string): Database.Database {
  const database = new Database(file, { timeout: BUSY_TIMEOUT_MS });
  // Readers never wait for the writer, and a commit is one append and one sync.
  database.pragma('journal_mode = wal');
  // FULL syncs the WAL at every commit; NORMAL, the usual advice, would lose the last commits in a power failure.
  database.pragma('synchronous = full');
  // On macOS fsync leaves data in the drive's cache; F_FULLFSYNC does not. Elsewhere these do nothing.
  database.pragma('fullfsync = on');
  database.pragma('checkpoint_fullfsync = on');
  database.pragma(`journal_size_limit = ${WAL_SIZE_LIMIT_IN_BYTES}`);
  database.pragma(`cache_size = -${CACHE_IN_KIB}`);
  // The schema of a file that someone handed us runs no functions.
  database.pragma('trusted_schema = off');
  return database;
}

/** @throws StoreUnavailable when there is no database. */
export function openForReading(file: string): Database.Database {
  try {
    const database = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    database.pragma(`cache_size = -${CACHE_IN_KIB}`);
    database.pragma('trusted_schema = off');
    return database;
  } catch (error) {
    throw new StoreUnavailable(`Cannot open ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Compiled statements by text: the queries' texts are few and preparing one costs more than running it. */
const STATEMENTS_KEPT = 500;

export class Statements {
  readonly #database: Database.Database;
  readonly #prepared = new Map<string, Database.Statement>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Rows of a query that has some, else the number of rows it touched. */
  run(query: Pick<CompiledQuery, 'sql' | 'parameters'>): {
    readonly rows: readonly unknown[];
    readonly touched: number;
  } {
    const statement = this.#prepare(query.sql);
    if (!statement.reader) return { rows: [], touched: statement.run(...query.parameters).changes };
    const rows = statement.all(...query.parameters);
    return { rows, touched: rows.length };
  }

  #prepare(sql: string): Database.Statement {
    const known = this.#prepared.get(sql);
    if (known) return known;
    if (this.#prepared.size >= STATEMENTS_KEPT) this.#prepared.clear();
    const statement = this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}
