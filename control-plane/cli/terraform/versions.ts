/**
 * Version constraints of providers, and the versions that the mirrors of this provider have.
 * https://developer.hashicorp.com/terraform/language/expressions/version-constraints
 */
import { standInVersions } from '@keystead/provider-schema/provider-versions.ts';

type Version = readonly number[];

const CONDITION = /^(=|!=|>=|<=|>|<|~>)?\s*v?(\d+(?:\.\d+){0,2})$/;

/** Whether a version passes every condition; undefined when the text is not a constraint of plain versions. */
export function satisfies(version: string, constraint: string): boolean | undefined {
  const conditions = constraint.split(',').map((part) => CONDITION.exec(part.trim()));
  if (conditions.some((condition) => condition === null)) return undefined;
  return conditions.every((condition) => passes(numbers(version), condition?.[1] ?? '=', condition?.[2] ?? ''));
}

/** The stand-in for the AWS provider that passes the constraint. */
export function standIn(constraint: string): string | undefined {
  return standInVersions.find((version) => satisfies(version, constraint) === true);
}

function passes(version: Version, operator: string, text: string): boolean {
  const given = numbers(text);
  const order = compare(version, given);
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    default:
      // ~> lets the last number that is given grow.
      return order >= 0 && given.slice(0, -1).every((number, i) => version[i] === number);
  }
}

const numbers = (text: string): Version => text.split('.').map(Number);

function compare(a: Version, b: Version): number {
  for (let i = 0; i < 3; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
