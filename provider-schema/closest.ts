/** The name that was probably meant. */

/** A longer text is not a misspelt name, and comparing it would cost too much. */
const LONGEST_NAME = 64;

/** The name with the fewest letters added, left out or changed; undefined: none is near. */
export function closest(text: string, names: readonly string[]): string | undefined {
  if (text.length > LONGEST_NAME) return undefined;
  const [best] = names
    .map((name) => ({ name, distance: distanceOf(text.toLowerCase(), name.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance);
  return best !== undefined && best.distance <= Math.max(2, text.length / 4) ? best.name : undefined;
}

/** Levenshtein distance, a row at a time. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
