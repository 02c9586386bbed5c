/** `make bench-compare` as it is typed: words for arguments, exit statuses, and refusals that say what to do. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Results, writeResults } from '@keystead/bench/results/results.ts';
import { aFigure, aResults } from './results-of.ts';

const root = resolve(import.meta.dirname, '../..');
const steady = [0.98, 0.99, 1, 1, 1.01, 1.02, 1];
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-compare-'));
  const slower = aFigure(steady.map((value) => value * 1.08));
  await write('before.json', aResults([aFigure(steady)]));
  await write('same.json', aResults([aFigure(steady)]));
  await write('slower.json', aResults([slower]));
  await writeFile(join(directory, 'other.json'), '{}');
});

afterAll(() => rm(directory, { recursive: true }));

const write = (name: string, results: Results) => writeResults(join(directory, name), results);
const file = (name: string) => join(directory, name);

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[]): Promise<Ended> {
  const foreign = /^(MAKE|MFLAGS|NODE_OPTIONS)/; // of the make that runs the tests
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  return new Promise((resolve) => {
    execFile(program, args, { cwd: root, env }, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** What is installed already is not installed again, however old it looks. */
const make = (...words: string[]) =>
  run('make', ['--no-print-directory', '-o', 'node_modules/.package-lock.json', 'bench-compare', ...words]);
const compare = (...words: string[]) => run(process.execPath, [join(root, 'bench/compare.ts'), ...words]);

test('two results files after the target are compared, and are not targets themselves', async () => {
  const { status, stdout, stderr } = await make(file('before.json'), file('same.json'));
  expect(stderr).toBe('');
  expect(stdout).toContain('| no clear change |');
  expect(stdout).toContain('No figure is clearly worse by more than 5 %');
  expect(status).toBe(0);
});

test('a figure that is clearly worse fails the command, and ARGS sets the limit', async () => {
  const words = [file('before.json'), file('slower.json')];
  const failed = await make(...words);
  expect(failed.stdout).toContain('Worse by more than 5 % or 10 modules: encrypt-1-median.');
  expect(failed.status).not.toBe(0);
  expect((await make(...words, 'ARGS=--worse-than 10')).status).toBe(0);
});

test('without arguments it explains itself', async () => {
  const { status, stderr } = await make();
  expect(stderr).toContain('Usage: make bench-compare A B');
  expect(status).not.toBe(0);
});

test('the exit status is 1 for a figure that is worse, 2 for what cannot be compared', async () => {
  expect((await compare(file('before.json'), file('slower.json'))).status).toBe(1);
  expect((await compare(file('before.json'), file('other.json'))).status).toBe(2);
});

test.each<readonly [string, (words: typeof file) => readonly string[], string]>([
  ['one argument', (of) => [of('before.json')], 'Usage: make bench-compare'],
  ['three arguments', (of) => [of('before.json'), of('same.json'), of('slower.json')], 'Usage: make bench-compare'],
  [
    'a file that is not a results file',
    (of) => [of('before.json'), of('other.json')],
    'other.json is not a results file',
  ],
  ['a file and a commit', (of) => [of('before.json'), 'HEAD'], 'Give two results files or two commits'],
  ['a name that is neither', () => ['no-such-thing', 'HEAD'], '"no-such-thing" is neither a file nor a commit'],
  [
    'a limit that is not a number',
    (of) => ['--worse-than', 'much', of('a'), of('b')],
    '--worse-than: "much" is not a limit',
  ],
  [
    'rounds that are not above zero',
    (of) => ['--rounds', '0', of('a'), of('b')],
    '--rounds: "0" is not a number of rounds',
  ],
])('%s: refused', async (_what, words, message) => {
  const { status, stderr } = await compare(...words(file));
  expect(stderr).toContain(message);
  expect(status).toBe(2);
});
