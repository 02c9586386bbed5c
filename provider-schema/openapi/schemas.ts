/** The contract's shapes as JSON Schema (draft 2020-12), as exact as the validators are about what is valid. */
import { defined } from '../defined.ts';
import { operationNames, operations } from '../operations/index.ts';
import { shapeOf, shapes } from '../shapes/index.ts';
import type { BlobShape, Shape, StructureShape } from '../shapes/shape.ts';
import { portablePattern } from './portable-pattern.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Base64 with padding and without stray bits (RFC 4648 sections 3.5 and 4). */
const BASE64 = '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$';
/** A Date of JavaScript has no time before or after. */
const LAST_SECOND = 8_640_000_000_000;

/** A schema for each shape, by its name. */
export function shapeSchemas(): Json {
  const inputs = namesWithin(operationNames.map((name) => operations[name].input));
  const names = Object.keys(shapes).filter((name) => !isException(shapeOf(name)));
  return Object.fromEntries(names.map((name) => [name, shapeSchema(shapeOf(name), inputs.has(name))]));
}

export function ref(shapeName: string): string {
  return `#/components/schemas/${shapeName}`;
}

/** What answers have in place of a shape whose bounds AWS checks in requests alone. */
const answered: Readonly<Record<string, Json>> = {
  // A key of a newer spec has it here too.
  CustomerMasterKeySpec: { $ref: ref('KeySpec') },
  // A grant without a name has an empty one.
  GrantNameType: { type: 'string', maxLength: 256 },
};

/** @param isInput an input: its members are all that can be given; an answer can get more in later versions */
export function structureSchema(shape: StructureShape, isInput: boolean): Json {
  const schemaFor = (target: string): Json => (isInput ? undefined : answered[target]) ?? { $ref: ref(target) };
  const properties = Object.entries(shape.members).map(([name, target]) => [name, schemaFor(target)]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(shape.required && shape.required.length > 0 && { required: shape.required }),
    ...(isInput && { additionalProperties: false }),
  };
}

/** These shapes and all that are inside them. */
function namesWithin(roots: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    const shape = shapeOf(name);
    if (shape.type === 'structure') Object.values(shape.members).forEach(visit);
    if (shape.type === 'list') visit(shape.member);
    if (shape.type === 'map') visit(shape.value);
  };
  roots.forEach(visit);
  return found;
}

function isException(shape: Shape): boolean {
  return shape.type === 'structure' && shape.exception === true;
}

export function shapeSchema(shape: Shape, isInput: boolean): Json {
  return {
    ...typeSchema(shape, isInput),
    ...defined({ deprecated: shape.deprecated, 'x-keystead-sensitive': shape.sensitive }),
  };
}

function typeSchema(shape: Shape, isInput: boolean): Json {
  switch (shape.type) {
    case 'string':
      return {
        type: 'string',
        ...defined({ minLength: shape.min, maxLength: shape.max }),
        ...(shape.pattern !== undefined && { pattern: portablePattern(shape.pattern) }),
        ...defined({ enum: shape.enum }),
      };
    case 'blob':
      return blobSchema(shape);
    case 'integer': {
      const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = shape;
      return { type: 'integer', minimum: min, maximum: max };
    }
    case 'boolean':
      return { type: 'boolean' };
    case 'timestamp':
      return {
        type: 'number',
        description: 'Seconds since the Unix epoch.',
        minimum: -LAST_SECOND,
        maximum: LAST_SECOND,
      };
    case 'list':
      return {
        type: 'array',
        items: { $ref: ref(shape.member) },
        ...defined({ minItems: shape.min, maxItems: shape.max }),
      };
    case 'map':
      return {
        type: 'object',
        ...(isConstrained(shapeOf(shape.key)) && { propertyNames: { $ref: ref(shape.key) } }),
        additionalProperties: { $ref: ref(shape.value) },
      };
    case 'structure':
      return structureSchema(shape, isInput);
  }
}

const isConstrained = (shape: Shape): boolean =>
  shape.type === 'string' && [shape.min, shape.max, shape.pattern, shape.enum].some((each) => each !== undefined);

function blobSchema({ min, max }: BlobShape): Json {
  return {
    type: 'string',
    contentEncoding: 'base64',
    pattern: BASE64,
    ...(min !== undefined && min > 0 && { minLength: encodedLength(min) }),
    ...(max !== undefined && { maxLength: encodedLength(max), ...lastGroup(max) }),
    ...(max !== undefined && { description: `${min ?? 0} to ${max} bytes before encoding.` }),
  };
}

const encodedLength = (bytes: number): number => Math.ceil(bytes / 3) * 4;

/** A text of the greatest length can stand for two bytes too many, unless it ends in the right padding. */
function lastGroup(max: number): Json {
  const padding = (3 - (max % 3)) % 3;
  if (padding === 0) return {};
  const branches = [{ maxLength: encodedLength(max) - 4 }, { pattern: `={${padding}}$` }];
  // With their type, so that generated clients keep it.
  return { anyOf: branches.map((branch) => ({ type: 'string', ...branch })) };
}
