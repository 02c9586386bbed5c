/** When two Terraform values are the same: numbers by decimal value, sets without order, everything else exactly. */
import type { AttributeType } from '@keystead/provider-schema/terraform.ts';
import { isSameDecimal } from './decimal.ts';
import { type ObjectValue, unknown, type Value } from './value.ts';

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function isObject(value: Value | undefined): value is ObjectValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: Value): value is number | bigint | string {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string';
}

function isSameList(element: AttributeType, a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, index) => isSameValue(element, item, b[index] ?? null));
}

/** Each element finds a partner of its own. */
function isSameSet(element: AttributeType, a: readonly Value[], b: readonly Value[]): boolean {
  const partners = [...b];
  return (
    a.length === b.length &&
    a.every((item) => {
      const at = partners.findIndex((partner) => isSameValue(element, item, partner));
      if (at >= 0) partners.splice(at, 1);
      return at >= 0;
    })
  );
}

function isSameMap(typeOf: (key: string) => AttributeType | undefined, a: ObjectValue, b: ObjectValue): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => {
      const type = typeOf(key);
      return type !== undefined && Object.hasOwn(b, key) && isSameValue(type, a[key] ?? null, b[key] ?? null);
    })
  );
}

/** Two unknown values count as the same; an unknown and a known one do not. */
export function isSameValue(type: AttributeType, a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a === null || b === null || a === unknown || b === unknown) return false;
  if (type === 'number') return isNumber(a) && isNumber(b) && isSameDecimal(a, b);
  if (typeof type === 'string') return false;
  if (type[0] === 'object') {
    const members = type[1];
    return isObject(a) && isObject(b) && isSameMap((key) => members[key], a, b);
  }
  const element = type[1];
  if (type[0] === 'map') return isObject(a) && isObject(b) && isSameMap(() => element, a, b);
  if (!isList(a) || !isList(b)) return false;
  return type[0] === 'set' ? isSameSet(element, a, b) : isSameList(element, a, b);
}

export function isWhollyKnown(value: Value): boolean {
  if (value === unknown) return false;
  if (isList(value)) return value.every(isWhollyKnown);
  return isObject(value) ? Object.values(value).every(isWhollyKnown) : true;
}
