/**
 * A shape's pattern for readers of JSON Schema in any language: their `\w`, `\d` and `\s` take in more letters, digits
 * and spaces than JavaScript's do, which the validators use.
 */
const WORD = 'A-Za-z0-9_';
const DIGIT = '0-9';
/** ECMA-262, WhiteSpace and LineTerminator. */
const SPACE = '\\u0009-\\u000D\\u0020\\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000\\uFEFF';

/** Unicode's general category Z, which some readers take for every kind of white space. */
const SEPARATOR = '\\u0020\\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000';

const classes: Readonly<Record<string, string>> = {
  '\\w': WORD,
  '\\d': DIGIT,
  '\\s': SPACE,
  '\\p{Z}': SEPARATOR,
};

/** The pattern for the whole value, as the validators use it. */
export function portablePattern(pattern: string): string {
  let isInClass = false;
  const portable = pattern.replace(/\\p\{\w+\}|\\.|\[|\]/gs, (part) => {
    if (part === '[') isInClass = true;
    if (part === ']') isInClass = false;
    const letters = classes[part];
    if (letters === undefined) return part;
    return isInClass ? letters : `[${letters}]`;
  });
  return `^(?:${portable})$`;
}
