/**
 * The operators of condition blocks: how each reads a value of the request, and what it makes of a value of the policy.
 * Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
 */
import { type Address, type AddressRange, isInRange, parseAddress, parseAddressRange } from './address.ts';
import { type Effort, newEffort, spend } from './effort.ts';
import {
  arnParts,
  boundArnPattern,
  boundPattern,
  compilePattern,
  type Lookup,
  matchesArnPieces,
  type Pattern,
  substitutedText,
  variablesOf,
} from './pattern.ts';
import { matchesPieces } from './pieces.ts';

/**
 * Whether a value of the request, as the operator reads it, fits a value of the policy.
 * @throws TooCostly
 */
export type Test = (given: unknown, effort: Effort) => boolean;

/**
 * A value of the policy with variables: gives the test for one request.
 * @throws TooCostly
 */
export type Binder = (lookup: Lookup, effort: Effort) => Test;

/** A compiled value of the policy. */
export type Compiled =
  | { readonly text: unknown }
  | { readonly test: Test }
  | { readonly binder: Binder; readonly variables: readonly string[] };

export interface Operator {
  readonly negated?: true;
  /** Reads a value of the request once for all tests; undefined: it is not of the operator's type. */
  readonly read: (requestValue: string) => unknown;
  /** Cost of reading a value, in units, beside its length. */
  readonly costOfReading: number;
  /** @returns undefined when the policy's value is not of the operator's type. */
  readonly compile: (policyValue: string, variables: boolean) => Compiled | undefined;
}

const asItIs = (text: string) => text;
const lowerCase = (text: string) => text.toLowerCase();

const text = (fold: (text: string) => string): Operator => ({
  read: fold,
  costOfReading: 2,
  compile: (policyValue, variables) => {
    const pattern = compilePattern(policyValue, { wildcards: false, variables });
    if (pattern.kind === 'literal') return { text: fold(pattern.text) };
    const binder: Binder = (lookup, effort) => {
      const wanted = substitutedText(pattern, lookup, effort);
      const folded = wanted === undefined ? undefined : fold(wanted);
      return (given, left) => {
        spend(left, (given as string).length >> 4);
        return given === folded;
      };
    };
    return { binder, variables: variablesOf(pattern) };
  },
});

/** @param bind undefined when a variable has no value: no value of the request fits */
function wildcard<Bound, Given>(
  read: (requestValue: string) => Given | undefined,
  syntax: { readonly isArn?: true },
  bind: (pattern: Pattern, lookup: Lookup, effort: Effort) => Bound | undefined,
  matches: (bound: Bound, given: Given, effort: Effort) => boolean,
): Operator {
  const testOf = (bound: Bound | undefined): Test =>
    bound === undefined ? () => false : (given, effort) => matches(bound, given as Given, effort);
  return {
    read,
    costOfReading: 10,
    compile: (policyValue, variables) => {
      const pattern = compilePattern(policyValue, { wildcards: true, variables, ...syntax });
      if (pattern.kind === 'literal') return { text: pattern.text };
      const names = variablesOf(pattern);
      if (names.length > 0) {
        return { binder: (lookup, effort) => testOf(bind(pattern, lookup, effort)), variables: names };
      }
      // Without variables nothing is substituted, and so nothing is spent.
      return { test: testOf(bind(pattern, () => undefined, newEffort())) };
    },
  };
}

const like: Operator = wildcard(asItIs, {}, boundPattern, matchesPieces);

const arnLike: Operator = wildcard(arnParts, { isArn: true }, boundArnPattern, matchesArnPieces);

/** Both sides are read as the same type; a request value of another type does not fit. */
const ordered = (
  read: (text: string) => number | undefined,
  holds: (given: number, wanted: number) => boolean,
): Operator => ({
  read,
  costOfReading: 100,
  compile: (policyValue) => {
    const wanted = read(policyValue);
    return wanted === undefined ? undefined : { test: (given) => holds(given as number, wanted) };
  },
});

const exact = (read: (text: string) => string | undefined): Operator => ({
  read,
  costOfReading: 60,
  compile: (policyValue) => {
    const wanted = read(policyValue);
    return wanted === undefined ? undefined : { text: wanted };
  },
});

const parseNumber = (text: string) => (/^[+-]?\d{1,18}(\.\d{1,18})?$/.test(text) ? Number(text) : undefined);
const parseBoolean = (text: string) => (/^(true|false)$/i.test(text) ? text.toLowerCase() : undefined);

const ISO_8601 = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/;

/** ISO 8601 (UTC unless it says otherwise) or seconds since the epoch, to milliseconds. */
function parseDate(text: string): number | undefined {
  const seconds = parseNumber(text);
  if (seconds !== undefined) return seconds * 1000;
  const [, day, time = '00:00', zone = 'Z'] = ISO_8601.exec(text) ?? [];
  const ms = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${zone.replace(/(\d\d):?(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(ms) ? undefined : ms;
}

function parseBase64(text: string): string | undefined {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, 'base64').toString('hex') : undefined;
}

/** Of a comparison, in units: IPv6 has four words. */
const COST_OF_RANGE = 5;

/** An address or a CIDR block, IPv4 or IPv6. */
const addressRange: Operator = {
  read: parseAddress,
  costOfReading: 100,
  compile: (policyValue) => {
    const range = parseAddressRange(policyValue);
    const test: Test = (given, effort) => {
      spend(effort, COST_OF_RANGE);
      return isInRange(given as Address, range as AddressRange);
    };
    return range && { test };
  },
};

const equal = (given: number, wanted: number) => given === wanted;
const less = (given: number, wanted: number) => given < wanted;
const lessOrEqual = (given: number, wanted: number) => given <= wanted;
const greater = (given: number, wanted: number) => given > wanted;
const greaterOrEqual = (given: number, wanted: number) => given >= wanted;

const not = (operator: Operator): Operator => ({ ...operator, negated: true });

const comparisons = (type: string, read: (text: string) => number | undefined): Readonly<Record<string, Operator>> => ({
  [`${type}Equals`]: ordered(read, equal),
  [`${type}NotEquals`]: not(ordered(read, equal)),
  [`${type}LessThan`]: ordered(read, less),
  [`${type}LessThanEquals`]: ordered(read, lessOrEqual),
  [`${type}GreaterThan`]: ordered(read, greater),
  [`${type}GreaterThanEquals`]: ordered(read, greaterOrEqual),
});

/** The operators by name, without set operator and `IfExists`. */
export const operators: Readonly<Record<string, Operator>> = {
  StringEquals: text(asItIs),
  StringNotEquals: not(text(asItIs)),
  StringEqualsIgnoreCase: text(lowerCase),
  StringNotEqualsIgnoreCase: not(text(lowerCase)),
  StringLike: like,
  StringNotLike: not(like),
  ...comparisons('Numeric', parseNumber),
  ...comparisons('Date', parseDate),
  Bool: exact(parseBoolean),
  BinaryEquals: exact(parseBase64),
  IpAddress: addressRange,
  NotIpAddress: not(addressRange),
  ArnEquals: arnLike,
  ArnLike: arnLike,
  ArnNotEquals: not(arnLike),
  ArnNotLike: not(arnLike),
};

/** A test of "true" (the key is absent) or "false" (it is present). */
export const nullOperator: Operator = exact(parseBoolean);
