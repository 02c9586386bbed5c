/**
 * Validators of decoded inputs, compiled ahead by AJV to plain functions, so that starting compiles nothing. They see
 * what the codec made of a request: bytes for blobs, Dates for timestamps, absent members absent.
 */
import { _, Ajv, type CodeKeywordDefinition, type KeywordCxt, Name } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { operationNames, operations } from '../operations/index.ts';
import { shapeOf } from '../shapes/index.ts';
import type { Shape, StructureShape } from '../shapes/shape.ts';
import { generatedHeader } from './header.ts';

type Schema = Readonly<Record<string, unknown>>;

export function validatorsModule(): string {
  const ajv = new Ajv({
    allErrors: true,
    messages: false,
    keywords: [
      bound('minBytes', 'object', 'byteLength', '<'),
      bound('maxBytes', 'object', 'byteLength', '>'),
      bound('minUnits', 'string', 'length', '<'),
      bound('maxUnits', 'string', 'length', '>'),
    ],
    schemas: inputShapes().map((name) => ({ $id: name, ...inputSchema(shapeOf(name)) })),
    code: { source: true, esm: true, lines: true },
  });
  const exported = Object.fromEntries(inputShapes().map((name) => [name, name]));
  const makeCode = standalone as unknown as (ajv: Ajv, names: Readonly<Record<string, string>>) => string;
  return `${generatedHeader}${makeCode(ajv, exported)}\n`;
}

/** Declarations beside the compiled functions, which are plain JavaScript so that starting strips no types. */
export function validatorsDeclarations(): string {
  const functions = inputShapes().map((name) => `export declare const ${name}: Validator;\n`);
  return `${generatedHeader}import type { Validator } from '../validator.ts';\n\n${functions.join('')}`;
}

function inputShapes(): readonly string[] {
  return [...new Set(operationNames.map((name) => operations[name].input))].sort();
}

/**
 * A bound on a property of a value: `minBytes` and `maxBytes` of a Uint8Array, `minUnits` and `maxUnits` of a string,
 * counted as the service counts, in UTF-16 code units (JSON Schema's minLength counts code points).
 */
function bound(
  keyword: string,
  type: 'object' | 'string',
  property: string,
  failsWhen: '<' | '>',
): CodeKeywordDefinition {
  return {
    keyword,
    type,
    schemaType: 'number',
    code(cxt: KeywordCxt) {
      const size = _`${cxt.data}.${new Name(property)}`;
      cxt.fail(failsWhen === '<' ? _`${size} < ${cxt.schemaCode}` : _`${size} > ${cxt.schemaCode}`);
    },
  };
}

function inputSchema(shape: Shape): Schema {
  switch (shape.type) {
    case 'string':
      return {
        type: 'string',
        ...(shape.min !== undefined && { minUnits: shape.min }),
        ...(shape.max !== undefined && { maxUnits: shape.max }),
        ...(shape.pattern !== undefined && { pattern: `^(?:${shape.pattern})$` }),
        ...(shape.enum !== undefined && { enum: shape.enum }),
      };
    case 'blob':
      return {
        type: 'object',
        ...(shape.min !== undefined && { minBytes: shape.min }),
        ...(shape.max !== undefined && { maxBytes: shape.max }),
      };
    case 'integer':
      return {
        type: 'integer',
        ...(shape.min !== undefined && { minimum: shape.min }),
        ...(shape.max !== undefined && { maximum: shape.max }),
      };
    case 'boolean':
      return { type: 'boolean' };
    case 'timestamp':
      return {};
    case 'list':
      return {
        type: 'array',
        items: inputSchema(shapeOf(shape.member)),
        ...(shape.min !== undefined && { minItems: shape.min }),
        ...(shape.max !== undefined && { maxItems: shape.max }),
      };
    case 'map':
      return {
        type: 'object',
        propertyNames: inputSchema(shapeOf(shape.key)),
        additionalProperties: inputSchema(shapeOf(shape.value)),
      };
    case 'structure':
      return structureSchema(shape);
  }
}

function structureSchema(shape: StructureShape): Schema {
  const properties = Object.entries(shape.members).map(([name, target]) => [name, inputSchema(shapeOf(target))]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(shape.required && { required: shape.required }),
  };
}
