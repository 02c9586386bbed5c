/**
 * A time limit for work that waits: one timer for all that have the same limit, because most work ends long before it.
 */
export class Deadline {
  readonly #limitMs: number;
  readonly #lateError: () => Error;
  /** In the order in which they began, and so in which they are late. */
  readonly #waiting = new Set<{ readonly endsAtMs: number; readonly fail: (error: Error) => void }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(limitMs: number, lateError: () => Error) {
    this.#limitMs = limitMs;
    this.#lateError = lateError;
  }

  /** @throws `lateError` when it takes longer; the work itself can still be done later */
  within<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const entry = { endsAtMs: performance.now() + this.#limitMs, fail: reject };
      this.#waiting.add(entry);
      this.#timer ??= this.#start(this.#limitMs);
      work.then(
        (value) => {
          this.#waiting.delete(entry);
          resolve(value);
        },
        (error: unknown) => {
          this.#waiting.delete(entry);
          reject(error);
        },
      );
    });
  }

  /** It runs on when nothing waits any more, and must not keep the process. */
  #start(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#failLate(), ms).unref();
  }

  #failLate(): void {
    this.#timer = undefined;
    const nowMs = performance.now();
    for (const entry of this.#waiting) {
      if (entry.endsAtMs > nowMs) {
        this.#timer = this.#start(entry.endsAtMs - nowMs);
        return;
      }
      this.#waiting.delete(entry);
      entry.fail(this.#lateError());
    }
  }
}
