/**
 * Conditions one by one, for every language: `Condition.stringEquals(KmsConditionKey.VIA_SERVICE,
 * 's3.eu-west-1.amazonaws.com')`.
 * Source: IAM user guide, "IAM JSON policy elements: Condition operators", "Set operators for multivalued context keys".
 */
import type {
  BoolConditionKey,
  DateConditionKey,
  IpAddressConditionKey,
  NumericConditionKey,
} from '../generated/condition-keys.ts';
import type { ConditionBlock } from './condition-block.ts';
import type { ArnValuedConditionKey, OtherConditionKey, TextConditionKey } from './condition-key-types.ts';
import { mergedConditions } from './merged-conditions.ts';
import type { ConditionValue, PlainConditions } from './plain-conditions.ts';

export type TextKey = TextConditionKey | OtherConditionKey;
export type NumericKey = NumericConditionKey | OtherConditionKey | 'aws:EpochTime';
export type DateKey = DateConditionKey | OtherConditionKey;
export type BoolKey = BoolConditionKey | OtherConditionKey;
export type IpAddressKey = IpAddressConditionKey | OtherConditionKey;
export type ArnKey = ArnValuedConditionKey | OtherConditionKey;
export type AnyKey = TextKey | NumericKey | DateKey | IpAddressKey;

/** One operator on one condition key. It holds when one of the values fits; a negated operator when none does. */
export class Condition {
  /** As policies write it, modifiers included: `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string;
  readonly key: string;
  /** @internal */
  readonly _values: readonly ConditionValue[];

  private constructor(operator: string, key: string, values: readonly ConditionValue[]) {
    this.operator = operator;
    this.key = key;
    this._values = values;
  }

  static stringEquals(key: TextKey, ...values: string[]): Condition {
    return new Condition('StringEquals', key, values);
  }
  static stringNotEquals(key: TextKey, ...values: string[]): Condition {
    return new Condition('StringNotEquals', key, values);
  }
  static stringEqualsIgnoreCase(key: TextKey, ...values: string[]): Condition {
    return new Condition('StringEqualsIgnoreCase', key, values);
  }
  static stringNotEqualsIgnoreCase(key: TextKey, ...values: string[]): Condition {
    return new Condition('StringNotEqualsIgnoreCase', key, values);
  }
  /** With `*` for any text and `?` for one character. */
  static stringLike(key: TextKey, ...patterns: string[]): Condition {
    return new Condition('StringLike', key, patterns);
  }
  static stringNotLike(key: TextKey, ...patterns: string[]): Condition {
    return new Condition('StringNotLike', key, patterns);
  }

  static numericEquals(key: NumericKey, ...values: number[]): Condition {
    return new Condition('NumericEquals', key, values);
  }
  static numericNotEquals(key: NumericKey, ...values: number[]): Condition {
    return new Condition('NumericNotEquals', key, values);
  }
  static numericLessThan(key: NumericKey, value: number): Condition {
    return new Condition('NumericLessThan', key, [value]);
  }
  static numericLessThanEquals(key: NumericKey, value: number): Condition {
    return new Condition('NumericLessThanEquals', key, [value]);
  }
  static numericGreaterThan(key: NumericKey, value: number): Condition {
    return new Condition('NumericGreaterThan', key, [value]);
  }
  static numericGreaterThanEquals(key: NumericKey, value: number): Condition {
    return new Condition('NumericGreaterThanEquals', key, [value]);
  }

  /** @param values ISO 8601, or seconds since 1970 */
  static dateEquals(key: DateKey, ...values: string[]): Condition {
    return new Condition('DateEquals', key, values);
  }
  /** @param values ISO 8601, or seconds since 1970 */
  static dateNotEquals(key: DateKey, ...values: string[]): Condition {
    return new Condition('DateNotEquals', key, values);
  }
  /** @param value ISO 8601, or seconds since 1970 */
  static dateLessThan(key: DateKey, value: string): Condition {
    return new Condition('DateLessThan', key, [value]);
  }
  /** @param value ISO 8601, or seconds since 1970 */
  static dateLessThanEquals(key: DateKey, value: string): Condition {
    return new Condition('DateLessThanEquals', key, [value]);
  }
  /** @param value ISO 8601, or seconds since 1970 */
  static dateGreaterThan(key: DateKey, value: string): Condition {
    return new Condition('DateGreaterThan', key, [value]);
  }
  /** @param value ISO 8601, or seconds since 1970 */
  static dateGreaterThanEquals(key: DateKey, value: string): Condition {
    return new Condition('DateGreaterThanEquals', key, [value]);
  }

  static bool(key: BoolKey, value: boolean): Condition {
    return new Condition('Bool', key, [value]);
  }
  /** @param values base64 */
  static binaryEquals(key: TextKey, ...values: string[]): Condition {
    return new Condition('BinaryEquals', key, values);
  }

  /** @param ranges addresses or CIDR blocks, `203.0.113.0/24` */
  static ipAddress(key: IpAddressKey, ...ranges: string[]): Condition {
    return new Condition('IpAddress', key, ranges);
  }
  /** @param ranges addresses or CIDR blocks, `203.0.113.0/24` */
  static notIpAddress(key: IpAddressKey, ...ranges: string[]): Condition {
    return new Condition('NotIpAddress', key, ranges);
  }

  /** The same as `arnLike`. */
  static arnEquals(key: ArnKey, ...patterns: string[]): Condition {
    return new Condition('ArnEquals', key, patterns);
  }
  /** With `*` and `?` inside each part between colons. */
  static arnLike(key: ArnKey, ...patterns: string[]): Condition {
    return new Condition('ArnLike', key, patterns);
  }
  static arnNotEquals(key: ArnKey, ...patterns: string[]): Condition {
    return new Condition('ArnNotEquals', key, patterns);
  }
  static arnNotLike(key: ArnKey, ...patterns: string[]): Condition {
    return new Condition('ArnNotLike', key, patterns);
  }

  /** The request does not have the key. */
  static isAbsent(key: AnyKey): Condition {
    return new Condition('Null', key, [true]);
  }
  /** The request has the key. */
  static isPresent(key: AnyKey): Condition {
    return new Condition('Null', key, [false]);
  }

  /** Holds also when the request does not have the key. */
  ifExists(): Condition {
    return new Condition(`${this.operator}IfExists`, this.key, this._values);
  }
  /** For a key with several values: one of them must fit. */
  forAnyValue(): Condition {
    return new Condition(`ForAnyValue:${this.operator}`, this.key, this._values);
  }
  /** For a key with several values: each of them must fit. It holds also when the request has none. */
  forAllValues(): Condition {
    return new Condition(`ForAllValues:${this.operator}`, this.key, this._values);
  }
}

/** Conditions as plain data or one by one; all of them must hold. */
export type Conditions = ConditionBlock | Condition[];

/**
 * The conditions as plain data.
 * @throws Error when two compare one key by one operator with different values
 */
export function blockOf(conditions: Conditions | undefined): PlainConditions | undefined {
  if (conditions === undefined || !Array.isArray(conditions)) return conditions as PlainConditions | undefined;
  return conditions.map(plain).reduce<PlainConditions | undefined>(mergedConditions, undefined) ?? {};
}

function plain({ operator, key, _values: values }: Condition): PlainConditions {
  const [first] = values;
  return { [operator]: { [key]: values.length === 1 && first !== undefined ? first : [...values] } };
}
