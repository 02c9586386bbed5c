/** What a compiled validator answers: the part of AJV's function that is used. */
export interface Violation {
  /** JSON pointer of the value that breaks the constraint. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Set when what breaks the constraint is not the value but the name of one of its members. */
  readonly propertyName?: string;
}

export interface Validator {
  (input: unknown): boolean;
  /** Every violation of the last call; null when there was none. */
  errors: readonly Violation[] | null;
}
