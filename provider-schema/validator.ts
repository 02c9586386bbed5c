/** One way in which a value breaks a constraint: the part of AJV's violation that is used. */
export interface Violation {
  /** JSON pointer to the value that breaks the constraint. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Set when the name of a map's member breaks the constraint: that name. The pointer is then the map's. */
  readonly propertyName?: string;
}

/** A compiled validator: every violation, in the order of the schema; null when there is none. */
export type Validator = (input: unknown) => readonly Violation[] | null;
