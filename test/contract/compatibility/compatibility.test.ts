/** The compatibility page covers every operation and agrees with the tests. */
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { proofs, stateCells, testsOf } from './document.ts';
import { isFresh } from './generate.ts';

const implemented = Object.values<OperationRecord>(operations).filter(
  ({ service, status }) => service === 'kms' && status === 'implemented',
);
const proof = (title: string) => {
  const found = proofs.find((candidate) => candidate.title === title);
  if (!found) throw new Error(`there is no proof named ${title}`);
  return found;
};

test('docs/compatibility.md agrees with the records and the tests', () => {
  expect(isFresh()).toBe(true);
});

test.each(['SDK', 'CLI', 'Operation tests'])('every implemented operation has the proof "%s"', (title) => {
  const lacking = implemented.filter(({ name }) => testsOf(proof(title), name).length === 0);
  expect(lacking.map(({ name }) => name)).toEqual([]);
});

test('every operation on a key is tested in every state', () => {
  const ofKeys = implemented.filter(({ targets }) => targets.some(({ kind }) => kind === 'key' || kind === 'alias'));
  expect(ofKeys.filter(({ name }) => stateCells(name) === 0).map(({ name }) => name)).toEqual([]);
});
