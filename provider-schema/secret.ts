/**
 * A secret text: a secret access key, a session token, a password. The contract's sensitive texts have this type
 * wherever the program handles them, so that printing, logging or serialising one shows `[secret]`; only `reveal`,
 * which is easy to search for, returns the text. Strings cannot be wiped: this keeps secrets out of output, not out of
 * memory.
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
