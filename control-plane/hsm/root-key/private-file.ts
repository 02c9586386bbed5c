/**
 * Files that only this process's user can read: creates them durably, and refuses files that other users could change.
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { createDurably, writeDurably } from '../../runtime/durable-file.ts';
import { SealError } from '../port/seal-error.ts';

const OTHERS = 0o077;
/** Every file read here is small; a larger one is a mistake (or a device without an end). */
const MAX_FILE_BYTES = 4096;

/**
 * @returns undefined when the file does not exist.
 * @throws SealError when other users can read or could have written it, or it is not a small regular file.
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
 * Creates `path` with `contents`, mode 0600: complete and synced to disk, or not at all, even if the machine stops.
 * @returns false when `path` exists already; then it is left as it is.
 * @throws SealError
 */
export async function createPrivateFile(path: string, contents: Uint8Array): Promise<boolean> {
  return await createDurably(path, contents).catch((error) => {
    throw fileError('cannot be created', path, error);
  });
}

/**
 * Replaces `path`, mode 0600: after a stop of the machine it has the old contents or the new ones, whole.
 * @throws SealError
 */
export async function replacePrivateFile(path: string, contents: Uint8Array): Promise<void> {
  try {
    // Where the path is a link, the file behind it.
    await writeDurably(await realpath(path), contents);
  } catch (error) {
    throw fileError('cannot be replaced', path, error);
  }
}

function requirePrivate(path: string, { mode, uid, size }: Stats): void {
  if ((mode & constants.S_IFMT) !== constants.S_IFREG || size > MAX_FILE_BYTES) {
    throw new SealError(
      `${path} is not a regular file of at most ${MAX_FILE_BYTES} bytes.`,
      'Name the file that contains the root key or the passphrase.',
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
