/**
 * A root key without its database: what the key protected is lost or elsewhere, and a new database would hide that.
 * The first start makes the database before the root key, so no interrupted start leaves a root key alone.
 */
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Store } from '../storage/port/store.ts';
import { parseSeal, type ServeConfig } from './config.ts';
import { ROOT_KEY_FINGERPRINT } from './root-key-check.ts';
import { exitCodes, StartError } from './start-error.ts';

/** Files that a server writes to its data directory once the database knows its root key. */
const WRITTEN_LATER = ['credentials', 'audit-public-key.pem'];

/**
 * Before anything is opened: the file of an embedded database must not be missing or empty where an earlier server has
 * left its root key. A PostgreSQL database is looked at when it is open (`requireKnownDatabase`).
 * @throws StartError
 */
export function requireDatabaseOfRootKey(config: ServeConfig): void {
  if (config.isNewDatabase || config.database.reveal() !== 'sqlite') return;
  const file = join(config.dataDir, 'keystead.db');
  if (!isEmptyDatabase(file)) return;
  const found = tracesOf(config).find((path) => sizeOf(path) !== undefined);
  if (found !== undefined) throw lostDatabase(`The database ${file} is missing or empty`, found);
}

/**
 * A database that no server has used must not belong to a data directory that one has used. A second node, which
 * shares a root key and has a directory of its own, finds a database in use; so this is about a wrong or emptied one.
 * @throws StartError
 */
export async function requireKnownDatabase({ dataDir, isNewDatabase }: ServeConfig, store: Store): Promise<void> {
  if (isNewDatabase || (await store.findMeta(ROOT_KEY_FINGERPRINT)) !== undefined) return;
  const found = WRITTEN_LATER.map((name) => join(dataDir, name)).find((path) => sizeOf(path) !== undefined);
  if (found !== undefined) throw lostDatabase('The database is empty', found);
}

/** The root key of an HSM that runs by itself is not this server's to look at. */
function tracesOf({ dataDir, seal, passphraseFile, hsm }: ServeConfig): readonly string[] {
  const own = ['root.key', join('hsm', 'root.key'), ...WRITTEN_LATER].map((name) => join(dataDir, name));
  return hsm === undefined || hsm.isEmbedded ? [resolve(parseSeal(seal, passphraseFile).path), ...own] : own;
}

/** Every table has a page of its own beside the first one. What is not yet in the file is in its log. */
const ONE_PAGE = 4096;

const isEmptyDatabase = (file: string): boolean =>
  (sizeOf(file) ?? 0) <= ONE_PAGE && (sizeOf(`${file}-wal`) ?? 0) === 0;

/** undefined: there is no such file, or this process may not look. */
function sizeOf(path: string): number | undefined {
  try {
    return statSync(path).size;
  } catch {
    return undefined;
  }
}

function lostDatabase(what: string, found: string): StartError {
  return new StartError(
    `${what}, but ${found} shows that there was one: its keys would be lost.`,
    'Restore the database from its backup, or correct --data-dir or --database. To start anew, give an empty ' +
      '--data-dir; to use this root key with a new database, confirm that with --new-database.',
    exitCodes.database,
  );
}
