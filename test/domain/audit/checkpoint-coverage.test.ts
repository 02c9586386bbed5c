/** How old a record without a checkpoint can be, and which stored trees the newest checkpoint signs. */
import { coverageFaults, treeFaults, Uncovered } from '@keystead/control-plane/domain/audit/checkpoint-coverage.ts';
import { GrowingTree, leafHash } from '@keystead/control-plane/domain/audit/merkle.ts';
import { aRecord } from '../../support/storage/rows.ts';

const INTERVAL_MS = 300_000;
const start = Date.UTC(2026, 0, 1);
const at = (minutes: number) => new Date(start + minutes * 60_000).toISOString().replace('.000Z', 'Z');

function chain(covered: number, minutes: readonly number[]): Uncovered {
  const uncovered = new Uncovered(covered);
  for (const [index, minute] of minutes.entries()) {
    uncovered.add(index + 1, JSON.stringify(aRecord({ eventTime: at(minute) })));
  }
  return uncovered;
}

test('a record without a checkpoint is a fault only when the log goes on for three intervals after it', () => {
  const faults = (minutes: readonly number[]) =>
    coverageFaults(new Map([['a', chain(2, minutes)]]), at(0), INTERVAL_MS);
  expect(faults([0, 0])).toEqual([]);
  expect(faults([0, 0, 100])).toEqual([]);
  expect(faults([0, 0, 1, 16])).toEqual([]);
  expect(faults([0, 0, 1, 17])).toEqual([
    `a: NOT COVERED, no checkpoint covers record 3 of ${at(1)}, although the log goes on until ${at(17)}`,
  ]);
});

test('the log goes on also in other chains and in checkpoints', () => {
  const alone = chain(0, [1]);
  expect(coverageFaults(new Map([['a', alone]]), at(0), INTERVAL_MS)).toEqual([]);
  expect(coverageFaults(new Map([['a', alone]]), at(60), INTERVAL_MS)).toHaveLength(1);
  const beside = new Map([
    ['a', alone],
    ['b', chain(1, [60])],
  ]);
  expect(coverageFaults(beside, at(0), INTERVAL_MS)).toEqual([expect.stringMatching(/^a: .* record 1 of /)]);
});

test('a text that is not a record has no time', () => {
  const uncovered = new Uncovered(0);
  for (const text of ['{', '{}', '{"eventTime":"soon"}']) uncovered.add(1, text);
  expect([uncovered.first, uncovered.newest]).toEqual([undefined, '']);
});

test('a stored tree must have size, end, peaks and prunable part of the newest checkpoint', () => {
  const tree = GrowingTree.fromHex(0, []);
  for (const byte of [1, 2, 3]) tree.append(leafHash(Buffer.alloc(32, byte)));
  const entry = { chainId: 'a', size: 3, headHash: 'ff', treeRoot: tree.root().toString('hex'), prunable: 1 };
  const stored = { chain_id: 'a', size: 3, head_hash: 'ff', peaks: JSON.stringify(tree.peaks), prunable: 1 };
  expect(treeFaults([entry], [stored])).toEqual([]);
  expect(treeFaults([entry], [])).toEqual(['a: TREE, it is missing: the next checkpoint cannot continue this chain']);
  expect(treeFaults([], [stored])).toEqual(['a: TREE, no checkpoint signs it']);
  for (const change of [{ size: 2 }, { head_hash: 'fe' }, { prunable: 0 }, { peaks: '[]' }, { peaks: '{' }]) {
    expect(treeFaults([entry], [{ ...stored, ...change }])).toEqual([
      'a: TREE, it is not the one that the newest checkpoint signs',
    ]);
  }
});
