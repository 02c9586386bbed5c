/**
 * Validators of decoded inputs, compiled by AJV ahead of time to plain functions, so that a start compiles nothing.
 * Their input comes from the codec: bytes for blobs, Dates for timestamps. Each shape has one function, which the
 * functions of the shapes that contain it call.
 */
import { _, Ajv, type CodeKeywordDefinition, type KeywordCxt, Name } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { defined } from '../defined.ts';
import { operationNames, operations } from '../operations/index.ts';
import { shapeOf } from '../shapes/index.ts';
import type { Shape } from '../shapes/shape.ts';
import { compactModule, ofName, vErrors, within } from './compact.ts';
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
      ofShape,
      namesOfShape,
    ],
    schemas: validatedShapes().map((name) => ({ $id: name, ...inputSchema(shapeOf(name)) })),
    code: { source: true, esm: true, lines: true },
  });
  const exported = Object.fromEntries(inputShapes().map((name) => [name, name]));
  const makeCode = standalone as unknown as (ajv: Ajv, names: Readonly<Record<string, string>>) => string;
  return `${generatedHeader}${compactModule(makeCode(ajv, exported))}`;
}

/** Declarations of the compiled functions, which are plain JavaScript so that a start does not have to strip types. */
export function validatorsDeclarations(): string {
  const functions = inputShapes().map((name) => `export declare const ${name}: Validator;\n`);
  return `${generatedHeader}import type { Validator } from '../validator.ts';\n\n${functions.join('')}`;
}

function inputShapes(): readonly string[] {
  return [...new Set(operationNames.map((name) => operations[name].input))].sort();
}

/** Every input and every shape inside one. */
function validatedShapes(): readonly string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    const shape = shapeOf(name);
    if (found.has(name) || shape.type === 'timestamp') return;
    found.add(name);
    if (shape.type === 'structure') Object.values(shape.members).forEach(visit);
    if (shape.type === 'list') visit(shape.member);
    if (shape.type === 'map') [shape.key, shape.value].forEach(visit);
  };
  inputShapes().forEach(visit);
  return [...found].sort();
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

/**
 * The value must have the shape of this name. AJV's `$ref` builds the value's path on each call, this keyword only on
 * failure.
 */
const ofShape: CodeKeywordDefinition = {
  keyword: 'shape',
  schemaType: 'string',
  code({ gen, data, schema, it }: KeywordCxt) {
    const validate = gen.scopeValue('validate', { ref: it.self.getSchema(schema) });
    const found = gen.const('found', _`${validate}(${data})`);
    gen.if(_`${found} !== null`, () => gen.assign(vErrors, _`${within}(${vErrors}, ${found}, ${it.errorPath})`));
  },
};

/**
 * The names of a map's members must have the shape of this name. AJV's `propertyNames` reports each faulty name twice.
 */
const namesOfShape: CodeKeywordDefinition = {
  keyword: 'namesOfShape',
  type: 'object',
  schemaType: 'string',
  before: 'additionalProperties',
  code({ gen, data, schema, it }: KeywordCxt) {
    const validate = gen.scopeValue('validate', { ref: it.self.getSchema(schema) });
    gen.forIn('name', data, (name) => {
      const found = gen.const('found', _`${validate}(${name})`);
      gen.if(_`${found} !== null`, () => gen.assign(vErrors, _`${ofName}(${vErrors}, ${found}, ${name})`));
    });
  },
};

function inputSchema(shape: Shape): Schema {
  switch (shape.type) {
    case 'string':
      return {
        type: 'string',
        ...defined({ minUnits: shape.min, maxUnits: shape.max }),
        ...(shape.pattern !== undefined && { pattern: `^(?:${shape.pattern})$` }),
        ...defined({ enum: shape.enum }),
      };
    case 'blob':
      return { type: 'object', ...defined({ minBytes: shape.min, maxBytes: shape.max }) };
    case 'integer':
      return { type: 'integer', ...defined({ minimum: shape.min, maximum: shape.max }) };
    case 'boolean':
      return { type: 'boolean' };
    case 'timestamp':
      throw new Error('a timestamp has no constraints to compile');
    case 'list':
      return {
        type: 'array',
        items: reference(shape.member),
        ...defined({ minItems: shape.min, maxItems: shape.max }),
      };
    case 'map':
      return {
        type: 'object',
        namesOfShape: shape.key,
        additionalProperties: reference(shape.value),
      };
    case 'structure':
      return {
        type: 'object',
        properties: Object.fromEntries(Object.entries(shape.members).map(([name, shape]) => [name, reference(shape)])),
        ...defined({ required: shape.required }),
      };
  }
}

/** A timestamp has no constraints: the codec has made a Date of it. */
function reference(name: string): Schema {
  return shapeOf(name).type === 'timestamp' ? {} : { shape: name };
}
