/**
 * Holds bytes that must stay secret: key material, derived keys, shared tokens. Prints as redacted, lends the bytes to
 * a callback, and wipes them. Wiping is best effort: copies can exist where we cannot reach them (memory that the
 * garbage collector moved, OpenSSL's own contexts), so the process boundary is the real protection.
 */
import { inspect } from 'node:util';

const REDACTED = '[secret]';

export class SecretBytes {
  readonly #bytes: Uint8Array;
  #wiped = false;

  /** Takes ownership: the caller must not keep or change `bytes`. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /**
   * Lends the bytes for the time of a synchronous call. The borrower must neither keep nor change them.
   * @throws TypeError when the bytes are wiped already, or the borrower is asynchronous.
   */
  use<T>(borrower: (bytes: Uint8Array) => T): T {
    if (this.#wiped) throw new TypeError('secret bytes are wiped');
    const result = borrower(this.#bytes);
    if (result instanceof Promise) throw new TypeError('secret bytes are lent to synchronous code only');
    return result;
  }

  wipe(): void {
    this.#bytes.fill(0);
    this.#wiped = true;
  }

  /** Lends the bytes for the last time and wipes them, even when the borrower throws. */
  useOnce<T>(borrower: (bytes: Uint8Array) => T): T {
    try {
      return this.use(borrower);
    } finally {
      this.wipe();
    }
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
