/** Each row of the comparison with other libraries names a test that exists. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const page = join(import.meta.dirname, '../../docs/constructs-compared.md');
const text = readFileSync(page, 'utf8');
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| Feature'))
  .map((line) =>
    line
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.trim()),
  );

test('The comparison names every library, and what each of them has of a feature', () => {
  for (const name of ['`aws-cdk-lib/aws-kms` 2.276', '`@cdktf/provider-aws` 21', '0.0.15'])
    expect(text).toContain(name);
  expect(rows.length).toBeGreaterThan(40);
  expect(rows.filter((cells) => cells.length !== 6 || cells.includes(''))).toEqual([]);
});

test.each(rows.map((cells) => [cells[0] ?? '', cells.at(-1) ?? '']))('%s is shown by a test', (_feature, link) => {
  const [, title = '', target = ''] = /^\[(.+)\]\((.+)\)$/.exec(link) ?? [];
  const file = join(dirname(page), target);
  expect(existsSync(file)).toBe(true);
  expect(readFileSync(file, 'utf8').replace(/\s+/g, ' ')).toContain(title);
});
