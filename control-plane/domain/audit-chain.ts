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
 * rewrite the whole database can forge a whole chain; only a hash kept elsewhere shows that.
 */
import { hash } from 'node:crypto';

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
  const fields = [
    label,
    Buffer.from(chainId),
    uint64(sequence),
    Buffer.from(previousHash, 'hex'),
    Buffer.from(recordJson),
  ];
  return hash('sha256', Buffer.concat(fields.flatMap((field) => [uint64(field.length), field])), 'hex');
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** Where a chain ends, as the store knows it: read before the records, which may grow meanwhile. */
export interface ChainHead {
  readonly chainId: string;
  readonly lastSequence: number;
  readonly lastHash: string;
  /** The last record that retention removed, on which the first kept one stands; absent: none was removed. */
  readonly anchor?: ChainAnchor;
}

export interface ChainAnchor {
  readonly sequence: number;
  readonly hash: string;
  /** The chain's Merkle tree up to here, as hex, see domain/merkle.ts. */
  readonly peaks: readonly string[];
}

/** - `wrong-start`: the first record is not number 1, or claims a predecessor.
 *  - `missing`: one or more records are gone before, or at the end.
 *  - `reordered`: a record stands where it does not belong.
 *  - `edited`: a record's text or hash is not what was written. */
export type ChainFaultKind = 'wrong-start' | 'missing' | 'reordered' | 'edited';

export interface ChainFault {
  readonly kind: ChainFaultKind;
  /** Sequence of the record at fault. */
  readonly sequence: number;
  /** One clause that names the record. */
  readonly message: string;
}

export interface ChainReport {
  /** Records found in good order: the whole chain, or those before the first fault. */
  readonly verified: number;
  readonly fault?: ChainFault;
}

/** Reads one chain's records in order of sequence and names the first fault. */
export async function verifyChain(
  head: ChainHead,
  records: AsyncIterable<AuditLink & { readonly hash: string }>,
): Promise<ChainReport> {
  let verified = 0;
  let previousHash = genesisHash;
  for await (const record of records) {
    const fault = findFault(record, head, verified + 1, previousHash);
    if (fault) return { verified, fault };
    verified = record.sequence;
    previousHash = record.hash;
  }
  if (verified >= head.lastSequence) return { verified };
  const message = `records ${verified + 1} to ${head.lastSequence} at the end of the chain are missing`;
  return { verified, fault: { kind: 'missing', sequence: verified + 1, message } };
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
