/** The CDK's own names for resources: what a resource is called that has this place in a stack. */
import { Construct, RootConstruct } from 'constructs';
import { TerraformElement, TerraformStack } from '../cdk.ts';

/**
 * Asks the CDK, by an element at this place in an empty stack that names as `stack` does.
 * @param place the ids below the stack, the resource's own last
 */
export function logicalIdAt(stack: TerraformStack, place: readonly string[]): string {
  const empty = new TerraformStack(new RootConstruct(), 'stack');
  // A program can give its stacks a way of naming of their own.
  Object.assign(empty, { allocateLogicalId: Reflect.get(stack, 'allocateLogicalId') });
  let scope: Construct = empty;
  for (const id of place.slice(0, -1)) scope = new Construct(scope, id);
  return new TerraformElement(scope, String(place.at(-1))).friendlyUniqueId;
}
