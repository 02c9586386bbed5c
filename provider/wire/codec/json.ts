/**
 * Terraform values as JSON, driven by the type: how state is stored. Attributes the type no longer has are dropped and
 * absent ones are null, because stored state can be older than the schema. Numbers keep every digit.
 */
import type { AttributeType } from '@keystead/provider-schema/terraform.ts';
import { parseDecimal } from '../../engine/decimal.ts';
import type { PathStep } from '../../engine/resource.ts';
import { type ObjectValue, unknown, type Value } from '../../engine/value.ts';
import { CodecError } from './codec-error.ts';

type Path = readonly PathStep[];

/** A number as it was written; `JSON.parse` alone would round it. */
class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Json = null | boolean | string | NumberText | readonly Json[] | { readonly [key: string]: Json };

/** JSON.parse with the reviver's third argument (ECMAScript source text access), which the types do not know yet. */
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

function parseJson(text: string): Json {
  try {
    return parseWithSource(text, (_key, value, context) =>
      typeof value === 'number' ? new NumberText(context.source ?? String(value)) : value,
    ) as Json;
  } catch {
    throw new CodecError([], 'the text is not valid JSON, or nested too deeply');
  }
}

function isPlainObject(json: Json): json is { readonly [key: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof NumberText);
}

function fromMap(element: AttributeType, json: Json, path: Path): ObjectValue {
  if (!isPlainObject(json)) throw new CodecError(path, 'expected a map');
  const values: Record<string, Value> = Object.create(null);
  for (const [key, item] of Object.entries(json)) values[key] = fromJson(element, item, [...path, key]);
  return values;
}

function fromObject(members: Readonly<Record<string, AttributeType>>, json: Json, path: Path): ObjectValue {
  if (!isPlainObject(json)) throw new CodecError(path, 'expected an object');
  const values: Record<string, Value> = Object.create(null);
  for (const [name, type] of Object.entries(members)) {
    const item = Object.hasOwn(json, name) ? json[name] : undefined;
    values[name] = fromJson(type, item ?? null, [...path, name]);
  }
  return values;
}

function fromNumber(json: Json, path: Path): Value {
  const value = json instanceof NumberText ? parseDecimal(json.text) : undefined;
  if (value === undefined) throw new CodecError(path, 'expected a number');
  return value;
}

function fromJson(type: AttributeType, json: Json, path: Path): Value {
  if (json === null) return null;
  if (type === 'number') return fromNumber(json, path);
  if (type === 'string') {
    if (typeof json !== 'string') throw new CodecError(path, 'expected a string');
    return json;
  }
  if (type === 'bool') {
    if (typeof json !== 'boolean') throw new CodecError(path, 'expected true or false');
    return json;
  }
  if (type[0] === 'map') return fromMap(type[1], json, path);
  if (type[0] === 'object') return fromObject(type[1], json, path);
  const element = type[1];
  if (!Array.isArray(json)) throw new CodecError(path, 'expected a list');
  return json.map((item: Json, index) => fromJson(element, item, [...path, index]));
}

/**
 * @throws CodecError when the text is not JSON or a value does not fit the type.
 */
export function decodeJson(type: AttributeType, bytes: Uint8Array): Value {
  return fromJson(type, parseJson(Buffer.from(bytes).toString('utf8')), []);
}

function numberToJson(value: Value, path: Path): string {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string' && parseDecimal(value) !== undefined) return value;
  throw new CodecError(path, 'expected a number that JSON can hold');
}

function membersToJson(entries: readonly (readonly [string, AttributeType, Value | undefined])[], path: Path): string {
  const members = entries.map(([name, type, item]) => `${JSON.stringify(name)}:${toJson(type, item, [...path, name])}`);
  return `{${members.join(',')}}`;
}

function toJson(type: AttributeType, value: Value | undefined, path: Path): string {
  if (value === undefined) throw new CodecError(path, 'there is no value');
  if (value === unknown) throw new CodecError(path, 'JSON cannot hold an unknown value');
  if (value === null) return 'null';
  if (type === 'number') return numberToJson(value, path);
  if (type === 'string' || type === 'bool') {
    if (typeof value !== (type === 'bool' ? 'boolean' : 'string')) throw new CodecError(path, `expected a ${type}`);
    return JSON.stringify(value);
  }
  if (type[0] === 'list' || type[0] === 'set') {
    const element = type[1];
    if (!Array.isArray(value)) throw new CodecError(path, 'expected a list');
    return `[${value.map((item: Value, index) => toJson(element, item, [...path, index])).join(',')}]`;
  }
  if (typeof value !== 'object' || Array.isArray(value)) throw new CodecError(path, `expected a ${type[0]}`);
  const object = value as ObjectValue;
  const entries: [string, AttributeType, Value | undefined][] =
    type[0] === 'map'
      ? Object.entries(object).map(([key, item]) => [key, type[1], item])
      : Object.entries(type[1]).map(([name, member]) => [name, member, object[name]]);
  return membersToJson(entries, path);
}

/**
 * @throws CodecError when the value does not fit the type or holds an unknown.
 */
export function encodeJson(type: AttributeType, value: Value): Buffer {
  return Buffer.from(toJson(type, value, []));
}
