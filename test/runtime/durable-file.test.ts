import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDurably, writeDurably } from '@keystead/control-plane/runtime/durable-file.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keystead-durable-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a file and the folders made for it are private, and nothing else is left beside it', async () => {
  const file = join(directory, 'deep/er/log.json');
  await writeDurably(file, 'one');
  expect(readFileSync(file, 'utf8')).toBe('one');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(directory, 'deep/er')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(directory, 'deep/er'))).toEqual(['log.json']);
});

test('a file is replaced whole, whatever an interrupted write has left', async () => {
  const file = join(directory, 'log.json');
  writeFileSync(file, 'older and longer');
  writeFileSync(`${file}.new`, 'half of somethi');
  chmodSync(`${file}.new`, 0o644);
  await writeDurably(file, 'new');
  expect(readFileSync(file, 'utf8')).toBe('new');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a failed write is an error, and the old file stays', async () => {
  const file = join(directory, 'log.json');
  writeFileSync(file, 'old');
  mkdirSync(`${file}.new`);
  await expect(writeDurably(file, 'new')).rejects.toThrow(/EISDIR/);
  expect(readFileSync(file, 'utf8')).toBe('old');
});

describe('a file that is created', () => {
  test('is private, and nothing else is left beside it', async () => {
    const file = join(directory, 'root.key');
    expect(await createDurably(file, 'one')).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('one');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['root.key']);
  });

  test('replaces no file, however many are created at once', async () => {
    const file = join(directory, 'root.key');
    const contents = ['one', 'two', 'three'];
    const created = await Promise.all(contents.map((content) => createDurably(file, content)));
    expect(created.filter(Boolean)).toHaveLength(1);
    expect(readFileSync(file, 'utf8')).toBe(contents[created.indexOf(true)]);
    expect(await createDurably(file, 'late')).toBe(false);
    expect(readdirSync(directory)).toEqual(['root.key']);
  });

  test('needs an existing directory', async () => {
    await expect(createDurably(join(directory, 'nowhere/root.key'), 'one')).rejects.toThrow(/ENOENT/);
  });
});
