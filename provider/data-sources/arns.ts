/** ARNs that data sources take apart. */
import type { Arn } from '@keystead/provider-schema/arn.ts';
import { DiagnosticError } from '../engine/resource.ts';

/** @throws DiagnosticError at the argument `arn` */
export function requireArn(arn: Arn | undefined, text: string): Arn {
  if (arn !== undefined) return arn;
  const detail = `"${text}" is not an ARN. Write it like arn:aws:iam::111122223333:role/name.`;
  throw new DiagnosticError([{ severity: 'error', summary: 'Invalid ARN', detail, path: ['arn'] }]);
}
