/** The conditions of a statement as other languages see them: what TypeScript checks there is checked at synth. */
import type { PlainConditions } from './plain-conditions.ts';

/**
 * Operator, then condition key, then value or values: `{ StringEquals: { 'kms:ViaService':
 * 's3.eu-west-1.amazonaws.com' } }`. Policy variables are written as in IAM, without escapes.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/policy-conditions.html
 */
export type ConditionBlock = PlainConditions;
