/** `make clean` removes what was built, and nothing that holds keys. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith } from '../support/needs.ts';
import { root, run } from '../support/server.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keystead-clean-'));
  copyFileSync(join(root, 'Makefile'), join(directory, 'Makefile'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function make(path: string): string {
  const file = join(directory, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, 'content');
  return file;
}

test('make clean removes what was built; the default data directory and that of "make up" stay', async () => {
  const built = ['dist/provider/x', 'coverage/x', 'cdktf-examples/multi-region/cdktf.out/x'].map(make);
  const kept = ['.keystead/root.key', '.keystead/keystead.db', '.keystead/up/data/root.key'].map(make);
  expect(await run('make', ['clean'], { cwd: directory })).toMatchObject({ code: 0 });
  expect(built.filter(existsSync)).toEqual([]);
  expect(kept.filter(existsSync)).toEqual(kept);
});

test('make clean removes nothing where somebody keeps a data directory in what was built, and names it', async () => {
  const [rootKey, other] = [make('dist/keys/hsm/root.key'), make('dist/provider/x')];
  const { code, stderr } = await run('make', ['clean'], { cwd: directory });
  expect([code, stderr]).toEqual([2, expect.stringContaining('dist/keys/hsm/root.key')]);
  expect([rootKey, other].every(existsSync)).toBe(true);
});

describeWith('git')('of git', () => {
  test('the data directory of the README is ignored', async () => {
    const [, dataDir = ''] = /--data-dir \.\/(\S+)/.exec(await readFile(join(root, 'README.md'), 'utf8')) ?? [];
    expect(dataDir).not.toBe('');
    const args = ['check-ignore', '--no-index', join(dataDir, 'root.key'), '.keystead/root.key'];
    expect((await run('git', args, { cwd: root })).stdout.split('\n').filter(Boolean)).toHaveLength(2);
  });
});
