/**
 * Gives a data directory to the users of a server that root started: its files to the API process's, the root key and
 * the socket's directory to the HSM's.
 */
import { constants } from 'node:fs';
import { lchown, lstat, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { User } from '../users.ts';

export interface Ownership {
  readonly dataDir: string;
  /** Where audit log files are delivered. */
  readonly logDirectory?: string;
  /** Directory of the HSM's socket and token. */
  readonly runDirectory: string;
  /** The root key and the passphrase; those that do not exist yet are created by the HSM. */
  readonly sealFiles: readonly string[];
  /** The directory in which the HSM can create the root key; undefined where it exists. */
  readonly sealDirectory?: string;
  readonly api: User;
  readonly hsm: User;
}

/** Others can enter the data directory, so that the HSM reaches its own part, but not list it. */
const ENTERED_BY_ALL = 0o711;
/** The group of the API process enters; files in it get that group. */
const ENTERED_BY_GROUP = 0o2750;

/**
 * Run by root in a directory that an unprivileged user owns from the first start on: no symbolic link is followed, and
 * only what still belongs to root is given away.
 * @throws NodeJS.ErrnoException `ELOOP` or `ENOTDIR` where a link stands in the place of a directory
 */
export async function giveAway(ownership: Ownership): Promise<void> {
  const { dataDir, logDirectory, runDirectory, sealFiles, sealDirectory, api, hsm } = ownership;
  await giveDirectory(dataDir, api, ENTERED_BY_ALL);
  const spared = new Set([...sealFiles, runDirectory, ...(sealDirectory === undefined ? [] : [sealDirectory])]);
  await giveEntries(dataDir, api, spared);
  if (logDirectory !== undefined) {
    await giveDirectory(logDirectory, api);
    await giveEntries(logDirectory, api, spared);
  }
  if (sealDirectory !== undefined) {
    await mkdir(sealDirectory, { recursive: true });
    await giveDirectory(sealDirectory, hsm, 0o700);
  }
  for (const file of sealFiles) if (await isOwnedByRoot(file)) await lchown(file, hsm.uid, hsm.gid);
  await giveDirectory(runDirectory, { uid: hsm.uid, gid: api.gid }, ENTERED_BY_GROUP);
}

/** Through a handle, so that what is changed is what was looked at. */
async function giveDirectory(path: string, { uid, gid }: User, mode?: number): Promise<void> {
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    await directory.chown(uid, gid);
    // After the owner, because a change of it can clear bits of the mode.
    if (mode !== undefined) await directory.chmod(mode);
  } finally {
    await directory.close();
  }
}

async function giveEntries(directory: string, user: User, spared: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const stats = await lstat(path);
    // A file with a second name can be one from elsewhere.
    if (spared.has(path) || stats.uid !== 0 || (!stats.isDirectory() && stats.nlink > 1)) continue;
    if (stats.isDirectory()) await giveEntries(path, user, spared);
    await lchown(path, user.uid, user.gid);
  }
}

async function isOwnedByRoot(file: string): Promise<boolean> {
  const stats = await lstat(file).catch(() => undefined);
  return stats?.isFile() === true && stats.uid === 0;
}
