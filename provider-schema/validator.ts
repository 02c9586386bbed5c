/** What a compiled validator answers: the part of AJV's function that is used. */
export interface Violation {
  /** JSON pointer of the value that breaks the constraint. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface Validator {
  (input: unknown): boolean;
  /** Every violation of the last call; null when there was none. */
  errors: readonly Violation[] | null;
}
