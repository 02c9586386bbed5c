/**
 * A segment: consecutive records of one audit chain, stored as one row. Records are JSON texts, one a line; a JSON text
 * contains no line break. Beside them are their links, which need no decompression:
 *
 *     links    for each record: hash (32 bytes) · milliseconds after the segment's earliest record (32-bit big-endian)
 *     records  texts joined by "\n", UTF-8; compressed (raw DEFLATE, RFC 1951) in a sealed segment
 *
 * What a segment says about itself beside these two follows from them. A segment that was changed still reads: as
 * records whose hashes do not fit, which a verifier names.
 */
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { linkHash } from '../../domain/audit/audit-chain.ts';
import type { AuditRecord } from '../../domain/audit/audit-record.ts';

/** A record on its way into a chain. */
export interface NewRecord {
  readonly recordJson: string;
  readonly atMs: number;
}

/** A record of a segment. */
export interface SegmentRecord extends SegmentLink {
  readonly previousHash: string;
  readonly recordJson: string;
}

export interface SegmentLink {
  readonly sequence: number;
  readonly hash: string;
  readonly atMs: number;
}

/** 0: as a commit wrote it, not in the index; 1: sealed, can grow; 2: sealed and full. */
export type Grade = 0 | 1 | 2;

/** The columns of a segment but its id. */
export interface SegmentRow {
  readonly chain_id: string;
  readonly first_sequence: number;
  readonly last_sequence: number;
  /** Hash of the record before the first. */
  readonly previous_hash: string;
  /** Times of the earliest and the latest record. */
  readonly from_ms: number;
  readonly to_ms: number;
  readonly grade: Grade;
  /** Of the texts, before compression. */
  readonly size_in_bytes: number;
  readonly links: Buffer;
  readonly records: Buffer;
}

/** The end of a chain while it is being written. */
export interface ChainEnd {
  readonly chainId: string;
  readonly sequence: number;
  readonly hash: string;
}

/** A segment with as many records or bytes is full. */
export const FULL_RECORDS = 1024;
export const FULL_BYTES = 1024 * 1024;
/** A segment's records are not further apart, so a look-up by time knows where to begin. */
export const MAX_SPAN_MS = 86_400_000;

export const HASH_BYTES = 32;
export const LINK_BYTES = HASH_BYTES + 4;
/** More is not a segment of ours. */
export const MAX_TEXT_BYTES = 512 * 1024 * 1024;

/** @throws TypeError for a record without a time, which would make a segment that cannot be stored */
export function newRecord(record: AuditRecord): NewRecord {
  const atMs = Date.parse(record.eventTime);
  if (Number.isNaN(atMs)) throw new TypeError(`an audit record has the time "${record.eventTime}"`);
  return { recordJson: JSON.stringify(record), atMs };
}

/** The next records of a chain as segments, which are not sealed, and the chain's new end. */
export function appendToChain(
  end: ChainEnd,
  records: readonly NewRecord[],
): { readonly segments: readonly SegmentRow[]; readonly end: ChainEnd } {
  const segments: SegmentRow[] = [];
  let { sequence, hash } = end;
  for (const part of parts(records)) {
    const [first, before] = [sequence + 1, hash];
    const links = part.map(({ recordJson, atMs }) => {
      sequence += 1;
      hash = linkHash({ chainId: end.chainId, sequence, previousHash: hash, recordJson });
      return { recordJson, atMs, hash };
    });
    segments.push(openSegment(end.chainId, first, before, links));
  }
  return { segments, end: { chainId: end.chainId, sequence, hash } };
}

/** Parts that are segments: none too large, too long or with records too far apart. */
function parts<Item extends NewRecord>(records: readonly Item[]): readonly (readonly Item[])[] {
  const found: Item[][] = [];
  let part: Item[] = [];
  let [bytes, fromMs, toMs] = [0, 0, 0];
  for (const record of records) {
    const [earliest, latest] = [Math.min(fromMs, record.atMs), Math.max(toMs, record.atMs)];
    if (part.length > 0 && (part.length >= FULL_RECORDS || bytes >= FULL_BYTES || latest - earliest > MAX_SPAN_MS)) {
      found.push(part);
      part = [];
    }
    [fromMs, toMs] = part.length === 0 ? [record.atMs, record.atMs] : [earliest, latest];
    bytes = (part.length === 0 ? 0 : bytes) + record.recordJson.length;
    part.push(record);
  }
  if (part.length > 0) found.push(part);
  return found;
}

