/**
 * The members of a request at the REST door: from its path, and from its query or its JSON body. A member that the
 * OpenAPI document does not have there is refused, and not dropped: a misspelt one would otherwise be lost unseen.
 */
import { closest } from '@keystead/provider-schema/closest.ts';
import { MalformedRequest } from '@keystead/provider-schema/errors.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { hasBody, otherMembers, pathMembers, queryParameters } from '@keystead/provider-schema/rest.ts';
import { shapeOf, structureOf } from '@keystead/provider-schema/shapes/index.ts';
import type { Shape, StructureShape } from '@keystead/provider-schema/shapes/shape.ts';
import type { RawRequest } from '../context/door.ts';
import { parseJson } from './json.ts';

type Members = Readonly<Record<string, unknown>>;

/** Of a name that a message repeats. */
const PRINTED_NAME_LENGTH = 100;
/** Parts of a signature in the query (SigV4, presigned requests). */
const SIGNATURE_PARAMETER = /^x-amz-/i;

/** @throws KmsError ValidationException, SerializationException, RequestEntityTooLargeException */
export function membersOf(raw: RawRequest, record: OperationRecord): Members {
  const query = new URLSearchParams(raw.rawQuery);
  requireKnownParameters(query, record);
  if (!hasBody(record)) {
    if (raw.body.length > 0) throw new MalformedRequest(`${record.name} does not take a body.`);
    return fromQuery(query, record);
  }
  const body: object = raw.body.length === 0 ? {} : parseJson(raw.body);
  requireKnownMembers(record, bodyShape(record), body, '');
  return body as Members;
}

const bodyShapes = new Map<string, StructureShape>();

/** The members of the input that travel in the body; made once per operation. */
function bodyShape(record: OperationRecord): StructureShape {
  const known = bodyShapes.get(record.name);
  if (known) return known;
  const { members, required = [] } = structureOf(record.input);
  const inBody = otherMembers(record).map((name) => [name, members[name] ?? '']);
  const shape: StructureShape = { type: 'structure', members: Object.fromEntries(inBody), required };
  bodyShapes.set(record.name, shape);
  return shape;
}

function requireKnownParameters(query: URLSearchParams, record: OperationRecord): void {
  const known = queryParameters(record).map(({ name }) => name);
  for (const name of query.keys()) {
    if (known.includes(name) || SIGNATURE_PARAMETER.test(name)) continue;
    throw new MalformedRequest(`${record.name} does not have the query parameter ${printed(name)}${hint(name, known)}`);
  }
}

/** Values of the wrong type are left to the codec, and absent members to the validator. */
function requireKnownMembers(record: OperationRecord, shape: Shape, value: unknown, at: string): void {
  if (typeof value !== 'object' || value === null) return;
  if (shape.type === 'list' && Array.isArray(value)) {
    const element = shapeOf(shape.member);
    if (holdsStructures(element)) {
      value.forEach((item, index) => void requireKnownMembers(record, element, item, `${at}[${index}]`));
    }
  } else if (shape.type === 'structure' && !Array.isArray(value)) {
    for (const [name, member] of Object.entries(value)) requireKnownMember(record, shape, name, member, at);
  }
}

function requireKnownMember(
  record: OperationRecord,
  { members, required = [] }: StructureShape,
  name: string,
  value: unknown,
  at: string,
): void {
  const path = at === '' ? name : `${at}.${name}`;
  const target = Object.hasOwn(members, name) ? members[name] : undefined;
  if (target === undefined) {
    if (at === '' && pathMembers(record).includes(name)) {
      throw new MalformedRequest(`The member ${printed(name)} is in the path: leave it out of the body.`);
    }
    throw new MalformedRequest(
      `${record.name} does not have the member ${printed(path)}${hint(name, Object.keys(members))}`,
    );
  }
  if (value === null && !required.includes(name)) {
    throw new MalformedRequest(`The member ${printed(path)} is null: leave it out.`);
  }
  requireKnownMembers(record, shapeOf(target), value, path);
}

const holdsStructures = (shape: Shape): boolean =>
  shape.type === 'structure' || (shape.type === 'list' && holdsStructures(shapeOf(shape.member)));

const printed = (name: string): string =>
  JSON.stringify(name.length > PRINTED_NAME_LENGTH ? `${name.slice(0, PRINTED_NAME_LENGTH)}…` : name);

function hint(name: string, names: readonly string[]): string {
  const near = closest(name, names);
  return near === undefined ? '.' : `: did you mean ${near}?`;
}

/** Turns the query into members of the contract's types: numbers and booleans from text, lists from repeated names. */
function fromQuery(query: URLSearchParams, record: OperationRecord): Members {
  const members: Record<string, unknown> = {};
  for (const { name } of queryParameters(record)) {
    const values = query.getAll(name);
    const first = values[0];
    if (first === undefined) continue;
    const shape = shapeOf(structureOf(record.input).members[name] ?? '');
    if (shape.type !== 'list' && values.length > 1) {
      throw new MalformedRequest(`The query parameter ${name} must not appear more than once.`);
    }
    members[name] = shape.type === 'list' ? values : scalar(first, shape.type);
  }
  return members;
}

/** Text that does not fit the type stays text, and the validator refuses it. */
function scalar(text: string, type: Shape['type']): unknown {
  if (type === 'integer') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  // Some clients write small and large numbers with an exponent.
  if (type === 'timestamp') return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}
