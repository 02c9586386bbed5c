/**
 * JSON as the AWS provider prints it: keys of maps in order of their bytes, `<`, `>` and `&` escaped for HTML, two
 * spaces for each level. Objects are maps, because JavaScript's own objects put keys that are numbers first.
 */
export type Json = null | boolean | number | string | readonly Json[] | ReadonlyMap<string, Json>;

/** The order of UTF-8 bytes, which is that of code points. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function sorted(entries: Iterable<readonly [string, Json]>): ReadonlyMap<string, Json> {
  return new Map([...entries].sort(([a], [b]) => byBytes(a, b)));
}

/** A parsed value with the keys of its objects in order. */
export function fromParsed(value: unknown): Json {
  if (Array.isArray(value)) return value.map(fromParsed);
  if (typeof value === 'object' && value !== null) {
    return sorted(Object.entries(value).map(([key, item]) => [key, fromParsed(item)] as const));
  }
  return value as Json;
}

/** @param indent spaces for each level; '' for a text without white space */
export function jsonText(value: Json, indent: string): string {
  return escaped(printed(value, indent, '\n'));
}

function printed(value: Json, indent: string, newline: string): string {
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(typeof value === 'string' ? value.toWellFormed() : value);
  }
  const isMap = value instanceof Map;
  const inner = newline + indent;
  const items = isMap
    ? [...value].map(
        ([key, item]) => printed(key, '', '') + (indent === '' ? ':' : ': ') + printed(item, indent, inner),
      )
    : (value as readonly Json[]).map((item) => printed(item, indent, inner));
  const [open, close] = isMap ? '{}' : '[]';
  if (items.length === 0 || indent === '') return `${open}${items.join(',')}${close}`;
  return `${open}${inner}${items.join(`,${inner}`)}${newline}${close}`;
}

/** Inside texts alone, because JSON has these characters nowhere else. */
function escaped(text: string): string {
  return text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
