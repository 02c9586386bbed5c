/**
 * What look-ups found, kept in memory until a write touches it. A write first makes everything forgotten that it can
 * change, and until it has ended nothing that it can change is kept: so a look-up never returns what an acknowledged
 * write has replaced. Bounded by bytes; what was unused for longest is forgotten first.
 */
import { LruMap } from '../../runtime/lru-map.ts';
import type { MemoryCounts } from '../port/store.ts';

/** Names of the rows that a look-up's answer was made of, or that a write touches. */
export type RowNames = readonly string[];

interface Kept {
  readonly name: string;
  readonly answer: object;
  readonly madeOf: RowNames;
  readonly sizeInBytes: number;
}

/** Of remembered look-ups: the rows of some 30,000 keys. */
export const MEMORY_BYTES = 64 * 1024 * 1024;

export class RowMemory {
  readonly #kept: LruMap<string, Kept>;
  /** Row → names of the answers that were made of it. */
  readonly #byRow = new Map<string, Set<string>>();
  /** Rows that writes under way touch, with the number of these writes. */
  readonly #touched = new Map<string, number>();
  /** Counts writes: a look-up that one of them overlaps keeps nothing. */
  #begun = 0;
  #underWay = 0;
  #suspended = false;
  #hits = 0;
  #misses = 0;
  #evictions = 0;
  #sizeInBytes = 0;
  #isEvicting = false;

  constructor(capacityInBytes: number) {
    this.#kept = new LruMap(capacityInBytes, {
      sizeOf: (_name, { sizeInBytes }) => sizeInBytes,
      onForget: (kept) => this.#onForget(kept),
    });
  }

  get counts(): MemoryCounts {
    return {
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      answers: this.#kept.size,
      sizeInBytes: this.#sizeInBytes,
    };
  }

  /** The answer of an earlier look-up; undefined when it must be looked up. */
  get<Answer extends object>(name: string): Answer | undefined {
    const kept = this.#kept.get(name);
    if (!kept) {
      this.#misses += 1;
      return undefined;
    }
    this.#hits += 1;
    return kept.answer as Answer;
  }

  /** Looks up, and keeps the answer if there is one. It must not be changed: later callers get the same object. */
  async lookUp<Found extends object | undefined>(
    name: string,
    read: () => Promise<Found>,
    madeOf: (answer: NonNullable<Found>) => RowNames,
  ): Promise<Found> {
    const begun = this.#begun;
    const answer = await read();
    if (answer && begun === this.#begun && !this.#suspended) this.#keep(name, answer, madeOf(answer));
    return answer;
  }

  /**
   * Call it before a write is sent.
   * @param rows that the write touches; undefined: any
   * @returns what to call when the write has ended, with whether its outcome is known
   */
  begin(rows: RowNames | undefined): (isKnown: boolean) => void {
    if (rows?.length === 0) return (isKnown) => this.#settle(isKnown);
    this.#begun += 1;
    this.#underWay += rows ? 0 : 1;
    if (!rows) this.#kept.clear();
    for (const row of rows ?? []) {
      this.#touched.set(row, (this.#touched.get(row) ?? 0) + 1);
      this.#forget(row);
    }
    return (isKnown) => {
      this.#underWay -= rows ? 0 : 1;
      for (const row of rows ?? []) this.#release(row);
      this.#settle(isKnown);
    };
  }

  /** Another node has written. @param rows that it touched; undefined: any */
  forget(rows: RowNames | undefined): void {
    if (rows?.length === 0) return;
    this.#begun += 1;
    if (!rows) this.#kept.clear();
    for (const row of rows ?? []) this.#forget(row);
  }

  /**
   * A write whose outcome is unknown may still appear: nothing is kept until a later write has committed, which settles
   * what the database holds.
   */
  #settle(isKnown: boolean): void {
    if (isKnown === !this.#suspended) return;
    this.#suspended = !isKnown;
    this.#begun += 1;
    this.#kept.clear();
  }

  #keep(name: string, answer: object, madeOf: RowNames): void {
    if (this.#underWay > 0 || madeOf.some((row) => this.#touched.has(row))) return;
    const sizeInBytes = sizeOf(answer) + sizeOfText(name) + madeOf.reduce((sum, row) => sum + sizeOfText(row), 0);
    this.#kept.delete(name);
    for (const row of madeOf) {
      const names = this.#byRow.get(row);
      if (names) names.add(name);
      else this.#byRow.set(row, new Set([name]));
    }
    this.#sizeInBytes += sizeInBytes;
    this.#isEvicting = true;
    this.#kept.set(name, { name, answer, madeOf, sizeInBytes });
    this.#isEvicting = false;
  }

  #forget(row: string): void {
    for (const name of this.#byRow.get(row) ?? []) this.#kept.delete(name);
  }

  #release(row: string): void {
    const writes = (this.#touched.get(row) ?? 1) - 1;
    if (writes === 0) this.#touched.delete(row);
    else this.#touched.set(row, writes);
  }

  #onForget({ name, madeOf, sizeInBytes }: Kept): void {
    this.#sizeInBytes -= sizeInBytes;
    if (this.#isEvicting) this.#evictions += 1;
    for (const row of madeOf) {
      const names = this.#byRow.get(row);
      names?.delete(name);
      if (names?.size === 0) this.#byRow.delete(row);
    }
  }
}

/** What V8 needs beside the content: about this much for each member of an object, and for each object. */
const MEMBER_BYTES = 24;
const OBJECT_BYTES = 64;

const sizeOfText = (text: string): number => text.length + OBJECT_BYTES;

/** An estimate, rather too high than too low. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return sizeOfText(value);
  if (value instanceof Uint8Array) return value.length + OBJECT_BYTES;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, member) => sum + MEMBER_BYTES + sizeOf(member), OBJECT_BYTES);
}
