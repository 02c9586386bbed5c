/**
 * Condition blocks of policies: operators, set prefixes, `IfExists`, `Null`; compiled once, tested per request.
 * Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Single-valued vs. multivalued context
 * keys".
 *
 * Operators are ANDed, keys are ANDed, the values of one key are ORed; a negated operator holds when none matches. For
 * a key that the request does not have, positive operators are false and negated ones true.
 */
import { BlockList, isIP } from 'node:net';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { type Effort, spend, spendOnBinding } from './effort.ts';
import {
  arnParts,
  boundArnPattern,
  boundPattern,
  compilePattern,
  type Lookup,
  lengthOf,
  matchesArnPieces,
  matchesPieces,
  type Pattern,
  substitutedText,
  variablesOf,
} from './pattern.ts';

export type ConditionValue = string | readonly string[] | undefined;

/**
 * The condition keys of a request, by name in lower case; undefined, or an empty list, is a key that the request does
 * not have. It is a function and not a table, because most decisions need few keys or none.
 */
export type Conditions = (name: string) => ConditionValue;

/** Whether a value of the request, as the operator reads it, fits a value of the policy. */
type Test = (given: unknown) => boolean;

/** A value of the policy with variables: gives the test for one request, and the length after substitution. */
type Binder = (lookup: Lookup) => { readonly test: Test; readonly lengthInChars: number };

export interface CompiledCondition {
  /** Lower case: key names do not distinguish case. */
  readonly key: string;
  readonly kind: 'compare' | 'null';
  readonly quantifier: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly ifExists: boolean;
  readonly negated: boolean;
  /** Reads a value of the request once for all tests; undefined: it is not of the operator's type and fits no test. */
  readonly read: (requestValue: string) => unknown;
  /** Values of the policy that must be equal, for one lookup instead of many tests. */
  readonly texts: ReadonlySet<unknown>;
  readonly tests: readonly Test[];
  readonly binders: readonly Binder[];
  /** Cost of one test; a comparison of short texts is 1. */
  readonly weight: number;
  /** Names of the variables in its values, lower case. */
  readonly variables: readonly string[];
  /** As written, for explanations. */
  readonly source: { readonly operator: string; readonly key: string; readonly values: readonly string[] };
}

/** A compiled value of the policy. */
type Compiled =
  | { readonly text: unknown }
  | { readonly test: Test }
  | { readonly binder: Binder; readonly variables: readonly string[] };

interface Operator {
  readonly negated?: true;
  readonly weight?: number;
  readonly read: (requestValue: string) => unknown;
  /** @returns undefined when the policy's value is not of the operator's type. */
  readonly compile: (policyValue: string, variables: boolean) => Compiled | undefined;
}

const asItIs = (text: string) => text;
const lowerCase = (text: string) => text.toLowerCase();

const text = (fold: (text: string) => string): Operator => ({
  read: fold,
  compile: (policyValue, variables) => {
    const pattern = compilePattern(policyValue, { wildcards: false, variables });
    if (pattern.literal !== undefined) return { text: fold(pattern.literal) };
    const binder: Binder = (lookup) => {
      const wanted = substitutedText(pattern, lookup);
      const folded = wanted === undefined ? undefined : fold(wanted);
      return { test: (given) => given === folded, lengthInChars: wanted?.length ?? 0 };
    };
    return { binder, variables: variablesOf(pattern) };
  },
});

/** @param bind undefined when a variable has no value: no value of the request fits */
function wildcard<Bound, Given>(
  read: (requestValue: string) => Given | undefined,
  bind: (pattern: Pattern, lookup: Lookup) => { readonly bound: Bound; readonly lengthInChars: number } | undefined,
  matches: (bound: Bound, given: Given) => boolean,
): Operator {
  const testOf = (pattern: Pattern, lookup: Lookup) => {
    const ready = bind(pattern, lookup);
    const test: Test = (given) => ready !== undefined && matches(ready.bound, given as Given);
    return { test, lengthInChars: ready?.lengthInChars ?? 0 };
  };
  return {
    read,
    compile: (policyValue, variables) => {
      const pattern = compilePattern(policyValue, { wildcards: true, variables });
      const names = variablesOf(pattern);
      if (names.length > 0) return { binder: (lookup) => testOf(pattern, lookup), variables: names };
      return { test: testOf(pattern, () => undefined).test };
    },
  };
}

const like: Operator = wildcard(
  asItIs,
  (pattern, lookup) => {
    const bound = boundPattern(pattern, lookup);
    return bound && { bound, lengthInChars: lengthOf(bound) };
  },
  matchesPieces,
);

const arnLike: Operator = wildcard(
  arnParts,
  (pattern, lookup) => {
    const bound = boundArnPattern(pattern, lookup);
    return bound && { bound, lengthInChars: bound.reduce((sum, part) => sum + lengthOf(part), 0) };
  },
  matchesArnPieces,
);

/** Both sides are read as the same type; a request value of another type does not fit. */
const ordered = (
  read: (text: string) => number | undefined,
  holds: (given: number, wanted: number) => boolean,
): Operator => ({
  read,
  compile: (policyValue) => {
    const wanted = read(policyValue);
    return wanted === undefined ? undefined : { test: (given) => holds(given as number, wanted) };
  },
});

