/** Files that are written whole or not at all, and are on disk when the write resolves. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes under another name, syncs, renames and syncs the directory. Mode 0600; 0700 for a directory created for it.
 */
export async function writeDurably(path: string, contents: string | Uint8Array): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = `${path}.new`;
  await writeSynced(draft, 'w', contents);
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
    await writeSynced(draft, 'wx', contents);
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

async function writeSynced(path: string, flags: 'w' | 'wx', contents: string | Uint8Array): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    // A draft that an interrupted write has left keeps its mode.
    if (flags === 'w') await file.chmod(0o600);
    await file.writeFile(contents);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A new name in a directory is durable only when the directory is synced too. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}
