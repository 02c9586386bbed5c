/** Generated output is fresh while neither it nor its inputs changed since the maintainer's tools ran. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Generated, recordDigests, staleOutputs } from '../../scripts/digests.ts';

let root: string;
const write = (path: string, text: string) => writeFileSync(join(root, path), text);
const generated: Generated = { generator: 'make.ts', inputs: ['make.ts', 'schema'], output: 'out' };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'keystead-digests-'));
  for (const folder of ['scripts/generators', 'schema/deep', 'out']) mkdirSync(join(root, folder), { recursive: true });
  write('make.ts', 'makes');
  write('schema/deep/one.json', '1');
  write('out/one.ts', 'one');
  recordDigests(root, [generated]);
});
afterEach(() => rmSync(root, { recursive: true }));

test('output is fresh after the tools ran', () => expect(staleOutputs(root, [generated])).toEqual([]));

test.each([
  ['an input that changed', () => write('schema/deep/one.json', '2')],
  ['an input that was added', () => write('schema/two.json', '1')],
  ['a generator that changed', () => write('make.ts', 'makes more')],
  ['output changed by hand', () => write('out/one.ts', 'two')],
  ['output that was added', () => write('out/two.ts', '')],
  [
    'output that was renamed',
    () => {
      rmSync(join(root, 'out/one.ts'));
      write('out/other.ts', 'one');
    },
  ],
  ['a generator that never ran', () => write('scripts/generators/digests.json', '{}')],
])('%s is stale', (_what, change) => {
  change();
  expect(staleOutputs(root, [generated])).toEqual(['out']);
});

test('what is checked in is fresh', () => expect(staleOutputs(resolve(import.meta.dirname, '../..'))).toEqual([]));
