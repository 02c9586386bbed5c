/**
 * Writes HCL as `terraform fmt` leaves it. Text never becomes a template: `${` and `%{` are escaped.
 * https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
 */
import { JsonText, Reference, type Value, type ValueMap, type WrittenResource } from './value.ts';

/** The resource below its import block. */
export function hclOf({ type, label, importId, provider, values, blocks = {}, comments }: WrittenResource): string {
  const from: ValueMap = provider === undefined ? {} : { provider: new Reference(provider) };
  return [
    ...comments.map((line) => `# ${line.replace(/\p{Cc}+/gu, ' ')}`),
    'import {',
    ...members({ to: new Reference(`${type}.${label}`), id: importId, ...from }, '  '),
    '}',
    '',
    `resource "${type}" "${label}" {`,
    ...members({ ...from, ...values }, '  '),
    ...Object.entries(blocks).flatMap(([name, all]) =>
      all.flatMap((one) => ['', `  ${name} {`, ...members(one, '    '), '  }']),
    ),
    '}',
    '',
  ].join('\n');
}

/** `name = value`, as it stands in a block. */
export const hclArgument = (name: string, value: Value): string => members({ [name]: value }, '').join('\n');

/** Arguments in consecutive lines have their equals signs below each other; one of several lines stands for itself. */
function members(values: ValueMap, indent: string): readonly string[] {
  const written = Object.entries(values).map(([name, value]) => ({
    name: /^[A-Za-z_][\w-]*$/.test(name) ? name : hclText(name),
    text: expression(value, indent),
  }));
  const isLong = ({ text }: (typeof written)[number]) => text.includes('\n');
  return written.map((member, index) => {
    if (isLong(member)) return `${indent}${member.name} = ${member.text}`;
    const [from, to] = [
      written.slice(0, index).findLastIndex(isLong) + 1,
      written.findIndex((one, at) => at > index && isLong(one)),
    ];
    const group = written.slice(from, to < 0 ? undefined : to);
    const width = Math.max(...group.map(({ name }) => name.length));
    return `${indent}${member.name.padEnd(width)} = ${member.text}`;
  });
}

function expression(value: Value, indent: string): string {
  if (typeof value === 'string') return hclText(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof Reference) return value.expression;
  if (value instanceof JsonText) return `jsonencode(${expression(value.document, indent)})`;
  if (isList(value)) return list(value, indent);
  const inner = members(value, `${indent}  `);
  return inner.length === 0 ? '{}' : ['{', ...inner, `${indent}}`].join('\n');
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

function list(values: readonly Value[], indent: string): string {
  const short = `[${values.map((value) => expression(value, indent)).join(', ')}]`;
  if (!short.includes('\n') && short.length <= 80) return short;
  return ['[', ...values.map((value) => `${indent}  ${expression(value, `${indent}  `)},`), `${indent}]`].join('\n');
}

/** A quoted text with this value and no templates in it. */
export function hclText(text: string): string {
  const escaped = text
    .replace(/[\\"]/g, '\\$&')
    .replace(/[$%](?=\{)/g, '$&$&')
    .replace(/\p{Cc}|[\u2028\u2029]/gu, (char) => named[char] ?? `\\u${codeOf(char).toString(16).padStart(4, '0')}`);
  return `"${escaped}"`;
}

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const codeOf = (char: string): number => char.codePointAt(0) ?? 0;
