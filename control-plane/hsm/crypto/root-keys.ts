/**
 * The generations of the root key that an HSM holds. One of them is in use: it wraps and seals everything new. The
 * others only open what they wrapped or sealed before. The use moves forward only, so nobody who talks to the HSM can
 * bring an older generation back into use.
 *
 * The identity of the installation (the fingerprint, and the key that signs checkpoints) is derived from the first
 * generation and stays: databases name the one, verifiers keep the public half of the other.
 */
import { FIRST_GENERATION } from '../../domain/keys/wrapped-header.ts';
import type { Removal, RootKeyGeneration } from '../port/installation.ts';
import { deriveKey } from './kdf.ts';
import type { SecretBytes } from './secret-bytes.ts';

const FINGERPRINT_BYTES = 16;
const NO_CONTEXT = new Uint8Array(0);

/** Who made a generation, and when; absent for the first one. */
export interface Origin {
  readonly createdAtMs: number;
  readonly createdBy: string;
}

export interface Generation {
  readonly generation: number;
  readonly rootKey: SecretBytes;
  readonly origin?: Origin;
}

export interface Installation {
  /** 32 hex digits. */
  readonly fingerprint: string;
  /** Seed of an Ed25519 key. */
  readonly checkpointKey: SecretBytes;
}

export class RootKeys {
  readonly installation: Installation;
  /** Ascending, never empty. */
  #generations: readonly Generation[];
  #removal: Removal | undefined;
  #inUse: Generation;

  /** Takes ownership of all keys. */
  constructor(generations: readonly Generation[], installation: Installation, removal?: Removal) {
    const [oldest] = generations;
    if (!oldest) throw new TypeError('a root key has at least one generation');
    this.#generations = generations;
    this.installation = installation;
    this.#removal = removal;
    this.#inUse = oldest;
  }

  /** The root key of an installation that was never rotated. */
  static first(rootKey: SecretBytes): RootKeys {
    const checkpointKey = rootKey.use((bytes) => deriveKey(bytes, 'keystead checkpoint key v1', NO_CONTEXT));
    const installation = { fingerprint: fingerprintOf(rootKey), checkpointKey };
    return new RootKeys([{ generation: FIRST_GENERATION, rootKey }], installation);
  }

  /** The generation that wraps and seals everything new: the oldest one, until a later one is taken into use. */
  get inUse(): Generation {
    return this.#inUse;
  }

  get generations(): readonly Generation[] {
    return this.#generations;
  }

  get oldest(): number {
    return this.#generations[0]?.generation ?? FIRST_GENERATION;
  }

  get newest(): number {
    return this.#generations.at(-1)?.generation ?? FIRST_GENERATION;
  }

  /** The last time that generations were removed. */
  get removal(): Removal | undefined {
    return this.#removal;
  }

  find(generation: number): SecretBytes | undefined {
    return this.#generations.find((held) => held.generation === generation)?.rootKey;
  }

  /** What can be said about the generations without revealing them. */
  describe(): readonly RootKeyGeneration[] {
    return this.#generations.map(({ generation, rootKey, origin }) => ({
      generation,
      fingerprint: fingerprintOf(rootKey),
      ...origin,
    }));
  }

  /** Does nothing where this or a later one is in use. @returns false when the generation is not held */
  use(generation: number): boolean {
    const held = this.#generations.find((candidate) => candidate.generation === generation);
    if (!held) return generation < this.#inUse.generation;
    if (generation > this.#inUse.generation) this.#inUse = held;
    return true;
  }

  /**
   * Takes over what has changed in `read`, the same root key as it is stored now: adds later generations, wipes those
   * that were removed. Takes ownership of `read`.
   * @returns what keeps `read` from being that; then nothing is changed
   */
  update(read: RootKeys): string | undefined {
    const problem = this.#contradiction(read);
    if (problem !== undefined) {
      read.wipe();
      return problem;
    }
    const known = new Map(this.#generations.map((held) => [held.generation, held]));
    const kept = read.generations.map((held) => {
      const before = known.get(held.generation);
      known.delete(held.generation);
      if (!before) return held;
      held.rootKey.wipe();
      return before;
    });
    for (const { rootKey } of known.values()) rootKey.wipe();
    read.installation.checkpointKey.wipe();
    this.#generations = kept;
    this.#removal = read.removal;
    return undefined;
  }

  wipe(): void {
    for (const { rootKey } of this.#generations) rootKey.wipe();
    this.installation.checkpointKey.wipe();
  }

  #contradiction(read: RootKeys): string | undefined {
    if (read.installation.fingerprint !== this.installation.fingerprint) return 'it is another root key';
    if (read.newest < this.newest) return `it lacks generation ${this.newest}, which this HSM holds`;
    if (!read.find(this.#inUse.generation)) return `it lacks generation ${this.#inUse.generation}, which is in use`;
    const differs = this.#generations.find(({ generation, rootKey }) => {
      const other = read.find(generation);
      return other && fingerprintOf(other) !== fingerprintOf(rootKey);
    });
    return differs && `its generation ${differs.generation} is another one than the one that this HSM holds`;
  }
}

/** 32 hex digits, one-way from the root key. */
export function fingerprintOf(rootKey: SecretBytes): string {
  return rootKey.use((bytes) =>
    deriveKey(bytes, 'keystead root key fingerprint v1', NO_CONTEXT).useOnce((fingerprint) =>
      Buffer.from(fingerprint).toString('hex', 0, FINGERPRINT_BYTES),
    ),
  );
}
