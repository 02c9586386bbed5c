/**
 * Condition blocks of policies: operators, set operators, `IfExists`, `Null`; compiled once, tested per request.
 * Sources: IAM User Guide, "IAM JSON policy elements: Condition operators", "Single-valued vs. multivalued context
 * keys" and "IAM policy elements: Variables and tags".
 *
 * Operators are ANDed, keys are ANDed, the values of one key are ORed; a negated operator holds when none matches. For
 * a key that the request does not have, positive operators are false and negated ones true.
 *
 * A condition on a tag of the resource or of the request (tags.ts) holds by two readings: by the tag of exactly that
 * case, and by the tags of any case. Both must hold in an Allow, one is enough in a Deny; and where the tag of exactly
 * that case fits an Allow, others do not matter.
 *
 * AWS does not say what a few conditions mean: a list of the request without a set operator or as a variable, a value
 * of another type under a negated operator, `ForAnyValue` with `IfExists` for an absent key. Here they deny: they do
 * not hold in an Allow, and hold in a Deny. docs/differences.md lists them.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { costs, type Effort, spend } from './effort.ts';
import { type Binder, nullOperator, type Operator, operators, type Test } from './operators.ts';
import type { Lookup } from './pattern.ts';
import { tagNamed } from './tags.ts';

/** A list is a key that can have several values, also when it has one; a text is a key that has at most one. */
export type ConditionValue = string | readonly string[] | undefined;

/**
 * The condition keys of a request, by name in lower case; undefined, or an empty list, is a key that the request does
 * not have. It is a function and not a table, because most decisions need few keys or none.
 * @param tagKey for a key that names a tag (tags.ts): only the tag of exactly this key; absent: in any case
 */
export type Conditions = (name: string, tagKey?: string) => ConditionValue;

export interface CompiledCondition {
  /** Lower case: key names do not distinguish case. */
  readonly key: string;
  /** Of a key that names a tag: the tag's key, as written. */
  readonly tagKey?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly kind: 'compare' | 'null';
  readonly negated: boolean;
  /** The result for a key that the request does not have. */
  readonly whenAbsent: boolean;
  /** The result for a value that is not of the operator's type. */
  readonly whenUnreadable: boolean;
  /** How many values of a list must fit, or the result for every list. */
  readonly ofList: 'each' | 'one' | 'holds' | 'fails';
  /** Reads a value of the request once for all tests; undefined: it is not of the operator's type. */
  readonly read: (requestValue: string) => unknown;
  readonly costOfReading: number;
  /** Values of the policy that must be equal, for one lookup instead of many tests. */
  readonly texts: ReadonlySet<unknown>;
  readonly tests: readonly Test[];
  readonly binders: readonly Binder[];
  /** Names of the variables in its values, lower case. */
  readonly variables: readonly string[];
  /** Of these variables, those that must not be lists, or the condition fails. */
  readonly singleVariables: readonly string[];
  /** As written, for explanations. */
  readonly source: { readonly operator: string; readonly key: string; readonly values: readonly string[] };
}

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
  const negated = operator.negated ?? false;
  const values = compileValues(source, operator);
  return {
    key: source.key.toLowerCase(),
    ...defined({ tagKey: tagNamed(source.key)?.tagKey }),
    effect: source.effect,
    kind: isNull ? 'null' : 'compare',
    negated,
    ...resultsOf({ quantifier, ifExists: ifExists !== undefined, negated, effect: source.effect }),
    read: operator.read,
    costOfReading: operator.costOfReading,
    ...values,
    // Nothing fits a value with a list for a variable, and so a negated operator would hold.
    singleVariables: negated && source.effect === 'Allow' ? values.variables : [],
    source: { operator: source.operator, key: source.key, values: source.values },
  };
}

function compileValues(
  source: ConditionSource,
  operator: Operator,
): Pick<CompiledCondition, 'texts' | 'tests' | 'binders' | 'variables'> {
  const texts = new Set<unknown>();
  const tests: Test[] = [];
  const binders: Binder[] = [];
  const variables: string[] = [];
  // A repeated value changes nothing.
  for (const value of new Set(source.values)) {
    const one = operator.compile(value, source.variables);
    if (!one) throw malformed(`Invalid value for ${source.operator} "${value.slice(0, 100)}".`, source);
    if ('text' in one) texts.add(one.text);
    else if ('test' in one) tests.push(one.test);
    else {
      binders.push(one.binder);
      variables.push(...one.variables);
    }
  }
  return { texts, tests, binders, variables };
}

