import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/domain/audit/merkle.ts
import { hash } from "node:crypto";
var HASH_BYTES = 32;
var LEAF_PREFIX = Buffer.of(0);
var NODE_PREFIX = Buffer.of(1);
var sha256 = (bytes) => hash("sha256", bytes, "buffer");
function leafHash(data) {
  return sha256(Buffer.concat([LEAF_PREFIX, data]));
}
function nodeHash(left, right) {
  return sha256(Buffer.concat([NODE_PREFIX, left, right]));
}
var emptyRoot = sha256(Buffer.alloc(0));
var GrowingTree = class _GrowingTree {
  #peaks;
  #size;
  /** @param peaks roots of the largest perfect subtrees, left to right; as many as `size` has one bits. */
  constructor(size = 0, peaks = []) {
    if (onesIn(size) !== peaks.length || peaks.some((peak) => peak.length !== HASH_BYTES)) {
      throw new RangeError(`${peaks.length} peaks do not fit a tree of ${size} leaves`);
    }
    this.#size = size;
    this.#peaks = peaks.map((peak) => Buffer.from(peak));
  }
  static fromHex(size, peaks) {
    return new _GrowingTree(
      size,
      peaks.map((peak) => Buffer.from(peak, "hex"))
    );
  }
  get size() {
    return this.#size;
  }
  get peaks() {
    return this.#peaks.map((peak) => peak.toString("hex"));
  }
  append(leaf) {
    let node = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      node = nodeHash(this.#peaks.pop(), node);
    }
    this.#peaks.push(node);
    this.#size += 1;
  }
  root() {
    const [last, ...others] = this.#peaks.toReversed();
    return last === void 0 ? emptyRoot : others.reduce((right, left) => nodeHash(left, right), last);
  }
};
function onesIn(size) {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}
function rootOf(leaves) {
  const tree = new GrowingTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree.root();
}
function inclusionProof(tree, index, size) {
  const { prunedSize, leaves } = tree;
  if (index < prunedSize || index >= size || size > prunedSize + leaves.length) {
    throw new RangeError(`no proof can be made for leaf ${index} of ${size}`);
  }
  const path = [];
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
function verifyInclusion(leaf, index, size, path, root) {
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
var half = (value) => Math.floor(value / 2);
function splitOf(n) {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}
function subtreeHash(tree, start, end) {
  const { prunedSize, leaves } = tree;
  if (end <= prunedSize) return prunedPeak(tree, start, end);
  if (start >= prunedSize) return rootOf(leaves.slice(start - prunedSize, end - prunedSize));
  const middle = start + splitOf(end - start);
  return nodeHash(subtreeHash(tree, start, middle), subtreeHash(tree, middle, end));
}
function prunedPeak({ prunedSize, prunedPeaks }, start, end) {
  let at = 0;
  for (const peak of prunedPeaks) {
    const next = at + largestPowerIn(prunedSize - at);
    if (at === start && next === end) return peak;
    at = next;
  }
  throw new RangeError(`leaves ${start} to ${end - 1} are pruned`);
}
function largestPowerIn(n) {
  let power = 1;
  while (power * 2 <= n) power *= 2;
  return power;
}

// control-plane/domain/audit/audit-chain.ts
import { hash as hash2 } from "node:crypto";
var label = Buffer.from("keystead/audit-link/v1");
var genesisHash = "0".repeat(64);
function linkHash({ chainId, sequence, previousHash, recordJson }) {
  const chainLength = Buffer.byteLength(chainId);
  const previous = Buffer.from(previousHash, "hex");
  const recordLength = Buffer.byteLength(recordJson);
  const size = 5 * LENGTH_BYTES + label.length + chainLength + LENGTH_BYTES + previous.length + recordLength;
  const bytes = Buffer.allocUnsafe(size);
  let at = writeUint64(bytes, label.length, 0);
  at += label.copy(bytes, at);
  at = writeUint64(bytes, chainLength, at);
  at += bytes.write(chainId, at);
  at = writeUint64(bytes, LENGTH_BYTES, at);
  at = writeUint64(bytes, sequence, at);
  at = writeUint64(bytes, previous.length, at);
  at += previous.copy(bytes, at);
  at = writeUint64(bytes, recordLength, at);
  bytes.write(recordJson, at);
  return hash2("sha256", bytes, "hex");
}
var LENGTH_BYTES = 8;
function writeUint64(bytes, value, at) {
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  return bytes.writeUInt32BE(value % 2 ** 32, at + 4);
}
async function verifyChain(head, records, expectation = { marks: [], prunable: Number.POSITIVE_INFINITY }) {
  const { anchor = noAnchor } = head;
  if (anchor.sequence > expectation.prunable) return { verified: 0, fault: removedFault(anchor, expectation) };
  const follower = new MarkFollower(anchor, expectation.marks);
  let verified = anchor.sequence;
  let previousHash = anchor.hash;
  for await (const record of records) {
    const fault = findFault(record, head, verified + 1, previousHash) ?? follower.faultAt(record);
    if (fault) return { verified: verified - anchor.sequence, fault };
    verified = record.sequence;
    previousHash = record.hash;
  }
  const last = Math.max(head.lastSequence, expectation.marks.at(-1)?.size ?? 0);
  const report = { verified: verified - anchor.sequence };
  const atAnchor = verified === anchor.sequence ? follower.faultAtAnchor(head) : void 0;
  if (atAnchor) return { ...report, fault: atAnchor };
  if (verified >= last) return report;
  const message = `records ${verified + 1} to ${last} at the end of the chain are missing`;
  return { ...report, fault: { kind: "missing", sequence: verified + 1, message } };
}
var noAnchor = { sequence: 0, hash: genesisHash, peaks: [] };
function removedFault({ sequence }, { prunable }) {
  const which = `records ${prunable + 1} to ${sequence}`;
  const message = `${which} were removed, but no checkpoint allows retention to remove them`;
  return { kind: "removed", sequence: prunable + 1, message };
}
var MarkFollower = class {
  #marks;
  #tree;
  #anchor;
  #next;
  #covered;
  constructor(anchor, marks) {
    this.#marks = marks;
    this.#anchor = anchor;
    this.#tree = GrowingTree.fromHex(anchor.sequence, anchor.peaks);
    const first = marks.findIndex(({ size }) => size > anchor.sequence);
    this.#next = first < 0 ? marks.length : first;
    this.#covered = anchor.sequence;
  }
  faultAt({ sequence, hash: link }) {
    let mark = this.#marks[this.#next];
    if (!mark) return void 0;
    this.#tree.append(leafHash(Buffer.from(link, "hex")));
    for (; mark?.size === sequence; mark = this.#marks[this.#next]) {
      const asSeen = link === mark.headHash && this.#tree.root().toString("hex") === mark.treeRoot;
      if (!asSeen) return this.#rewritten(mark);
      this.#covered = sequence;
      this.#next += 1;
    }
    return void 0;
  }
  /** Compares the anchor, for a chain whose records were all removed. */
  faultAtAnchor({ lastSequence, lastHash }) {
    const { sequence, hash: anchorHash } = this.#anchor;
    const mark = this.#marks.findLast(({ size }) => size === sequence);
    const asSeen = !mark || mark.headHash === anchorHash && this.#tree.root().toString("hex") === mark.treeRoot;
    if (!asSeen) return this.#rewritten(mark);
    if (lastSequence !== sequence || lastHash === anchorHash) return void 0;
    return { kind: "edited", sequence, message: `record ${sequence} is not what was written` };
  }
  #rewritten({ size, checkpoint }) {
    const first = this.#covered + 1;
    const which = first >= size ? `record ${size} is` : `one or more of records ${first} to ${size} are`;
    const message = `${which} not what checkpoint ${checkpoint} covers`;
    return { kind: "rewritten", sequence: Math.min(first, size), message };
  }
};
function findFault(record, head, expected, previousHash) {
  const fault = (kind, sequence2, message) => ({ kind, sequence: sequence2, message });
  const { sequence } = record;
  const genuine = linkHash({ ...record, chainId: head.chainId }) === record.hash;
  if (sequence < expected) return fault("reordered", sequence, `record ${sequence} comes after record ${expected - 1}`);
  if (expected === 1 && (sequence !== 1 || genuine && record.previousHash !== genesisHash)) {
    return fault("wrong-start", sequence, `the chain starts with record ${sequence}, which is not its first`);
  }
  if (sequence > expected) {
    const gap = expected === sequence - 1 ? `record ${expected} is` : `records ${expected} to ${sequence - 1} are`;
    return fault("missing", expected, `${gap} missing`);
  }
  if (record.previousHash !== previousHash) {
    return genuine ? fault("edited", expected - 1, `record ${expected - 1} is not the one that record ${expected} was chained to`) : fault("reordered", sequence, `record ${sequence} belongs elsewhere: it does not follow record ${expected - 1}`);
  }
  const asWritten = genuine && (sequence !== head.lastSequence || record.hash === head.lastHash);
  return asWritten ? void 0 : fault("edited", sequence, `record ${sequence} is not what was written`);
}

export {
  HASH_BYTES,
  leafHash,
  emptyRoot,
  GrowingTree,
  rootOf,
  inclusionProof,
  verifyInclusion,
  genesisHash,
  linkHash,
  verifyChain
};
