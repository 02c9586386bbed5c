/**
 * Every shape that crosses a door, as data. Members, list members, map keys and values name other shapes.
 * `required`, lengths, ranges, patterns and enumerations are what the compiled validators enforce; `sensitive` keeps a
 * value out of error texts, audit records and logs.
 */
import { iamStructures } from './iam/structures.ts';
import { iamValues } from './iam/values.ts';
import { authorizationShapes } from './keystead/authorization.ts';
import { keysteadShapes } from './keystead/structures.ts';
import { exceptions } from './kms/exceptions.ts';
import { structures } from './kms/structures.ts';
import { values } from './kms/values.ts';
import { stsShapes } from './sts/structures.ts';

interface Common {
  readonly sensitive?: true;
  readonly deprecated?: true;
}

/** Lengths count UTF-16 code units. */
export interface StringShape extends Common {
  readonly type: 'string';
  readonly min?: number;
  readonly max?: number;
  /** Must match the whole value, whether or not it is anchored. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
  /** The Query doors percent-encode it (RFC 3986), as IAM does with policy documents. */
  readonly urlEncodedInXml?: true;
}

/** Base64 on the wire, bytes inside; lengths count the decoded bytes. */
export interface BlobShape extends Common {
  readonly type: 'blob';
  readonly min?: number;
  readonly max?: number;
}

export interface IntegerShape extends Common {
  readonly type: 'integer';
  readonly min?: number;
  readonly max?: number;
}

export interface BooleanShape extends Common {
  readonly type: 'boolean';
}

/** Seconds since the Unix epoch on the wire, fractions allowed; a Date inside. */
export interface TimestampShape extends Common {
  readonly type: 'timestamp';
}

export interface ListShape extends Common {
  readonly type: 'list';
  readonly member: string;
  readonly min?: number;
  readonly max?: number;
}

export interface MapShape extends Common {
  readonly type: 'map';
  readonly key: string;
  readonly value: string;
}

export interface StructureShape extends Common {
  readonly type: 'structure';
  readonly members: Readonly<Record<string, string>>;
  readonly required?: readonly string[];
  readonly exception?: true;
  /** The service's fault, not the caller's. */
  readonly fault?: true;
}

export type Shape =
  | StringShape
  | BlobShape
  | IntegerShape
  | BooleanShape
  | TimestampShape
  | ListShape
  | MapShape
  | StructureShape;

export const shapes = {
  ...values,
  ...structures,
  ...exceptions,
  ...keysteadShapes,
  ...iamValues,
  ...iamStructures,
  ...stsShapes,
  ...authorizationShapes,
} as const;

export type ShapeName = keyof typeof shapes;

const byName: Readonly<Record<string, Shape>> = shapes;

/** @throws Error when no shape has this name: a slip in the contract itself. */
export function shapeOf(name: string): Shape {
  const shape = Object.hasOwn(byName, name) ? byName[name] : undefined;
  if (shape === undefined) throw new Error(`the contract has no shape named ${name}`);
  return shape;
}

/** @throws Error when the name is not a structure's. */
export function structureOf(name: string): StructureShape {
  const shape = shapeOf(name);
  if (shape.type !== 'structure') throw new Error(`shape ${name} is a ${shape.type}, not a structure`);
  return shape;
}

/** Whether a value of this shape can hold something that must never be repeated, at whatever depth. */
export function holdsSecret(name: string): boolean {
  const shape = shapeOf(name);
  if (shape.sensitive) return true;
  if (shape.type === 'structure') return Object.values(shape.members).some(holdsSecret);
  return shape.type === 'list' ? holdsSecret(shape.member) : shape.type === 'map' && holdsSecret(shape.value);
}
