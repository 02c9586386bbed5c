/** Where the root key is, and on whose behalf a command changes it. */
import { existsSync, statSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { SealConfig } from '../../hsm/root-key/root-key.ts';
import { parseSeal } from '../../startup/config.ts';
import { pathOf } from '../serve/option-values.ts';

export interface SealPlace {
  readonly dataDir: string;
  readonly seal?: string;
  readonly passphraseFile?: string;
}

export function withSealOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--seal <seal>', 'the root key: file:PATH, or passphrase:PATH (default: as of "keystead serve")').env(
        'KEYSTEAD_SEAL',
      ),
    )
    .addOption(
      new Option('--passphrase-file <file>', 'holds the passphrase of a passphrase seal').env(
        'KEYSTEAD_PASSPHRASE_FILE',
      ),
    );
}

/** @throws StartError */
export function sealAt({ dataDir, seal, passphraseFile }: SealPlace): SealConfig {
  const [own, ofHsm] = [resolve(dataDir, 'root.key'), resolve(dataDir, 'hsm', 'root.key')];
  const file = existsSync(own) || !existsSync(ofHsm) ? own : ofHsm;
  const parsed = parseSeal(seal ?? `file:${file}`, pathOf(passphraseFile));
  return { ...parsed, path: resolve(parsed.path) };
}

/** Who runs this command, as the operating system says: `alice@host`; behind sudo, the user who called it. */
export function operator(): string {
  const name = process.env.SUDO_USER ?? userName();
  return `${name}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the machine's list.
    return `uid ${process.geteuid?.()}`;
  }
}

/** Lets root do the work as the user whom the file belongs to: what it writes belongs to that user too. */
export async function asOwnerOf<T>(path: string, work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0 || !existsSync(path)) return work();
  const { uid, gid } = statSync(path);
  process.setegid?.(gid);
  process.seteuid?.(uid);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

/** Within `asOwnerOf`: the work of root itself. */
export async function asCaller<T>(path: string, work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(0);
  process.setegid?.(0);
  try {
    return await work();
  } finally {
    const { uid, gid } = statSync(path);
    process.setegid?.(gid);
    process.seteuid?.(uid);
  }
}
