/** Requests with exactly one fault, derived from the contract: each fault that a shape forbids, at every depth. */
import { shapeOf } from '@keystead/provider-schema/shapes/index.ts';
import type { MapShape, Shape } from '@keystead/provider-schema/shapes/shape.ts';
import fc from 'fast-check';
import { shapeValue } from './shape-arbitraries.ts';

export interface Fault {
  /** The fault and its place, for the message of a failing test. */
  readonly what: string;
  readonly json: unknown;
  readonly code: 'SerializationException' | 'ValidationException';
}

const SEED = 20_260_101;

/** JSON of this shape, with every member, within all limits. */
export function validJson(shapeName: string): unknown {
  const shape = shapeOf(shapeName);
  if (shape.type === 'structure') {
    return Object.fromEntries(Object.entries(shape.members).map(([name, member]) => [name, validJson(member)]));
  }
  if (shape.type === 'list') return Array.from({ length: Math.max(shape.min ?? 1, 1) }, () => validJson(shape.member));
  if (shape.type === 'map') return { Department: validJson(shape.value) };
  return toJson(fc.sample(shapeValue(shapeName), { seed: SEED, numRuns: 1 })[0]);
}

function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return value.getTime() / 1000;
  return value;
}

export function faultsOf(shapeName: string, at = ''): readonly Fault[] {
  const shape = shapeOf(shapeName);
  return [...ofType(shape, at), ...ofBounds(shape, at), ...within(shape, shapeName, at)];
}

function ofType(shape: Shape, at: string): readonly Fault[] {
  const wrong = [7.5, 'no text', true, [], {}, [[]], { member: 1 }].filter((json) => !fits(shape, json));
  return wrong.map((json) => ({
    what: `${at} is ${JSON.stringify(json)}, not a ${shape.type}`,
    json,
    code: 'SerializationException',
  }));
}

/** Whether JSON has the shape's type; `no text` is invalid Base64, so it does not have a blob's type. */
function fits(shape: Shape, json: unknown): boolean {
  if (shape.type === 'structure' || shape.type === 'map')
    return (
      typeof json === 'object' && !Array.isArray(json) && (shape.type === 'structure' || !('member' in Object(json)))
    );
  if (shape.type === 'list') return Array.isArray(json) && (json.length === 0 || shapeOf(shape.member).type === 'list');
  if (shape.type === 'boolean') return typeof json === 'boolean';
  if (shape.type === 'timestamp') return typeof json === 'number';
  return shape.type === 'string' && typeof json === 'string';
}

function ofBounds(shape: Shape, at: string): readonly Fault[] {
  const invalid = (what: string, json: unknown): Fault => ({
    what: `${at} is ${what}`,
    json,
    code: 'ValidationException',
  });
  switch (shape.type) {
    case 'string':
      return [
        ...(shape.min ? [invalid('too short', 'a'.repeat(shape.min - 1))] : []),
        ...(shape.max === undefined ? [] : [invalid('too long', 'a'.repeat(shape.max + 1))]),
        ...(shape.enum ? [invalid('not in its set', 'CONSTRUCTOR'), invalid('a prototype', '__proto__')] : []),
        ...(shape.pattern === undefined ? [] : [invalid('not of its pattern', '\u0001€')]),
      ];
    case 'integer':
      return [
        ...(shape.min === undefined ? [] : [invalid('too small', shape.min - 1)]),
        ...(shape.max === undefined ? [] : [invalid('too large', shape.max + 1)]),
        ...[2 ** 53, 2 ** 63, 1e23].map((json) => ({
          what: `${at} is ${json}, beyond the safe integers`,
          json,
          code: 'SerializationException' as const,
        })),
      ];
    case 'blob':
      return [
        ...(shape.min ? [invalid('too short', '')] : []),
        ...(shape.max === undefined ? [] : [invalid('too long', Buffer.alloc(shape.max + 1).toString('base64'))]),
        ...['A', 'AA', 'AA=', 'AAA', 'A===', '-_-_', 'AA==\n', ' AA==', 'AAAA====', 'AB=='].map((json) => ({
          what: `${at} is invalid Base64 ${JSON.stringify(json)}`,
          json,
          code: 'SerializationException' as const,
        })),
      ];
    case 'list':
      return [
        invalid('a list with null', [null]),
        ...(shape.min ? [invalid('too short', [])] : []),
        ...(shape.max === undefined
          ? []
          : [
              invalid(
                'too long',
                Array.from({ length: shape.max + 1 }, () => validJson(shape.member)),
              ),
            ]),
      ];
    case 'map':
      return [invalid('a map with null', { a: null }), ...ofNames(shape, invalid)];
    default:
      return [];
  }
}

