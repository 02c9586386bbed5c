/**
 * Compares policy documents by meaning: whether two mean the same, where they differ, and the normal form of one.
 * Plans, refreshes (which keep the user's spelling) and drift reports use it.
 * Source: the equivalence rules of the upstream AWS provider for policy attributes; Go's encoding/json for the text.
 */
import { accountIdPattern } from './arn.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** A parsed document; `undefined` stands for an absent element. */
interface Document {
  readonly version: string;
  readonly id: string;
  readonly statements: readonly JsonObject[];
}

/**
 * Whether two documents mean the same. A text that is not a policy equals only the same JSON, or the same text.
 * - White space around the text and a one-element array around the document do not count; empty text is `{}`.
 * - Statements pair up in any order; a single value equals a list of it; lists have no order.
 * - An account id equals the ARN of that account's root; `"*"` does not equal `{"AWS": "*"}`.
 */
export function samePolicy(a: string, b: string): boolean {
  if (a === b) return true;
  const [left, right] = [readDocument(a), readDocument(b)];
  if (left !== undefined && right !== undefined) return sameDocument(left, right);
  return normalizePolicy(a) === normalizePolicy(b);
}

/**
 * Compact JSON with sorted keys, `<`, `>` and `&` escaped as Go's printer does: the form in the state and in
 * requests. Text that is not JSON is returned unchanged; validation rejects it.
 */
export function normalizePolicy(text: string): string {
  try {
    return text.trim() === '' ? '' : print(JSON.parse(text));
  } catch {
    return text;
  }
}

/** One line for each difference; none when the documents mean the same. */
export function describePolicyDifference(declared: string, actual: string, word = 'declared'): string[] {
  if (samePolicy(declared, actual)) return [];
  const [left, right] = [readDocument(declared), readDocument(actual)];
  if (!left) return ['the declared policy is not a policy document'];
  if (!right) return ['the actual policy is not a policy document'];
  const lines = [
    ...differentText('Version', left.version, right.version, word),
    ...differentText('Id', left.id, right.id, word),
  ];
  const [onlyLeft, onlyRight] = unpaired(left.statements, right.statements, sameStatement);
  for (const statement of onlyLeft) {
    const at = onlyRight.findIndex((other) => isNamedAlike(statement, other));
    const [twin] = at < 0 ? [] : onlyRight.splice(at, 1);
    lines.push(
      ...(twin
        ? describeStatements(statement, twin, word)
        : [`${nameOf(statement)}: ${word}, missing in the actual policy`]),
    );
  }
  lines.push(...onlyRight.map((statement) => `${nameOf(statement)}: in the actual policy, not ${word}`));
  return lines;
}

function readDocument(text: string): Document | undefined {
  const json = parse(text.trim() === '' ? '{}' : text);
  const document = Array.isArray(json) && json.length === 1 ? json[0] : json;
  if (!isObject(document)) return undefined;
  const { Version: version = '', Id: id = '', Statement: statement } = document;
  const statements: readonly unknown[] = Array.isArray(statement) ? statement : isAbsent(statement) ? [] : [statement];
  const readable =
    typeof version === 'string' &&
    typeof id === 'string' &&
    statements.every((one) => isObject(one) && isReadable(one));
  return readable ? { version, id, statements: statements as readonly JsonObject[] } : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isStringList = (value: unknown) => listOf(value).every((item) => typeof item === 'string');
/** Keys of one operator, each with one value or a list of them. */
const isConditionBlock = (value: unknown) =>
  isObject(value) && Object.values(value).every((values) => listOf(values).every((one) => typeof one !== 'object'));
const listOf = (value: unknown): readonly unknown[] => (isAbsent(value) ? [] : Array.isArray(value) ? value : [value]);
/** An own element; inherited names such as `constructor` are not part of the document. */
const element = (json: JsonObject, name: string) => (Object.hasOwn(json, name) ? json[name] : undefined);

const LIST_ELEMENTS = ['Action', 'NotAction', 'Resource', 'NotResource'] as const;
const PRINCIPAL_ELEMENTS = ['Principal', 'NotPrincipal'] as const;

function isReadable(statement: JsonObject): boolean {
  const { Sid, Effect, Condition } = statement;
  const isPrincipal = (value: unknown) =>
    isAbsent(value) || typeof value === 'string' || (isObject(value) && Object.values(value).every(isStringList));
  return (
    [Sid, Effect].every((value) => isAbsent(value) || typeof value === 'string') &&
    LIST_ELEMENTS.every((name) => isStringList(statement[name])) &&
    PRINCIPAL_ELEMENTS.every((name) => isPrincipal(statement[name])) &&
    (isAbsent(Condition) || (isObject(Condition) && Object.values(Condition).every(isConditionBlock)))
  );
}

function sameDocument(a: Document, b: Document): boolean {
  return (
    a.version === b.version &&
    a.id === b.id &&
    a.statements.length === b.statements.length &&
    a.statements.every((one) => b.statements.some((other) => sameStatement(one, other))) &&
    b.statements.every((one) => a.statements.some((other) => sameStatement(one, other)))
  );
}

type Compare = (a: unknown, b: unknown) => boolean;

/** The elements of a statement and when two of them are the same. */
const sameElement: Readonly<Record<string, Compare>> = {
  Sid: (a, b) => (a ?? '') === (b ?? ''),
  Effect: (a, b) => String(a ?? '').toLowerCase() === String(b ?? '').toLowerCase(),
  Action: sameList,
  NotAction: sameList,
  Resource: sameList,
  NotResource: sameList,
  Principal: samePrincipal,
  NotPrincipal: samePrincipal,
  Condition: sameCondition,
};

function sameStatement(a: JsonObject, b: JsonObject): boolean {
  return differingElements(a, b).length === 0;
}

function differingElements(a: JsonObject, b: JsonObject): readonly string[] {
  return Object.entries(sameElement).flatMap(([name, same]) =>
    same(element(a, name), element(b, name)) ? [] : [name],
  );
}

/** Lists as multisets. */
function sameList(a: unknown, b: unknown): boolean {
  const [onlyA, onlyB] = unpaired(listOf(a), listOf(b), (one, other) => one === other);
  return onlyA.length === 0 && onlyB.length === 0;
}

function samePrincipal(a: unknown, b: unknown): boolean {
  if (isAbsent(a) || isAbsent(b)) return isAbsent(a) && isAbsent(b);
  if (!isObject(a) || !isObject(b)) return typeof a === 'string' && typeof b === 'string' && isSamePrincipalName(a, b);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((type) => {
    // Exact pairs first, so that an account id is left for the root ARN it may equal.
    const [onlyA, onlyB] = unpaired(listOf(element(a, type)), listOf(element(b, type)), (one, other) => one === other);
    const [restA, restB] = unpaired(onlyA, onlyB, isSamePrincipalName);
    return restA.length === 0 && restB.length === 0;
  });
}

function isSamePrincipalName(a: unknown, b: unknown): boolean {
  return a === b || isRootOf(a, b) || isRootOf(b, a);
}

const rootArnPattern = new RegExp(`^arn:[^:]+:iam::(${accountIdPattern}):root$`);

/** Whether `arn` is the root ARN, in any partition, of the account with this id. */
function isRootOf(arn: unknown, accountId: unknown): boolean {
  return rootArnPattern.exec(String(arn))?.[1] === accountId;
}

function sameCondition(a: unknown, b: unknown): boolean {
  if (!isObject(a) || !isObject(b)) return isAbsent(a) && isAbsent(b);
  return sameMembers(
    a,
    b,
    (keysA, keysB) => isObject(keysA) && isObject(keysB) && sameMembers(keysA, keysB, sameValues),
  );
}

function sameMembers(a: JsonObject, b: JsonObject, same: Compare): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
  );
}

