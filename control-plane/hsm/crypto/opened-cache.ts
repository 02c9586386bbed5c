/**
 * Keeps recently opened secrets at hand, because opening one costs many times what using it does. Bounded; the one
 * unused for longest is wiped and forgotten first, and each a few minutes after its last use: so a key that is disabled,
 * or whose imported material was deleted on whichever node, does not stay in memory for long. Entries are found by everything that opening depends on (wrapped
 * bytes and all they are bound to), so a hit answers exactly what opening would have answered.
 */
import { LruMap } from '../../runtime/lru-map.ts';
import type { SecretBytes } from './secret-bytes.ts';
import { type Binding, unwrap } from './wrapping.ts';

const IDLE_MS = 5 * 60_000;

interface Entry {
  readonly secret: SecretBytes;
  usedAtMs: number;
}

export class OpenedCache {
  readonly #rootKey: SecretBytes;
  readonly #opened: LruMap<string, Entry>;
  readonly #sweeper: NodeJS.Timeout;

  constructor(rootKey: SecretBytes, capacity: number) {
    this.#rootKey = rootKey;
    this.#opened = new LruMap(capacity, { onForget: ({ secret }) => secret.wipe() });
    this.#sweeper = setInterval(() => this.#evictIdle(), IDLE_MS / 5).unref();
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
      known.usedAtMs = performance.now();
      return known.secret;
    }
    const secret = unwrap(this.#rootKey, binding, wrapped);
    this.#opened.set(name, { secret, usedAtMs: performance.now() });
    return secret;
  }

  /** For good: the cache is of no use afterwards. */
  clear(): void {
    clearInterval(this.#sweeper);
    this.#opened.clear();
  }

  #evictIdle(): void {
    const idleSinceMs = performance.now() - IDLE_MS;
    for (const [name, { usedAtMs }] of this.#opened) {
      // Those that follow were used later.
      if (usedAtMs > idleSinceMs) return;
      this.#opened.delete(name);
    }
  }
}

/** Associated data begins with its kind and is self-delimiting, so two different pairs never have one name. */
function cacheName({ associatedData }: Binding, wrapped: Uint8Array): string {
  return Buffer.concat([associatedData, wrapped]).toString('latin1');
}
