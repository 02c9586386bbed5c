/**
 * The SQLite files of one data directory: `keystead.db` (with its -wal and -shm) and `keystead.lock`.
 * Sources: https://www.sqlite.org/pragma.html, https://www.sqlite.org/wal.html
 */
import fs from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import type { CompiledQuery } from 'kysely';
import { makeDirectory, syncDirectory } from '../../runtime/durable-file.ts';
import { type StoreFault, StoreLocked, StoreUnavailable } from '../port/store.ts';

export const databaseFile = (directory: string): string => join(directory, 'keystead.db');

/** Reads wait at most this long when a WAL database is locked for readers too (during recovery). */
const BUSY_TIMEOUT_MS = 5_000;
/** A WAL that grew beyond this is truncated again. */
const WAL_SIZE_LIMIT_IN_BYTES = 64 * 1024 * 1024;

/** Creates directory and database file, readable by their owner only; -wal and -shm get the mode of the database. */
export async function prepareFiles(directory: string): Promise<void> {
  await makeDirectory(directory);
  const file = await open(databaseFile(directory), 'a', 0o600);
  await file.close();
  // A new file is durable only when its directories are synced too.
  for (const path of [directory, dirname(resolve(directory))]) await syncDirectory(path);
}

/**
 * The driver first looks whether the directory exists, which Node's permission model forbids to a process that may use
 * only some files of it. SQLite itself says when there is none.
 */
function openFile(file: string, options: Database.Options): Database.Database {
  const { existsSync } = fs;
  const directory = dirname(file);
  fs.existsSync = (path) => path === directory || existsSync(path);
  try {
    return new Database(file, options);
  } finally {
    fs.existsSync = existsSync;
  }
}

/**
 * Locks the directory for this process. An exclusive transaction holds an operating system lock on `keystead.lock`: it
 * is released however the process ends, so a stale file cannot block a start.
 * @throws StoreLocked
 */
export function lockDirectory(directory: string): Database.Database {
  const lock = openFile(join(directory, 'keystead.lock'), { timeout: 0 });
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

/** Checks the member, not the class: the driver is native code, and its errors can belong to another realm. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}

/**
 * A full disk, or a file that is not a sound database. Source: https://www.sqlite.org/rescode.html; the shared memory
 * file cannot grow (SHMSIZE) for want of space too.
 */
export function faultOf(error: unknown): StoreFault | undefined {
  const code = codeOf(error) ?? '';
  if (['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT'].includes(code)) return 'disk-full';
  return code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT') ? 'damaged' : undefined;
}

/** Page cache of each connection, allocated on use: the indexes of a million keys do not fit into the default, 2 MB. */
const CACHE_IN_KIB = 65_536;

/** The one connection that writes. */
export function openForWriting(file: string): Database.Database {
  const database = openFile(file, { timeout: BUSY_TIMEOUT_MS });
  // Readers never wait for the writer, and a commit is one append and one sync.
  database.pragma('journal_mode = wal');
  // FULL syncs the WAL at every commit; NORMAL, which is often advised, would lose the last commits in a power failure.
  database.pragma('synchronous = full');
  // On macOS, fsync leaves data in the drive's cache, but F_FULLFSYNC does not. Elsewhere these have no effect.
  database.pragma('fullfsync = on');
  database.pragma('checkpoint_fullfsync = on');
  database.pragma(`journal_size_limit = ${WAL_SIZE_LIMIT_IN_BYTES}`);
  database.pragma(`cache_size = -${CACHE_IN_KIB}`);
  // The schema of a file from elsewhere must not run functions.
  database.pragma('trusted_schema = off');
  return database;
}

/** @throws StoreUnavailable when the database does not exist or cannot be opened. */
export function openForReading(file: string): Database.Database {
  try {
    const database = openFile(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    database.pragma(`cache_size = -${CACHE_IN_KIB}`);
    database.pragma('trusted_schema = off');
    return database;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new StoreUnavailable(`Cannot open ${file}: ${message}`, faultOf(error));
  }
}

/** Prepared statements by text: there are few texts, and preparing a statement costs more than running it. */
const STATEMENTS_KEPT = 500;

export class Statements {
  readonly #database: Database.Database;
  readonly #prepared = new Map<string, Database.Statement>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** The rows of a query that returns rows; otherwise the number of rows that it touched. */
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
