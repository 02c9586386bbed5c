/**
 * A run of checkpoints, read in order: each must be signed, follow its predecessor, not contradict an earlier one, and
 * have the root of its chains. The audit log is verified against all of them together.
 */
import { type ChainExpectation, type ChainMark, genesisHash } from './audit-chain.ts';
import {
  bodyHash,
  type ChainEntry,
  type Checkpoint,
  parseCheckpoint,
  rootOfChains,
  type SignedCheckpoint,
} from './audit-checkpoint.ts';

export type VerifySignature = (body: string, signature: string) => boolean;

export class CheckpointHistory {
  readonly #verifies: VerifySignature;
  readonly #entries = new Map<string, ChainEntry>();
  readonly #marks = new Map<string, ChainMark[]>();
  #last: { readonly checkpoint: Checkpoint; readonly body: string } | undefined;

  constructor(verifies: VerifySignature) {
    this.#verifies = verifies;
  }

  /** The newest checkpoint that is valid. */
  get last(): Checkpoint | undefined {
    return this.#last?.checkpoint;
  }

  /** Every chain as the newest checkpoint has it. */
  get entries(): readonly ChainEntry[] {
    return [...this.#entries.values()];
  }

  /** What the checkpoints say about a chain; undefined for one that they do not cover yet. */
  expectationOf(chainId: string): ChainExpectation | undefined {
    const marks = this.#marks.get(chainId);
    const entry = this.#entries.get(chainId);
    return marks && entry && { marks, prunable: entry.prunable };
  }

  /** Adds the next checkpoint. @returns one clause on what is wrong with it; then it is not added */
  add({ body, signature }: SignedCheckpoint): string | undefined {
    if (!this.#verifies(body, signature)) return `checkpoint ${this.#expected} does not verify under the public key`;
    const checkpoint = parseCheckpoint(body);
    if (!checkpoint) return `checkpoint ${this.#expected} cannot be read`;
    const fault = this.#orderFault(checkpoint) ?? this.#entriesFault(checkpoint);
    if (fault !== undefined) return `checkpoint ${checkpoint.number} ${fault}`;
    for (const entry of checkpoint.entries) this.#take(entry, checkpoint.number);
    this.#last = { checkpoint, body };
    return undefined;
  }

  get #expected(): string {
    return this.#last ? String(this.#last.checkpoint.number + 1) : 'at the start';
  }

  #orderFault({ number, previous, complete }: Checkpoint): string | undefined {
    if (!this.#last) {
      if (number === 1 && previous !== genesisHash) return 'claims a predecessor';
      return complete ? undefined : 'is the first one and does not list every chain: earlier ones are missing';
    }
    const { checkpoint, body } = this.#last;
    if (number !== checkpoint.number + 1) return `follows checkpoint ${checkpoint.number}: others are missing`;
    return previous === bodyHash(body) ? undefined : `does not follow checkpoint ${checkpoint.number}`;
  }

  #entriesFault(checkpoint: Checkpoint): string | undefined {
    for (const entry of checkpoint.entries) {
      const before = this.#entries.get(entry.chainId);
      if (before && contradicts(before, entry)) return `contradicts an earlier one about chain ${entry.chainId}`;
    }
    const now = new Map(this.#entries);
    for (const entry of checkpoint.entries) now.set(entry.chainId, entry);
    const all = [...now.values()];
    const asSaid = all.length === checkpoint.chains && rootOfChains(all) === checkpoint.root;
    return asSaid ? undefined : 'does not have the root of its chains';
  }

  #take(entry: ChainEntry, checkpoint: number): void {
    const { chainId, size, headHash, treeRoot } = entry;
    const grown = size > (this.#entries.get(chainId)?.size ?? 0);
    this.#entries.set(chainId, entry);
    if (!grown) return;
    const marks = this.#marks.get(chainId) ?? [];
    marks.push({ checkpoint, size, headHash, treeRoot });
    this.#marks.set(chainId, marks);
  }
}

function contradicts(before: ChainEntry, now: ChainEntry): boolean {
  if (now.size < before.size || now.prunable < before.prunable) return true;
  return now.size === before.size && (now.headHash !== before.headHash || now.treeRoot !== before.treeRoot);
}
