/** To which part of the server a script belongs. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { partOf } from '@keystead/bench/benchmarks/profile-parts.ts';
import { root } from '@keystead/bench/servers/paths.ts';

test.each([
  ['file:///k/control-plane/sigv4/verify.ts', 'signature'],
  ['file:///k/control-plane/storage/engines/sqlite.ts', 'store'],
  ['file:///k/node_modules/kysely/dist/index.js', 'store'],
  ['file:///k/node_modules/express/lib/router.js', 'metrics, quotas, jobs'],
  ['file:///k/policy/evaluate.ts', 'authorization'],
  ['file:///k/provider-schema/shapes/index.ts', 'decode, validate, encode'],
  ['node:net', undefined],
  ['', undefined],
])('%s belongs to %s', (url, part) => {
  expect(partOf(url)).toBe(part);
});

/** Nothing in them runs for a request. */
const beside = new Set(['build', 'cli', 'xks']);

test('every folder of the control plane that can serve a request is in a part', () => {
  const directory = join(root, 'control-plane');
  const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map(({ name }) => name).filter((name) => !beside.has(name) && name !== 'node_modules');
  expect(names.filter((name) => partOf(`file:///k/control-plane/${name}/a.ts`) === undefined)).toEqual([]);
});
