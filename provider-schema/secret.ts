/**
 * A text that must not be seen: a secret access key, a session token, a password. The contract's sensitive texts have this
 * type wherever the program handles them, so whatever prints, logs or serialises one says that it is secret; only a call of
 * `reveal`, which is easy to look for, reads it. Texts cannot be wiped: this keeps secrets out of sight, not out of memory.
 */
const REDACTED = '[secret]';

export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  /** What console.log and Node's inspector show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}
