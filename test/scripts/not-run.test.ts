/** The tests that a run left out are reported by suite, with their count and what they need. */
import { describeLeftOut, leftOut } from '../../scripts/not-run.ts';

const suite = (name: string, ...tests: readonly (readonly [status: string, fullName: string])[]) => ({
  name: `/repository/test/${name}`,
  assertionResults: tests.map(([status, fullName]) => ({ status, fullName })),
});

test('tests that were left out are counted by suite, sorted, with what each needs once', () => {
  const run = {
    testResults: [
      suite('b.test.ts', ['pending', 'x [needs SoftHSM 2] y'], ['pending', 'z [needs SoftHSM 2]'], ['passed', 'other']),
      suite('a.test.ts', ['pending', 'w [needs published vectors]']),
      suite('c.test.ts', ['passed', 'all']),
    ],
  };
  expect(leftOut(run, '/repository')).toEqual([
    { suite: 'test/a.test.ts', tests: 1, needs: ['published vectors'] },
    { suite: 'test/b.test.ts', tests: 2, needs: ['SoftHSM 2'] },
  ]);
  expect(describeLeftOut(leftOut(run, '/repository'))).toBe(
    'Not run: 3 tests in 2 suites.\n' +
      '      1  test/a.test.ts: needs published vectors\n' +
      '      2  test/b.test.ts: needs SoftHSM 2',
  );
});

test('a test that is skipped for another reason is not counted as left out', () => {
  expect(leftOut({ testResults: [suite('a.test.ts', ['pending', 'only on another system'])] }, '/repository')).toEqual(
    [],
  );
});

test('a run that left nothing out says so', () => {
  expect(describeLeftOut([])).toBe('No test was left out.');
});
