/**
 * The audit log's hash chain: each record's hash covers the one before it, so that an edit, a removal or a
 * reordering anywhere shows. SHA-256 (FIPS 180-4) over an unambiguous encoding; no I/O here.
 *
 *     label "keystead/audit-link/v1" ┐
 *     chain id (UTF-8)               ├ each: length in bytes (64-bit big-endian) · bytes
 *     sequence (64-bit big-endian)   │
 *     previous hash (32 bytes)       │
 *     record (its exact JSON text)   ┘
 *
 * A chain proves order and integrity against anyone who cannot also rewrite everything after the change. Whoever can
 * rewrite the whole database can forge a whole chain; signed checkpoints (audit-checkpoint.ts) show that.
 */
import { hash } from 'node:crypto';
import { GrowingTree, leafHash } from './merkle.ts';

const label = Buffer.from('keystead/audit-link/v1');

/** The hash before a chain's first record. */
export const genesisHash = '0'.repeat(64);

export interface AuditLink {
  readonly chainId: string;
  /** From 1. */
  readonly sequence: number;
  /** Hex SHA-256 of the link before, or `genesisHash`. */
  readonly previousHash: string;
  readonly recordJson: string;
}

/** Hex SHA-256 of one link. */
export function linkHash({ chainId, sequence, previousHash, recordJson }: AuditLink): string {
  const chainLength = Buffer.byteLength(chainId);
  const previous = Buffer.from(previousHash, 'hex');
  const recordLength = Buffer.byteLength(recordJson);
  // Every request waits for this, so it writes one buffer from front to back.
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
  return hash('sha256', bytes, 'hex');
}

const LENGTH_BYTES = 8;

function writeUint64(bytes: Buffer, value: number, at: number): number {
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  return bytes.writeUInt32BE(value % 2 ** 32, at + 4);
}

/** Where a chain ends, as the store knows it: read before the records, which can grow meanwhile. */
export interface ChainHead {
  readonly chainId: string;
  readonly lastSequence: number;
  readonly lastHash: string;
  /** The last record that retention removed, which the first kept record follows; absent: none was removed. */
  readonly anchor?: ChainAnchor;
}

export interface ChainAnchor {
  readonly sequence: number;
  readonly hash: string;
  /** The chain's Merkle tree up to here, as hex, see domain/audit/merkle.ts. */
  readonly peaks: readonly string[];
}

/** - `wrong-start`: the first record is not number 1, or claims a predecessor.
 *  - `missing`: one or more records are gone before, or at the end.
 *  - `reordered`: a record stands where it does not belong.
 *  - `edited`: a record's text or hash is not what was written.
 *  - `rewritten`: records and their hashes are not those that a checkpoint covers.
 *  - `removed`: records are gone that retention must not remove. */
export type ChainFaultKind = 'wrong-start' | 'missing' | 'reordered' | 'edited' | 'rewritten' | 'removed';

export interface ChainFault {
  readonly kind: ChainFaultKind;
  /** Sequence of the record at fault, or of the first of them. */
  readonly sequence: number;
  /** One clause that names the record. */
  readonly message: string;
}

export interface ChainReport {
  /** Records without a fault: the whole chain, or those before the first fault. */
  readonly verified: number;
  readonly fault?: ChainFault;
}

/** A chain as one checkpoint covers it. */
export interface ChainMark {
  readonly checkpoint: number;
  readonly size: number;
  readonly headHash: string;
  readonly treeRoot: string;
}

/** What signed checkpoints say about a chain. */
export interface ChainExpectation {
  /** In order of size. */
  readonly marks: readonly ChainMark[];
  /** Retention can have removed records up to this one. */
  readonly prunable: number;
}

type Records = AsyncIterable<AuditLink & { readonly hash: string }> | Iterable<AuditLink & { readonly hash: string }>;

/**
 * Reads one chain's records in order of sequence and names the first fault. Changes by someone who can
 * write hashes too show only with an expectation from checkpoints.
 */
export async function verifyChain(
  head: ChainHead,
  records: Records,
  expectation: ChainExpectation = { marks: [], prunable: Number.POSITIVE_INFINITY },
): Promise<ChainReport> {
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
  const atAnchor = verified === anchor.sequence ? follower.faultAtAnchor(head) : undefined;
  if (atAnchor) return { ...report, fault: atAnchor };
  if (verified >= last) return report;
  const message = `records ${verified + 1} to ${last} at the end of the chain are missing`;
  return { ...report, fault: { kind: 'missing', sequence: verified + 1, message } };
}

