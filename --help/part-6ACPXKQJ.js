import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;

// control-plane/runtime/lru-map.ts
var one = () => 1;
var LruMap = class {
  #capacity;
  #sizeOf;
  #onForget;
  #entries = /* @__PURE__ */ new Map();
  #oldest;
  #youngest;
  #taken = 0;
  constructor(capacity, { sizeOf = one, onForget } = {}) {
    this.#capacity = capacity;
    this.#sizeOf = sizeOf;
    this.#onForget = onForget;
  }
  /** Number of entries. */
  get size() {
    return this.#entries.size;
  }
  /** Using an entry makes it the youngest. */
  get(key) {
    const entry = this.#entries.get(key);
    if (entry === void 0) return void 0;
    if (entry !== this.#youngest) {
      this.#unlink(entry);
      this.#append(entry);
    }
    return entry.value;
  }
  /** An entry that is larger than the whole capacity is forgotten at once. */
  set(key, value) {
    this.delete(key);
    const entry = { key, value, older: void 0, younger: void 0 };
    this.#entries.set(key, entry);
    this.#append(entry);
    this.#taken += this.#sizeOf(key, value);
    while (this.#taken > this.#capacity && this.#oldest) this.delete(this.#oldest.key);
  }
  delete(key) {
    const entry = this.#entries.get(key);
    if (entry === void 0) return;
    this.#entries.delete(key);
    this.#unlink(entry);
    this.#taken -= this.#sizeOf(key, entry.value);
    this.#onForget?.(entry.value);
  }
  clear() {
    while (this.#oldest) this.delete(this.#oldest.key);
  }
  /** The entry unused for longest comes first. Entries can be deleted during the iteration. */
  *[Symbol.iterator]() {
    for (let entry = this.#oldest; entry; entry = entry.younger) {
      if (this.#entries.get(entry.key) === entry) yield [entry.key, entry.value];
    }
  }
  #append(entry) {
    entry.older = this.#youngest;
    entry.younger = void 0;
    if (this.#youngest) this.#youngest.younger = entry;
    else this.#oldest = entry;
    this.#youngest = entry;
  }
  #unlink({ older, younger }) {
    if (older) older.younger = younger;
    else this.#oldest = younger;
    if (younger) younger.older = older;
    else this.#youngest = older;
  }
};

export {
  LruMap
};
