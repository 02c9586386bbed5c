/**
 * A limit of the cost of one decision. A policy of 32 KiB holds thousands of patterns and a request thousands of
 * values; to compare all of them would block the process for seconds. Honest policies and requests stay far below the
 * limit; a decision that reaches it is a denial, because a statement that was not evaluated does not allow.
 */

/** One unit is the comparison of a pattern with a short value: some tens of nanoseconds. */
const UNITS_PER_DECISION = 1_000_000;
/** Characters that are compared in about the time of a unit. */
const CHARS_PER_UNIT = 32;

export interface Effort {
  unitsLeft: number;
}

export class TooCostly extends Error {
  override readonly name = 'TooCostly';
}

export const newEffort = (): Effort => ({ unitsLeft: UNITS_PER_DECISION });

/**
 * Variables substituted in a pattern: each character costs about a unit.
 * @throws TooCostly
 */
export function spendOnBinding(effort: Effort, lengthInChars: number): void {
  spend(effort, 1, lengthInChars * CHARS_PER_UNIT);
}

/** @throws TooCostly when too few units are left for `times` comparisons with a text of this length */
export function spend(effort: Effort, times: number, lengthInChars: number): void {
  effort.unitsLeft -= times * (1 + lengthInChars / CHARS_PER_UNIT);
  if (effort.unitsLeft < 0) throw new TooCostly('the policies cost too much to evaluate for this request');
}
