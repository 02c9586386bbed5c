/**
 * Converts between JSON and the values that operations use, by the contract's shapes: blobs are Base64 (RFC 4648
 * section 4) on the wire and bytes inside, timestamps are seconds since the Unix epoch on the wire and Dates inside,
 * sensitive texts are Secrets inside.
 * Source: AWS JSON 1.1 protocol.
 */
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { type OperationName, operations } from '@keystead/provider-schema/operations/index.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import { shapeOf } from '@keystead/provider-schema/shapes/index.ts';
import type { Shape } from '@keystead/provider-schema/shapes/shape.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

type Walk = (shape: Plan, value: unknown) => unknown;

/** A shape with the shapes that it names already looked up; made once per shape. */
type Plan =
  | { readonly type: Exclude<Shape['type'], 'structure' | 'list' | 'map'> }
  | { readonly type: 'list' | 'map'; readonly element: Plan }
  | { readonly type: 'structure'; readonly members: readonly (readonly [name: string, plan: Plan])[] };

const plans = new Map<string, Plan>();

function planOf(shapeName: string): Plan {
  const known = plans.get(shapeName);
  if (known) return known;
  const plan = makePlan(shapeOf(shapeName));
  plans.set(shapeName, plan);
  return plan;
}

function makePlan(shape: Shape): Plan {
  if (shape.type === 'list') return { type: 'list', element: planOf(shape.member) };
  if (shape.type === 'map') return { type: 'map', element: planOf(shape.value) };
  if (shape.type !== 'structure') return { type: shape.type };
  return {
    type: 'structure',
    members: Object.entries(shape.members).map(([name, target]) => [name, planOf(target)] as const),
  };
}

/**
 * Reads a request's JSON by the shape of the operation's input. Members that the shape does not name are ignored, a
 * member that is null is absent; a null within a list or map stays, and the validator refuses it.
 * @throws KmsError SerializationException, without details, for a value of the wrong JSON type or broken Base64.
 */
export function decodeMembers(operation: OperationName, json: unknown): JsonObject {
  if (!isObject(json)) throw wrongType();
  return decode(planOf(operations[operation].input), json) as JsonObject;
}

/** By the name of an input shape: whether it has no sensitive text, as most do not. */
const withoutSecrets = new Map<string, boolean>();

/** Turns the sensitive texts of a validated input into Secrets. */
export function concealSecrets(operation: OperationName, input: JsonObject): JsonObject {
  const name: string = operations[operation].input;
  const known = withoutSecrets.get(name) ?? !holdsSecretText(name);
  withoutSecrets.set(name, known);
  return known ? input : (conceal(name, input) as JsonObject);
}

function holdsSecretText(shapeName: string): boolean {
  const shape = shapeOf(shapeName);
  if (shape.type === 'structure') return Object.values(shape.members).some(holdsSecretText);
  if (shape.type === 'list') return holdsSecretText(shape.member);
  return shape.type === 'map' ? holdsSecretText(shape.value) : shape.type === 'string' && shape.sensitive === true;
}

function conceal(shapeName: string, value: unknown): unknown {
  const shape = shapeOf(shapeName);
  if (shape.type === 'string' && shape.sensitive && typeof value === 'string') return new Secret(value);
  if (shape.type === 'list') return (value as readonly unknown[]).map((item) => conceal(shape.member, item));
  if (shape.type === 'map') return mapEntries(value as JsonObject, (item) => conceal(shape.value, item));
  if (shape.type !== 'structure') return value;
  const members = value as JsonObject;
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [name, conceal(shape.members[name] ?? '', member)]),
  );
}

/** Writes an operation's output as JSON. Members without a value, or that the shape does not name, are left out. */
export function encodeOutput(operation: string, output: unknown): JsonObject {
  const name = Object.hasOwn(operations, operation) ? operations[operation as OperationName].output : null;
  if (name === null || output === undefined) return {};
  return encode(planOf(name), output) as JsonObject;
}

/** The inverse of encodeOutput, for a stored answer. @throws KmsError SerializationException when it was altered. */
export function decodeOutput(operation: string, json: unknown): JsonObject | undefined {
  const name = Object.hasOwn(operations, operation) ? operations[operation as OperationName].output : null;
  if (name === null) return undefined;
  if (!isObject(json)) throw wrongType();
  return decode(planOf(name), json) as JsonObject;
}

const decode: Walk = (plan, value) => {
  switch (plan.type) {
    case 'string':
      return wellFormed(ofType('string', value) as string);
    case 'boolean':
      return ofType('boolean', value);
    case 'integer':
      // Beyond the safe range one number stands for several, and a database cannot always store it.
      if (!Number.isSafeInteger(value)) throw wrongType();
      return value;
    case 'blob':
      return decodeBase64(ofType('string', value) as string);
    case 'timestamp':
      return decodeTimestamp(ofType('number', value) as number);
    case 'list':
      if (!Array.isArray(value)) throw wrongType();
      return value.map((item) => (item === null ? null : decode(plan.element, item)));
    case 'map':
      if (!isObject(value)) throw wrongType();
      for (const key of Object.keys(value)) wellFormed(key);
      return mapEntries(value, (item) => (item === null ? null : decode(plan.element, item)));
    case 'structure':
      if (!isObject(value)) throw wrongType();
      return mapMembers(plan.members, value, decode);
  }
};

const encode: Walk = (plan, value) => {
  switch (plan.type) {
    case 'blob': {
      const bytes = value as Uint8Array;
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    }
    case 'string':
      return value instanceof Secret ? value.reveal() : value;
    case 'timestamp':
      return (value as Date).getTime() / 1000;
    case 'list':
      return (value as readonly unknown[]).map((item) => encode(plan.element, item));
    case 'map':
      return mapEntries(value as JsonObject, (item) => encode(plan.element, item));
    case 'structure':
      return mapMembers(plan.members, value as JsonObject, encode);
    default:
      return value;
  }
};

/** Reads own members only, so a hostile member name cannot reach a prototype. */
function mapMembers(
  members: readonly (readonly [name: string, plan: Plan])[],
  value: JsonObject,
  walk: Walk,
): JsonObject {
  const result: Record<string, unknown> = {};
  for (const [name, plan] of members) {
    if (!Object.hasOwn(value, name)) continue;
    const member = value[name];
    if (member !== null && member !== undefined) result[name] = walk(plan, member);
  }
  return result;
}

/** fromEntries defines own properties, so a key such as `__proto__` is data like any other. */
function mapEntries(value: JsonObject, walk: (item: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item)]));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ofType(type: 'string' | 'boolean' | 'number', value: unknown): unknown {
  if (typeof value !== type) throw wrongType();
  return value;
}

/**
 * JSON can escape half of a surrogate pair; UTF-8 cannot hold it, so two texts would be stored, or bound to a
 * ciphertext, as the same bytes.
 */
function wellFormed(text: string): string {
  if (!text.isWellFormed()) throw wrongType();
  return text;
}

/** The comparison refuses other alphabets, missing padding, white space and stray bits in one step. */
function decodeBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw wrongType();
  return new Uint8Array(bytes);
}

function decodeTimestamp(seconds: number): Date {
  // Rounded, because seconds with milliseconds are not exact in binary.
  const date = new Date(Math.round(seconds * 1000));
  if (Number.isNaN(date.getTime())) throw wrongType();
  return date;
}

function wrongType(): KmsError {
  return new KmsError('SerializationException');
}
