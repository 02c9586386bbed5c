/**
 * The conditions of a statement as plain data, typed so that a misspelled operator or condition key does not compile.
 * Other languages have no such types: there the block is `condition-block.jsii.ts`.
 * Source: IAM user guide, "IAM JSON policy elements: Condition operators".
 */
import type {
  BoolConditionKey,
  DateConditionKey,
  IpAddressConditionKey,
  NumericConditionKey,
} from '../generated/condition-keys.ts';
import type { ArnValuedConditionKey, OtherConditionKey, TextConditionKey } from './condition-key-types.ts';

type Modified<Operator extends string> = `${'' | 'ForAllValues:' | 'ForAnyValue:'}${Operator}${'' | 'IfExists'}`;
type Keys<Key extends string, Value> = { readonly [K in Key | OtherConditionKey]?: Value | Value[] };
type Block<Operator extends string, Key extends string, Value> = {
  readonly [O in Modified<Operator>]?: Keys<Key, Value>;
};
type Comparison = 'Equals' | 'NotEquals' | 'LessThan' | 'LessThanEquals' | 'GreaterThan' | 'GreaterThanEquals';
type TextOperator = `String${'' | 'Not'}${'Equals' | 'EqualsIgnoreCase' | 'Like'}`;

/**
 * Operator, then condition key, then value or values: `{ StringEquals: { 'kms:ViaService':
 * 's3.eu-west-1.amazonaws.com' } }`. Policy variables are written as in IAM, without escapes.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/policy-conditions.html
 */
export type ConditionBlock = Block<TextOperator | 'BinaryEquals', TextConditionKey, string> &
  Block<`Numeric${Comparison}`, NumericConditionKey | 'aws:EpochTime', string | number> &
  Block<`Date${Comparison}`, DateConditionKey, string | number> &
  Block<'Bool', BoolConditionKey, string | boolean> &
  Block<'IpAddress' | 'NotIpAddress', IpAddressConditionKey, string> &
  Block<`Arn${'' | 'Not'}${'Equals' | 'Like'}`, ArnValuedConditionKey, string> & {
    readonly Null?: Keys<
      TextConditionKey | NumericConditionKey | DateConditionKey | IpAddressConditionKey,
      string | boolean
    >;
  };
