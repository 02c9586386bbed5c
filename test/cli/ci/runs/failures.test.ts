/** Terraform's errors as a job says them. */
import { failureOf } from '@keystead/control-plane/cli/ci/runs/failures.ts';
import { linesOf, parseMessage } from '@keystead/control-plane/cli/ci/runs/messages.ts';

const ended = (summary: string, detail = '', more: object = {}) => ({
  code: 1,
  messages: [{ type: 'diagnostic', text: '', diagnostic: { severity: 'error' as const, summary, detail } }],
  stderr: '',
  interrupted: false,
  ...more,
});

test('a lock is named by its holder, with the command that frees it', () => {
  const detail =
    'Lock Info:\n  ID:        1-2-3\n  Path:      x\n  Operation: OperationTypeApply\n  Who:       ci@host\n  Created:   2026-12-01 00:00:00 +0000 UTC\n';
  const { message, hint } = failureOf('terraform plan', ended('Error acquiring the state lock', detail));
  expect(message).toBe(
    'Another run holds the lock of the state by ci@host for OperationTypeApply since 2026-12-01 00:00:00 +0000 UTC.',
  );
  expect(hint).toContain('terraform force-unlock 1-2-3');
});

test('of a lock of the HTTP backend only the id is known, and never taken for that of the run that asks', () => {
  const detail =
    'Error message: HTTP remote state already locked: ID=9-8\nLock Info:\n  ID:        1-2-3\n  Who:       me@host\n';
  const { message, hint } = failureOf('terraform plan', ended('Error acquiring the state lock', detail));
  expect(message).toBe('Another run holds the lock of the state.');
  expect(hint).toContain('force-unlock 9-8');
});

test('a lock that the backend refuses for another reason is its own error', () => {
  const { message } = failureOf(
    'terraform plan',
    ended('Error acquiring the state lock', 'HTTP remote state endpoint requires auth'),
  );
  expect(message).toBe('The lock of the state cannot be had: HTTP remote state endpoint requires auth');
});

test.each([
  ['Saved plan is stale', /^The state moved on after this plan was made/],
  ['Saved plan does not match the given state', /^This plan was made for another state/],
  ['Invalid reference', /^terraform apply failed: Invalid reference\.$/],
])('%s', (summary, said) => {
  expect(failureOf('terraform apply', ended(summary)).message).toMatch(said);
});

test('an interrupted run is not called failed', () => {
  expect(failureOf('terraform plan', ended('Interrupted', '', { interrupted: true })).message).toBe(
    'terraform plan was interrupted.',
  );
});

test('lines that are not messages are left to be printed as they are, and progress is not printed', () => {
  expect(parseMessage('plain text')).toBeUndefined();
  expect(parseMessage('{"broken')).toBeUndefined();
  const progress = parseMessage('{"type":"apply_progress","@message":"Still creating"}');
  expect(progress && linesOf(progress)).toEqual([]);
  const warning = parseMessage(
    '{"type":"diagnostic","@message":"Warning: w","diagnostic":{"severity":"warning","summary":"w","detail":"a\\nb","address":"x.y"}}',
  );
  expect(warning && linesOf(warning)).toEqual(['Warning: x.y: w', '  a', '  b']);
});
