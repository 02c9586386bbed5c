/** Conditions as plain data of any names, as this library holds and prints them. */

export type ConditionValue = string | number | boolean;

/** Operator, then condition key, then value or values. */
export type PlainConditions = Record<string, Record<string, ConditionValue | ConditionValue[]>>;
