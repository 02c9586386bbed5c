/**
 * Writes TypeScript with our bindings. The CDK hands text on to Terraform as a template, so `${` and `%{` are escaped in
 * it, too.
 */
import { JsonText, Reference, type Value, type ValueMap, type WrittenResource } from './value.ts';

/** A module whose function `adopted` declares the resources. */
export function typescriptOf(resources: readonly WrittenResource[], about: string): string {
  const names = [...new Set(resources.map(({ type }) => namespaceOf(type)))].sort();
  return [
    `/** ${about.replaceAll('*/', '* /')} */`,
    `import { ${names.join(', ')} } from '@keystead/constructs/cdktf';`,
    "import type { Construct } from 'constructs';",
    '',
    'export function adopted(scope: Construct): void {',
    ...resources.flatMap(statement),
    '}',
    '',
  ].join('\n');
}

function statement({ type, label, importId, values, blocks = {}, comments }: WrittenResource): readonly string[] {
  const name = namespaceOf(type);
  const config = braced(
    [...props(values, '    '), ...Object.entries(blocks).map(([block, all]) => blockProp(block, all))],
    '  ',
  );
  const construct = `${name}.${name[0]?.toUpperCase()}${name.slice(1)}`;
  return [
    ...comments.map((line) => `  // ${line.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')}`),
    `  new ${construct}(scope, ${quoted(label)}, ${config}).importFrom(${quoted(importId)});`,
  ];
}

const blockProp = (name: string, all: readonly ValueMap[]): string =>
  `${camelCase(name)}: [${all.map((one) => braced(props(one, '      '), '    ')).join(', ')}]`;

/** `description: 'orders'`, as it stands in the props. */
export const typescriptArgument = (name: string, value: Value): string =>
  `${camelCase(name)}: ${expression(value, '')}`;

/** `aws_kms_key` as `kmsKey` */
const namespaceOf = (type: string): string => camelCase(type.replace(/^aws_/, ''));
const camelCase = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const props = (values: ValueMap, indent: string): readonly string[] =>
  Object.entries(values).map(([name, value]) => `${camelCase(name)}: ${expression(value, indent)}`);

const braced = (lines: readonly string[], indent: string): string =>
  lines.length === 0 ? '{}' : ['{', ...lines.map((line) => `${indent}  ${line},`), `${indent}}`].join('\n');

function expression(value: Value, indent: string): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof Reference) return JSON.stringify(`\${${value.expression}}`);
  if (value instanceof JsonText) return `JSON.stringify(${expression(value.document, indent)})`;
  if (isList(value)) return `[${value.map((one) => expression(one, indent)).join(', ')}]`;
  const lines = Object.entries(value).map(
    ([name, one]) => `${/^[A-Za-z_]\w*$/.test(name) ? name : quoted(name)}: ${expression(one, `${indent}  `)}`,
  );
  return braced(lines, indent);
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

function quoted(text: string): string {
  const escaped = JSON.stringify(text.replace(/[$%](?=\{)/g, '$&$&')).slice(1, -1);
  return `'${escaped.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
