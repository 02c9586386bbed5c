/** Two condition blocks of one statement: both must hold. */
import type { PlainConditions } from './plain-conditions.ts';

/**
 * A block that holds exactly when both hold.
 * @throws Error when both compare one key by one operator with different values: a block cannot say that
 */
export function mergedConditions(
  one: PlainConditions | undefined,
  other: PlainConditions | undefined,
): PlainConditions | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const merged: PlainConditions = { ...one };
  for (const [operator, keys] of Object.entries(other)) {
    const present = merged[operator] ?? {};
    for (const [key, values] of Object.entries(keys)) requireSame(operator, present, key, values);
    merged[operator] = { ...present, ...keys };
  }
  return merged;
}

function requireSame(operator: string, present: PlainConditions[string], key: string, values: unknown): void {
  const name = Object.keys(present).find((known) => known.toLowerCase() === key.toLowerCase());
  if (name === undefined || JSON.stringify(present[name]) === JSON.stringify(values)) return;
  throw new Error(
    `The statement and its principal both have the condition ${operator} on ${key}, with different values, and a ` +
      'statement can have only one: write one of them with another operator, or leave it out.',
  );
}
