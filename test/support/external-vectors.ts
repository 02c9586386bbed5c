/**
 * Finds published test vectors, which are not in the repository: in KEYSTEAD_VECTORS_DIR, then
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

/** The first of these folders with the Wycheproof vectors; undefined when there is none. */
export const vectorsDirectory = candidates.find((path) => existsSync(join(path, 'wycheproof')));

/**
 * Declares tests over published vectors. Where the vectors are missing, it declares a failing test if CI=true;
 * otherwise a skipped one, which is counted at the end of the run and says which command downloads them.
 */
export function describeWithVectors(name: string, declare: () => void): void {
  if (vectorsDirectory !== undefined) {
    describe(name, declare);
    return;
  }
  const remedy = 'the published vectors are missing: run `make vectors`, or set KEYSTEAD_VECTORS_DIR';
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
  if (vectorsDirectory === undefined)
    throw new Error('the published vectors are missing: run `make vectors`, or set KEYSTEAD_VECTORS_DIR');
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
 * Runs every case of a file and prints the number of cases of each kind.
 * @param accepts says whether the implementation accepts the case; it throws when the computed value is wrong.
 * @returns the ids of cases whose result differs from the published one. `acceptable` cases never differ.
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
