/** A suite whose tool is missing is left out and counted; with CI=true it fails and says how to get the tool. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { leftOut } from '../../scripts/not-run.ts';
import { run } from '../support/server.ts';

const root = resolve(import.meta.dirname, '../..');
const suite = 'test/interop/boto3.test.ts';
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keystead-needs-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** As `make test` does, on a machine without Python. */
async function runSuite(ci: string) {
  const results = join(directory, 'results.json');
  const flags = '--experimental-vm-modules --disable-warning=ExperimentalWarning';
  const { code, stderr } = await run(
    process.execPath,
    [join(root, 'node_modules/jest/bin/jest.js'), '--json', '--outputFile', results, suite],
    { cwd: root, env: { PATH: directory, CI: ci, NODE_OPTIONS: flags } },
  );
  return { code, stderr, results: JSON.parse(readFileSync(results, 'utf8')) };
}

test('without the tool its tests are skipped, and counted as left out', async () => {
  const { code, results } = await runSuite('');
  expect(code).toBe(0);
  expect(results.numPassedTests).toBe(0);
  expect(leftOut(results, root)).toEqual([
    { suite, tests: results.numPendingTests, needs: ['Python 3 with boto3 and cryptography'] },
  ]);
  expect(results.numPendingTests).toBeGreaterThan(0);
});

test('with CI=true they fail, and say how to get it', async () => {
  const { code, stderr, results } = await runSuite('true');
  expect(code).toBe(1);
  expect(results.numPendingTests).toBe(0);
  expect(results.numFailedTests).toBeGreaterThan(0);
  expect(stderr).toContain('This test needs Python 3 with boto3 and cryptography.');
  expect(stderr).toContain('from PyPI');
});
