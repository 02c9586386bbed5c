/** A map of bounded size: the entry unused for longest is forgotten first. */

export interface LruOptions<Key, Value> {
  /** How much of the capacity an entry takes; 1 by default. Must be the same each time for the same entry. */
  readonly sizeOf?: (key: Key, value: Value) => number;
  /** Called with each value that is forgotten or replaced. */
  readonly onForget?: (value: Value) => void;
}

const one = (): number => 1;

/** Entries form a list in the order of their last use: moving one costs less than inserting it into a Map again. */
interface Entry<Key, Value> {
  readonly key: Key;
  readonly value: Value;
  older: Entry<Key, Value> | undefined;
  younger: Entry<Key, Value> | undefined;
}

export class LruMap<Key, Value> {
  readonly #capacity: number;
  readonly #sizeOf: (key: Key, value: Value) => number;
  readonly #onForget: ((value: Value) => void) | undefined;
  readonly #entries = new Map<Key, Entry<Key, Value>>();
  #oldest: Entry<Key, Value> | undefined;
  #youngest: Entry<Key, Value> | undefined;
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
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry !== this.#youngest) {
      this.#unlink(entry);
      this.#append(entry);
    }
    return entry.value;
  }

  /** An entry that is larger than the whole capacity is forgotten at once. */
  set(key: Key, value: Value): void {
    this.delete(key);
    const entry = { key, value, older: undefined, younger: undefined };
    this.#entries.set(key, entry);
    this.#append(entry);
    this.#taken += this.#sizeOf(key, value);
    while (this.#taken > this.#capacity && this.#oldest) this.delete(this.#oldest.key);
  }

  delete(key: Key): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#unlink(entry);
    this.#taken -= this.#sizeOf(key, entry.value);
    this.#onForget?.(entry.value);
  }

  clear(): void {
    while (this.#oldest) this.delete(this.#oldest.key);
  }

  /** The entry unused for longest comes first. Entries can be deleted during the iteration. */
  *[Symbol.iterator](): IterableIterator<[Key, Value]> {
    for (let entry = this.#oldest; entry; entry = entry.younger) {
      // An entry that was deleted still knows the younger one, which can be deleted too.
      if (this.#entries.get(entry.key) === entry) yield [entry.key, entry.value];
    }
  }

  #append(entry: Entry<Key, Value>): void {
    entry.older = this.#youngest;
    entry.younger = undefined;
    if (this.#youngest) this.#youngest.younger = entry;
    else this.#oldest = entry;
    this.#youngest = entry;
  }

  #unlink({ older, younger }: Entry<Key, Value>): void {
    if (older) older.younger = younger;
    else this.#oldest = younger;
    if (younger) younger.older = older;
    else this.#youngest = older;
  }
}
