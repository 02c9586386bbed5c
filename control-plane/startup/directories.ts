/** The directories of a server: its data directory, and those in which it publishes its checkpoint key. */
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { publicKeyPem } from '../hsm/crypto/checkpoint-key.ts';
import type { InstallationService } from '../hsm/port/installation.ts';
import { makeDirectory, writeDurably } from '../runtime/durable-file.ts';
import { exitCodes, StartError } from './start-error.ts';

/**
 * Creates the directory with mode 0700; one that exists keeps its mode, and must be writable.
 * @param flag the option that names it
 * @throws StartError
 */
export async function makePrivateDirectory(path: string, flag: string): Promise<void> {
  try {
    await makeDirectory(path);
    await access(path, constants.W_OK | constants.X_OK).catch((error: NodeJS.ErrnoException) => {
      // Of a process that may use only some files of the directory. Whoever started it has looked.
      if (error.code !== 'ERR_ACCESS_DENIED') throw error;
    });
  } catch (error) {
    throw new StartError(
      `${flag}: the directory ${path} cannot be made or written: ${error instanceof Error ? error.message : error}.`,
      `Choose another with ${flag}, or give it to the user who runs keystead.`,
      exitCodes.failure,
    );
  }
}

/**
 * Writes the public key for verifiers. A verifier that keeps a copy elsewhere need not trust the one on this machine.
 * @throws StartError when a directory cannot be written
 */
export async function publishCheckpointKey(
  installation: InstallationService,
  directories: readonly (string | undefined)[],
): Promise<void> {
  const pem = publicKeyPem(await installation.checkpointPublicKey());
  for (const directory of directories) {
    if (directory === undefined) continue;
    try {
      await writeDurably(join(directory, 'audit-public-key.pem'), pem);
    } catch (error) {
      throw new StartError(
        `The directory ${directory} cannot be written: ${error instanceof Error ? error.message : error}.`,
        'Choose another with --audit-log-dir or --data-dir, or give it to the user who runs keystead.',
        exitCodes.failure,
      );
    }
  }
}
