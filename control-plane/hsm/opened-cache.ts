/**
 * Keeps recently opened secrets at hand, because opening one costs many times what using it does. Bounded; the one
 * unused for longest is wiped and forgotten first. Entries are found by everything that opening depends on (wrapped
 * bytes and all they are bound to), so a hit answers exactly what opening would have answered.
 */
import type { SecretBytes } from './secret-bytes.ts';
import { type Binding, unwrap } from './wrapping.ts';

export class OpenedCache {
  readonly #rootKey: SecretBytes;
  readonly #capacity: number;
  /** A Map remembers the order of insertion: the first entry is the one unused for longest. */
  readonly #opened = new Map<string, SecretBytes>();

  constructor(rootKey: SecretBytes, capacity: number) {
    this.#rootKey = rootKey;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#opened.size;
  }

  /**
   * The cache stays the owner: use the secret before the next call.
   * @throws HsmError `invalid-material`; failures are not remembered.
   */
  open(binding: Binding, wrapped: Uint8Array): SecretBytes {
    const name = cacheName(binding, wrapped);
    const known = this.#opened.get(name);
    if (known) {
      this.#opened.delete(name);
      this.#opened.set(name, known);
      return known;
    }
    const secret = unwrap(this.#rootKey, binding, wrapped);
    this.#opened.set(name, secret);
    if (this.#opened.size > this.#capacity) this.#evictOldest();
    return secret;
  }

  clear(): void {
    for (const secret of this.#opened.values()) secret.wipe();
    this.#opened.clear();
  }

  #evictOldest(): void {
    for (const [name, secret] of this.#opened) {
      secret.wipe();
      this.#opened.delete(name);
      return;
    }
  }
}

/** Associated data begins with its kind and is self-delimiting, so two different pairs never have one name. */
function cacheName({ associatedData }: Binding, wrapped: Uint8Array): string {
  return Buffer.concat([associatedData, wrapped]).toString('latin1');
}
