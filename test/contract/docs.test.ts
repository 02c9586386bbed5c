/** What the documents point to exists, and what they say of commands and dependencies is so. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const pages = globSync('{*.md,docs/**/*.md,constructs/*.md,cdktf-examples/*/*.md}', { cwd: root });
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test.each(pages)('%s links to pages that exist', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  const local = links.filter((link) => !/^(https?:|#)/.test(link)).map((link) => link.replace(/#.*$/, ''));
  expect(local.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
});

test('every make target that a page names is in the Makefile', () => {
  const targets = new Set([...read('Makefile').matchAll(/^([a-z-]+):/gm)].map((match) => match[1]));
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/(?:`|^)make ([a-z-]+)/gm)].map((match) => ({ page, target: match[1] })),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ target }) => !targets.has(target))).toEqual([]);
});

test('CONTRIBUTING gives a reason for every runtime dependency, and for none that is gone', () => {
  const dependencies = ['provider-schema', 'control-plane', 'provider', 'constructs'].flatMap((room) => {
    const manifest = JSON.parse(read(`${room}/package.json`)) as Record<string, Record<string, string> | undefined>;
    return Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies });
  });
  const wanted = new Set(dependencies.filter((name) => !name.startsWith('@keystead/')));
  const section = read('CONTRIBUTING.md').split('## Runtime dependencies')[1] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const named = new Set(rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map((m) => m[1])));
  expect([...named].sort()).toEqual([...wanted].sort());
});
