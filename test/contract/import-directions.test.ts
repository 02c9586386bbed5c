/**
 * Every file is in a named room and imports only what its room can import: the table against the sources, and the rules
 * themselves.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { readImports, sourcesBelow } from './imports/read-imports.ts';
import { faultsOf, type Table } from './imports/rules.ts';
import { table } from './imports/table.ts';

const repository = resolve(import.meta.dirname, '../..');

test('every file of the repository is in a folder that has a row, and imports only what that row allows', () => {
  expect(faultsOf(repository, table)).toEqual([]);
});

test('the table covers all sources', () => {
  const files = table.trees.flatMap((tree) => sourcesBelow(repository, tree));
  expect(files).toContain('control-plane/pipeline/pipeline.ts');
  expect(files).toContain('control-plane/cli/bin/keystead');
  expect(files).toContain('provider/proto/generated/tfplugin6.js');
  const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { workspaces: string[] };
  const judged = new Set([...table.trees, table.tests.folder]);
  expect(manifest.workspaces.filter((workspace) => !judged.has(workspace))).toEqual([]);
});

test('hsm and storage do not import each other', () => {
  const targets = (from: string, to: string) =>
    readImports(repository, sourcesBelow(repository, from)).filter(({ target }) => target.startsWith(to));
  expect(targets('control-plane/hsm', 'control-plane/storage')).toEqual([]);
  expect(targets('control-plane/storage', 'control-plane/hsm')).toEqual([]);
});

test('only the executor calls operations', () => {
  const elsewhere = [...sourcesBelow(repository, 'control-plane'), ...sourcesBelow(repository, 'bench')].filter(
    (file) => !file.startsWith('control-plane/operations/'),
  );
  const imports = readImports(repository, elsewhere)
    .filter(({ target }) => target.startsWith('control-plane/operations/'))
    .filter(({ target }) => !target.startsWith('control-plane/operations/shared/'));
  expect(imports.map(({ file, target }) => `${file} → ${target}`)).toEqual([
    'control-plane/pipeline/execute.ts → control-plane/operations/index.ts',
  ]);
});

describe('on a small repository', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'keystead-imports-'));
    write('package.json', JSON.stringify({ workspaces: ['app', 'lib', 'test'] }));
    for (const name of ['app', 'lib', 'test'])
      write(`${name}/package.json`, JSON.stringify({ name: `@small/${name}` }));
    write('lib/text.ts', 'export const text = 1;');
    write('app/door/door.ts', "import { text } from '@small/lib/text.ts';\nimport { rule } from '../rules/rule.ts';");
    write('app/rules/rule.ts', 'export const rule = 1;');
    write('test/rules/rule.test.ts', "import { rule } from '@small/app/rules/rule.ts';");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const small: Table = {
    trees: ['app', 'lib'],
    foldersOnly: ['app'],
    rows: { 'app/door': ['lib', 'app/rules'], 'app/rules': [], lib: [] },
    circles: [],
    tests: { folder: 'test', mirrors: { '': 'app', lib: 'lib' }, withoutSubject: ['e2e'], importedByPath: [] },
  };

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  test('whose files follow the table, nothing is reported', () => {
    expect(faultsOf(root, small)).toEqual([]);
  });

  test.each<readonly [what: string, file: string, text: string, fault: string]>([
    [
      'an import',
      'app/rules/rule.ts',
      "import '../door/door.ts';",
      'app/rules/rule.ts imports ../door/door.ts, which the row of app/rules does not allow',
    ],
    [
      'a type import',
      'app/rules/rule.ts',
      "import type { Door } from '../door/door.ts';",
      '../door/door.ts, which the row of app/rules does not allow',
    ],
    [
      'a re-export',
      'app/rules/rule.ts',
      "export * from '../door/door.ts';",
      '../door/door.ts, which the row of app/rules does not allow',
    ],
    [
      'an import at run time',
      'app/rules/rule.ts',
      "await import('../door/door.ts');",
      '../door/door.ts, which the row of app/rules does not allow',
    ],
    [
      'the type of an import',
      'app/rules/rule.ts',
      "type Door = import('../door/door.ts').Door;",
      '../door/door.ts, which the row of app/rules does not allow',
    ],
    [
      'a required file',
      'app/rules/rule.ts',
      "const door = require('../door/door.ts');",
      '../door/door.ts, which the row of app/rules does not allow',
    ],
    [
      'a worker',
      'app/rules/rule.ts',
      "new URL('../door/door.ts', import.meta.url);",
      '../door/door.ts, which the row of app/rules does not allow',
    ],
    [
      'a package of ours by its name',
      'app/rules/rule.ts',
      "import '@small/lib/text.ts';",
      '@small/lib/text.ts, which the row of app/rules does not allow',
    ],
    [
      'a package of others',
      'app/rules/rule.ts',
      "import pino from 'pino';",
      'imports pino, which the row of app/rules does not allow',
    ],
    [
      'a scoped package',
      'app/rules/rule.ts',
      "import '@noble/ciphers/aes.js';",
      'imports @noble/ciphers/aes.js, which the row of app/rules does not allow',
    ],
    [
      'a module of Node',
      'app/rules/rule.ts',
      "import 'node:fs';",
      'imports node:fs, which the row of app/rules does not allow',
    ],
    [
      'a script without a suffix',
      'app/rules/run',
      "#!/usr/bin/env node\nimport 'node:fs';",
      'app/rules/run imports node:fs, which the row of app/rules does not allow',
    ],
    [
      'an import across lines',
      'app/rules/rule.ts',
      "import {\n  door,\n} from '../door/door.ts';",
      '../door/door.ts, which the row of app/rules does not allow',
    ],
  ])('%s that the table forbids is a fault', (_what, file, text, fault) => {
    write(file, text);
    expect(faultsOf(root, small)).toContainEqual(expect.stringContaining(fault));
  });

  test('a name in a text or a comment is not an import', () => {
    write('app/rules/rule.ts', "// import '../door/door.ts'\nexport const text = \"import '../door/door.ts'\";");
    expect(faultsOf(root, small)).toEqual([]);
  });

  test('a file can have a row of its own', () => {
    write('app/rules/build.ts', "import 'node:fs';");
    expect(faultsOf(root, { ...small, rows: { ...small.rows, 'app/rules/build.ts': ['node:*'] } })).toEqual([]);
  });

  test('an import of a missing file is a fault', () => {
    write('app/rules/rule.ts', "import './gone.ts';");
    expect(faultsOf(root, small)).toEqual(['app/rules/rule.ts imports ./gone.ts, which is not there']);
  });

  test('a file beside the package.json of a tree of folders is a fault', () => {
    write('app/main.ts', '');
    expect(faultsOf(root, small)).toEqual(['app/main.ts lies beside the package.json of app; move it into a folder']);
  });

  test('a folder without a row is a fault, and so is a row without a folder', () => {
    write('app/rules/deep/part.ts', '');
    expect(faultsOf(root, small)).toEqual(['app/rules/deep/ has no row in the table of imports; add one']);
    rmSync(join(root, 'app/rules/deep'), { recursive: true });
    expect(faultsOf(root, { ...small, rows: { ...small.rows, 'app/gone': [] } })).toEqual([
      'the table of imports has a row for app/gone, where no source lies; remove it',
    ]);
  });

  test('a circle of files is a fault, one of types alone too', () => {
    write('app/rules/a.ts', "import type { B } from './b.ts';");
    write('app/rules/b.ts', "import type { C } from './c.ts';");
    write('app/rules/c.ts', "import type { A } from './a.ts';");
    expect(faultsOf(root, small)).toEqual([
      'these files import each other in a circle: app/rules/a.ts, app/rules/b.ts, app/rules/c.ts',
    ]);
  });

  describe('a circle of folders', () => {
    const rows = { ...small.rows, 'app/rules': ['app/door'] };
    beforeEach(() => write('app/rules/other.ts', "import '../door/other.ts';"));
    beforeEach(() => write('app/door/other.ts', ''));

    test('is a fault even if the files do not form one', () => {
      expect(faultsOf(root, { ...small, rows })).toEqual(['these form a circle: app/door, app/rules']);
    });

    test('stays when a decision note names its folders', () => {
      const circles = [{ folders: ['app/door', 'app/rules'], note: 'note.md' }];
      write('note.md', '`app/door` and `app/rules` need each other.');
      expect(faultsOf(root, { ...small, rows, circles })).toEqual([]);
      write('note.md', '`app/door` needs something.');
      expect(faultsOf(root, { ...small, rows, circles })).toEqual([
        'note.md does not name every folder of the circle app/door, app/rules',
      ]);
    });

    test('that is gone is no longer accepted', () => {
      rmSync(join(root, 'app/rules/other.ts'));
      expect(faultsOf(root, { ...small, circles: [{ folders: ['app/door', 'app/rules'], note: 'note.md' }] })).toEqual([
        'the table accepts a circle that is gone: app/door, app/rules',
        'note.md does not name every folder of the circle app/door, app/rules',
      ]);
    });
  });

  test('files above and below a folder can import from it and into it, unless one forms a circle', () => {
    const rows = { ...small.rows, 'app/rules/deep': ['app/rules'] };
    write('app/rules/deep/part.ts', "import { rule } from '../rule.ts';");
    write('app/rules/all.ts', "import './deep/part.ts';");
    expect(faultsOf(root, { ...small, rows })).toEqual([]);
    write('app/rules/rule.ts', "import './deep/other.ts';");
    write('app/rules/deep/other.ts', '');
    expect(faultsOf(root, { ...small, rows })).toEqual(['these form a circle: app/rules/deep, app/rules/rule.ts']);
  });

  test('a file beside a folder of its name is a fault', () => {
    write('app/rules/deep.ts', '');
    write('app/rules/deep/part.ts', '');
    expect(faultsOf(root, { ...small, rows: { ...small.rows, 'app/rules/deep': [] } })).toEqual([
      'app/rules/deep.ts lies beside a folder of the same name; move it into the folder',
    ]);
  });

  test.each<readonly [what: string, file: string, text: string, fault: string]>([
    [
      'that mirrors no folder',
      'test/gone/rule.test.ts',
      '',
      'test/gone/rule.test.ts mirrors app/gone/, where no source lies',
    ],
    [
      'that lies elsewhere than its namesake',
      'test/door/rule.test.ts',
      '',
      'test/door/rule.test.ts has the name of app/rules/rule.ts, and lies in the mirror of app/door/',
    ],
    [
      'that imports its subject by path',
      'test/rules/rule.test.ts',
      "import '../../app/rules/rule.ts';",
      "test/rules/rule.test.ts imports ../../app/rules/rule.ts by path; import it by its package's name",
    ],
  ])('a test %s is a fault', (_what, file, text, fault) => {
    write(file, text);
    expect(faultsOf(root, small)).toEqual([fault]);
  });

  test('a test in a folder without a subject can be of anything', () => {
    write('test/e2e/rule.test.ts', '');
    expect(faultsOf(root, small)).toEqual([]);
  });

  test('a file whose syntax cannot be read is named', () => {
    write('app/rules/rule.ts', 'import from from');
    expect(() => faultsOf(root, small)).toThrow(/app\/rules\/rule\.ts cannot be parsed/);
  });
});
