/** Published vectors are fetched from a repository of git, and accepted only with the pinned contents. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bring, bringAll, type Collection, collections, digestOf } from '../../scripts/vectors.ts';
import { describeWithVectors, vectorsDirectory } from '../support/external-vectors.ts';
import { describeWith } from '../support/needs.ts';

let directory: string;
let into: string;
let collection: Collection;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keystead-vectors-test-'));
  into = join(directory, 'external');
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a digest tells contents and names, and not the order of a directory', () => {
  for (const names of [
    ['b', 'a'],
    ['a', 'b'],
  ]) {
    mkdirSync(join(directory, names.join('')));
    for (const name of names) writeFileSync(join(directory, names.join(''), name), name);
  }
  expect(digestOf(join(directory, 'ba'))).toBe(digestOf(join(directory, 'ab')));
  writeFileSync(join(directory, 'ab/a'), 'other');
  expect(digestOf(join(directory, 'ba'))).not.toBe(digestOf(join(directory, 'ab')));
});

describeWithVectors('the vectors that the tests run', () => {
  test.each(collections.map((each) => [each.name, each] as const))(
    'of %s are those that are pinned',
    (name, { sha256 }) => {
      const taken = join(directory, name);
      cpSync(join(String(vectorsDirectory), name), taken, { recursive: true });
      // The licence lies beside the collection at its origin.
      for (const notice of ['LICENSE', 'NOTICE']) rmSync(join(taken, notice), { force: true });
      expect(digestOf(taken)).toBe(sha256);
    },
  );
});

describeWith('git')('from a bare repository', () => {
  beforeEach(() => {
    const origin = join(directory, 'own/vectors.git');
    const work = join(directory, 'work');
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { encoding: 'utf8' });
    mkdirSync(join(work, 'set/deep'), { recursive: true });
    writeFileSync(join(work, 'set/one.json'), '1');
    writeFileSync(join(work, 'set/deep/two.json'), '2');
    writeFileSync(join(work, 'README'), 'not taken');
    git('init', '--quiet', work);
    git('-C', work, 'add', '.');
    git('-C', work, 'commit', '--quiet', '-m', 'vectors');
    const commit = git('-C', work, 'rev-parse', 'HEAD').trim();
    git('clone', '--quiet', '--bare', work, origin);
    git('-C', origin, 'config', 'uploadpack.allowFilter', 'true');
    const sha256 = digestOf(join(work, 'set'));
    collection = { name: 'mine', repository: 'own/vectors', commit, licence: 'MIT', folder: 'set', sha256 };
  });
  const origin = () => `file://${directory}`;

  test('a folder is fetched whole, and nothing beside it', () => {
    bring(collection, origin(), into);
    expect(readFileSync(join(into, 'mine/one.json'), 'utf8')).toBe('1');
    expect(readFileSync(join(into, 'mine/deep/two.json'), 'utf8')).toBe('2');
    expect(existsSync(join(into, 'mine/README'))).toBe(false);
  });

  test('a collection that is there and right is not fetched again', () => {
    expect(bringAll([collection], origin(), into)).toEqual([]);
    expect(bringAll([collection], 'file:///nowhere', into)).toEqual([]);
    writeFileSync(join(into, 'mine/one.json'), 'changed');
    expect(bringAll([collection], 'file:///nowhere', into)).toHaveLength(1);
  });

  test('other contents than those pinned are refused, and what was there stays', () => {
    bring(collection, origin(), into);
    expect(() => bring({ ...collection, sha256: '0'.repeat(64) }, origin(), into)).toThrow(/have SHA-256 .*, not 0000/);
    expect(readFileSync(join(into, 'mine/one.json'), 'utf8')).toBe('1');
  });

  test('an origin that cannot be reached is named', () => {
    expect(bringAll([collection], 'file:///nowhere', into)).toEqual([expect.stringMatching(/^git: /)]);
    expect(existsSync(join(into, 'mine'))).toBe(false);
  });
});
