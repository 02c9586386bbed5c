/** Checks a configuration against its record. Unknown values pass every check; they are checked again when known. */
import type { AttributeRecord } from '@keystead/provider-schema/terraform.ts';
import { isList, isObject } from './compare.ts';
import type { Diagnostic, PathStep } from './resource.ts';
import type { Level } from './type.ts';
import { isAboutElements, problemWith } from './validators.ts';
import { type ObjectValue, unknown, type Value } from './value.ts';

export interface ValidateOptions {
  /** Terraform 1.11 and newer; an older one would store a write-only value in the state. */
  readonly writeOnlyAllowed: boolean;
}

type Path = readonly PathStep[];

function problem(path: Path, summary: string, detail: string): Diagnostic {
  return { severity: 'error', summary, detail, path };
}

function isSet(value: Value | undefined): boolean {
  return value !== null && value !== undefined;
}

function checkValue(attribute: AttributeRecord, value: Value, path: Path): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const name = path.filter((step) => typeof step === 'string').join('.');
  for (const validator of attribute.validators ?? []) {
    for (const [item, at] of subjects(value, path, isAboutElements(validator))) {
      const problemText = problemWith(validator, item);
      const got =
        attribute.sensitive || attribute.writeOnly || typeof item === 'object' ? '' : `, got: ${excerpt(item)}`;
      if (problemText !== undefined) found.push(problem(at, 'Invalid value', `${name} must be ${problemText}${got}.`));
    }
  }
  return found;
}

function excerpt(item: string | number | bigint): string {
  const text = String(item);
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}

type Subject = string | number | bigint | readonly Value[];

/** The known values a check looks at: the value itself, or what is in the collection. */
function subjects(value: Value, path: Path, elements: boolean): readonly (readonly [Subject, Path])[] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return [[value, path]];
  if (isList(value)) {
    return elements ? value.flatMap((item, index) => subjects(item, [...path, index], true)) : [[value, path]];
  }
  if (!isObject(value)) return [];
  return elements
    ? Object.entries(value).flatMap(([key, item]) => subjects(item, [...path, key], true))
    : [[Object.keys(value), path]];
}

function checkSiblings(attribute: AttributeRecord, siblings: ObjectValue, path: Path): readonly Diagnostic[] {
  const name = path.at(-1);
  const found: Diagnostic[] = [];
  for (const other of attribute.conflictsWith ?? []) {
    if (isPresent(siblings[other])) {
      found.push(
        problem(path, 'Conflicting arguments', `${name} cannot be set together with ${other}. Remove one of them.`),
      );
    }
  }
  for (const other of attribute.requiredWith ?? []) {
    if (!isSet(siblings[other])) {
      found.push(
        problem(path, 'Missing argument', `${name} can only be set together with ${other}. Set both or none.`),
      );
    }
  }
  return found;
}

/** Terraform does not warn by itself. */
function checkDeprecation({ deprecated }: AttributeRecord, path: Path): readonly Diagnostic[] {
  if (deprecated === undefined) return [];
  const detail = `${path.at(-1)} is deprecated. ${deprecated}`;
  return [{ severity: 'warning', summary: 'Argument is deprecated', detail, path }];
}

/** Reported for the first of the group, so that one mistake is one error. */
function checkGroup(attribute: AttributeRecord, siblings: ObjectValue, path: Path): readonly Diagnostic[] {
  const group = attribute.exactlyOneOf ?? [];
  if (path.at(-1) !== group[0]) return [];
  const set = group.filter((other) => isSet(siblings[other]));
  if (set.length === 0) return [problem(path, 'Missing argument', `One of ${group.join(', ')} must be set.`)];
  const present = group.filter((other) => isPresent(siblings[other]));
  if (present.length < 2) return [];
  return [problem(path, 'Conflicting arguments', `Only one of ${group.join(', ')} can be set. Remove the others.`)];
}

/** Known to be set: an unknown value can still turn out null. A block without elements is not set. */
function isPresent(value: Value | undefined): boolean {
  return isSet(value) && value !== unknown && !(isList(value) && value.length === 0);
}

function checkAttribute(
  attribute: AttributeRecord,
  siblings: ObjectValue,
  path: Path,
  options: ValidateOptions,
): readonly Diagnostic[] {
  const value = siblings[String(path.at(-1))] ?? null;
  const group = checkGroup(attribute, siblings, path);
  if (value === null) {
    if (!attribute.required) return group;
    return [problem(path, 'Missing required argument', `The argument ${path.at(-1)} is required. Set it.`)];
  }
  if (attribute.writeOnly && !options.writeOnlyAllowed) {
    const detail = `${path.at(-1)} is write-only, which needs Terraform 1.11 or newer. An older one would store the value in its state.`;
    return [problem(path, 'Write-only argument not supported', detail)];
  }
  return [
    ...group,
    ...checkDeprecation(attribute, path),
    ...checkSiblings(attribute, siblings, path),
    ...checkValue(attribute, value, path),
  ];
}

function checkBlock(level: Level, value: Value, path: Path, options: ValidateOptions): readonly Diagnostic[] {
  if (isObject(value)) return validateLevel(level, value, options, path);
  if (!isList(value)) return [];
  return value.flatMap((item, index) => (isObject(item) ? validateLevel(level, item, options, [...path, index]) : []));
}

export function validateLevel(
  level: Level,
  config: ObjectValue,
  options: ValidateOptions,
  path: Path = [],
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [name, attribute] of Object.entries(level.attributes)) {
    found.push(...checkAttribute(attribute, config, [...path, name], options));
  }
  for (const [name, block] of Object.entries(level.blocks ?? {})) {
    found.push(...checkBlock(block, config[name] ?? null, [...path, name], options));
  }
  return found;
}
