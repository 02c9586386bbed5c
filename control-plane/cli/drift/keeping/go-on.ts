/**
 * Goes on from the last comparison: only what was changed since then is read again. What it finds is what a comparison of
 * everything would find; where that is not certain, everything is compared.
 */
import type { Connection } from '../../shared/connection.ts';
import type { Finding, SinceBaseline } from '../findings/finding.ts';
import { type LoggedChange, newestChange, readChanges } from '../running/changes.ts';
import { type Memory, positionOf } from './memory.ts';
import { type Touched, touchedBy } from './touched.ts';

/** How the comparison itself is done. */
export interface Comparer {
  /** Of everything, or of what was touched: then with the findings of the rest, which still hold. */
  compare(touched?: Touched, kept?: readonly Finding[]): Promise<Compared>;
  since(findings: readonly Finding[]): Promise<SinceBaseline>;
  /** Whether what was found since the baseline still holds although nothing was changed: it can be another baseline. */
  isSince(since: SinceBaseline): Promise<boolean>;
}

export interface Compared extends Pick<Memory, 'findings' | 'others' | 'watched' | 'mustCompare'> {
  /** How many keys were read. */
  readonly keysRead: number;
}

export interface WentOn {
  readonly memory: Memory;
  /** Why everything was compared; undefined: it was not. */
  readonly wholeBecause?: string;
  /** Since the last comparison. */
  readonly changes: number;
  readonly keysRead: number;
}

/** Beyond this many, comparing everything is as fast. */
const CHANGES_FOLLOWED = 5000;

/** @param last what the last comparison left, or why it cannot be gone on from */
export async function goOn(
  connection: Connection,
  digest: string,
  last: Memory | string,
  comparer: Comparer,
  nowMs: number,
): Promise<WentOn> {
  if (typeof last === 'string') return compareWhole(connection, digest, comparer, last);
  if (last.digest !== digest) return compareWhole(connection, digest, comparer, 'the states or the options are others');
  const changes = await changesSince(connection, last);
  if (typeof changes === 'string') return compareWhole(connection, digest, comparer, changes);
  const touched = touchedBy(changes, last.watched, nowMs);
  if (!touched) {
    return compareWhole(connection, digest, comparer, 'more than keys, aliases and grants was changed');
  }
  const position = changes.length === 0 ? last.position : positionOf(changes.at(-1));
  const isUntouched = touched.keyIds.size === 0 && touched.aliases.size === 0 && !last.mustCompare;
  if (isUntouched && (await comparer.isSince(last.since))) {
    return { memory: { ...last, position }, changes: 0, keysRead: 0 };
  }
  const compared = isUntouched ? { ...last, keysRead: 0 } : await compareTouched(comparer, touched, last);
  return { ...(await remembered(digest, position, compared, comparer)), changes: changes.length };
}

async function remembered(
  digest: string,
  position: Memory['position'],
  { keysRead, ...compared }: Compared,
  comparer: Comparer,
): Promise<Pick<WentOn, 'memory' | 'keysRead'>> {
  const since = await comparer.since([...compared.findings, ...compared.others]);
  return { memory: { ...compared, digest, position, since }, keysRead };
}

async function compareTouched(comparer: Comparer, touched: Touched, last: Memory): Promise<Compared> {
  const compared = await comparer.compare(touched, last.findings);
  const watched = last.watched.filter(({ keyId }) => !touched.keyIds.has(keyId));
  return { ...compared, watched: [...watched, ...compared.watched] };
}

/** The position is read first: a change that is made meanwhile is looked at by the next comparison again. */
async function compareWhole(
  connection: Connection,
  digest: string,
  comparer: Comparer,
  wholeBecause: string,
): Promise<WentOn> {
  const position = positionOf(await newestChange(connection));
  const compared = await comparer.compare();
  return { ...(await remembered(digest, position, compared, comparer)), wholeBecause, changes: 0 };
}

/** @returns a text: why they are not known, or too many */
async function changesSince(connection: Connection, { position }: Memory): Promise<readonly LoggedChange[] | string> {
  const { sequence, eventId } = position;
  const newest = await newestChange(connection);
  if ((newest?.Sequence ?? 0) - sequence > CHANGES_FOLLOWED) return 'there are too many changes since the last report';
  const changes = await readChanges(connection, Math.max(0, sequence - 1));
  if (sequence === 0) return changes;
  const [known, ...rest] = changes;
  if (known?.Sequence === sequence && known.EventId === eventId) return rest;
  return 'the change log is not the one of the last report, as after a restore';
}
