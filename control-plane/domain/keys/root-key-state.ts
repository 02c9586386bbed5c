/**
 * What the database knows of the root key's generations, in two rows of the meta table: which one is in use, on which
 * every write of something wrapped relies, and how far everything older was wrapped again.
 */
import { FIRST_GENERATION } from './wrapped-header.ts';

export const ROOT_KEY_STATE = 'root-key-generation';
export const ROOT_KEY_REWRAP = 'root-key-rewrap';

export interface RootKeyState {
  /** Wraps and seals everything new. */
  readonly inUse: number;
  readonly inUseSinceMs: number;
  /** Identifies its key; absent for the first generation. */
  readonly fingerprint?: string;
  /** The oldest generation that the servers' HSMs held when they were last looked at. */
  readonly oldestHeld: number;
}

export interface RootKeyRewrap {
  /** Everything is wrapped under this generation or a later one. */
  readonly complete: number;
  /** Absent while there is nothing to do. */
  readonly underWay?: RewrapPass;
}

/** One pass over all tables. */
export interface RewrapPass {
  readonly generation: number;
  /** The table, and the primary key of the last row gone over. */
  readonly table: number;
  readonly after?: readonly string[];
  /** Rows, in this pass and earlier ones. */
  readonly rewrapped: number;
  /** Rows that were older when the generation was taken into use. */
  readonly total: number;
  /** Rows of this pass that could not be opened. */
  readonly failed: number;
  /** The pass left rows behind: the next one begins only some time after this. */
  readonly endedAtMs?: number;
}

export const firstState: RootKeyState = { inUse: FIRST_GENERATION, inUseSinceMs: 0, oldestHeld: FIRST_GENERATION };
export const nothingToRewrap: RootKeyRewrap = { complete: FIRST_GENERATION };

/** @param row of the meta table; absent in a database that no server has used yet */
export const rootKeyStateOf = (row: { readonly value: string } | undefined): RootKeyState =>
  row ? (JSON.parse(row.value) as RootKeyState) : firstState;

export const rootKeyRewrapOf = (row: { readonly value: string } | undefined): RootKeyRewrap =>
  row ? (JSON.parse(row.value) as RootKeyRewrap) : nothingToRewrap;

/** A server that was not seen for this long has stopped, or cannot reach the database. */
const MIN_SILENCE_MS = 60_000;

/** @param intervalMs between two signs of life */
export function liveHolders<Holder extends { readonly seen_at_ms: number }>(
  holders: readonly Holder[],
  nowMs: number,
  intervalMs: number,
): readonly Holder[] {
  const sinceMs = nowMs - Math.max(MIN_SILENCE_MS, 3 * intervalMs);
  return holders.filter(({ seen_at_ms }) => seen_at_ms > sinceMs);
}
