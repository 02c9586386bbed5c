/**
 * Holds bytes that must not be seen: key material, derived keys, tokens. Prints as redacted, lends itself to a
 * callback, and wipes. Wiping is best effort: the language may have copied bytes where we cannot reach them
 * (a garbage collector moving memory, OpenSSL's own contexts), so the process boundary is the real protection.
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
   * Lends the bytes for the time of a synchronous call. The borrower copies nothing out and changes nothing.
   * @throws TypeError when the bytes are wiped already, or the borrower would outlive the loan.
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

  /** Lends the bytes a last time and wipes them, on the good and the bad exit. */
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
