/** Sealing: consecutive segments become one that is compressed. Its work is processor time only; see seal-thread.ts. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { HASH_BYTES, LINK_BYTES, MAX_TEXT_BYTES, type SegmentRow } from './format.ts';
import { termsOf } from './terms.ts';

export interface Sealed {
  readonly row: SegmentRow;
  /** Numbers of the terms that it is found by. */
  readonly terms: readonly number[];
}

/**
 * More than the lowest level gains a tenth of the space and takes twice the time: see docs/decisions/0035.
 * Source: https://nodejs.org/api/zlib.html
 */
const COMPRESSION = { level: 1, memLevel: 9 } as const;
const LINE_BREAK = Buffer.from('\n');

/** Texts and hashes stay as they are. @param segments consecutive ones of one chain, in order */
export function seal(segments: readonly SegmentRow[], grade: 1 | 2): Sealed {
  const [first] = segments;
  const last = segments.at(-1);
  if (!first || !last) throw new RangeError('there is nothing to seal');
  const bytes = Buffer.concat(
    segments.flatMap((segment, index) => [...(index === 0 ? [] : [LINE_BREAK]), bytesOf(segment)]),
  );
  const fromMs = Math.min(...segments.map(({ from_ms }) => from_ms));
  const row: SegmentRow = {
    chain_id: first.chain_id,
    first_sequence: first.first_sequence,
    last_sequence: last.last_sequence,
    previous_hash: first.previous_hash,
    from_ms: fromMs,
    to_ms: Math.max(...segments.map(({ to_ms }) => to_ms)),
    grade,
    size_in_bytes: bytes.length,
    links: Buffer.concat(segments.map(({ links, from_ms }) => later(links, from_ms - fromMs))),
    records: deflateRawSync(bytes, COMPRESSION),
  };
  return { row, terms: [...termsOf(bytes.toString().split('\n')).keys()] };
}

/** What cannot be read has no text, as for a reader. */
function bytesOf({ grade, records }: SegmentRow): Uint8Array {
  if (grade === 0) return records;
  try {
    return inflateRawSync(records, { maxOutputLength: MAX_TEXT_BYTES });
  } catch {
    return Buffer.alloc(0);
  }
}

/** The links with times after an earlier beginning. */
function later(links: Uint8Array, byMs: number): Uint8Array {
  if (byMs === 0) return links;
  const moved = Buffer.from(links);
  for (let at = HASH_BYTES; at + 4 <= moved.length; at += LINK_BYTES) {
    moved.writeUInt32BE((moved.readUInt32BE(at) + byMs) % 2 ** 32, at);
  }
  return moved;
}
