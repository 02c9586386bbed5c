/** What a plan says of values that it does not know yet, from the record of each attribute. */
import type { Refinement } from '@keystead/provider-schema/terraform.ts';
import type { PathStep } from './resource.ts';
import type { Level } from './type.ts';
import type { Value } from './value.ts';

/** Of the unknown value at the path; undefined: nothing. Attributes in blocks have none. */
export function refinementAt(level: Level, path: readonly PathStep[]): Refinement | undefined {
  return path.length === 1 ? level.attributes[String(path[0])]?.refinement : undefined;
}

/** Whether the value keeps what the plan said of it. */
export function keepsPromise({ prefix }: Refinement, value: Value): boolean {
  return prefix === undefined ? value !== null : typeof value === 'string' && value.startsWith(prefix);
}
