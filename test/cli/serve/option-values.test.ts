import { resolve } from 'node:path';
import { pathOf, positive, wholeNumber } from '@keystead/control-plane/cli/serve/option-values.ts';

test('a path becomes absolute; one that is not given stays undefined', () => {
  expect(pathOf('keys/root.key')).toBe(resolve('keys/root.key'));
  expect(pathOf(undefined)).toBeUndefined();
});

test('a positive number can have a fraction', () => {
  expect(positive('--job-interval', '0.5')).toBe(0.5);
});

test.each(['0', '-1', 'soon', 'Infinity'])('%s is refused where a positive number is needed', (text) => {
  expect(() => positive('--job-interval', text, 'seconds')).toThrow(
    expect.objectContaining({
      message: `--job-interval: "${text}" is not a positive number of seconds.`,
      hint: 'Write it like --job-interval 30.',
      exitCode: 2,
    }),
  );
});

test('the message does not name a unit where there is none', () => {
  expect(() => positive('--audit-deadline', '0')).toThrow(
    expect.objectContaining({ message: '--audit-deadline: "0" is not a positive number.' }),
  );
});

test.each(['-1', '1.5', '1e3', ''])('"%s" is refused where a whole number is needed', (text) => {
  expect(() => wholeNumber('--failed-authentications', text)).toThrow(
    expect.objectContaining({ message: `--failed-authentications: "${text}" is not a whole number.`, exitCode: 2 }),
  );
  expect(wholeNumber('--failed-authentications', '0')).toBe(0);
});
