/**
 * Condition blocks of policies: operators, set prefixes, `IfExists`, `Null`; compiled once, tested per request.
 * Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Single-valued vs. multivalued context
 * keys".
 *
 * Operators are ANDed, keys are ANDed, the values of one key are ORed; under a negated operator none may match. For a
 * key that the request does not have, positive operators are false and negated ones true.
 */
import { BlockList, isIP } from 'node:net';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import {
  compilePattern,
  type Lookup,
  matchesArnPattern,
  matchesPattern,
  type Pattern,
  substitutedText,
  variablesOf,
} from './pattern.ts';

export type ConditionValue = string | readonly string[] | undefined;

/**
 * The condition keys of a request, asked for by name in lower case; undefined, or an empty list, is a key that the
 * request does not have. A function and not a table: most requests are decided by looking at none or few of them.
 */
export type Conditions = (name: string) => ConditionValue;

/** Whether one value of the request fits one value of the policy. */
type Test = (requestValue: string, lookup: Lookup) => boolean;

export interface CompiledCondition {
  /** Lower case: key names do not distinguish case. */
  readonly key: string;
  readonly kind: 'compare' | 'null';
  readonly quantifier: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly ifExists: boolean;
  readonly negated: boolean;
  /** One per value in the policy that is not in `texts`. For `Null`: a test of "true" (absent) or "false" (present). */
  readonly tests: readonly Test[];
  /** Values that are compared as they stand, for one look instead of many tests. */
  readonly texts: ReadonlySet<string>;
  /** What a value of the request is looked up as in `texts`. */
  readonly fold: ((requestValue: string) => string) | undefined;
  /** Names of the variables in its values, lower case. */
  readonly variables: readonly string[];
  /** As written, for explanations. */
  readonly source: { readonly operator: string; readonly key: string; readonly values: readonly string[] };
}

/** A value of the policy, ready: a plain text to look up, or a test with the variables it needs. */
type Compiled = { readonly text: string } | { readonly test: Test; readonly variables: readonly string[] };

interface Operator {
  readonly negated?: true;
  /** How texts are compared; only operators that can look them up. */
  readonly fold?: (text: string) => string;
  /** @returns undefined when the policy's value is not of the operator's type. */
  readonly compile: (policyValue: string, variables: boolean) => Compiled | undefined;
}

const asItIs = (text: string) => text;
const lowerCase = (text: string) => text.toLowerCase();

const text = (fold: (text: string) => string): Pick<Operator, 'fold' | 'compile'> => ({
  fold,
  compile: (policyValue, variables) => {
    const pattern = compilePattern(policyValue, { wildcards: false, variables });
    if (pattern.literal !== undefined) return { text: fold(pattern.literal) };
    const test: Test = (value, lookup) => {
      const wanted = substitutedText(pattern, lookup);
      return wanted !== undefined && fold(wanted) === fold(value);
    };
    return { test, variables: variablesOf(pattern) };
  },
});

const wildcard = (
  matches: (pattern: Pattern, value: string, lookup: Lookup) => boolean,
): Pick<Operator, 'fold' | 'compile'> => ({
  fold: asItIs,
  compile: (policyValue, variables) => {
    const pattern = compilePattern(policyValue, { wildcards: true, variables });
    const { literal } = pattern;
    // Plain text that fits itself: an ARN does, a text that is no ARN fits nothing as one.
    if (literal !== undefined && matches(pattern, literal, () => undefined)) return { text: literal };
    return { test: (value, lookup) => matches(pattern, value, lookup), variables: variablesOf(pattern) };
  },
});

const typed = (test: Test): Compiled => ({ test, variables: [] });

/** Both sides read as the same type; a request value that is not of the type fits nothing. */
const ordered =
  (
    parse: (text: string) => number | undefined,
    holds: (given: number, wanted: number) => boolean,
  ): Operator['compile'] =>
  (policyValue) => {
    const wanted = parse(policyValue);
    if (wanted === undefined) return undefined;
    return typed((value) => {
      const given = parse(value);
      return given !== undefined && holds(given, wanted);
    });
  };

const exact =
  (parse: (text: string) => string | undefined): Operator['compile'] =>
  (policyValue) => {
    const wanted = parse(policyValue);
    return wanted === undefined ? undefined : typed((value) => parse(value) === wanted);
  };

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

/** An address or a CIDR block, IPv4 or IPv6. */
const addressRange: Operator['compile'] = (policyValue) => {
  const [address = '', length, ...rest] = policyValue.split('/');
  const version = isIP(address);
  const bits = version === 6 ? 128 : 32;
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (version === 0 || address.includes('%') || rest.length > 0 || !(prefix <= bits)) return undefined;
  const range = new BlockList();
  range.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
  return typed(
    (value) => isIP(value) !== 0 && !value.includes('%') && range.check(value, isIP(value) === 6 ? 'ipv6' : 'ipv4'),
  );
};

