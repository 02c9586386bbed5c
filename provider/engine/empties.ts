/**
 * Empty and absent values of records with `legacyTypeSystem`. The older SDK, with which the upstream provider is
 * written, takes the zero value of an optional argument for an absent one, and drops pairs without a value from maps;
 * states hold either form.
 */
import type { AttributeRecord, BlockRecord } from '@keystead/provider-schema/terraform.ts';
import { isList, isObject, isSameValue } from './compare.ts';
import { blockType, type Level } from './type.ts';
import { type ObjectValue, unknown, type Value } from './value.ts';

/** null, or the zero value of its type. */
export function isEmpty(value: Value): boolean {
  if (value === null || value === '' || value === 0 || value === false) return true;
  return isList(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

/** Whether both stand for an absent argument. */
export function areEmpty(attribute: AttributeRecord, a: Value, b: Value): boolean {
  return attribute.emptyIsNull === true && isEmpty(a) && isEmpty(b);
}

/** What a configured value says: maps without the pairs that have no value, null for an empty collection or text. */
export function configuredValue(attribute: AttributeRecord, config: Value): Value {
  if (!attribute.emptyIsNull) return config;
  if (isObject(config)) return configuredMap(config);
  if (isList(config)) return config.length === 0 ? null : config;
  // The service decides on a text that is left out; elsewhere the state keeps the empty text.
  return attribute.computed && config === '' ? null : config;
}

/** A pair whose value is not known yet can turn out to have none, so nothing is known of the map before. */
function configuredMap(config: ObjectValue): Value {
  const pairs = Object.entries(config).filter(([, value]) => value !== null);
  if (pairs.some(([, value]) => value === unknown)) return unknown;
  return pairs.length === 0 ? null : Object.fromEntries(pairs);
}

/** The plan of an argument that was left out: the prior value if it is empty too, otherwise an empty one. */
export function plannedWithout(attribute: AttributeRecord, config: Value, prior: Value, isNew: boolean): Value {
  if (!attribute.emptyIsNull || isNew) return config;
  if (isEmpty(prior)) return prior;
  if (isObject(prior)) return {};
  return isList(prior) ? [] : config;
}

/** Whether two values of a block say the same: empty values are absent, and so are blocks without values. */
export function isSameBlock(block: BlockRecord, a: Value, b: Value): boolean {
  return isSameValue(blockType(block), withoutEmpties(block, a), withoutEmpties(block, b));
}

function withoutEmpties(block: BlockRecord, value: Value): Value {
  if (isObject(value)) return cleared(block, value);
  if (!isList(value)) return value;
  const items = value.map((item) => (isObject(item) ? cleared(block, item) : item));
  return block.emptyIsNull
    ? items.filter((item) => !isObject(item) || Object.values(item).some((v) => !isEmpty(v)))
    : items;
}

function cleared(level: Level, value: ObjectValue): ObjectValue {
  const result: Record<string, Value> = { ...value };
  for (const [name, attribute] of Object.entries(level.attributes)) {
    const set = configuredValue(attribute, value[name] ?? null);
    result[name] = areEmpty(attribute, set, null) ? null : set;
  }
  for (const [name, block] of Object.entries(level.blocks ?? {})) {
    result[name] = withoutEmpties(block, value[name] ?? null);
  }
  return result;
}
