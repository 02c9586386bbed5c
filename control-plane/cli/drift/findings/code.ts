/** Objects that code and state do not both declare, as differences. Pure. */

import { type DeclaredResource, isKeyType } from '../states/declared.ts';
import type { CodeDifferences } from '../states/planned.ts';
import { type Difference, pathOf } from './compare.ts';

/** Nobody made these by hand: the next apply makes or destroys the object. */
export const NOT_A_CHANGE = 'the code and the state differ in it, and not the object';

export function codeDifferences({ notApplied, notInCode }: CodeDifferences): readonly Difference[] {
  return [
    ...notApplied.map(({ resource, because }) => ({
      ...about(resource),
      what: 'not applied' as const,
      ...(because.length > 0 && { details: because }),
    })),
    ...notInCode.map((resource) => ({ ...about(resource), what: 'not in code' as const })),
  ];
}

function about(resource: DeclaredResource) {
  const { address, region, values } = resource;
  const arn = values.arn ?? values.target_key_arn ?? values.key_id;
  // What was never applied has no ARN yet.
  const resourceArn = typeof arn === 'string' ? arn : address;
  return { address, region, resourceArn, attribute: attributeOf(resource), ...pathOf(resource) };
}

function attributeOf({ type }: DeclaredResource): string {
  if (isKeyType(type)) return 'key';
  return type.replace(/^aws_(kms|iam)_/, '').replace('key_policy', 'policy');
}
