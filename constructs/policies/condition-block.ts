/** The conditions of a statement as plain data. */

/**
 * Operator, then condition key, then value or values: `{ StringEquals: { 'kms:ViaService':
 * 's3.eu-west-1.amazonaws.com' } }`. Policy variables are written as in IAM, without escapes.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/policy-conditions.html
 */
export type ConditionBlock = Record<string, Record<string, string | string[]>>;
