/** Values of the same meaning in different text, by the kind of equivalence that the record names. */
import { parseKeyReference } from '@keystead/provider-schema/arn.ts';
import { samePolicy } from '@keystead/provider-schema/policy-meaning.ts';
import type { AttributeRecord, Equivalence } from '@keystead/provider-schema/terraform.ts';
import { isList, isObject } from './compare.ts';
import { areEmpty } from './empties.ts';
import type { Level } from './type.ts';
import type { ObjectValue, Value } from './value.ts';

/** A key ARN equals the id inside it. Two ARNs that differ name different keys: account and Region count. */
function isSameKeyReference(a: string, b: string): boolean {
  return a === b || keyIdInArn(a) === b || keyIdInArn(b) === a;
}

function keyIdInArn(text: string): string | undefined {
  const reference = parseKeyReference(text);
  return reference?.form === 'key-arn' ? reference.keyId : undefined;
}

function ofText(compare: (a: string, b: string) => boolean): (a: Value, b: Value) => boolean {
  return (a, b) => typeof a === 'string' && typeof b === 'string' && compare(a, b);
}

const withoutScheme = (url: string): string => url.replace(/^https:\/\//, '');

const isSameTime = ofText((a, b) => Date.parse(a) === Date.parse(b));

const meansTheSame: Readonly<Record<Equivalence, (a: Value, b: Value) => boolean>> = {
  'policy-document': ofText(samePolicy),
  'key-reference': ofText(isSameKeyReference),
  // One moment has many spellings: offsets, fractions.
  time: isSameTime,
  'https-url': ofText((a, b) => withoutScheme(a) === withoutScheme(b)),
};

export function isEquivalent(attribute: AttributeRecord, a: Value, b: Value): boolean {
  return areEmpty(attribute, a, b) || hasSameMeaning(attribute, a, b);
}

function hasSameMeaning({ equivalence }: AttributeRecord, a: Value, b: Value): boolean {
  return equivalence !== undefined && meansTheSame[equivalence](a, b);
}

/**
 * `next` with the spelling of `before` wherever both mean the same, so that the service's normal form of a value does
 * not show as drift, nor as a result that differs from the plan. A key reference becomes what the service says.
 */
export function keepSpelling(level: Level, before: ObjectValue, next: ObjectValue): ObjectValue {
  const kept: Record<string, Value> = { ...next };
  for (const [name, attribute] of Object.entries(level.attributes)) {
    const was = before[name] ?? null;
    const isReference = attribute.equivalence === 'key-reference';
    if (!isReference && hasSameMeaning(attribute, was, next[name] ?? null)) kept[name] = was;
  }
  for (const [name, block] of Object.entries(level.blocks ?? {})) {
    if (block.nesting !== 'set') kept[name] = keepBlockSpelling(block, before[name] ?? null, next[name] ?? null);
  }
  return kept;
}

/** List elements are compared by position. Set elements have no position and stay as they are. */
function keepBlockSpelling(level: Level, before: Value, next: Value): Value {
  if (isObject(before) && isObject(next)) return keepSpelling(level, before, next);
  if (!isList(before) || !isList(next)) return next;
  return next.map((item, index) => {
    const was = before[index];
    return isObject(was) && isObject(item) ? keepSpelling(level, was, item) : item;
  });
}
