/**
 * Step "decode and validate": turns a request's JSON into the input of its operation, or throws one error that names
 * all faults, in the words of AWS KMS. The error never repeats the value of a blob or of a sensitive member.
 */
import { KmsError, MalformedRequest, messages } from '@keystead/provider-schema/errors.ts';
import type { OperationTypes } from '@keystead/provider-schema/generated/types.ts';
import * as validators from '@keystead/provider-schema/generated/validators.js';
import { limits } from '@keystead/provider-schema/limits.ts';
import { findOperation, type OperationName } from '@keystead/provider-schema/operations/index.ts';
import { shapeOf, structureOf } from '@keystead/provider-schema/shapes/index.ts';
import type { Shape } from '@keystead/provider-schema/shapes/shape.ts';
import type { Validator, Violation } from '@keystead/provider-schema/validator.ts';
import { concealSecrets, decodeMembers, decodeOutput, encodeOutput, type JsonObject } from './codec.ts';

/** An operation's output as the store keeps it for a repeated request, and back. */
export const toStoredOutput = encodeOutput;
export const fromStoredOutput = decodeOutput;

const byInputShape: Readonly<Record<string, Validator>> = validators;

/**
 * @throws KmsError SerializationException for values of the wrong JSON type; ValidationException for values that break
 *   a constraint; UnknownOperationException for an operation that the contract does not have.
 */
export function decodeInput<Name extends OperationName>(operation: Name, json: unknown): OperationTypes[Name]['input'];
export function decodeInput(operation: string, json: unknown): JsonObject;
export function decodeInput(operation: string, json: unknown): JsonObject {
  const record = findOperation(operation);
  const validate = record && byInputShape[record.input];
  if (!record || !validate) throw new KmsError('UnknownOperationException');
  const input = decodeMembers(record.name as OperationName, json);
  const violations = validate(input);
  if (violations) throw invalid(record.input, input, violations);
  requireContextSizes(record.input, input);
  return concealSecrets(record.name as OperationName, input);
}

/**
 * The limit on a whole encryption context, which AWS's model cannot express; a grant's constraints hold contexts too.
 */
function requireContextSizes(shapeName: string, input: JsonObject): void {
  for (const { member, constraints } of contextMembersOf(shapeName)) {
    const value = input[member];
    if (value === undefined) continue;
    if (constraints) requireContextSizes(constraints, value as JsonObject);
    else requireContextSize(member, value as Readonly<Record<string, string>>);
  }
}

function requireContextSize(member: string, context: Readonly<Record<string, string>>): void {
  let size = 0;
  for (const [name, text] of Object.entries(context)) size += Buffer.byteLength(name) + Buffer.byteLength(text);
  if (size > limits.encryptionContextInBytes) {
    throw new KmsError('ValidationException', messages.encryptionContextTooLarge(member));
  }
}

/** A member that is an encryption context, or `constraints`, a structure that holds some. */
interface ContextMember {
  readonly member: string;
  readonly constraints?: string;
}

/** By the name of a structure; most have none. */
const contextMembers = new Map<string, readonly ContextMember[]>();

function contextMembersOf(shapeName: string): readonly ContextMember[] {
  const known = contextMembers.get(shapeName);
  if (known) return known;
  const found = Object.entries(structureOf(shapeName).members).flatMap(([member, shape]): ContextMember[] => {
    if (shape === 'GrantConstraints') return [{ member, constraints: shape }];
    return shape === 'EncryptionContextType' ? [{ member }] : [];
  });
  contextMembers.set(shapeName, found);
  return found;
}

function invalid(shapeName: string, input: JsonObject, violations: readonly Violation[]): KmsError {
  const items = new Map<string, Item>();
  for (const violation of violations.slice(0, limits.countedViolations)) {
    const found = locate(shapeName, input, pointerSteps(violation));
    const place = violation.propertyName === undefined ? found : nameIn(found, violation.propertyName);
    // However many scalars of a list are wrong, the list is reported once.
    const key = place.holder ? place.path : `${violation.instancePath} ${violation.keyword} ${place.path}`;
    if (!items.has(key)) items.set(key, { place, keyword: violation.keyword });
  }
  const shown = [...items.values()].slice(0, limits.printedViolations).map(itemText);
  const count = `${items.size} validation error${items.size === 1 ? '' : 's'} detected`;
  const text = `${count}: ${shown.join('; ')}`;
  const isOnlyTooLong = [...items.values()].every(fitsInCodePoints);
  return isOnlyTooLong ? new KmsError('ValidationException', text) : new MalformedRequest(text);
}

interface Item {
  readonly place: Place;
  readonly keyword: string;
}

/** JSON Schema counts characters beyond the Basic Multilingual Plane once, and calls such a text valid. */
function fitsInCodePoints({ place: { shape, value }, keyword }: Item): boolean {
  return keyword === 'maxUnits' && typeof value === 'string' && [...value].length <= (highest(shape) ?? 0);
}

