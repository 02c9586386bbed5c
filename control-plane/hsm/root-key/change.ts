/**
 * Changes of the stored root key, by commands on the machine of the HSM: a new generation, or no old ones any more. A
 * running HSM takes over what has changed (process/sealed-hsm.ts); no client of it can ask for such a change.
 */
import { randomBytes } from 'node:crypto';
import { open, readFile, rm } from 'node:fs/promises';
import { type Generation, type Origin, RootKeys } from '../crypto/root-keys.ts';
import { SecretBytes } from '../crypto/secret-bytes.ts';
import type { Removal } from '../port/installation.ts';
import { SealError } from '../port/seal-error.ts';
import { MAX_GENERATIONS } from './generations.ts';
import { ROOT_KEY_BYTES, type SealConfig, sealOf } from './root-key.ts';

/** Adds a generation. @returns its number @throws SealError; then nothing is changed */
export function addGeneration(seal: SealConfig, origin: Origin): Promise<number> {
  return change(seal, async (held) => {
    if (held.generations.length === MAX_GENERATIONS) {
      throw new SealError(
        `The root key in ${seal.path} has ${MAX_GENERATIONS} generations, as many as it can have.`,
        'Remove old ones first: keystead root-key remove-generations.',
      );
    }
    const generation = held.newest + 1;
    const fresh: Generation = { generation, rootKey: new SecretBytes(randomBytes(ROOT_KEY_BYTES)), origin };
    const changed = new RootKeys([...held.generations, fresh], held.installation, held.removal);
    return { changed, result: generation };
  });
}

/**
 * Removes every generation before `oldest`, for good.
 * @param approve looks at what would be left, and throws where something still needs what would be gone
 * @returns whether there was one
 * @throws SealError; then nothing is changed
 */
export function removeGenerationsBefore(
  seal: SealConfig,
  oldest: number,
  removal: Removal,
  approve: (left: RootKeys) => Promise<void>,
): Promise<boolean> {
  return change(seal, async (held) => {
    const kept = held.generations.filter(({ generation }) => generation >= oldest);
    if (!held.find(oldest)) {
      throw new SealError(
        `The root key in ${seal.path} has no generation ${oldest}.`,
        'Copy the newest root key file here first.',
      );
    }
    if (kept.length === held.generations.length) return { result: false };
    const changed = new RootKeys(kept, held.installation, removal);
    await approve(changed);
    return { changed, result: true };
  });
}

interface Change<T> {
  /** Absent: it stays as it is. */
  readonly changed?: RootKeys;
  readonly result: T;
}

async function change<T>(seal: SealConfig, decide: (held: RootKeys) => Promise<Change<T>>): Promise<T> {
  const unlock = await lock(`${seal.path}.lock`);
  try {
    const stored = sealOf({ ...seal, mustExist: true });
    const held = await stored.open();
    let changed: RootKeys | undefined;
    try {
      const decided = await decide(held);
      changed = decided.changed;
      if (changed) await stored.replace(changed);
      return decided.result;
    } finally {
      changed?.wipe();
      held.wipe();
    }
  } finally {
    await unlock();
  }
}

/** Two changes at once would lose one of them, and with it what is wrapped under its generation. */
async function lock(path: string): Promise<() => Promise<void>> {
  for (;;) {
    const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return undefined;
      throw new SealError(
        `${path} cannot be created: ${error.message}.`,
        'Run this as the user of the HSM, or as root; that user must be able to create files beside the root key. Move ' +
          'the root key to a directory of that user if it is in another one, and name it with --seal.',
      );
    });
    if (file) {
      await file.writeFile(String(process.pid)).finally(() => file.close());
      return () => rm(path, { force: true });
    }
    const pid = Number(await readFile(path, 'utf8').catch(() => ''));
    if (!(pid > 0) || isRunning(pid)) {
      throw new SealError(
        `Another command is changing the root key: ${path} exists${pid > 0 ? ` (process ${pid})` : ''}.`,
        'Wait until it has ended. If no such process is running, remove that file.',
      );
    }
    await rm(path, { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
