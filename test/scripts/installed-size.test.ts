/** The first minute is a download: what setup installs stays small. */
import { join, resolve } from 'node:path';
import { run } from '../support/server.ts';

const MIB = 1024;
const root = resolve(import.meta.dirname, '../..');

test('what setup installs beside Node.js and Biome is at most 150 MiB', async () => {
  const own = ['node', '@biomejs', '.cache'].map((name) => `--exclude=${join('node_modules', name)}`);
  const { stdout } = await run('du', ['-sk', ...own, 'node_modules'], { cwd: root });
  expect(Number.parseInt(stdout, 10)).toBeLessThanOrEqual(150 * MIB);
});
