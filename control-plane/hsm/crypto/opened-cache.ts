/**
 * Caches recently unwrapped secrets, because unwrapping one costs many times as much as using it. The cache is bounded:
 * the secret unused for longest is wiped first, and each is wiped a few minutes after its last use. So a key that is
 * disabled, or whose imported material was deleted on any node, does not stay in memory for long. The cache key is
 * everything that unwrapping depends on (the wrapped bytes and their binding), so a hit gives the same result.
 */
import { LruMap } from '../../runtime/lru-map.ts';
import type { RootKeys } from './root-keys.ts';
import type { SecretBytes } from './secret-bytes.ts';
import { type OwnedBinding, unwrap } from './wrapping.ts';

const IDLE_MS = 5 * 60_000;

interface Entry {
  readonly secret: SecretBytes;
  usedAtMs: number;
}

export class OpenedCache {
  readonly #rootKeys: RootKeys;
  readonly #opened: LruMap<string, Entry>;
  readonly #sweeper: NodeJS.Timeout;

  constructor(rootKeys: RootKeys, capacity: number) {
    this.#rootKeys = rootKeys;
    this.#opened = new LruMap(capacity, { onForget: ({ secret }) => secret.wipe() });
    this.#sweeper = setInterval(() => this.#evictIdle(), IDLE_MS / 5).unref();
  }

  get size(): number {
    return this.#opened.size;
  }

  /**
   * The cache owns the secret: use it before the next call.
   * @throws HsmError `invalid-material`; failures are not cached.
   */
  open(binding: OwnedBinding, wrapped: Uint8Array): SecretBytes {
    const name = cacheName(binding, wrapped);
    const known = this.#opened.get(name);
    if (known) {
      known.usedAtMs = performance.now();
      return known.secret;
    }
    const secret = unwrap(this.#rootKeys, binding, wrapped);
    this.#opened.set(name, { secret, usedAtMs: performance.now() });
    return secret;
  }

  /** Wipes all secrets and stops the sweeper: the cache must not be used afterwards. */
  clear(): void {
    clearInterval(this.#sweeper);
    this.#opened.clear();
  }

  #evictIdle(): void {
    const idleSinceMs = performance.now() - IDLE_MS;
    for (const [name, { usedAtMs }] of this.#opened) {
      // The entries after this one were used later.
      if (usedAtMs > idleSinceMs) return;
      this.#opened.delete(name);
    }
  }
}

/** The kind of a secret is the first text of its binding's owner, so two kinds never have the same name. */
function cacheName({ name }: OwnedBinding, wrapped: Uint8Array): string {
  return `${name} ${latin1(wrapped)}`;
}

const latin1 = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString('latin1');
