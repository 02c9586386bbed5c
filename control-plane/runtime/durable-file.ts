/** Files that appear whole or not at all, and are on disk before anything says that they are. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Written under another name, synced, renamed, its directory synced. Mode 0600; a directory made for it has 0700. */
export async function writeDurably(path: string, contents: string | Uint8Array): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = `${path}.new`;
  await writeSynced(draft, 'w', contents);
  await rename(draft, path);
  await syncDirectory(directory);
}

/**
 * As writeDurably, but never in the place of a file: the draft is linked into place, because linking replaces nothing. Its
 * directory has to be there.
 * @returns false when `path` exists already; it is left alone.
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
      // It was never made; the error of making it is on its way.
    });
  }
}

async function writeSynced(path: string, flags: 'w' | 'wx', contents: string | Uint8Array): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    // A draft that was left behind has kept its mode.
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
