/**
 * Text of others inside the Markdown of a comment: shown as it is, whatever it contains. Code is the only place in which
 * GitHub and GitLab neither link addresses and numbers nor notify whom a text mentions.
 * Source: GitHub Flavored Markdown Spec, 6.3 code spans, 4.10 tables; GitHub Docs, "Mentioning people and teams".
 */

/** Control characters and those that format text, such as a change of direction (Unicode TR 36, 2.10). */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** On one line: line breaks and tabs become spaces, other invisible characters are written as `\u{202e}`. */
export function visible(text: string): string {
  return text
    .replace(/[\t\n\r ]+/g, ' ')
    .replace(INVISIBLE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
    .trim();
}

/** A code span that the text cannot end: its run of backticks is longer than any in the text. Also for cells of tables. */
export function codeSpan(text: string): string {
  const shown = visible(text).replaceAll('|', '\\|') || ' ';
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = /^`|`$/.test(shown) ? ' ' : '';
  return `${fence}${space}${shown}${space}${fence}`;
}

/** The same inside an HTML block, such as a summary, where Markdown is not read. */
export function htmlCode(text: string): string {
  const escaped = visible(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<code>${escaped}</code>`;
}

/** A comment that nobody sees, by which a program finds its own text again. */
export function hiddenMarker(name: string, values: Readonly<Record<string, string>>): string {
  const encoded = Object.entries(values).map(([key, value]) => `${key}=${encode(value)}`);
  return `<!-- ${[name, ...encoded].join(' ')} -->`;
}

/** Two hyphens could end the comment. */
const encode = (value: string): string => encodeURIComponent(value).replaceAll('-', '%2D');
