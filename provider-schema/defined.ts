/** Leaves undefined members out of a literal, so that each of its optional members is absent or has a value. */

export type Defined<Members> = { readonly [Name in keyof Members]?: Exclude<Members[Name], undefined> };

const none = Object.freeze({});

/**
 * The same members without those that are undefined: `{ name, ...defined({ label, serialNumber }) }`. Members that
 * always have a value belong in the literal itself. null, false, 0 and the empty text stay.
 * @param members a literal, because the function can return the object itself
 */
export function defined<Members extends object>(members: Members): Defined<Members> {
  // Counted before anything is copied, because most calls have all members or none.
  let count = 0;
  let absent = 0;
  for (const name in members) {
    count += 1;
    if (members[name] === undefined) absent += 1;
  }
  if (absent === 0) return members as Defined<Members>;
  return absent === count ? none : present(members);
}

function present<Members extends object>(members: Members): Defined<Members> {
  const kept: Partial<Members> = {};
  for (const name in members) {
    if (members[name] !== undefined) kept[name] = members[name];
  }
  return kept as Defined<Members>;
}