const equal = (given: number, wanted: number) => given === wanted;
const less = (given: number, wanted: number) => given < wanted;
const lessOrEqual = (given: number, wanted: number) => given <= wanted;
const greater = (given: number, wanted: number) => given > wanted;
const greaterOrEqual = (given: number, wanted: number) => given >= wanted;

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: text(asItIs),
  StringNotEquals: { ...text(asItIs), negated: true },
  StringEqualsIgnoreCase: text(lowerCase),
  StringNotEqualsIgnoreCase: { ...text(lowerCase), negated: true },
  StringLike: wildcard(matchesPattern),
  StringNotLike: { ...wildcard(matchesPattern), negated: true },
  NumericEquals: { compile: ordered(parseNumber, equal) },
  NumericNotEquals: { compile: ordered(parseNumber, equal), negated: true },
  NumericLessThan: { compile: ordered(parseNumber, less) },
  NumericLessThanEquals: { compile: ordered(parseNumber, lessOrEqual) },
  NumericGreaterThan: { compile: ordered(parseNumber, greater) },
  NumericGreaterThanEquals: { compile: ordered(parseNumber, greaterOrEqual) },
  DateEquals: { compile: ordered(parseDate, equal) },
  DateNotEquals: { compile: ordered(parseDate, equal), negated: true },
  DateLessThan: { compile: ordered(parseDate, less) },
  DateLessThanEquals: { compile: ordered(parseDate, lessOrEqual) },
  DateGreaterThan: { compile: ordered(parseDate, greater) },
  DateGreaterThanEquals: { compile: ordered(parseDate, greaterOrEqual) },
  Bool: { compile: exact(parseBoolean) },
  BinaryEquals: { compile: exact(parseBase64) },
  IpAddress: { compile: addressRange },
  NotIpAddress: { compile: addressRange, negated: true },
  ArnEquals: wildcard(matchesArnPattern),
  ArnLike: wildcard(matchesArnPattern),
  ArnNotEquals: { ...wildcard(matchesArnPattern), negated: true },
  ArnNotLike: { ...wildcard(matchesArnPattern), negated: true },
};

const OPERATOR_NAME = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

export interface ConditionSource {
  /** As written: `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
  readonly effect: 'Allow' | 'Deny';
  /** Policy variables are understood (version 2012-10-17). */
  readonly variables: boolean;
  /** For messages: `Statement[2].Condition`. */
  readonly where: string;
}

/** @throws KmsError MalformedPolicyDocumentException */
export function compileCondition(source: ConditionSource): CompiledCondition {
  const [, quantifier, name = '', ifExists] = OPERATOR_NAME.exec(source.operator) ?? [];
  const isNull = name === 'Null' && !ifExists && !quantifier;
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!operator && !isNull) throw malformed(`Invalid Condition type : ${source.operator}.`, source);
  requireNotOverlyPermissive(source, quantifier);
  const compile = isNull ? exact(parseBoolean) : operator?.compile;
  const compiled = source.values.map((value) => {
    const one = compile?.(value, source.variables);
    if (!one) throw malformed(`Invalid value for ${source.operator} "${value.slice(0, 100)}".`, source);
    return one;
  });
  return {
    key: source.key.toLowerCase(),
    kind: isNull ? 'null' : 'compare',
    quantifier: quantifier as CompiledCondition['quantifier'],
    ifExists: ifExists !== undefined,
    negated: operator?.negated ?? false,
    tests: compiled.flatMap((one) => ('test' in one ? [one.test] : [])),
    texts: new Set(compiled.flatMap((one) => ('text' in one ? [one.text] : []))),
    fold: operator?.fold,
    variables: compiled.flatMap((one) => ('variables' in one ? one.variables : [])),
    source: { operator: source.operator, key: source.key, values: source.values },
  };
}

/** ForAllValues holds for an absent key: in an Allow on a single-valued key of the caller's choice it allows anything. */
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

export function conditionHolds(condition: CompiledCondition, conditions: Conditions): boolean {
  const given = valuesOf(conditions, condition.key);
  const absent = given.length === 0;
  const lookup = lookupIn(conditions);
  if (condition.kind === 'null') return condition.tests.some((test) => test(String(absent), lookup));
  if (absent) {
    if (condition.ifExists || condition.quantifier === 'ForAllValues') return true;
    return condition.quantifier === undefined && condition.negated;
  }
  const { tests, texts, fold } = condition;
  const fits = (value: string) =>
    ((fold && texts.has(fold(value))) || tests.some((test) => test(value, lookup))) !== condition.negated;
  const all = condition.quantifier === 'ForAllValues' || (condition.quantifier === undefined && condition.negated);
  return all ? given.every(fits) : given.some(fits);
}

/** Empty when the request does not have the key. `name` in lower case. */
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
