/**
 * Writes the XML answers of the Query APIs, by the contract's shapes: an element per member in the shape's order, a
 * `member` per item of a list, an `entry` with `key` and `value` per entry of a map. Nothing here reads XML.
 * Sources: XML 1.0 (Fifth Edition) section 2.2 (characters) and 2.4 (escaping); AWS Query protocol (Smithy 2.0).
 */
import { Secret } from '@keystead/provider-schema/secret.ts';
import { shapeOf } from '@keystead/provider-schema/shapes/index.ts';
import type { Shape } from '@keystead/provider-schema/shapes/shape.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser would read a bare carriage return as a line feed (section 2.11).
  '\r': '&#xD;',
};

/** Characters that section 2.2 excludes: most control characters, the last two of the plane, half surrogate pairs. */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Text to put between two tags; characters that XML cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  return text.replace(NOT_XML, '\u{FFFD}').replace(/[&<>"'\r]/g, (character) => escapes[character] ?? character);
}

export function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

/** The content of the element for a value of the shape. Members without a value are left out. */
export function xmlOf(shapeName: string, value: unknown): string {
  const shape = shapeOf(shapeName);
  switch (shape.type) {
    case 'structure':
      return xmlOfMembers(shape.members, value as Readonly<Record<string, unknown>>);
    case 'list':
      return (value as readonly unknown[]).map((item) => element('member', xmlOf(shape.member, item))).join('');
    case 'map':
      return Object.entries(value as object)
        .map(([key, item]) =>
          element('entry', element('key', escapeXml(key)) + element('value', xmlOf(shape.value, item))),
        )
        .join('');
    default:
      return escapeXml(textOf(shape, value));
  }
}

function xmlOfMembers(members: Readonly<Record<string, string>>, value: Readonly<Record<string, unknown>>): string {
  return Object.entries(members)
    .filter(([name]) => value[name] !== undefined)
    .map(([name, target]) => element(name, xmlOf(target, value[name])))
    .join('');
}

function textOf(shape: Shape, value: unknown): string {
  if (value instanceof Secret) return value.reveal();
  if (shape.type === 'timestamp') return (value as Date).toISOString().replace(/\.\d{3}Z$/, 'Z');
  if (shape.type === 'blob') return Buffer.from(value as Uint8Array).toString('base64');
  return shape.type === 'string' && shape.urlEncodedInXml ? encodeRfc3986(String(value)) : String(value);
}

/** RFC 3986 also encodes five characters that encodeURIComponent leaves as they are. */
function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
