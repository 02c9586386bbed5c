/**
 * The file with the token that the HSM and its clients share: 64 hex digits. The HSM creates it; its user and the
 * group of the clients can read it.
 */
import { randomBytes } from 'node:crypto';
import { chmod, readFile, rm, stat } from 'node:fs/promises';
import { createDurably } from '../../runtime/durable-file.ts';
import { SecretBytes } from '../crypto/secret-bytes.ts';
import { HsmError } from '../port/hsm-error.ts';
import { SealError } from '../port/seal-error.ts';
import { SHARED_TOKEN_BYTES } from './protocol.ts';

/**
 * The token in the file, which is created when it does not exist.
 * @param mode 0600, or 0640 where clients are in the file's group
 * @throws SealError when the file cannot be used
 */
export async function readOrCreateSharedToken(path: string, mode: number): Promise<SecretBytes> {
  try {
    const created = await createDurably(path, `${randomBytes(SHARED_TOKEN_BYTES).toString('hex')}\n`);
    if (created) await chmod(path, mode);
    return await readSharedToken(path);
  } catch (error) {
    const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
    throw new SealError(
      `The token file ${path} cannot be used: ${error instanceof Error ? error.message : error}.`,
      isFull
        ? 'The disk is full: free space on it, then start again.'
        : 'Name a file in a directory that the user of the HSM can write to, or remove a damaged one.',
    );
  }
}

/** @throws HsmError `unavailable` when there is none, or other users can read it */
export async function readSharedToken(path: string): Promise<SecretBytes> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new HsmError('unavailable', `the token file ${path} cannot be read (${error.code})`);
  });
  if (((await stat(path)).mode & 0o007) !== 0) {
    throw new HsmError('unavailable', `the token file ${path} is open to other users; close it with chmod o= ${path}`);
  }
  if (!new RegExp(`^[0-9a-f]{${2 * SHARED_TOKEN_BYTES}}\\s*$`).test(text)) {
    throw new HsmError('unavailable', `the token file ${path} does not hold ${2 * SHARED_TOKEN_BYTES} hex digits`);
  }
  return new SecretBytes(new Uint8Array(Buffer.from(text.trim(), 'hex')));
}

export function removeSharedToken(path: string): Promise<void> {
  return rm(path, { force: true });
}
