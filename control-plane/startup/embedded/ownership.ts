/**
 * Gives a data directory to the users of a server that root started: its files to the API process's, the root key and
 * the socket's directory to the HSM's.
 */
import { chmod, chown, lchown, lstat, mkdir, readdir } from 'node:fs/promises';
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

/** Run by root. @throws NodeJS.ErrnoException */
export async function giveAway(ownership: Ownership): Promise<void> {
  const { dataDir, logDirectory, runDirectory, sealFiles, sealDirectory, api, hsm } = ownership;
  await mkdir(dataDir, { recursive: true });
  await chmod(dataDir, ENTERED_BY_ALL);
  const spared = new Set([...sealFiles, runDirectory, ...(sealDirectory === undefined ? [] : [sealDirectory])]);
  await giveTree(dataDir, api, spared);
  if (logDirectory !== undefined) await giveTree(logDirectory, api, spared);
  if (sealDirectory !== undefined) {
    await mkdir(sealDirectory, { recursive: true });
    await chmod(sealDirectory, 0o700);
    await chown(sealDirectory, hsm.uid, hsm.gid);
  }
  for (const file of sealFiles) if (await isOwnedByRoot(file)) await lchown(file, hsm.uid, hsm.gid);
  await mkdir(runDirectory, { recursive: true });
  await chown(runDirectory, hsm.uid, api.gid);
  await chmod(runDirectory, ENTERED_BY_GROUP);
}

/** Symbolic links are not followed: they could lead to files that are not ours. */
async function giveTree(path: string, user: User, spared: ReadonlySet<string>): Promise<void> {
  if (spared.has(path)) return;
  const stats = await lstat(path);
  if (stats.isDirectory()) for (const name of await readdir(path)) await giveTree(join(path, name), user, spared);
  if (stats.uid !== user.uid || stats.gid !== user.gid) await lchown(path, user.uid, user.gid);
}

async function isOwnedByRoot(file: string): Promise<boolean> {
  const stats = await lstat(file).catch(() => undefined);
  return stats?.isFile() === true && stats.uid === 0;
}
