/**
 * Which segments become one. Segments as commits wrote them, some with a single record, are sealed together: as soon as
 * they fill a segment; and otherwise once they are old or many, into a small one, which grows later. Every record is
 * written again a few times at most.
 */
import { FULL_BYTES, FULL_RECORDS, MAX_SPAN_MS, type SegmentRow } from './format.ts';

/** What the plan needs to know of a segment. */
export type SegmentHeader = Pick<
  SegmentRow,
  'first_sequence' | 'last_sequence' | 'from_ms' | 'to_ms' | 'grade' | 'size_in_bytes'
>;

/** Segments that are not sealed become so after this time, also when they are few. */
export const SEAL_AFTER_MS = 60_000;
/** So many are sealed at once: a look-up reads all that are not. */
export const SEAL_SEGMENTS = 64;
/** Small sealed segments become one when they are so many. */
const GROW_SEGMENTS = 16;

export interface Merge<Header> {
  readonly sources: readonly Header[];
  readonly grade: 1 | 2;
}

/**
 * The next merge of a chain.
 * @param smalls the sealed segments that can grow, directly before `open`, in order
 * @param open the first segments that are not sealed, in order
 */
export function planMerge<Header extends SegmentHeader>(
  smalls: readonly Header[],
  open: readonly Header[],
  nowMs: number,
): Merge<Header> | undefined {
  const [oldest] = open;
  if (!oldest) return undefined;
  const all = [...smalls, ...open];
  const withSmalls = smalls.length >= GROW_SEGMENTS || recordsOf(all) >= FULL_RECORDS || bytesOf(all) >= FULL_BYTES;
  const merge = fill(withSmalls ? all : open);
  const due = merge.grade === 2 || open.length >= SEAL_SEGMENTS || nowMs - oldest.to_ms >= SEAL_AFTER_MS;
  return due ? merge : undefined;
}

/** Takes segments until they are full or the next does not fit. */
function fill<Header extends SegmentHeader>(run: readonly Header[]): Merge<Header> {
  const sources: Header[] = [];
  let [records, bytes, fromMs, toMs] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const segment of run) {
    const last = sources.at(-1);
    fromMs = Math.min(fromMs, segment.from_ms);
    toMs = Math.max(toMs, segment.to_ms);
    const follows = !last || segment.first_sequence === last.last_sequence + 1;
    if (!follows || toMs - fromMs > MAX_SPAN_MS) return { sources, grade: 2 };
    sources.push(segment);
    records += segment.last_sequence - segment.first_sequence + 1;
    bytes += segment.size_in_bytes;
    if (records >= FULL_RECORDS || bytes >= FULL_BYTES) return { sources, grade: 2 };
  }
  return { sources, grade: 1 };
}

const recordsOf = (segments: readonly SegmentHeader[]): number =>
  segments.reduce((sum, { first_sequence, last_sequence }) => sum + last_sequence - first_sequence + 1, 0);
const bytesOf = (segments: readonly SegmentHeader[]): number =>
  segments.reduce((sum, { size_in_bytes }) => sum + size_in_bytes, 0);
