/**
 * Merkle trees against RFC 9162's definitions, implemented again as the RFC states them, and against the test vectors
 * that certificate transparency implementations share (leaves of RFC 6962's reference implementation).
 */
import { createHash } from 'node:crypto';
import {
  consistencyProof,
  emptyRoot,
  GrowingTree,
  inclusionProof,
  type LeavesAfter,
  leafHash,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from '@keystead/control-plane/domain/audit/merkle.ts';
import fc from 'fast-check';
import { runs } from '../../support/sizes.ts';

const vectorLeaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));

const vectorRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** MTH of RFC 9162 section 2.1.1, word for word. */
function mth(data: readonly Buffer[]): Buffer {
  const sha = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  const [first] = data;
  if (!first) return sha();
  if (data.length === 1) return sha(Buffer.of(0), first);
  let k = 1;
  while (k * 2 < data.length) k *= 2;
  return sha(Buffer.of(1), mth(data.slice(0, k)), mth(data.slice(k)));
}

const dataOf = (size: number): Buffer[] => Array.from({ length: size }, (_, index) => Buffer.from(`leaf ${index}`));
const leavesOf = (size: number): Buffer[] => dataOf(size).map(leafHash);
const whole = (leaves: readonly Buffer[]): LeavesAfter => ({ prunedSize: 0, prunedPeaks: [], leaves });

function pruned(leaves: readonly Buffer[], prunedSize: number): LeavesAfter {
  const tree = new GrowingTree();
  for (const leaf of leaves.slice(0, prunedSize)) tree.append(leaf);
  const prunedPeaks = tree.peaks.map((peak) => Buffer.from(peak, 'hex'));
  return { prunedSize, prunedPeaks, leaves: leaves.slice(prunedSize) };
}

describe('roots', () => {
  test('are those of the shared vectors, at every size', () => {
    const tree = new GrowingTree();
    expect(emptyRoot.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(tree.root()).toEqual(emptyRoot);
    const roots = vectorLeaves.map((leaf) => {
      tree.append(leafHash(leaf));
      return tree.root().toString('hex');
    });
    expect(roots).toEqual(vectorRoots);
  });

  test('are as the RFC defines them, for every size up to 130', () => {
    for (let size = 0; size <= 130; size++) expect(rootOf(leavesOf(size))).toEqual(mth(dataOf(size)));
  });

  test('continue from stored peaks with the same result', () => {
    for (let size = 0; size <= 70; size++) {
      const leaves = leavesOf(71);
      const first = new GrowingTree();
      for (const leaf of leaves.slice(0, size)) first.append(leaf);
      const second = GrowingTree.fromHex(size, first.peaks);
      for (const leaf of leaves.slice(size)) second.append(leaf);
      expect(second.root()).toEqual(rootOf(leaves));
    }
  });

  test('are not made from peaks that do not fit the size', () => {
    expect(() => new GrowingTree(3, [leafHash(Buffer.alloc(0))])).toThrow('1 peaks do not fit a tree of 3 leaves');
    expect(() => new GrowingTree(1, [Buffer.alloc(31)])).toThrow(RangeError);
  });
});

describe('inclusion proofs', () => {
  test('are valid for every leaf of every size up to 65, and for no other leaf, index, size or root', () => {
    for (let size = 1; size <= 65; size++) {
      const leaves = leavesOf(size);
      const root = rootOf(leaves);
      for (const [index, leaf] of leaves.entries()) {
        const path = inclusionProof(whole(leaves), index, size);
        expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
        expect(verifyInclusion(leaf, index, size, path, root)).toBe(true);
        expect(verifyInclusion(leafHash(Buffer.from('other')), index, size, path, root)).toBe(false);
        expect(verifyInclusion(leaf, index, size, [...path, root], root)).toBe(false);
        expect(verifyInclusion(leaf, index, size, path, emptyRoot)).toBe(false);
        if (path.length > 0) expect(verifyInclusion(leaf, index, size, path.slice(1), root)).toBe(false);
        if (size > 1) expect(verifyInclusion(leaf, (index + 1) % size, size, path, root)).toBe(false);
      }
    }
  });

  test('can be made after any number of leaves before are pruned, and are the same', () => {
    const leaves = leavesOf(50);
    for (let prunedSize = 0; prunedSize < 50; prunedSize++) {
      for (let index = prunedSize; index < 50; index++) {
        const path = inclusionProof(pruned(leaves, prunedSize), index, 50);
        expect(path).toEqual(inclusionProof(whole(leaves), index, 50));
      }
    }
  });

  test('are refused for leaves that do not exist', () => {
    const leaves = leavesOf(5);
    expect(() => inclusionProof(whole(leaves), 5, 5)).toThrow(RangeError);
    expect(() => inclusionProof(whole(leaves), 0, 6)).toThrow(RangeError);
    expect(() => inclusionProof(pruned(leaves, 2), 1, 5)).toThrow(RangeError);
    expect(verifyInclusion(leafHash(Buffer.alloc(0)), -1, 1, [], emptyRoot)).toBe(false);
  });
});

describe('consistency proofs', () => {
  test('are valid between any two sizes up to 40, and for no other roots', () => {
    const leaves = leavesOf(40);
    const roots = Array.from({ length: 41 }, (_, size) => rootOf(leaves.slice(0, size)));
    const at = (size: number): readonly [number, Buffer] => [size, roots[size] ?? emptyRoot];
    for (let second = 1; second <= 40; second++) {
      for (let first = 1; first <= second; first++) {
        const path = consistencyProof(whole(leaves), first, second);
        expect(verifyConsistency(at(first), at(second), path)).toBe(true);
        expect(verifyConsistency([first, emptyRoot], at(second), path)).toBe(false);
        expect(verifyConsistency(at(first), [second, emptyRoot], path)).toBe(false);
        expect(verifyConsistency(at(first), at(second), [...path, emptyRoot])).toBe(false);
        if (first > 1) expect(verifyConsistency([first - 1, at(first)[1]], at(second), path)).toBe(false);
      }
    }
  });

  test('are refused where they cannot be made', () => {
    expect(() => consistencyProof(whole(leavesOf(3)), 0, 3)).toThrow(RangeError);
    expect(() => consistencyProof(whole(leavesOf(3)), 2, 4)).toThrow(RangeError);
    expect(() => consistencyProof(pruned(leavesOf(9), 7), 3, 9)).toThrow('are pruned');
  });
});

test('an altered proof of a random tree is not valid', () => {
  const cases = fc.record({
    size: fc.integer({ min: 2, max: 300 }),
    index: fc.nat(),
    altered: fc.nat(),
    bit: fc.integer({ min: 0, max: 255 }),
  });
  fc.assert(
    fc.property(cases, ({ size, index: any, altered, bit }) => {
      const leaves = leavesOf(size);
      const index = any % size;
      const path = inclusionProof(whole(leaves), index, size).map((node) => Buffer.from(node));
      const node = path[altered % path.length] as Buffer;
      node[bit >> 3] = (node[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(verifyInclusion(leaves[index] as Buffer, index, size, path, rootOf(leaves))).toBe(false);
    }),
    { numRuns: runs(200, 5_000) },
  );
});
