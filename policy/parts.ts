/**
 * A bound on the parts of a key policy, because 32 KiB have room for thousands of tiny ones, and each is compiled to
 * sets and functions. It is for new documents only: what is stored stays in force.
 */
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { Json } from './policy-json.ts';

/** A statement or a condition key takes as long as so many values. */
const VALUES_PER_HOLDER = 4;

/**
 * @param statements as JSON, not yet checked
 * @throws KmsError LimitExceededException
 */
export function requireFewParts(statements: readonly unknown[]): void {
  let parts = 0;
  for (const statement of statements) {
    parts += VALUES_PER_HOLDER;
    for (const [name, element] of entriesOf(statement))
      parts += name === 'Condition' ? inCondition(element) : listed(element);
  }
  if (parts > limits.policyParts) {
    throw new KmsError(
      'LimitExceededException',
      `The key policy has more than ${limits.policyParts} parts: values in lists, and ${VALUES_PER_HOLDER} for each statement and condition key.`,
    );
  }
}

function inCondition(condition: unknown): number {
  let parts = 0;
  for (const [, keys] of entriesOf(condition)) {
    for (const [, values] of entriesOf(keys)) parts += VALUES_PER_HOLDER + listed(values);
  }
  return parts;
}

/** Values of a list, or of the lists of a principal element. */
function listed(element: unknown): number {
  if (Array.isArray(element)) return element.length;
  return entriesOf(element).reduce((sum, [, values]) => sum + (Array.isArray(values) ? values.length : 0), 0);
}

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value as Json) : [];