/** `Value … at '<path>' failed to satisfy constraint: …` for one violation. */
function itemText({ place, keyword }: Item): string {
  const { value, path, shape, holder } = place;
  if (value === undefined) return text('Value null', path, mustNotBeNull);
  if (holder === undefined) return text(printed(shape, value), path, constraint(shape, keyword));
  // A scalar in a list is reported as the whole list, with every constraint of its elements.
  const inner = value === null ? [mustNotBeNull] : constraints(shape);
  return text(
    printed(shape, holder.value),
    path,
    `${holders[holder.type]} must satisfy constraint: [${inner.join(', ')}]`,
  );
}

const holders = { list: 'Member', map: 'Map value', names: 'Map keys' } as const;

function text(value: string, path: string, failed: string): string {
  return `${value} at '${path}' failed to satisfy constraint: ${failed}`;
}

/** A required member that is absent is reported where it would be. */
function pointerSteps(violation: Violation): readonly string[] {
  const steps = violation.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const missing = violation.params.missingProperty;
  return typeof missing === 'string' ? [...steps, missing] : steps;
}

interface Place {
  readonly path: string;
  readonly shape: Shape;
  /** undefined: absent. */
  readonly value: unknown;
  /** The list or map of scalars that holds the value; `names`: the map that has the value as a key. */
  readonly holder?: { readonly type: keyof typeof holders; readonly value: unknown };
}

/** Follows a pointer through value and shape; the path has lower-case first letters and counts list members from 1. */
function locate(shapeName: string, input: JsonObject, steps: readonly string[]): Place {
  let place: Place = { path: '', shape: shapeOf(shapeName), value: input };
  for (const step of steps) place = stepInto(place, step);
  return place;
}

function stepInto({ path, shape, value }: Place, step: string): Place {
  const next = (value as JsonObject)[step];
  if (shape.type === 'structure') {
    const member = step.charAt(0).toLowerCase() + step.slice(1);
    return { path: path === '' ? member : `${path}.${member}`, shape: shapeOf(shape.members[step] ?? ''), value: next };
  }
  if (shape.type === 'list') {
    const element = shapeOf(shape.member);
    if (element.type === 'structure') {
      return { path: `${path}.${Number(step) + 1}.member`, shape: element, value: next ?? undefined };
    }
    return { path, shape: element, value: next, holder: { type: 'list', value } };
  }
  if (shape.type === 'map') return { path, shape: shapeOf(shape.value), value: next, holder: { type: 'map', value } };
  return { path, shape, value: next };
}

function nameIn({ path, shape, value }: Place, name: string): Place {
  if (shape.type !== 'map') throw new Error(`${path} is not a map`);
  return { path, shape: shapeOf(shape.key), value: name, holder: { type: 'names', value } };
}

const mustNotBeNull = 'Member must not be null';

const phrases: Readonly<Record<string, (shape: Shape) => string>> = {
  minUnits: (shape) => `Member must have length greater than or equal to ${lowest(shape)}`,
  maxUnits: (shape) => `Member must have length less than or equal to ${highest(shape)}`,
  minimum: (shape) => `Member must have value greater than or equal to ${lowest(shape)}`,
  maximum: (shape) => `Member must have value less than or equal to ${highest(shape)}`,
  pattern: (shape) => `Member must satisfy regular expression pattern: ${'pattern' in shape ? shape.pattern : ''}`,
  enum: (shape) =>
    `Member must satisfy enum value set: [${('enum' in shape && shape.enum ? shape.enum : []).join(', ')}]`,
  type: () => mustNotBeNull,
};

const sameAs: Readonly<Record<string, string>> = {
  minBytes: 'minUnits',
  maxBytes: 'maxUnits',
  minItems: 'minUnits',
  maxItems: 'maxUnits',
};

function constraint(shape: Shape, keyword: string): string {
  const phrase = phrases[sameAs[keyword] ?? keyword];
  if (!phrase) throw new Error(`the constraint ${keyword} has no message`);
  return phrase(shape);
}

function constraints(shape: Shape): readonly string[] {
  if (shape.type !== 'string') return [mustNotBeNull];
  return [
    ...(shape.max !== undefined ? [constraint(shape, 'maxUnits')] : []),
    ...(shape.min !== undefined ? [constraint(shape, 'minUnits')] : []),
    ...(shape.pattern !== undefined ? [constraint(shape, 'pattern')] : []),
    ...(shape.enum !== undefined ? [constraint(shape, 'enum')] : []),
  ];
}

function lowest(shape: Shape): number | undefined {
  return 'min' in shape ? shape.min : undefined;
}

function highest(shape: Shape): number | undefined {
  return 'max' in shape ? shape.max : undefined;
}

/** The value as the message repeats it: never a blob or a secret, and cut off when it is long. */
function printed(shape: Shape, value: unknown): string {
  if (shape.type === 'blob' || shape.sensitive) return 'Value';
  const whole = plain(value);
  const { printedValueLength: most } = limits;
  return `Value '${whole.length > most ? `${whole.slice(0, most)}…` : whole}'`;
}

/** Lists as `[a, b]` and maps as `{k=v}`, as the service prints them. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plain).join(', ')}]`;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}=${plain(item)}`)
      .join(', ')}}`;
  }
  return String(value);
}
