/**
 * ARNs of any service, as the SDKs of AWS split them: six parts, of which only the first is checked. The contract's own
 * parser accepts only what a policy can name.
 */
import { ArgumentError } from '../engine/resource.ts';
import type { Value } from '../engine/value.ts';

export interface ArnParts {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  /** Everything after the fifth colon. */
  readonly resource: string;
}

/** @throws ArgumentError for the first argument */
export function splitArn(text: Value): ArnParts {
  const [prefix, partition = '', service = '', region = '', accountId = '', ...rest] = String(text).split(':');
  if (prefix !== 'arn') throw new ArgumentError(0, 'The text is not an ARN: it does not begin with "arn:".');
  if (rest.length === 0) {
    throw new ArgumentError(0, 'The text is not an ARN: it must have six parts, separated by colons.');
  }
  return { partition, service, region, accountId, resource: rest.join(':') };
}

export function joinArn({ partition, service, region, accountId, resource }: ArnParts): string {
  return ['arn', partition, service, region, accountId, resource].join(':');
}
