/** Reading attributes out of Terraform values, and filling what a plan left open. */
import { type ObjectValue, unknown, type Value } from '../../engine/value.ts';

/** undefined for null, unknown and the empty string, which stands for "not set" in states of other providers. */
export function textOf(object: ObjectValue, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberOf(object: ObjectValue, name: string): number | undefined {
  const value = object[name];
  return typeof value === 'number' ? value : undefined;
}

export function textsOf(object: ObjectValue, name: string): readonly string[] {
  const value = object[name];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** Pairs with a text; null values are left out, because the service does not have them. */
export function textMapOf(object: ObjectValue, name: string): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(mapOf(object[name])).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

export function mapOf(value: Value | undefined): ObjectValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ObjectValue) : {};
}

/** A secret from the configuration: write-only (`<name>_wo`), or the plain argument that the state keeps. */
export function secretOf(config: ObjectValue, name: string): string | undefined {
  return textOf(config, `${name}_wo`) ?? textOf(config, name);
}

/** The attribute's text, which the caller knows to be there. */
export function requireText(object: ObjectValue, name: string): string {
  const value = textOf(object, name);
  if (value === undefined) throw new Error(`${name} has no value`);
  return value;
}

/** The plan with null where it is unknown: all that is known of an object that could not be read. */
export function knownPart(planned: ObjectValue): ObjectValue {
  return mapValues(planned, (value) => (value === unknown ? null : value));
}

/**
 * Terraform wants every planned value back as planned; only what the plan left open comes from the service, and how an
 * absent text is written.
 */
export function settle(planned: ObjectValue, actual: ObjectValue): ObjectValue {
  return mapValues(actual, (value, name) => {
    const plan = planned[name];
    const isAbsentText = (plan === null || plan === '') && value === '';
    return plan === undefined || plan === unknown || isAbsentText ? value : plan;
  });
}

function mapValues(object: ObjectValue, change: (value: Value, name: string) => Value): ObjectValue {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));
}