interface Linked extends NewRecord {
  readonly hash: string;
}

/** Records with known hashes as segments that are not sealed. `previousHash` is that of the record before the first. */
export function segmentsOf(
  chainId: string,
  firstSequence: number,
  previousHash: string,
  records: readonly Linked[],
): readonly SegmentRow[] {
  let [sequence, before] = [firstSequence, previousHash];
  return parts(records).map((part) => {
    const segment = openSegment(chainId, sequence, before, part);
    sequence += part.length;
    before = part.at(-1)?.hash ?? before;
    return segment;
  });
}

function openSegment(chainId: string, first: number, previousHash: string, records: readonly Linked[]): SegmentRow {
  const texts = Buffer.from(records.map(({ recordJson }) => recordJson).join('\n'));
  const [fromMs, toMs] = timesOf(records);
  return {
    chain_id: chainId,
    first_sequence: first,
    last_sequence: first + records.length - 1,
    previous_hash: previousHash,
    from_ms: fromMs,
    to_ms: toMs,
    grade: 0,
    size_in_bytes: texts.length,
    links: linksOf(records, fromMs),
    records: texts,
  };
}

function timesOf(records: readonly { readonly atMs: number }[]): readonly [number, number] {
  let [fromMs, toMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { atMs } of records) {
    fromMs = Math.min(fromMs, atMs);
    toMs = Math.max(toMs, atMs);
  }
  return [fromMs, toMs];
}

function linksOf(records: readonly { readonly hash: string; readonly atMs: number }[], fromMs: number): Buffer {
  const links = Buffer.allocUnsafe(records.length * LINK_BYTES);
  let at = 0;
  for (const { hash, atMs } of records) {
    links.write(hash, at, HASH_BYTES, 'hex');
    links.writeUInt32BE(atMs - fromMs, at + HASH_BYTES);
    at += LINK_BYTES;
  }
  return links;
}

type Located = Pick<SegmentRow, 'first_sequence' | 'from_ms' | 'links'>;

/** The links of a segment, without its records. */
export function readLinks({ first_sequence, from_ms, links }: Located): readonly SegmentLink[] {
  return Array.from({ length: Math.floor(links.length / LINK_BYTES) }, (_, index) => {
    const at = index * LINK_BYTES;
    return {
      sequence: first_sequence + index,
      hash: links.toString('hex', at, at + HASH_BYTES),
      atMs: from_ms + links.readUInt32BE(at + HASH_BYTES),
    };
  });
}

export type ReadableSegment = Located & Pick<SegmentRow, 'previous_hash' | 'grade' | 'records'>;

/** A record whose text cannot be read has an empty one, which does not fit its hash. */
export async function readRecords(segment: ReadableSegment): Promise<readonly SegmentRecord[]> {
  const texts = await readTexts(segment);
  let previousHash = segment.previous_hash;
  return readLinks(segment).map((link, index) => {
    const record = { ...link, previousHash, recordJson: texts[index] ?? '' };
    previousHash = link.hash;
    return record;
  });
}

/** Only the texts, in order. */
export const readTexts = async (segment: Compressed): Promise<readonly string[]> => (await textOf(segment)).split('\n');

const inflate = promisify(inflateRaw);

/** Texts that were decompressed last: pages and jobs read a segment several times in a row. */
const RECENT = 4;
const recent: { readonly compressed: Buffer; readonly text: string }[] = [];

type Compressed = Pick<SegmentRow, 'grade' | 'records'>;

async function textOf(segment: Compressed): Promise<string> {
  if (segment.grade === 0) return segment.records.toString();
  // Compared byte by byte, so a change of the stored bytes shows.
  const known = recent.find(({ compressed }) => compressed.equals(segment.records));
  if (known) return known.text;
  const text = await inflate(segment.records, { maxOutputLength: MAX_TEXT_BYTES }).then(String, () => '');
  recent.unshift({ compressed: segment.records, text });
  recent.length = Math.min(recent.length, RECENT);
  return text;
}

/** The records of a segment after this sequence, as a segment that is not sealed. */
export async function withoutFirst(segment: SegmentRow, sequence: number): Promise<readonly SegmentRow[]> {
  const kept = (await readRecords(segment)).filter((record) => record.sequence > sequence);
  const [first] = kept;
  return first ? segmentsOf(segment.chain_id, first.sequence, first.previousHash, kept) : [];
}
