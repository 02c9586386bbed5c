/** Files that are written whole or not at all, and are on disk when the write resolves. */
import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory, and those above it, with mode 0700; one that exists keeps its mode.
 *
 * Node's permission model names files or whole directories: a process that may use some files of a directory can
 * neither make it nor look at it. Whoever started that process has made it.
 */
export async function makeDirectory(path: string): Promise<void> {
  if (await isMade(path)) return;
  await makeDirectory(dirname(path));
  if (!(await isMade(path))) throw new Error(`${dirname(path)} takes no directory`);
}

/**
 * One directory. Not by mkdir's `recursive`, which tries for ever where a directory that exists takes no new one (/proc).
 * @returns false where the directory above is missing
 */
async function isMade(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    // The process's umask does not matter.
    await chmod(path, 0o700);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    if (code === 'ERR_ACCESS_DENIED') return true;
    if ((await stat(path).catch(() => undefined))?.isDirectory()) return true;
    throw error;
  }
}

/** @throws the error, unless it comes from the permission model */
function unlessForbidden(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ERR_ACCESS_DENIED') throw error;
}

/**
 * Writes under another name, syncs, renames and syncs the directory. Mode 0600; 0700 for a directory created for it.
 */
export async function writeDurably(path: string, contents: string | Uint8Array): Promise<void> {
  const directory = dirname(path);
  await makeDirectory(directory);
  const draft = `${path}.new`;
  // A draft that an interrupted write has left would keep its mode.
  await rm(draft, { force: true });
  await writeSynced(draft, contents);
  await rename(draft, path);
  await syncDirectory(directory);
}

/**
 * As writeDurably, but never replaces a file: the draft is linked into place, and a link replaces nothing. The
 * directory must exist.
 * @returns false when `path` exists already; then it is left as it is.
 */
export async function createDurably(path: string, contents: string | Uint8Array): Promise<boolean> {
  const draft = `${path}.${randomBytes(8).toString('hex')}.new`;
  try {
    await writeSynced(draft, contents);
    await link(draft, path);
    await syncDirectory(dirname(path));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(draft).catch(() => {
      // The draft was never created; the error of its creation is thrown.
    });
  }
}

/** @throws NodeJS.ErrnoException when the file exists already */
async function writeSynced(path: string, contents: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(contents);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * A new name in a directory is durable only when the directory is synced too. Where the permission model does not let
 * this process open the directory, the name becomes durable with the next file that is synced: file systems with a
 * journal (ext4, XFS, APFS) write their changes of names in order.
 */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r').catch(unlessForbidden);
  await directory?.sync().finally(() => directory.close());
}
