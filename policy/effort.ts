/**
 * The cost of the decisions of one request, counted while they are made. A policy of 32 KiB holds thousands of patterns
 * and a request thousands of values; to compare all of them would block the process for seconds. Every statement,
 * condition, pattern, value and grant is charged where the work is done, before or while it is done, and all decisions
 * of a request have one limit. Honest policies and requests stay far below it. A decision that reaches it is a denial,
 * because a statement that was not evaluated does not allow.
 */

/** About ten nanoseconds. The limit is below ten milliseconds on slow machines, too. */
export const UNITS_PER_REQUEST = 300_000;

/** What a request can still spend, and what it spent before that counts for its account only. */
export interface Effort {
  unitsLeft: number;
  spentBefore: number;
}

export class TooCostly extends Error {
  override readonly name = 'TooCostly';

  constructor() {
    super('the policies cost too much to evaluate for this request');
  }
}

export const newEffort = (): Effort => ({ unitsLeft: UNITS_PER_REQUEST, spentBefore: 0 });

/** Whether a decision was refused for its cost. */
export const isExhausted = ({ unitsLeft }: Effort): boolean => unitsLeft < 0;

/** In units. */
export const spentOf = ({ unitsLeft, spentBefore }: Effort): number =>
  spentBefore + UNITS_PER_REQUEST - Math.max(0, unitsLeft);

/**
 * Counts a document that was compiled for the request: for its account, not against the decision's limit, because the
 * next request finds it compiled. Its size has a limit of its own.
 */
export function countCompiled(effort: Effort, text: string): void {
  effort.spentBefore += text.length * costs.compiledCharacter;
}

/** Lets an explanation cost as much again as the decision that it explains. */
export function renew(effort: Effort): void {
  effort.spentBefore = spentOf(effort);
  effort.unitsLeft = UNITS_PER_REQUEST;
}

/** What the parts of a decision cost, in units. */
export const costs = {
  /** Its principals, and its share in the loops around it. */
  statement: 20,
  /** A condition key looked up. */
  lookup: 10,
  /** A value of the policy compared, beside the work of a pattern. */
  test: 3,
  pattern: 2,
  /** A character of a pattern whose variables are substituted: it is copied, split and joined. */
  boundCharacter: 4,
  /** A character of a document or pattern that is compiled. */
  compiledCharacter: 12,
  /** A grant, beside its constraint. */
  grant: 30,
  /** A character of an explanation. */
  explainedCharacter: 1,
  /** A pair of an encryption context, or of a constraint on one. */
  grantPair: 15,
} as const;

/** In units. A byte is hashed and decoded; as far as bytes can be values, they are parsed and validated, and faults named. */
export function costOfBody(bytes: number, isValid: boolean): number {
  return bytes + Math.min(bytes * (isValid ? 4 : 30), COST_OF_MOST_VALUES);
}

/** Of as many values as a request can have. */
const COST_OF_MOST_VALUES = 600_000;

/** No decision can look at more. */
export const GRANTS_PER_DECISION = UNITS_PER_REQUEST / costs.grant;

/** @throws TooCostly when fewer units are left */
export function spend(effort: Effort, units: number): void {
  effort.unitsLeft -= units;
  if (effort.unitsLeft < 0) throw new TooCostly();
}
