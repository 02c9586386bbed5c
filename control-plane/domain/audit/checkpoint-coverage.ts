/**
 * Whether the newest checkpoint is as new as the log demands, and whether the next one can continue it. A server takes
 * a checkpoint at every interval in which there were requests. So a log that goes on for longer than that without one
 * lost its newest checkpoints, or its server did not take any.
 */

import type { ChainEntry } from './audit-checkpoint.ts';
import type { AuditRecord } from './audit-record.ts';
import { GrowingTree } from './merkle.ts';

/** Intervals without a checkpoint that are not a fault: the job is late, or another node takes over its lease. */
const INTERVALS_ALLOWED = 3;

/** The records of one chain after the part that the newest checkpoint covers. */
export class Uncovered {
  readonly #covered: number;
  #first: { readonly sequence: number; readonly time: string } | undefined;
  #newest = '';

  /** @param covered sequence of the last record that the newest checkpoint covers; 0: none */
  constructor(covered: number) {
    this.#covered = covered;
  }

  /** The oldest of them. */
  get first(): { readonly sequence: number; readonly time: string } | undefined {
    return this.#first;
  }

  /** `eventTime` of the newest record of the chain. */
  get newest(): string {
    return this.#newest;
  }

  /** In order of sequence. */
  add(sequence: number, recordJson: string): void {
    // Covered records only tell how far the log goes, and the last of them tells it.
    if (sequence < this.#covered) return;
    const time = eventTimeOf(recordJson);
    if (time === undefined) return;
    if (time > this.#newest) this.#newest = time;
    if (sequence > this.#covered) this.#first ??= { sequence, time };
  }
}

/** undefined for a text that is not a record, which the hash chain shows. */
function eventTimeOf(recordJson: string): string | undefined {
  try {
    const { eventTime } = JSON.parse(recordJson) as Partial<AuditRecord>;
    return typeof eventTime === 'string' && !Number.isNaN(Date.parse(eventTime)) ? eventTime : undefined;
  } catch {
    return undefined;
  }
}

/** One line for each chain whose oldest record without a checkpoint is too old for one. */
export function coverageFaults(
  chains: ReadonlyMap<string, Uncovered>,
  checkpointTime: string,
  intervalMs: number,
): readonly string[] {
  const newest = [...chains.values()].reduce((latest, chain) => (chain.newest > latest ? chain.newest : latest), '');
  const until = Date.parse(newest) > Date.parse(checkpointTime) ? newest : checkpointTime;
  return [...chains].flatMap(([chainId, { first }]) => {
    if (!first || Date.parse(until) - Date.parse(first.time) <= INTERVALS_ALLOWED * intervalMs) return [];
    const record = `record ${first.sequence} of ${first.time}`;
    return [`${chainId}: NOT COVERED, no checkpoint covers ${record}, although the log goes on until ${until}`];
  });
}

/** A chain's tree as the server stores it, from which the next checkpoint continues. */
export interface StoredTree {
  readonly chain_id: string;
  readonly size: number;
  readonly head_hash: string;
  readonly peaks: string;
  readonly prunable: number;
}

/** One line for each chain whose stored tree is not the one that the newest checkpoint signed. */
export function treeFaults(entries: readonly ChainEntry[], trees: readonly StoredTree[]): readonly string[] {
  const byChain = new Map(trees.map((tree) => [tree.chain_id, tree]));
  const signed = new Set(entries.map(({ chainId }) => chainId));
  return [
    ...entries.flatMap((entry) => {
      const tree = byChain.get(entry.chainId);
      if (!tree) return [`${entry.chainId}: TREE, it is missing: the next checkpoint cannot continue this chain`];
      return isSame(tree, entry) ? [] : [`${entry.chainId}: TREE, it is not the one that the newest checkpoint signs`];
    }),
    ...trees
      .filter(({ chain_id }) => !signed.has(chain_id))
      .map(({ chain_id }) => `${chain_id}: TREE, no checkpoint signs it`),
  ];
}

function isSame({ size, head_hash, prunable, peaks }: StoredTree, entry: ChainEntry): boolean {
  const sameEnd = size === entry.size && head_hash === entry.headHash && prunable === entry.prunable;
  return sameEnd && rootOfPeaks(size, peaks) === entry.treeRoot;
}

function rootOfPeaks(size: number, peaks: string): string | undefined {
  try {
    return GrowingTree.fromHex(size, JSON.parse(peaks) as readonly string[])
      .root()
      .toString('hex');
  } catch {
    return undefined;
  }
}
