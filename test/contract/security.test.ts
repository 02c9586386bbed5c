/** SECURITY.md promises nothing without naming a test that holds it. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'SECURITY.md'), 'utf8');

interface Promised {
  readonly promise: string;
  /** Files, and the titles of tests in each. */
  readonly tests: readonly { readonly file: string; readonly titles: readonly string[] }[];
}

/** Rows of every table that has promises. */
const promises: readonly Promised[] = text.split('\n\n').flatMap((block) => {
  const [head = '', , ...rows] = block.split('\n');
  if (head !== '| Promise | Test |') return [];
  return rows.map((row) => {
    const [, promise = '', named = ''] = row.split(' | ').length === 2 ? (/^\| (.*) \| (.*) \|$/.exec(row) ?? []) : [];
    const tests = named.split(/; (?=`)/).map((part) => {
      const [, file = '', rest = ''] = /^`([^`]+)`(.*)$/.exec(part) ?? [];
      return { file, titles: [...rest.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '') };
    });
    return { promise, tests };
  });
});

test('there are promises about each attacker', () => {
  const attackers = (text.split('## Attackers')[1]?.split('\n## ')[0] ?? '').split('\n\n**').slice(1);
  expect(attackers.length).toBeGreaterThan(8);
  expect(attackers.filter((attacker) => !attacker.includes('| Promise | Test |'))).toEqual([]);
  expect(promises.length).toBeGreaterThan(40);
});

test.each(promises)('$promise', ({ tests }) => {
  const missing = tests.filter(
    ({ file, titles }) =>
      titles.length === 0 || !existsSync(join(root, file)) || !titles.every((title) => has(file, title)),
  );
  expect(missing).toEqual([]);
});

/** Whether the file has a test or a group of tests of that title. */
function has(file: string, title: string): boolean {
  const source = readFileSync(join(root, file), 'utf8');
  return source.split('\n').some((line) => line.includes(title) && /['"`]/.test(line));
}
