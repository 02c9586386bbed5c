/** A root key that cannot be had: what is wrong in one sentence, and what the operator does about it. Never key bytes. */
export class SealError extends Error {
  override readonly name = 'SealError';
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
