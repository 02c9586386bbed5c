/**
 * A bound on what one decision may cost. A policy of 32 KiB holds thousands of patterns and a request thousands of
 * values; held against each other they would stop the process for seconds. No honest pair comes near the bound, and a
 * decision that does is a refusal: what was not evaluated does not allow.
 */

/** One unit is a pattern held against a short value: some tens of nanoseconds. */
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

/** @throws TooCostly when the decision has none left for `times` comparisons with a text of this length */
export function spend(effort: Effort, times: number, lengthInChars: number): void {
  effort.unitsLeft -= times * (1 + lengthInChars / CHARS_PER_UNIT);
  if (effort.unitsLeft < 0) throw new TooCostly('the policies cost too much to evaluate for this request');
}
