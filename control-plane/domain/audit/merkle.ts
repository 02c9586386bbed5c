/**
 * Merkle trees over SHA-256 as certificate transparency has them: RFC 9162 section 2.1. A tree over n leaves is the
 * perfect tree over the largest power of two below n beside the tree over the rest, so a tree that grows keeps the
 * roots of its perfect subtrees ("peaks"): all that is needed to append and to compute the root.
 */
import { hash } from 'node:crypto';

export const HASH_BYTES = 32;

const LEAF_PREFIX = Buffer.of(0);
const NODE_PREFIX = Buffer.of(1);

const sha256 = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer');

/** MTH({d}) = SHA-256(0x00 ‖ d): prefixes keep leaves and nodes apart. */
export function leafHash(data: Uint8Array): Buffer {
  return sha256(Buffer.concat([LEAF_PREFIX, data]));
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Buffer.concat([NODE_PREFIX, left, right]));
}

/** MTH({}): the tree of no leaves. */
export const emptyRoot: Buffer = sha256(Buffer.alloc(0));

/** A tree that grows at its right end and does not keep its leaves. */
export class GrowingTree {
  readonly #peaks: Buffer[];
  #size: number;

  /** @param peaks roots of the largest perfect subtrees, left to right; as many as `size` has one bits. */
  constructor(size = 0, peaks: readonly Uint8Array[] = []) {
    if (onesIn(size) !== peaks.length || peaks.some((peak) => peak.length !== HASH_BYTES)) {
      throw new RangeError(`${peaks.length} peaks do not fit a tree of ${size} leaves`);
    }
    this.#size = size;
    this.#peaks = peaks.map((peak) => Buffer.from(peak));
  }

  static fromHex(size: number, peaks: readonly string[]): GrowingTree {
    return new GrowingTree(
      size,
      peaks.map((peak) => Buffer.from(peak, 'hex')),
    );
  }

  get size(): number {
    return this.#size;
  }

  get peaks(): readonly string[] {
    return this.#peaks.map((peak) => peak.toString('hex'));
  }

  append(leaf: Buffer): void {
    let node = leaf;
    // Each one bit at the right end of the size is a perfect subtree; the new leaf completes it to the next larger one.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      node = nodeHash(this.#peaks.pop() as Buffer, node);
    }
    this.#peaks.push(node);
    this.#size += 1;
  }

  root(): Buffer {
    const [last, ...others] = this.#peaks.toReversed();
    return last === undefined ? emptyRoot : others.reduce((right, left) => nodeHash(left, right), last);
  }
}

function onesIn(size: number): number {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}

export function rootOf(leaves: readonly Buffer[]): Buffer {
  const tree = new GrowingTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree.root();
}

/** A tree whose first leaves can be pruned: their peaks stand for them. */
export interface LeavesAfter {
  readonly prunedSize: number;
  readonly prunedPeaks: readonly Buffer[];
  /** Leaf hashes from `prunedSize` on. */
  readonly leaves: readonly Buffer[];
}

/**
 * The sibling hashes from a leaf up to the root: RFC 9162 section 2.1.3.1.
 * @throws RangeError for a leaf that the tree of `size` does not have, or that is pruned.
 */
export function inclusionProof(tree: LeavesAfter, index: number, size: number): readonly Buffer[] {
  const { prunedSize, leaves } = tree;
  if (index < prunedSize || index >= size || size > prunedSize + leaves.length) {
    throw new RangeError(`no proof can be made for leaf ${index} of ${size}`);
  }
  const path: Buffer[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      path.push(subtreeHash(tree, middle, end));
      end = middle;
    } else {
      path.push(subtreeHash(tree, start, middle));
      start = middle;
    }
  }
  return path.reverse();
}

/** RFC 9162 section 2.1.3.2. */
export function verifyInclusion(
  leaf: Buffer,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (index < 0 || index >= size) return false;
  let [node, last] = [index, size - 1];
  let computed = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      computed = nodeHash(sibling, computed);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      computed = nodeHash(computed, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && computed.equals(root);
}

/**
 * The hashes that prove that a tree of `size` leaves begins with the tree of its first `first` leaves: RFC 9162 section
 * 2.1.4.1.
 * @throws RangeError when the sizes are not in order, or leaves that the proof needs are pruned.
 */
export function consistencyProof(tree: LeavesAfter, first: number, size: number): readonly Buffer[] {
  if (first < 1 || first > size || size > tree.prunedSize + tree.leaves.length) {
    throw new RangeError(`no proof can be made from ${first} leaves to ${size}`);
  }
  const path: Buffer[] = [];
  let [start, end] = [0, size];
  let whole = true;
  while (first !== end) {
    const middle = start + splitOf(end - start);
    if (first <= middle) {
      path.push(subtreeHash(tree, middle, end));
      end = middle;
    } else {
      path.push(subtreeHash(tree, start, middle));
      start = middle;
      whole = false;
    }
  }
  if (!whole) path.push(subtreeHash(tree, start, end));
  return path.reverse();
}

/** RFC 9162 section 2.1.4.2. */
export function verifyConsistency(
  [first, firstRoot]: readonly [size: number, root: Uint8Array],
  [second, secondRoot]: readonly [size: number, root: Uint8Array],
  path: readonly Uint8Array[],
): boolean {
  if (first < 1 || first > second) return false;
  if (first === second) return path.length === 0 && Buffer.compare(firstRoot, secondRoot) === 0;
  const [start, ...rest] = isPowerOfTwo(first) ? [firstRoot, ...path] : path;
  if (start === undefined) return false;
  let [node, last] = [first - 1, second - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let older: Buffer = Buffer.from(start);
  let newer: Buffer = older;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      older = nodeHash(sibling, older);
      newer = nodeHash(sibling, newer);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      newer = nodeHash(newer, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && older.equals(firstRoot) && newer.equals(secondRoot);
}

const half = (value: number): number => Math.floor(value / 2);

function isPowerOfTwo(value: number): boolean {
  return onesIn(value) === 1;
}

/** The largest power of two below n. */
function splitOf(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

/** MTH of leaves `start` to `end - 1`, a subtree of the tree. @throws RangeError when it is pruned. */
function subtreeHash(tree: LeavesAfter, start: number, end: number): Buffer {
  const { prunedSize, leaves } = tree;
  if (end <= prunedSize) return prunedPeak(tree, start, end);
  if (start >= prunedSize) return rootOf(leaves.slice(start - prunedSize, end - prunedSize));
  const middle = start + splitOf(end - start);
  return nodeHash(subtreeHash(tree, start, middle), subtreeHash(tree, middle, end));
}

function prunedPeak({ prunedSize, prunedPeaks }: LeavesAfter, start: number, end: number): Buffer {
  let at = 0;
  for (const peak of prunedPeaks) {
    const next = at + largestPowerIn(prunedSize - at);
    if (at === start && next === end) return peak;
    at = next;
  }
  throw new RangeError(`leaves ${start} to ${end - 1} are pruned`);
}

function largestPowerIn(n: number): number {
  let power = 1;
  while (power * 2 <= n) power *= 2;
  return power;
}
