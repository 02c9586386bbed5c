/** The directories of a server: its own, and where it publishes its audit key. */
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { publicKeyPem } from '../hsm/crypto/checkpoint-key.ts';
import type { InstallationService } from '../hsm/port/installation.ts';
import { writeDurably } from '../runtime/durable-file.ts';
import { exitCodes, StartError } from './start-error.ts';

/** Private when it is made here; one that exists keeps its mode, for it may be anything. @throws StartError */
export async function makePrivateDirectory(path: string): Promise<void> {
  try {
    const made = await mkdir(path, { recursive: true, mode: 0o700 });
    if (made !== undefined) await chmod(path, 0o700);
  } catch (error) {
    throw new StartError(
      `The data directory ${path} cannot be used: ${error instanceof Error ? error.message : error}.`,
      'Choose another with --data-dir, or give it to the user who runs keystead.',
      exitCodes.failure,
    );
  }
}

/** Where verifiers find it; who keeps a copy elsewhere need not trust this machine's. @throws StartError */
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
