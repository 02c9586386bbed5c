/** The rules for packages from outside, and that each violation is noticed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockedPackage, policyFaults } from '../../scripts/dependencies.ts';

const root = join(import.meta.dirname, '../..');
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const { allowScripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly allowScripts: Readonly<Record<string, boolean>>;
};
const policy = { scripts: allowScripts };

test('every locked package comes from the registry with a hash and an accepted licence, and runs only decided scripts', () => {
  expect(lock.lockfileVersion).toBe(3);
  expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
  expect(policyFaults(lock.packages, policy)).toEqual([]);
});

test('an install runs only the script of the pinned Node.js', () => {
  expect(
    Object.entries(allowScripts)
      .filter(([, allowed]) => allowed)
      .map(([name]) => name),
  ).toEqual(['node']);
});

const good: LockedPackage = { version: '1.0.0', integrity: 'sha512-AAAA', license: 'MIT' };
const faults = (changed: Partial<LockedPackage>) =>
  policyFaults({ 'node_modules/one': { ...good, ...changed } }, policy);

test.each<readonly [string, Partial<LockedPackage>]>([
  [
    'one@1.0.0 comes from git+ssh://git@host/one.git, not from the registry',
    { resolved: 'git+ssh://git@host/one.git' },
  ],
  ['one@1.0.0 comes from https://elsewhere/one.tgz, not from the registry', { resolved: 'https://elsewhere/one.tgz' }],
  ['one@1.0.0 has no SHA-512 integrity', { integrity: 'sha1-AAAA' }],
  [
    "one@1.0.0 runs a script when installed, which package.json's allowScripts does not mention",
    { hasInstallScript: true },
  ],
  ['one@1.0.0 names its C library, which npm 9 and 10 would remove: run make lock', { libc: ['glibc'] }],
  ['one@1.0.0 has the licence GPL-3.0-only, which is not on the list', { license: 'GPL-3.0-only' }],
  ['one@1.0.0 has the licence MIT AND GPL-3.0-only, which is not on the list', { license: 'MIT AND GPL-3.0-only' }],
])('%s: noticed', (fault, changed) => {
  expect(faults(changed)).toEqual([fault]);
});

test('a choice of licences needs one accepted licence; the hash of a package covers its bundled packages', () => {
  expect(faults({ license: '(GPL-3.0-only OR MIT)' })).toEqual([]);
  expect(
    policyFaults({ 'node_modules/one/node_modules/two': { version: '1', license: 'ISC', inBundle: true } }, policy),
  ).toEqual([]);
  expect(policyFaults({ provider: { version: '1' }, 'node_modules/@keystead/x': { link: true } }, policy)).toEqual([]);
});
