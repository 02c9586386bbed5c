/** What the database says about the generations of the root key, and about what each of them still wraps. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ROOT_KEY_REWRAP,
  ROOT_KEY_STATE,
  type RootKeyRewrap,
  type RootKeyState,
  rootKeyRewrapOf,
  rootKeyStateOf,
} from '../../domain/keys/root-key-state.ts';
import type { ReadOnlyStore } from '../../storage/open.ts';
import type { RootKeyHolderRow } from '../../storage/port/tables.ts';
import { type AuditPlace as DatabasePlace, withStore } from '../audit/audit-database.ts';

export type { DatabasePlace };

export interface Progress {
  readonly state: RootKeyState;
  readonly rewrap: RootKeyRewrap;
  readonly holders: readonly RootKeyHolderRow[];
}

export async function progressIn(store: ReadOnlyStore): Promise<Progress> {
  const [state, rewrap, holders] = await Promise.all([
    store.findMeta(ROOT_KEY_STATE),
    store.findMeta(ROOT_KEY_REWRAP),
    store.listRootKeyHolders(),
  ]);
  return { state: rootKeyStateOf(state), rewrap: rootKeyRewrapOf(rewrap), holders };
}

/** Lines for people. */
export function describe({ state, rewrap, holders }: Progress): readonly string[] {
  const since = state.inUseSinceMs > 0 ? ` since ${timeOf(state.inUseSinceMs)}` : '';
  return [
    `Generation ${state.inUse} of the root key is in use${since}.`,
    ...holders.map(holderLine),
    ...passLines(rewrap),
  ];
}

export const timeOf = (ms: number): string => new Date(ms).toISOString();

function holderLine({ holder_id, oldest, newest, newest_fingerprint, seen_at_ms }: RootKeyHolderRow): string {
  const held = oldest === newest ? `generation ${newest}` : `generations ${oldest} to ${newest}`;
  return `Server ${holder_id} holds ${held} (fingerprint of the newest: ${newest_fingerprint}), seen ${timeOf(seen_at_ms)}.`;
}

function passLines({ complete, underWay }: RootKeyRewrap): readonly string[] {
  if (!underWay) return [`Everything is wrapped under generation ${complete} or a later one.`];
  const { generation, rewrapped, total, failed, endedAtMs } = underWay;
  const line = `Wrapping again under generation ${generation}: ${rewrapped} of ${total} secrets.`;
  if (failed === 0 && endedAtMs === undefined) return [line];
  return [line, `${failed} could not be opened: the server's log names them.`];
}

const POLL_MS = 500;

/** Prints what changes until everything is wrapped under `generation`, or what is in use then, or a later one. */
export async function waitUntilComplete(place: DatabasePlace, generation?: number): Promise<void> {
  let printed = '';
  const isComplete = async (store: ReadOnlyStore): Promise<boolean> => {
    const progress = await progressIn(store);
    const { state, rewrap, holders } = progress;
    const wanted = generation ?? Math.max(state.inUse, ...holders.map(({ newest }) => newest));
    const lines = passLines(rewrap).join('\n');
    if (lines !== printed) console.log(lines);
    printed = lines;
    return rewrap.complete >= wanted;
  };
  await withStore(place, async (store) => {
    while (!(await isComplete(store))) await sleep(POLL_MS);
  });
}
