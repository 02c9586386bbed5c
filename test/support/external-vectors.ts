/**
 * Finds published test vectors, which the repository does not hold: in KEYSTEAD_VECTORS_DIR, then
 * test/vectors/external (where `make vectors` puts them), then ../shared/vectors beside the repository.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { leftOutTitle } from './needs.ts';

const repository = resolve(import.meta.dirname, '../..');
const candidates = [
  ...(process.env.KEYSTEAD_VECTORS_DIR ? [process.env.KEYSTEAD_VECTORS_DIR] : []),
  join(repository, 'test/vectors/external'),
  resolve(repository, '../shared/vectors'),
];

/** A folder that has one of the collections; undefined when there is none. */
export const vectorsDirectory = candidates.find((path) => existsSync(join(path, 'wycheproof')));

/**
 * Declares tests over published vectors. Where there are none: with CI=true a failing test, otherwise one that is
 * counted at the end of the run and says which command brings them.
 */
export function describeWithVectors(name: string, declare: () => void): void {
  if (vectorsDirectory !== undefined) {
    describe(name, declare);
    return;
  }
  const remedy = 'no published vectors here: run `make vectors`, or set KEYSTEAD_VECTORS_DIR';
  if (process.env.CI === 'true') {
    test(name, () => {
      throw new Error(remedy);
    });
  } else {
    test.skip(leftOutTitle(name, 'published vectors (make vectors)'), () => undefined);
  }
}

/** @param path below the vectors folder, such as `nist/nist-800-108-KBKDF-CTR.txt` */
export function readVectors(path: string): string {
  if (vectorsDirectory === undefined) throw new Error('there are no published vectors here');
  return readFileSync(join(vectorsDirectory, path), 'utf8');
}

export type WycheproofResult = 'valid' | 'invalid' | 'acceptable';

export interface WycheproofCase {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: WycheproofResult;
}

export interface WycheproofFile<Group, Case extends WycheproofCase> {
  readonly algorithm: string;
  readonly numberOfTests: number;
  readonly testGroups: readonly (Group & { readonly tests: readonly Case[] })[];
}

export function readWycheproof<Group, Case extends WycheproofCase>(file: string): WycheproofFile<Group, Case> {
  return JSON.parse(readVectors(join('wycheproof', file)));
}

export type Counts = Record<WycheproofResult, number>;

/**
 * Runs every case of a file and prints how many there were of each kind.
 * @param accepts tells whether the implementation accepts the case; it throws when it computes a wrong value.
 * @returns the ids of cases judged otherwise than published. Acceptable ones may go either way.
 */
export function runWycheproof<Group, Case extends WycheproofCase>(
  label: string,
  file: WycheproofFile<Group, Case>,
  accepts: (test: Case, group: Group) => boolean,
): { readonly counts: Counts; readonly misjudged: readonly number[] } {
  const counts: Counts = { valid: 0, invalid: 0, acceptable: 0 };
  const misjudged: number[] = [];
  for (const group of file.testGroups) {
    for (const test of group.tests) {
      counts[test.result]++;
      const accepted = accepts(test, group);
      if (test.result !== 'acceptable' && accepted !== (test.result === 'valid')) misjudged.push(test.tcId);
    }
  }
  process.stdout.write(
    `${label}: ${counts.valid} valid, ${counts.invalid} invalid, ${counts.acceptable} acceptable cases run\n`,
  );
  return { counts, misjudged };
}

export const fromHex = (hex: string): Buffer => Buffer.from(hex, 'hex');