const exact = (read: (text: string) => string | undefined): Operator => ({
  read,
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

const address = (text: string) => (isIP(text) === 0 || text.includes('%') ? undefined : text);

/** An address or a CIDR block, IPv4 or IPv6. */
const addressRange: Operator = {
  weight: 32,
  read: address,
  compile: (policyValue) => {
    const [network = '', length, ...rest] = policyValue.split('/');
    const bits = isIP(network) === 6 ? 128 : 32;
    const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
    if (address(network) === undefined || rest.length > 0 || !(prefix <= bits)) return undefined;
    const range = new BlockList();
    range.addSubnet(network, prefix, bits === 128 ? 'ipv6' : 'ipv4');
    return { test: (given) => range.check(given as string, isIP(given as string) === 6 ? 'ipv6' : 'ipv4') };
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

const operators: Readonly<Record<string, Operator>> = {
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
const nullOperator: Operator = exact(parseBoolean);

const OPERATOR_NAME = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

export interface ConditionSource {
  /** As written: `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
  readonly effect: 'Allow' | 'Deny';
  /** Whether policy variables are substituted (version 2012-10-17). */
  readonly variables: boolean;
  /** For messages: `Statement[2].Condition`. */
  readonly where: string;
}

/** @throws KmsError MalformedPolicyDocumentException */
export function compileCondition(source: ConditionSource): CompiledCondition {
  const [, quantifier, name = '', ifExists] = OPERATOR_NAME.exec(source.operator) ?? [];
  const isNull = name === 'Null' && !ifExists && !quantifier;
  const operator = isNull ? nullOperator : Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!operator) throw malformed(`Invalid Condition type : ${source.operator}.`, source);
  requireNotOverlyPermissive(source, quantifier);
  // A repeated value changes nothing.
  const compiled = [...new Set(source.values)].map((value) => {
    const one = operator.compile(value, source.variables);
    if (!one) throw malformed(`Invalid value for ${source.operator} "${value.slice(0, 100)}".`, source);
    return one;
  });
  return {
    key: source.key.toLowerCase(),
    kind: isNull ? 'null' : 'compare',
    quantifier: quantifier as CompiledCondition['quantifier'],
    ifExists: ifExists !== undefined,
    negated: operator.negated ?? false,
    read: operator.read,
    texts: new Set(compiled.flatMap((one) => ('text' in one ? [one.text] : []))),
    tests: compiled.flatMap((one) => ('test' in one ? [one.test] : [])),
    binders: compiled.flatMap((one) => ('binder' in one ? [one.binder] : [])),
    weight: operator.weight ?? 1,
    variables: compiled.flatMap((one) => ('variables' in one ? one.variables : [])),
    source: { operator: source.operator, key: source.key, values: source.values },
  };
}

/**
 * ForAllValues holds for an absent key: in an Allow on a single-valued key that the caller chooses it would allow
 * anything.
 */
function requireNotOverlyPermissive({ key, effect }: ConditionSource, quantifier: string | undefined): void {
  if (quantifier !== 'ForAllValues' || effect !== 'Allow') return;
  const name = key.toLowerCase();
  const what = name.startsWith('kms:encryptioncontext:')
    ? 'encryption context'
    : name.startsWith('aws:requesttag/')
      ? 'tag'
      : undefined;
  if (what) throw new KmsError('MalformedPolicyDocumentException', messages.overlyPermissiveCondition(what));
}

const malformed = (message: string, { where, key }: ConditionSource) =>
  new KmsError('MalformedPolicyDocumentException', `${where}, ${key.slice(0, 100)}: ${message}`);

/** @throws TooCostly */
export function conditionHolds(condition: CompiledCondition, conditions: Conditions, effort: Effort): boolean {
  const given = valuesOf(conditions, condition.key);
  const absent = given.length === 0;
  if (condition.kind === 'null') return condition.texts.has(String(absent));
  if (absent) {
    if (condition.ifExists || condition.quantifier === 'ForAllValues') return true;
    return condition.quantifier === undefined && condition.negated;
  }
  const { texts, read, negated, quantifier, weight } = condition;
  const tests = boundTests(condition, conditions, effort);
  const fits = (value: string) => {
    const known = read(value);
    if (known === undefined) return negated;
    if (texts.has(known)) return !negated;
    spend(effort, tests.length * weight, value.length);
    return tests.some((test) => test(known)) !== negated;
  };
  const all = quantifier === 'ForAllValues' || (quantifier === undefined && negated);
  return all ? given.every(fits) : given.some(fits);
}

/** Variables are substituted once for all values of the request. */
function boundTests({ tests, binders }: CompiledCondition, conditions: Conditions, effort: Effort): readonly Test[] {
  if (binders.length === 0) return tests;
  const lookup = lookupIn(conditions);
  const bound = binders.map((bind) => {
    const { test, lengthInChars } = bind(lookup);
    spendOnBinding(effort, lengthInChars);
    return test;
  });
  return [...tests, ...bound];
}

/** @param name in lower case @returns an empty list when the request does not have the key */
export function valuesOf(conditions: Conditions, name: string): readonly string[] {
  const found = conditions(name);
  return found === undefined ? [] : typeof found === 'string' ? [found] : found;
}

/** A policy variable stands for a key with one value. */
export function lookupIn(conditions: Conditions): Lookup {
  return (name) => {
    const found = valuesOf(conditions, name);
    return found.length === 1 ? found[0] : undefined;
  };
}
