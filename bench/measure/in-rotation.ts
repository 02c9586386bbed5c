/** The order within a round of more than two sides: each round begins with the next one. */

/** @returns what each side measured, by its name */
export async function inRotation<Name extends string, T>(
  round: number,
  works: Readonly<Record<Name, () => Promise<T>>>,
): Promise<Readonly<Record<Name, T>>> {
  const names = Object.keys(works) as Name[];
  const first = round % names.length;
  const measured: Partial<Record<Name, T>> = {};
  for (const name of [...names.slice(first), ...names.slice(0, first)]) measured[name] = await works[name]();
  return measured as Record<Name, T>;
}