function ofNames(shape: MapShape, invalid: (what: string, json: unknown) => Fault): readonly Fault[] {
  const name = shapeOf(shape.key);
  if (name.type !== 'string') return [];
  const value = validJson(shape.value);
  return [
    ...(name.min ? [invalid('a map with a name too short', { ['a'.repeat(name.min - 1)]: value })] : []),
    ...(name.max !== undefined ? [invalid('a map with a name too long', { ['a'.repeat(name.max + 1)]: value })] : []),
  ];
}

function within(shape: Shape, shapeName: string, at: string): readonly Fault[] {
  if (shape.type === 'list')
    return faultsOf(shape.member, `${at}[]`).map((fault) => ({ ...fault, json: [fault.json] }));
  if (shape.type === 'map') {
    return faultsOf(shape.value, `${at}{}`).map((fault) => ({ ...fault, json: { a: fault.json } }));
  }
  if (shape.type !== 'structure') return [];
  const base = validJson(shapeName) as Readonly<Record<string, unknown>>;
  const required = (shape.required ?? []).flatMap((name): readonly Fault[] => {
    const { [name]: _, ...without } = base;
    const code = 'ValidationException';
    return [
      { what: `${at}.${name} is missing`, json: without, code },
      { what: `${at}.${name} is null`, json: { ...base, [name]: null }, code },
    ];
  });
  const members = Object.entries(shape.members).flatMap(([name, member]) =>
    faultsOf(member, `${at}.${name}`).map((fault) => ({ ...fault, json: { ...base, [name]: fault.json } })),
  );
  return [...required, ...members];
}

export interface Limit {
  /** The limit and its place, for the message of a failing test. */
  readonly what: string;
  readonly json: unknown;
}

/** Requests with one value exactly at a limit of its shape, which the contract allows. */
export function boundsOf(shapeName: string, at = ''): readonly Limit[] {
  const shape = shapeOf(shapeName);
  if (shape.type === 'list') {
    const inner = boundsOf(shape.member, `${at}[]`).map((limit) => ({ ...limit, json: [limit.json] }));
    return [...inner, ...atLengths(shape, at, (length) => Array.from({ length }, () => validJson(shape.member)))];
  }
  if (shape.type === 'map')
    return boundsOf(shape.value, `${at}{}`).map((limit) => ({ ...limit, json: { a: limit.json } }));
  if (shape.type === 'structure') {
    const base = validJson(shapeName) as Readonly<Record<string, unknown>>;
    return Object.entries(shape.members).flatMap(([name, member]) =>
      boundsOf(member, `${at}.${name}`).map((limit) => ({ ...limit, json: { ...base, [name]: limit.json } })),
    );
  }
  if (shape.type === 'blob') return atLengths(shape, at, (length) => Buffer.alloc(length, 7).toString('base64'));
  if (shape.type === 'integer') return atLengths(shape, at, (value) => value);
  if (shape.type !== 'string' || shape.enum) return [];
  const pattern = new RegExp(`^(?:${shape.pattern ?? '.*'})$`);
  return atLengths(shape, at, (length) => 'a'.repeat(length)).filter(({ json }) => pattern.test(String(json)));
}

function atLengths(
  { min, max }: { readonly min?: number; readonly max?: number },
  at: string,
  ofLength: (length: number) => unknown,
): readonly Limit[] {
  return [
    ...(min === undefined ? [] : [{ what: `${at} at its minimum, ${min}`, json: ofLength(min) }]),
    ...(max === undefined ? [] : [{ what: `${at} at its maximum, ${max}`, json: ofLength(max) }]),
  ];
}
