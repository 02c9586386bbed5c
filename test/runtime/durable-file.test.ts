import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDurably } from '@keystead/control-plane/runtime/durable-file.ts';

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

test('a file is replaced whole, whatever a write that was cut short has left', async () => {
  const file = join(directory, 'log.json');
  writeFileSync(file, 'older and longer');
  writeFileSync(`${file}.new`, 'half of somethi');
  await writeDurably(file, 'new');
  expect(readFileSync(file, 'utf8')).toBe('new');
});

test('what cannot be written is refused, and what was there stays', async () => {
  const file = join(directory, 'log.json');
  writeFileSync(file, 'old');
  mkdirSync(`${file}.new`);
  await expect(writeDurably(file, 'new')).rejects.toThrow(/EISDIR/);
  expect(readFileSync(file, 'utf8')).toBe('old');
});
