/** The users as whom the API process and the HSM run, by name or by number. */
import { execFileSync } from 'node:child_process';
import { exitCodes, StartError } from './start-error.ts';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Ids for a machine that has no users for Keystead: numbers need no entry in its list of users. */
export const fallbackUsers = { api: { uid: 64_801, gid: 64_801 }, hsm: { uid: 64_802, gid: 64_802 } } as const;
export const defaultUserNames = { api: 'keystead', hsm: 'keystead-hsm' } as const;

const MAX_ID = 2 ** 32 - 2;

/** @param text `NAME`, `UID` (then the group has the same number) or `UID:GID` @throws StartError */
export function requireUser(flag: string, text: string): User {
  const numbers = /^(\d+)(?::(\d+))?$/.exec(text);
  const user = numbers ? { uid: Number(numbers[1]), gid: Number(numbers[2] ?? numbers[1]) } : findUser(text);
  if (user && user.uid <= MAX_ID && user.gid <= MAX_ID) return user;
  throw new StartError(
    `${flag}: this machine has no user "${text}".`,
    `Create it (useradd --system ${/^[a-z_][a-z0-9_-]*$/.test(text) ? text : 'keystead'}), or give numbers: ${flag} 64801:64801.`,
    exitCodes.usage,
  );
}

/** undefined when the machine does not know the name. */
export function findUser(name: string): User | undefined {
  // A name that begins with a hyphen would be an option of `id`.
  if (name === '' || name.startsWith('-')) return undefined;
  try {
    const [uid, gid] = ['-u', '-g'].map((option) =>
      Number(execFileSync('id', [option, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })),
    );
    return uid === undefined || gid === undefined ? undefined : { uid, gid };
  } catch {
    return undefined;
  }
}
