/**
 * How the API process is kept from the root key when one command starts both processes.
 *
 * - `users`: the command was started as root. Each process runs as an unprivileged user of its own; the kernel separates
 *   them.
 * - `permissions`: both run as the user who started the command. Node's permission model keeps the API process's
 *   JavaScript from the files of the seal and from other processes; native code within it is not kept from them.
 */
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { exitCodes, StartError } from '../start-error.ts';
import { defaultUserNames, fallbackUsers, findUser, requireUser, type User } from '../users.ts';

export type Separation =
  | { readonly kind: 'users'; readonly api: User; readonly hsm: User }
  /** @property shortcoming why root did not give way to two users */
  | { readonly kind: 'permissions'; readonly shortcoming?: string };

export interface SeparationRequest {
  /** `--user` and `--hsm-user`, as given. */
  readonly user?: string;
  readonly hsmUser?: string;
  /** Files that the API process must read: its program, and those that options name. */
  readonly neededFiles: readonly string[];
  readonly dataDir: string;
}

/** @throws StartError when the users that were asked for cannot be used */
export function separationOf(request: SeparationRequest, isRoot = process.geteuid?.() === 0): Separation {
  const { user, hsmUser, neededFiles, dataDir } = request;
  if (!isRoot) {
    if (user === undefined && hsmUser === undefined) return { kind: 'permissions' };
    throw new StartError(
      '--user and --hsm-user are for a server that is started as root: only root can run a process as another user.',
      'Start it as root, or leave both out; docs/guide/operating.md shows a service for each user.',
      exitCodes.usage,
    );
  }
  if (user === 'root') return { kind: 'permissions', shortcoming: 'both processes run as root, as --user root asks' };
  const api = user === undefined ? (findUser(defaultUserNames.api) ?? fallbackUsers.api) : requireUser('--user', user);
  const hsm =
    hsmUser === undefined ? (findUser(defaultUserNames.hsm) ?? fallbackUsers.hsm) : requireUser('--hsm-user', hsmUser);
  if (api.uid === 0 || hsm.uid === 0 || api.uid === hsm.uid) {
    throw new StartError(
      'The API process and the HSM must run as two users, neither of them root.',
      'Give --user and --hsm-user two different users; "--user root" alone keeps both processes root.',
      exitCodes.usage,
    );
  }
  const isChosen = user !== undefined || hsmUser !== undefined;
  const [program = '', ...files] = neededFiles;
  const shortcoming = [api, hsm].every((one) => canRead(program, one) && canEnter(dirname(dataDir), one))
    ? undefined
    : `other users cannot read ${program}, or enter ${dirname(dataDir)}`;
  if (shortcoming !== undefined) {
    if (!isChosen) return { kind: 'permissions', shortcoming: `both processes run as root: ${shortcoming}` };
    throw unusable(`The users of the two processes cannot be used: ${shortcoming}.`);
  }
  const unreadable = files.find((file) => !canRead(file, api));
  if (unreadable === undefined) return { kind: 'users', api, hsm };
  const who = `the user ${user ?? defaultUserNames.api} (${api.uid})`;
  throw unusable(`${unreadable} cannot be read by ${who}, as whom the API process runs.`);
}

function unusable(message: string): StartError {
  return new StartError(
    message,
    'Open files and directories to these users or their groups, name others (--user, --hsm-user), or keep root (--user root).',
    exitCodes.failure,
  );
}

const READ = 4;
const ENTER = 1;

/** By modes alone: access lists and further groups of the user are not looked at. */
export function canRead(file: string, user: User): boolean {
  try {
    return allows(file, user, READ) && canEnter(dirname(file), user);
  } catch {
    // The file does not exist, and whoever reads it says so.
    return true;
  }
}

function canEnter(directory: string, user: User): boolean {
  // What does not exist yet is made by root, for these users.
  const isClosed = existsSync(directory) && !allows(directory, user, ENTER);
  return !isClosed && (directory === dirname(directory) || canEnter(dirname(directory), user));
}

function allows(path: string, { uid, gid }: User, wanted: number): boolean {
  const stats = statSync(path);
  const shift = stats.uid === uid ? 6 : stats.gid === gid ? 3 : 0;
  return ((stats.mode >> shift) & wanted) === wanted;
}
