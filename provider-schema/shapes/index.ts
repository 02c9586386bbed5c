/** Every shape of requests and answers, as data: those of AWS KMS, IAM, STS and CloudTrail, and Keystead's own. */
import { cloudtrailShapes } from './cloudtrail/structures.ts';
import { iamStructures } from './iam/structures.ts';
import { iamValues } from './iam/values.ts';
import { authorizationShapes } from './keystead/authorization.ts';
import { identityConfigurationShapes } from './keystead/identity-configurations.ts';
import { plannedChangesShapes } from './keystead/planned-changes.ts';
import { keysteadShapes } from './keystead/structures.ts';
import { exceptions } from './kms/exceptions.ts';
import { structures } from './kms/structures.ts';
import { values } from './kms/values.ts';
import type { Shape, StructureShape } from './shape.ts';
import { stsShapes } from './sts/structures.ts';

export const shapes = {
  ...values,
  ...structures,
  ...exceptions,
  ...cloudtrailShapes,
  ...keysteadShapes,
  ...iamValues,
  ...iamStructures,
  ...stsShapes,
  ...authorizationShapes,
  ...plannedChangesShapes,
  ...identityConfigurationShapes,
} as const;

export type ShapeName = keyof typeof shapes;

const byName: Readonly<Record<string, Shape>> = shapes;

/** @throws Error when no shape has this name: a mistake in the contract itself. */
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

/** Whether a value of this shape can contain a sensitive value, at any depth. */
export function holdsSecret(name: string): boolean {
  const shape = shapeOf(name);
  if (shape.sensitive) return true;
  if (shape.type === 'structure') return Object.values(shape.members).some(holdsSecret);
  return shape.type === 'list' ? holdsSecret(shape.member) : shape.type === 'map' && holdsSecret(shape.value);
}
