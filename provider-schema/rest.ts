/**
 * How an operation's input travels at the REST door: members named in braces in the path, the others in the query
 * (GET, DELETE) or in a JSON body. Path members are percent-encoded, so an ARN or alias name is one path segment.
 */
import { limits } from './limits.ts';
import type { OperationRecord } from './records.ts';
import { holdsSecret, shapeOf, structureOf } from './shapes/index.ts';

/** Visible ASCII, because HTTP takes white space around a value away and does not say how other bytes are encoded. */
export const idempotencyKeyPattern = `^[!-~](?:[ -~]{0,${limits.idempotencyKeyLength - 2}}[!-~])?$`;

/** A revision, in the quotes of an entity tag (RFC 9110 section 8.8.3) or without them, or any revision. */
export const ifMatchPattern = '^("?[0-9]{1,15}"?|\\*)$';

export interface QueryParameter {
  readonly name: string;
  /** How its text becomes a value; a list is the parameter repeated. */
  readonly type: 'string' | 'number' | 'boolean' | 'list';
}

/** Input members in the path, in order. */
export function pathMembers(record: OperationRecord): readonly string[] {
  return [...record.rest.path.matchAll(/\{([A-Za-z]+)\}/g)].map((match) => match[1] ?? '');
}

/** True when the members that are not in the path travel as a JSON body. */
export function hasBody(record: OperationRecord): boolean {
  return record.rest.method !== 'GET' && record.rest.method !== 'DELETE';
}

/** Input members outside the path. */
export function otherMembers(record: OperationRecord): readonly string[] {
  const inPath = new Set(pathMembers(record));
  return Object.keys(structureOf(record.input).members).filter((member) => !inPath.has(member));
}

/** Query parameters of a GET or DELETE; none for the other methods. */
export function queryParameters(record: OperationRecord): readonly QueryParameter[] {
  if (hasBody(record)) return [];
  const { members } = structureOf(record.input);
  return otherMembers(record)
    .filter((name) => !isListOfStructures(members[name] ?? ''))
    .map((name) => ({ name, type: queryType(members[name] ?? '') }));
}

/** A query cannot hold such a list: an operation that has one offers single parameters in its place. */
function isListOfStructures(shapeName: string): boolean {
  const shape = shapeOf(shapeName);
  return shape.type === 'list' && shapeOf(shape.member).type === 'structure';
}

function queryType(shapeName: string): QueryParameter['type'] {
  const { type } = shapeOf(shapeName);
  switch (type) {
    case 'integer':
    case 'timestamp':
      return 'number';
    case 'boolean':
    case 'list':
      return type;
    case 'string':
    case 'blob':
      return 'string';
    default:
      throw new Error(`shape ${shapeName} is a ${type}, which a query cannot carry`);
  }
}

/**
 * Whether clients should send an idempotency key: with a create, unless its answer contains a secret, which is shown
 * once.
 */
export function takesIdempotencyKey({ rest, output }: OperationRecord): boolean {
  return rest.method === 'POST' && rest.successStatus === 201 && (output === null || !holdsSecret(output));
}
