/**
 * The directory that audit log files are delivered to. A file appears whole or not at all, and is on disk before anything
 * says that it is: written under another name, synced, renamed, its directory synced.
 */
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { LogFile } from '../domain/audit/trail-files.ts';

const compress = promisify<string, Buffer>(gzip);

/** Writes log files, compressed; writing one again changes nothing. */
export async function writeLogFiles(directory: string, files: readonly LogFile[]): Promise<void> {
  for (const { path, text } of files) await writeDurably(join(directory, path), await compress(text));
}

export async function writeDurably(path: string, contents: string | Buffer): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(contents);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncDirectory(directory);
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}