interface Form {
  readonly quantifier: string | undefined;
  readonly ifExists: boolean;
  readonly negated: boolean;
  readonly effect: 'Allow' | 'Deny';
}

/** The results that the form of a condition determines. Where AWS does not say which, it is the one that denies. */
function resultsOf({
  quantifier,
  ifExists,
  negated,
  effect,
}: Form): Pick<CompiledCondition, 'whenAbsent' | 'whenUnreadable' | 'ofList'> {
  const denies = effect === 'Deny';
  const whenUnreadable = negated && denies;
  switch (quantifier) {
    case 'ForAllValues':
      return { whenAbsent: true, whenUnreadable, ofList: 'each' };
    case 'ForAnyValue':
      return { whenAbsent: ifExists && denies, whenUnreadable, ofList: 'one' };
    default:
      // A list without a set operator equals no value: a negated operator would hold for it.
      return { whenAbsent: ifExists || negated, whenUnreadable, ofList: !denies ? 'fails' : negated ? 'holds' : 'one' };
  }
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
  const { key, tagKey, effect, negated, kind } = condition;
  spend(effort, costs.lookup);
  const inAnyCase = conditions(key);
  if (tagKey === undefined) return holdsFor(condition, inAnyCase, conditions, effort);
  spend(effort, costs.lookup);
  const exact = conditions(key, tagKey);
  const byExact = holdsFor(condition, exact, conditions, effort);
  const isDecided = effect === 'Deny' ? byExact : !byExact || (isPresent(exact) && !negated && kind === 'compare');
  return isDecided || exact === inAnyCase ? byExact : holdsFor(condition, inAnyCase, conditions, effort);
}

const isPresent = (value: ConditionValue): value is string | readonly string[] =>
  isList(value) || typeof value === 'string';

function holdsFor(
  condition: CompiledCondition,
  given: ConditionValue,
  conditions: Conditions,
  effort: Effort,
): boolean {
  const several = isList(given);
  const present = isPresent(given);
  if (condition.kind === 'null') return condition.texts.has(String(!present));
  if (!present) return condition.whenAbsent;
  const { ofList } = condition;
  if (several && (ofList === 'holds' || ofList === 'fails')) return ofList === 'holds';
  if (hasList(condition.singleVariables, conditions, effort)) return false;
  const { texts, read, costOfReading, negated } = condition;
  const tests = boundTests(condition, conditions, effort);
  const fits = (value: string) => {
    spend(effort, costOfReading + (value.length >> 4));
    const known = read(value);
    if (known === undefined) return condition.whenUnreadable;
    if (texts.has(known)) return !negated;
    for (const test of tests) {
      spend(effort, costs.test);
      if (test(known, effort)) return !negated;
    }
    return negated;
  };
  if (!several) return fits(given);
  return ofList === 'each' ? given.every(fits) : given.some(fits);
}

/** Variables are substituted once for all values of the request. */
function boundTests({ tests, binders }: CompiledCondition, conditions: Conditions, effort: Effort): readonly Test[] {
  if (binders.length === 0) return tests;
  const lookup = lookupIn(conditions);
  return [...tests, ...binders.map((bind) => bind(lookup, effort))];
}

/** @param name in lower case @returns an empty list when the request does not have the key */
export function valuesOf(conditions: Conditions, name: string): readonly string[] {
  const found = conditions(name);
  return found === undefined ? [] : typeof found === 'string' ? [found] : found;
}

/** Whether a key that the request has can have several values. */
export const isList = (value: ConditionValue): value is readonly string[] =>
  typeof value === 'object' && value.length > 0;

/**
 * Whether the request has a list under one of these names of variables.
 * @throws TooCostly
 */
export function hasList(names: readonly string[], conditions: Conditions, effort: Effort): boolean {
  spend(effort, names.length * costs.lookup);
  return names.some((name) => isList(variableIn(conditions, name)));
}

/** A tag whose key has another case, beside the named one or alone, counts as a list: the variable has no one value. */
function variableIn(conditions: Conditions, name: string): ConditionValue {
  const tag = tagNamed(name);
  if (!tag) return conditions(name);
  const inAnyCase = conditions(tag.name);
  return typeof inAnyCase === 'string' && conditions(tag.name, tag.tagKey) !== inAnyCase ? [inAnyCase] : inAnyCase;
}

/** A policy variable stands for a key that has at most one value. */
export function lookupIn(conditions: Conditions): Lookup {
  return (name) => {
    const found = variableIn(conditions, name);
    return isList(found) ? null : typeof found === 'string' ? found : undefined;
  };
}
