/** The directory to which audit log files are delivered. */
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { LogFile } from '../domain/audit/trail-files.ts';
import { writeDurably } from '../runtime/durable-file.ts';

const compress = promisify<string, Buffer>(gzip);

/** Writes log files, compressed; writing a file again changes nothing. */
export async function writeLogFiles(directory: string, files: readonly LogFile[]): Promise<void> {
  for (const { path, text } of files) await writeDurably(join(directory, path), await compress(text));
}
