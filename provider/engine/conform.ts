/**
 * Makes what a resource type returned fit its record: the right types, every attribute, no unknowns where they are
 * refused. Whatever does not fit is reported and becomes null, so that the rest of the object is never lost with it.
 */
import type { AttributeType } from '@keystead/provider-schema/terraform.ts';
import { isList, isObject } from './compare.ts';
import { parseDecimal } from './decimal.ts';
import type { PathStep } from './resource.ts';
import { type Level, levelType } from './type.ts';
import { type ObjectValue, unknown, type Value } from './value.ts';

export interface Fault {
  readonly path: readonly PathStep[];
  readonly what: string;
}

interface Rules {
  readonly unknowns: 'allowed' | 'refused';
  /** `refused`: an attribute without a value is a fault; `null`: it is null. */
  readonly absent: 'refused' | 'null';
}

interface Run {
  readonly rules: Rules;
  readonly faults: Fault[];
}

function fault(run: Run, path: readonly PathStep[], what: string): null {
  run.faults.push({ path, what });
  return null;
}

function isScalarOf(type: 'string' | 'number' | 'bool', value: Value): boolean {
  if (type === 'string') return typeof value === 'string' && value.isWellFormed();
  if (type === 'bool') return typeof value === 'boolean';
  if (typeof value === 'number') return !Number.isNaN(value);
  return typeof value === 'bigint' || (typeof value === 'string' && parseDecimal(value) !== undefined);
}

function conformObject(
  run: Run,
  members: Readonly<Record<string, AttributeType>>,
  value: ObjectValue,
  path: readonly PathStep[],
): ObjectValue {
  const result: Record<string, Value> = {};
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(members, name)) fault(run, path, `"${name}" is not an attribute`);
  }
  for (const [name, type] of Object.entries(members)) {
    result[name] = conformValue(run, type, value[name], [...path, name]);
  }
  return result;
}

function conformMap(run: Run, element: AttributeType, value: ObjectValue, path: readonly PathStep[]): ObjectValue {
  const result: Record<string, Value> = Object.create(null);
  for (const [key, item] of Object.entries(value)) result[key] = conformValue(run, element, item, [...path, key]);
  return result;
}

function conformValue(run: Run, type: AttributeType, value: Value | undefined, path: readonly PathStep[]): Value {
  if (value === undefined) return run.rules.absent === 'null' ? null : fault(run, path, 'no value was returned');
  if (value === null) return null;
  if (value === unknown)
    return run.rules.unknowns === 'allowed' ? unknown : fault(run, path, 'the value is still unknown');
  if (typeof type === 'string') {
    return isScalarOf(type, value) ? value : fault(run, path, `expected a ${type}, got a ${typeof value}`);
  }
  if (type[0] === 'object') {
    return isObject(value) ? conformObject(run, type[1], value, path) : fault(run, path, 'expected an object');
  }
  const element = type[1];
  if (type[0] === 'map') {
    return isObject(value) ? conformMap(run, element, value, path) : fault(run, path, 'expected a map');
  }
  if (!isList(value)) return fault(run, path, `expected a ${type[0]}`);
  return value.map((item, index) => conformValue(run, element, item, [...path, index]));
}

/** A value that is not an object of a record: the result of a function. */
export function conformTo(type: AttributeType, value: Value): { value: Value; faults: readonly Fault[] } {
  const run: Run = { rules: { unknowns: 'refused', absent: 'refused' }, faults: [] };
  return { value: conformValue(run, type, value, []), faults: run.faults };
}

/** An absent list or set block is an empty one, never null (Terraform refuses null there). */
function fillBlocks(level: Level, value: ObjectValue): ObjectValue {
  const filled: Record<string, Value> = { ...value };
  for (const [name, block] of Object.entries(level.blocks ?? {})) {
    const item = filled[name] ?? null;
    if (item === null) filled[name] = block.nesting === 'single' ? null : [];
    else if (isObject(item)) filled[name] = fillBlocks(block, item);
    else if (isList(item)) filled[name] = item.map((each) => (isObject(each) ? fillBlocks(block, each) : each));
  }
  return filled;
}

/** Write-only values are never stored, nor those in blocks. */
function clearWriteOnly(level: Level, value: ObjectValue): ObjectValue {
  const cleared: Record<string, Value> = { ...value };
  for (const [name, attribute] of Object.entries(level.attributes)) if (attribute.writeOnly) cleared[name] = null;
  for (const [name, block] of Object.entries(level.blocks ?? {})) {
    const item = cleared[name] ?? null;
    if (isObject(item)) cleared[name] = clearWriteOnly(block, item);
    else if (isList(item)) cleared[name] = item.map((each) => (isObject(each) ? clearWriteOnly(block, each) : each));
  }
  return cleared;
}

export function conform(
  level: Level,
  value: ObjectValue,
  rules: Rules,
): { value: ObjectValue; faults: readonly Fault[] } {
  const run: Run = { rules, faults: [] };
  if (!isObject(value)) fault(run, [], 'no object was returned');
  const object = conformObject(run, levelType(level)[1], fillBlocks(level, isObject(value) ? value : {}), []);
  return { value: clearWriteOnly(level, object), faults: run.faults };
}
