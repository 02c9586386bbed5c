/** The programs of the guides compile as they are written, and run. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '../..');
const compiler = join(repository, 'scripts/typescript/node_modules/typescript/bin/tsc');
let directory: string;

beforeAll(() => {
  // Inside the repository, where programs find the constructs and the CDK.
  mkdirSync(join(repository, 'dist'), { recursive: true });
  directory = mkdtempSync(join(repository, 'dist/constructs-guides-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** All programs of a page as one: a block goes on where the one before it ends. */
function programOf(page: string): string {
  const text = readFileSync(join(repository, 'docs/guide', page), 'utf8');
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  expect(blocks.length).toBeGreaterThan(2);
  return blocks.join('\n');
}

test.each([
  ['constructs-keys.md', []],
  ['constructs-testing.md', ['--test']],
])(
  'the program of %s',
  (page, options) => {
    const file = page.replace('.md', '.mts');
    writeFileSync(join(directory, file), programOf(page));
    run([...options, file]);
    const compilerOptions = { exactOptionalPropertyTypes: false, rootDir: repository };
    writeFileSync(
      join(directory, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.json', files: [file], include: [], compilerOptions }),
    );
    run([compiler, '-p', 'tsconfig.json']);
  },
  120_000,
);

function run(options: readonly string[]): void {
  const env = { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined };
  const { status, stdout, stderr } = spawnSync(process.execPath, options, { cwd: directory, encoding: 'utf8', env });
  expect([status, stdout, stderr].join('\n')).toMatch(/^0\n/);
}