const noAnchor: ChainAnchor = { sequence: 0, hash: genesisHash, peaks: [] };

function removedFault({ sequence }: ChainAnchor, { prunable }: ChainExpectation): ChainFault {
  const which = `records ${prunable + 1} to ${sequence}`;
  const message = `${which} were removed, but no checkpoint allows retention to remove them`;
  return { kind: 'removed', sequence: prunable + 1, message };
}

/** Grows the chain's tree record by record and compares it with each checkpoint's. */
class MarkFollower {
  readonly #marks: readonly ChainMark[];
  readonly #tree: GrowingTree;
  readonly #anchor: ChainAnchor;
  #next: number;
  #covered: number;

  constructor(anchor: ChainAnchor, marks: readonly ChainMark[]) {
    this.#marks = marks;
    this.#anchor = anchor;
    this.#tree = GrowingTree.fromHex(anchor.sequence, anchor.peaks);
    // Earlier marks cover removed records. The peaks stand for those, and every later mark covers the peaks.
    const first = marks.findIndex(({ size }) => size > anchor.sequence);
    this.#next = first < 0 ? marks.length : first;
    this.#covered = anchor.sequence;
  }

  faultAt({ sequence, hash: link }: { readonly sequence: number; readonly hash: string }): ChainFault | undefined {
    let mark = this.#marks[this.#next];
    if (!mark) return undefined;
    this.#tree.append(leafHash(Buffer.from(link, 'hex')));
    for (; mark?.size === sequence; mark = this.#marks[this.#next]) {
      const asSeen = link === mark.headHash && this.#tree.root().toString('hex') === mark.treeRoot;
      if (!asSeen) return this.#rewritten(mark);
      this.#covered = sequence;
      this.#next += 1;
    }
    return undefined;
  }

  /** Compares the anchor, for a chain whose records were all removed. */
  faultAtAnchor({ lastSequence, lastHash }: ChainHead): ChainFault | undefined {
    const { sequence, hash: anchorHash } = this.#anchor;
    const mark = this.#marks.findLast(({ size }) => size === sequence);
    const asSeen = !mark || (mark.headHash === anchorHash && this.#tree.root().toString('hex') === mark.treeRoot);
    if (!asSeen) return this.#rewritten(mark);
    if (lastSequence !== sequence || lastHash === anchorHash) return undefined;
    return { kind: 'edited', sequence, message: `record ${sequence} is not what was written` };
  }

  #rewritten({ size, checkpoint }: ChainMark): ChainFault {
    const first = this.#covered + 1;
    const which = first >= size ? `record ${size} is` : `one or more of records ${first} to ${size} are`;
    const message = `${which} not what checkpoint ${checkpoint} covers`;
    return { kind: 'rewritten', sequence: Math.min(first, size), message };
  }
}

function findFault(
  record: AuditLink & { readonly hash: string },
  head: ChainHead,
  expected: number,
  previousHash: string,
): ChainFault | undefined {
  const fault = (kind: ChainFaultKind, sequence: number, message: string) => ({ kind, sequence, message });
  const { sequence } = record;
  const genuine = linkHash({ ...record, chainId: head.chainId }) === record.hash;
  if (sequence < expected) return fault('reordered', sequence, `record ${sequence} comes after record ${expected - 1}`);
  if (expected === 1 && (sequence !== 1 || (genuine && record.previousHash !== genesisHash))) {
    return fault('wrong-start', sequence, `the chain starts with record ${sequence}, which is not its first`);
  }
  if (sequence > expected) {
    const gap = expected === sequence - 1 ? `record ${expected} is` : `records ${expected} to ${sequence - 1} are`;
    return fault('missing', expected, `${gap} missing`);
  }
  if (record.previousHash !== previousHash) {
    // A genuine link whose predecessor has another hash: the predecessor was rewritten, hash and all.
    return genuine
      ? fault('edited', expected - 1, `record ${expected - 1} is not the one that record ${expected} was chained to`)
      : fault('reordered', sequence, `record ${sequence} belongs elsewhere: it does not follow record ${expected - 1}`);
  }
  const asWritten = genuine && (sequence !== head.lastSequence || record.hash === head.lastHash);
  return asWritten ? undefined : fault('edited', sequence, `record ${sequence} is not what was written`);
}
