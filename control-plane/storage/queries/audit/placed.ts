/** The order of look-ups, the positions in it, and what each source of records tells about a part of it. */
import type { AuditQuery } from '../../port/audit.ts';
import type { Term } from '../../segments/terms.ts';

/** Newest first; the records of one second by sequence and chain. */
export interface Position {
  readonly atMs: number;
  readonly sequence: number;
  readonly chainId: string;
}

export interface PlacedRecord extends Position {
  readonly recordJson: string;
}

/** What one source of records has for a page. */
export interface Scan {
  /** Records that match, in order. */
  readonly found: readonly PlacedRecord[];
  /** There are no others down to this position; undefined: there are no others at all. */
  readonly until: Position | undefined;
}

/**
 * Records that one page scans. A filter without an index can match few of very many records: then the page is short or
 * empty and has a position to continue from, as CloudTrail's pages do, and other requests need not wait.
 */
export const SCANNED_PER_PAGE = 2000;

/** Negative when `a` comes first: the later one does. */
export function byPlace(a: Position, b: Position): number {
  if (a.atMs !== b.atMs) return b.atMs - a.atMs;
  if (a.sequence !== b.sequence) return b.sequence - a.sequence;
  return a.chainId === b.chainId ? 0 : a.chainId < b.chainId ? 1 : -1;
}

/** The filter whose index fits the query best. */
export function leadingFilter({ accountId, ...query }: AuditQuery): Term {
  const { resourceArn, accessKeyId, userName, eventName } = query;
  if (resourceArn !== undefined) return { accountId, kind: 'resource', value: resourceArn };
  if (accessKeyId !== undefined) return { accountId, kind: 'access-key', value: accessKeyId };
  if (userName !== undefined) return { accountId, kind: 'user', value: userName };
  if (eventName !== undefined) return { accountId, kind: 'event', value: eventName };
  return { accountId, kind: query.readOnly === false ? 'changes' : 'time', value: '' };
}

/** Time, sequence and chain id, which is last because it can contain anything. */
export const formatPosition = ({ atMs, sequence, chainId }: Position): string => `${atMs}.${sequence}.${chainId}`;

/** @throws RangeError */
export function parsePosition(text: string): Position {
  const [, atMs, sequence, chainId] = /^(\d+)\.(\d+)\.(.*)$/s.exec(text) ?? [];
  if (chainId === undefined) throw new RangeError(`"${text}" is not a position in the audit log`);
  return { atMs: Number(atMs), sequence: Number(sequence), chainId };
}
