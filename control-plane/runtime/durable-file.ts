/** Files that appear whole or not at all, and are on disk before anything says that they are. */
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Written under another name, synced, renamed, its directory synced. Mode 0600; a directory made for it has 0700. */
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

/** A new name in a directory is durable only when the directory is synced too. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}