/** Sets of equal length; booleans and numbers equal their text. */
function sameValues(a: unknown, b: unknown): boolean {
  const [left, right] = [listOf(a).map(String), listOf(b).map(String)];
  return (
    left.length === right.length && left.every((one) => right.includes(one)) && right.every((one) => left.includes(one))
  );
}

/** The items left on each side after each item is paired with its first equal on the other. */
function unpaired<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): readonly [T[], T[]] {
  const restB = [...b];
  const restA = a.filter((one) => {
    const at = restB.findIndex((other) => same(one, other));
    if (at >= 0) restB.splice(at, 1);
    return at < 0;
  });
  return [restA, restB];
}

const differentText = (name: string, declared: string, actual: string, word: string) =>
  declared === actual ? [] : [`${name}: ${word} ${JSON.stringify(declared)}, actual ${JSON.stringify(actual)}`];

const sidOf = (statement: JsonObject) => (typeof statement.Sid === 'string' ? statement.Sid : '');

/** Whether one statement changed, rather than one removed and one added: the same Sid, or only one element differs. */
function isNamedAlike(a: JsonObject, b: JsonObject): boolean {
  return sidOf(a) === '' && sidOf(b) === '' ? differingElements(a, b).length === 1 : sidOf(a) === sidOf(b);
}

function nameOf(statement: JsonObject): string {
  if (sidOf(statement) !== '') return `statement ${JSON.stringify(sidOf(statement))}`;
  const what = ['Effect', 'Action', 'NotAction'].flatMap((name) => listOf(element(statement, name))).join(' ');
  return `statement without Sid (${what || 'empty'})`;
}

function describeStatements(declared: JsonObject, actual: JsonObject, word: string): readonly string[] {
  const show = (statement: JsonObject, name: string) =>
    isAbsent(element(statement, name)) ? 'absent' : print(element(statement, name));
  return differingElements(declared, actual).map(
    (name) => `${nameOf(declared)}: ${name} ${word} ${show(declared, name)}, actual ${show(actual, name)}`,
  );
}

function print(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(print).join(',')}]`;
  if (isObject(value)) {
    const members = Object.keys(value).sort(byCodePoint);
    return `{${members.map((name) => `${printString(name)}:${print(value[name])}`).join(',')}}`;
  }
  return typeof value === 'string' ? printString(value) : JSON.stringify(value);
}

/** Go escapes characters that could close an HTML element or end a line of JavaScript, and replaces lone surrogates. */
function printString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Go sorts by UTF-8 bytes, which is the order of code points and not of UTF-16 units. */
function byCodePoint(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  const at = left.findIndex((character, i) => character !== right[i]);
  if (at < 0) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}
