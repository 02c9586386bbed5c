import { expect, test } from '@jest/globals';
import { withoutCLibraries } from '../../scripts/lock-files.ts';
import { ofOtherCLibrary } from '../../scripts/prune.ts';

const names = [
  'node_modules/@biomejs/cli-linux-x64',
  'node_modules/@biomejs/cli-linux-x64-musl',
  'node_modules/@parcel/watcher-linux-arm64-glibc',
  'node_modules/@parcel/watcher-linux-arm64-musl',
  'node_modules/@unrs/resolver-binding-linux-x64-gnu',
  'node_modules/@unrs/resolver-binding-linux-x64-musl',
  'node_modules/@unrs/resolver-binding-linux-ppc64-gnu',
  'node_modules/@unrs/resolver-binding-darwin-x64',
  'node_modules/only-for-linux-x64-musl',
];

test('packages for the other C library are told by their names, and one without a twin stays', () => {
  expect(ofOtherCLibrary(names, 'glibc')).toEqual([names[1], names[3], names[5]]);
  expect(ofOtherCLibrary(names, 'musl')).toEqual([names[0], names[2], names[4]]);
});

test('lock files are written without C libraries, and otherwise as they were', () => {
  const packages = { '': { name: 'a' }, 'node_modules/b-musl': { version: '1.0.0', libc: ['musl'], os: ['linux'] } };
  const text = `${JSON.stringify({ name: 'a', packages }, null, 2)}\n`;
  expect(withoutCLibraries(text)).toBe(text.replace(/ {6}"libc": \[\n.*\n {6}\],\n/, ''));
  expect(withoutCLibraries(text)).not.toContain('libc');
});
