/** The root key cannot be opened: what is wrong in one sentence, and what the operator can do. Never key bytes. */
export class SealError extends Error {
  override readonly name = 'SealError';
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
