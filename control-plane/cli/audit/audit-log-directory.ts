/** The directory of delivered log files: what is in it, and `keystead audit verify-logs`. */
import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { SignedCheckpoint } from '../../domain/audit/audit-checkpoint.ts';
import type { PublishedCheckpoint } from '../../domain/audit/trail-files.ts';
import { TrailVerifier } from '../../domain/audit/trail-verify.ts';
import { CommandError } from '../shared/report.ts';
import { KEY_FILE, parseJson, readCheckpointKey } from './audit-keys.ts';

export const CHANGED_HINT =
  'The log was changed outside Keystead: compare the records named above with a backup or a delivered copy.';

export async function verifyLogs(dir: string, options: { readonly publicKey?: string }): Promise<void> {
  const directory = resolve(dir);
  const checkpoints = await publishedFiles(directory);
  const key = await readCheckpointKey(options.publicKey ?? join(directory, KEY_FILE));
  const trail = new TrailVerifier(key.verifies, (path) => readLogFile(join(directory, path)));
  const faults: string[] = [];
  for (const file of checkpoints) faults.push(...(await trail.add(await readPublished(file))));
  // The next checkpoint will name the files of a delivery that is under way.
  const strays = (await logFilesIn(directory)).filter((path) => !trail.named.has(path));
  for (const fault of faults) console.log(fault);
  for (const stray of strays) console.log(`${stray}: not named by a checkpoint yet`);
  if (faults.length > 0) {
    throw new CommandError(`${faults.length} fault${faults.length === 1 ? '' : 's'} in ${directory}.`, CHANGED_HINT);
  }
  const { last } = trail.history;
  console.log(
    `${trail.records} audit records verified, up to checkpoint ${last?.number ?? 0}. Key ${key.fingerprint}.`,
  );
}

/**
 * Files of checkpoints, sorted by name, which is the order of their numbers.
 * @throws CommandError when there are none: a directory without checkpoints proves nothing
 */
export async function publishedFiles(directory: string): Promise<readonly string[]> {
  const there = await stat(directory).catch(() => undefined);
  if (!there?.isDirectory()) {
    const what = there ? 'is not a directory' : 'does not exist';
    throw new CommandError(`The log directory ${directory} ${what}.`, LOG_DIRECTORY_HINT);
  }
  const files = await filesBelow(join(directory, 'Checkpoints'), '.json');
  if (files.length > 0) return files.sort();
  throw new CommandError(
    `The log directory ${directory} has no checkpoints: nothing in it can be verified.`,
    `${LOG_DIRECTORY_HINT} A server delivers to it at every --audit-checkpoint-interval.`,
  );
}

const LOG_DIRECTORY_HINT = 'Name the directory that "keystead serve --audit-log-dir" names.';

async function logFilesIn(directory: string): Promise<readonly string[]> {
  const files = await filesBelow(join(directory, 'AWSLogs'), '.json.gz');
  return files.map((file) => file.slice(directory.length + 1)).sort();
}

async function filesBelow(directory: string, ending: string): Promise<string[]> {
  const entries: Dirent[] = await readdir(directory, { recursive: true, withFileTypes: true }).catch((error) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new CommandError(`${directory} cannot be read: ${(error as Error).message}.`, LOG_DIRECTORY_HINT);
  });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name));
}

export async function readPublished(file: string): Promise<PublishedCheckpoint> {
  const nothing = { body: '', signature: '' };
  const read = parseJson(await readFile(file, 'utf8')) as Partial<PublishedCheckpoint> | null | undefined;
  return { checkpoint: signed(read?.checkpoint) ?? nothing, digest: signed(read?.digest) ?? nothing };
}

function signed(value: Partial<SignedCheckpoint> | undefined): SignedCheckpoint | undefined {
  const { body, signature } = value ?? {};
  return typeof body === 'string' && typeof signature === 'string' ? { body, signature } : undefined;
}

const decompress = promisify<Buffer, Buffer>(gunzip);

async function readLogFile(path: string): Promise<string | undefined> {
  const compressed = await readFile(path).catch(() => undefined);
  if (!compressed) return undefined;
  return await decompress(compressed).then(String, () => '');
}
