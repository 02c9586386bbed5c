/** A map of bounded size: the entry unused for longest is forgotten first. */

export interface LruOptions<Key, Value> {
  /** How much of the capacity an entry takes; 1 by default. Must be the same each time for the same entry. */
  readonly sizeOf?: (key: Key, value: Value) => number;
  /** Called with each value that is forgotten or replaced. */
  readonly onForget?: (value: Value) => void;
}

const one = (): number => 1;

export class LruMap<Key, Value> {
  readonly #capacity: number;
  readonly #sizeOf: (key: Key, value: Value) => number;
  readonly #onForget: ((value: Value) => void) | undefined;
  /** A Map remembers the order of insertion: the first entry is the one unused for longest. */
  readonly #entries = new Map<Key, Value>();
  #taken = 0;

  constructor(capacity: number, { sizeOf = one, onForget }: LruOptions<Key, Value> = {}) {
    this.#capacity = capacity;
    this.#sizeOf = sizeOf;
    this.#onForget = onForget;
  }

  /** Number of entries. */
  get size(): number {
    return this.#entries.size;
  }

  /** Using an entry makes it the youngest. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** An entry that is larger than the whole capacity is forgotten at once. */
  set(key: Key, value: Value): void {
    this.delete(key);
    this.#entries.set(key, value);
    this.#taken += this.#sizeOf(key, value);
    if (this.#taken <= this.#capacity) return;
    for (const oldest of this.#entries.keys()) {
      this.delete(oldest);
      if (this.#taken <= this.#capacity) return;
    }
  }

  delete(key: Key): void {
    if (!this.#entries.has(key)) return;
    const value = this.#entries.get(key) as Value;
    this.#entries.delete(key);
    this.#taken -= this.#sizeOf(key, value);
    this.#onForget?.(value);
  }

  clear(): void {
    for (const key of this.#entries.keys()) this.delete(key);
  }

  /** The entry unused for longest comes first. Entries can be deleted during the iteration. */
  [Symbol.iterator](): IterableIterator<[Key, Value]> {
    return this.#entries[Symbol.iterator]();
  }
}
