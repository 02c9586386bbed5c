/** The directory of the HSM's socket, which only this user can enter. */
import { constants } from 'node:fs';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The smallest limit of the supported systems (macOS: sun_path has 104 bytes, one of them for the terminator). */
const MAX_SOCKET_PATH_BYTES = 103;
/** `/hsm-` + 16 hex digits + `.sock` */
const SOCKET_NAME_BYTES = 26;

export interface SocketDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

/** `run` below `directory`; if that path is too long for a socket, a new temporary directory. */
export async function makeSocketDirectory(directory: string): Promise<SocketDirectory> {
  const path = resolve(directory, 'run');
  if (Buffer.byteLength(path) + SOCKET_NAME_BYTES > MAX_SOCKET_PATH_BYTES) {
    const temporary = await mkdtemp(join(tmpdir(), 'keystead-'));
    return { path: temporary, remove: () => rm(temporary, { recursive: true, force: true }) };
  }
  await mkdir(path, { recursive: true, mode: 0o700 });
  // Not by its path: root, too, makes it in a directory that can belong to another user, who can plant a link.
  const opened = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  await opened.chmod(0o700).finally(() => opened.close());
  return { path, remove: async () => undefined };
}
