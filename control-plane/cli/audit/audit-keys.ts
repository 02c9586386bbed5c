/** The public key of checkpoints, and checkpoints kept in files. */
import { createHash, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { SignedCheckpoint } from '../../domain/audit/audit-checkpoint.ts';
import type { VerifySignature } from '../../domain/audit/checkpoint-history.ts';
import { readPublicKey, verifiesStatement } from '../../hsm/crypto/checkpoint-key.ts';
import { CommandError } from '../shared/report.ts';

/** In the data directory and in the log directory. */
export const KEY_FILE = 'audit-public-key.pem';

export interface CheckpointKey {
  readonly verifies: VerifySignature;
  /** For people to compare: `SHA256:` and Base64, as ssh-keygen shows keys. */
  readonly fingerprint: string;
}

export async function readCheckpointKey(file: string): Promise<CheckpointKey> {
  const key = parseKey(file, await readText(file, 'Name the public key of checkpoints with --public-key.'));
  const spki = key.export({ type: 'spki', format: 'der' });
  return {
    verifies: (body, signature) => verifiesStatement(key, body, signature),
    fingerprint: `SHA256:${createHash('sha256').update(spki).digest('base64').replace(/=+$/, '')}`,
  };
}

function parseKey(file: string, pem: string): KeyObject {
  try {
    return readPublicKey(pem);
  } catch {
    throw new CommandError(`${file} does not hold an Ed25519 public key.`, "Name the server's audit-public-key.pem.");
  }
}

export async function readCheckpointFile(file: string): Promise<SignedCheckpoint> {
  const hint = 'Name a file with the output of "keystead audit checkpoint".';
  const text = await readText(file, hint);
  const value = parseJson(text) as Partial<SignedCheckpoint> | null | undefined;
  const { body, signature } = value ?? {};
  if (typeof body === 'string' && typeof signature === 'string') return { body, signature };
  throw new CommandError(`${file} does not hold a checkpoint.`, hint);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export async function readText(file: string, hint: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}.`, hint);
  }
}
