/** The documents link to pages that exist, and are right about rooms, commands and dependencies. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { sourcesBelow } from './imports/read-imports.ts';
import { table } from './imports/table.ts';

const root = resolve(import.meta.dirname, '../..');
const pages = globSync('{*.md,docs/**/*.md,constructs/*.md,cdktf-examples/**/*.md,pipelines/**/*.md}', { cwd: root });
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test.each(pages)('%s links to pages that exist', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  const local = links.filter((link) => !/^(https?:|#)/.test(link)).map((link) => link.replace(/#.*$/, ''));
  expect(local.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
});

/** Anchors of a page's headings, as GitHub and the Terraform Registry make them. */
function anchorsOf(page: string): ReadonlySet<string> {
  const text = read(page).replace(/^```[\s\S]*?^```$/gm, '');
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);
  return new Set(
    headings.map((title) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

test.each(pages)('%s links to sections that exist', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)\s#]*)#([^)\s]+)\)/g)].filter(([, to = '']) => !/^https?:/.test(to));
  const broken = links.filter(([, to = '', anchor = '']) => {
    const target = to === '' ? page : join(dirname(page), to);
    return target.endsWith('.md') && existsSync(join(root, target)) && !anchorsOf(target).has(anchor);
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});

test('every make target that a page names is in the Makefile', () => {
  const targets = new Set([...read('Makefile').matchAll(/^([a-z-]+):/gm)].map((match) => match[1]));
  // The pipeline in make has a Makefile of its own.
  const own = pages.filter((page) => !page.startsWith('pipelines/make/'));
  const named = own.flatMap((page) =>
    [...read(page).matchAll(/(?:`|^)make (?:-C "\$KEYSTEAD" )?([a-z-]+)/gm)].map((match) => ({
      page,
      target: match[1],
    })),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ target }) => !targets.has(target))).toEqual([]);
});

test('CONTRIBUTING gives a reason for every runtime dependency, and only for these', () => {
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

describe('paths', () => {
  const rooms = [...table.trees, table.tests.folder, 'docs', '\\.ci'];
  /**
   * A path from the root, as prose and commands write it: not the tail of a longer path, of a URL or of a package's
   * name.
   */
  const path = new RegExp(`(?<![\\w./@:-])(?:${rooms.join('|')})/[\\w.*<>{},/-]*[\\w*>}/]`, 'g');
  const code = /`[^`\n]+`|^```[\s\S]*?^```/gm;
  const quoted = (page: string) => (page.endsWith('.md') ? (read(page).match(code) ?? []).join('\n') : read(page));
  /** Files that npm, builds and downloads write; a page can name them. */
  const made =
    /(^|\/)node_modules\/|^(constructs\/dist|test\/vectors\/external|bench\/results\.json|cdktf-examples\/.*cdktf\.out)\b/;
  const isThere = (name: string) => globSync(name.replaceAll(/<\w+>/g, '*'), { cwd: root }).length > 0;

  test.each([...pages, 'Makefile', '.ci/run', 'package.json'])('that %s names are there', (page) => {
    const named = [...quoted(page).matchAll(path)].map(([name]) => name);
    expect(named.filter((name) => !made.test(name) && !isThere(name))).toEqual([]);
  });

  test('shortened to a file and its folder are there too', () => {
    const files = [...table.trees, table.tests.folder].flatMap((tree) => sourcesBelow(root, tree));
    const short = /(?<=`)[\w/.-]+\.ts(?=`)/g;
    const named = pages.flatMap((page) => [...read(page).matchAll(short)].map(([name]) => ({ page, name })));
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter(({ name }) => !files.some((file) => `/${file}`.endsWith(`/${name}`)))).toEqual([]);
  });
});

describe('ARCHITECTURE.md', () => {
  const page = read('ARCHITECTURE.md');
  const sections = page.split(/^## /m);
  const section = (title: string) => sections.find((text) => text.startsWith(`${title}\n`)) ?? '';

  test('draws every folder that holds sources, and no other', () => {
    const drawn = foldersDrawn(/```text\n(provider-schema\/[\s\S]*?)```/.exec(page)?.[1] ?? '');
    const files = table.trees.flatMap((tree) => sourcesBelow(root, tree));
    const folders = new Set(
      files.flatMap((file) => [dirname(file), dirname(dirname(file))]).filter((name) => name !== '.'),
    );
    expect([...drawn].sort()).toEqual([...folders].sort());
  });

  test.each(['One Encrypt', 'One `terraform apply`', 'One drift run', 'One CreateUser'])(
    'walks %s by files that exist, each step with one',
    (title) => {
      const steps = section(title)
        .split(/^\d+\. /m)
        .slice(1);
      expect(steps.length).toBeGreaterThan(5);
      for (const step of steps) {
        const files = [...step.matchAll(/`([\w-]+\/[\w/.-]+)`/g)].map((match) => match[1] ?? '');
        expect(files).not.toEqual([]);
        expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
      }
    },
  );
});

/** Indented by two for each level; several folders of one level can share a line, and a note follows two spaces. */
function foldersDrawn(text: string): readonly string[] {
  const above: string[] = [];
  return text.split('\n').flatMap((line) => {
    const [, indent = '', names = ''] = /^( *)((?:[\w-]+\/ ?)+)/.exec(line) ?? [];
    const depth = indent.length / 2;
    const folders = names.split(' ').filter((name) => name !== '');
    above.splice(depth, above.length, folders.at(-1) ?? '');
    return folders.map((name) => [...above.slice(0, depth), name].join('').replace(/\/$/, ''));
  });
}
