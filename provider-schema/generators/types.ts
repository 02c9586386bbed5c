/** TypeScript types of every shape, and the input and output of every operation. */
import { operationNames, operations } from '../operations/index.ts';
import { shapeOf, shapes, structureOf } from '../shapes/index.ts';
import type { Shape } from '../shapes/shape.ts';
import { generatedHeader } from './header.ts';

export function typesModule(): string {
  return [generatedHeader, preamble, ...declarations(), operationTypes()].join('\n');
}

const preamble = `import type { Secret } from '../secret.ts';

/**
 * Blobs are bytes, timestamps are Dates, sensitive texts are Secrets: the codec converts at the doors. Optional members
 * can be absent or undefined; both mean absent. Lists and maps are read-only.
 */
`;

function declarations(): string[] {
  return Object.keys(shapes)
    .filter((name) => !isException(shapeOf(name)))
    .map((name) => declaration(name, shapeOf(name)));
}

function isException(shape: Shape): boolean {
  return shape.type === 'structure' && shape.exception === true;
}

function declaration(name: string, shape: Shape): string {
  const deprecated = shape.deprecated ? '/** @deprecated */\n' : '';
  if (shape.type === 'structure') return `${deprecated}export interface ${name} {\n${members(name)}}\n`;
  return `${deprecated}export type ${name} = ${typeText(shape)};\n`;
}

function members(name: string): string {
  const shape = structureOf(name);
  return Object.entries(shape.members)
    .map(([member, target]) =>
      shape.required?.includes(member)
        ? `  readonly ${member}: ${target};\n`
        : `  readonly ${member}?: ${target} | undefined;\n`,
    )
    .join('');
}

function typeText(shape: Exclude<Shape, { type: 'structure' }>): string {
  switch (shape.type) {
    case 'string':
      if (shape.sensitive) return 'Secret';
      return shape.enum ? shape.enum.map((value) => `'${value}'`).join(' | ') : 'string';
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'blob':
      return 'Uint8Array';
    case 'timestamp':
      return 'Date';
    case 'list':
      return `readonly ${shape.member}[]`;
    case 'map': {
      const key = shapeOf(shape.key);
      const record = `Record<${shape.key}, ${shape.value}>`;
      // A map does not need every key of the enumeration.
      return key.type === 'string' && key.enum ? `Readonly<Partial<${record}>>` : `Readonly<${record}>`;
    }
  }
}

function operationTypes(): string {
  const rows = operationNames.map((name) => {
    const { input, output } = operations[name];
    return `  readonly ${name}: { readonly input: ${input}; readonly output: ${output ?? 'undefined'} };\n`;
  });
  return `/** Input and output of each operation; an operation without an output shape answers undefined. */\nexport interface OperationTypes {\n${rows.join('')}}\n`;
}
