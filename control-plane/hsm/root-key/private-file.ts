/**
 * Files that only this process's user may read: creating them whole and durably, and refusing to trust any other.
 */
import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, link, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '../../runtime/durable-file.ts';
import { SealError } from '../port/seal-error.ts';

const OTHERS = 0o077;
/** Every file read here is small; a bigger one is a mistake (or a device that never ends). */
const MAX_FILE_BYTES = 4096;

/**
 * @returns undefined when there is no such file.
 * @throws SealError when somebody else may read or could have written it, or it is no small regular file.
 */
export async function readPrivateFile(path: string): Promise<Buffer | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError('cannot be read', path, error);
  }
  try {
    requirePrivate(path, await file.stat());
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/**
 * Creates `path` with `contents`, mode 0600: complete and synced to disk, or not there at all, whenever the machine
 * stops. Written under another name first and linked into place, because linking never replaces an existing file.
 * @returns false when `path` exists already; it is left alone.
 */
export async function createPrivateFile(path: string, contents: Uint8Array): Promise<boolean> {
  const draft = `${path}.${randomBytes(8).toString('hex')}.new`;
  try {
    await writeDurably(draft, contents);
    await link(draft, path);
    await syncDirectory(dirname(path));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fileError('cannot be created', path, error);
  } finally {
    await unlink(draft).catch(() => {
      // It was never made; the error of making it is on its way.
    });
  }
}

async function writeDurably(path: string, contents: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(contents);
    await file.sync();
  } finally {
    await file.close();
  }
}

function requirePrivate(path: string, { mode, uid, size }: Stats): void {
  if ((mode & constants.S_IFMT) !== constants.S_IFREG || size > MAX_FILE_BYTES) {
    throw new SealError(
      `${path} is not the file it should be.`,
      `Name a regular file of at most ${MAX_FILE_BYTES} bytes.`,
    );
  }
  if ((mode & OTHERS) !== 0) {
    const shown = (mode & 0o777).toString(8).padStart(4, '0');
    throw new SealError(`${path} is open to other users (mode ${shown}).`, `Close it with: chmod 600 ${path}`);
  }
  const self = process.geteuid?.() ?? uid;
  if (uid !== self && uid !== 0) {
    throw new SealError(
      `${path} belongs to another user (uid ${uid}).`,
      `Give it to the server's user: chown ${self} ${path}`,
    );
  }
}

function fileError(what: string, path: string, error: unknown): SealError {
  const reason = error instanceof Error ? error.message : 'unknown reason';
  return new SealError(`${path} ${what}: ${reason}.`, 'Check the path, its directory and their permissions.');
}
