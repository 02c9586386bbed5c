/**
 * Text patterns of policies: `*` any run of characters, `?` any one, `${name}` or `${name, 'default'}` a value of the
 * request, and `${*}`, `${?}`, `${$}` the characters themselves.
 * Source: IAM User Guide, "IAM policy elements: Variables and tags" and "IAM JSON policy elements: Resource".
 *
 * Matching walks the pattern once and backs up only to the last `*`: time is bounded by length of pattern times length
 * of value whatever the pattern. A substituted value is taken literally: its own `*` and `?` match only themselves.
 */

/** Code point of a literal character, or one of these. */
const ANY_RUN = -1;
const ANY_ONE = -2;
const COLON = 0x3a;

/** Finds a request's value for a policy variable; undefined when it has none or several. */
export type Lookup = (name: string) => string | undefined;

interface Variable {
  readonly name: string;
  readonly fallback: string | undefined;
}

type Part = readonly number[] | Variable;

export interface Pattern {
  readonly parts: readonly Part[];
  /** The whole pattern when it is plain text. */
  readonly literal?: string;
}

export interface PatternSyntax {
  readonly wildcards: boolean;
  /** Only policies of version 2012-10-17 have variables, and only some elements. */
  readonly variables: boolean;
}

const VARIABLE = /\$\{([^{}]*)\}/;
export function compilePattern(text: string, syntax: PatternSyntax): Pattern {
  const pieces = syntax.variables ? text.split(VARIABLE) : [text];
  const parts = pieces.map((piece, i) => (i % 2 === 0 ? compileText(piece, syntax) : compileVariable(piece)));
  const plain = parts.every((part) => isText(part) && part.every((element) => element >= 0));
  return plain
    ? { parts, literal: parts.map((part) => String.fromCodePoint(...(part as number[]))).join('') }
    : { parts };
}

/** Whether the whole value fits the pattern. */
export function matchesPattern(pattern: Pattern, value: string, lookup: Lookup): boolean {
  if (pattern.literal !== undefined) return pattern.literal === value;
  const elements = substitute(pattern, lookup);
  return elements !== undefined && matchesElements(elements, codePoints(value));
}

/**
 * As `ArnLike` compares: six parts between colons, each against its own, so that no wildcard crosses a colon before the
 * resource part. A lone `*` is any ARN.
 */
export function matchesArnPattern(pattern: Pattern, value: string, lookup: Lookup): boolean {
  const elements = substitute(pattern, lookup);
  if (elements === undefined) return false;
  if (elements.length === 1 && elements[0] === ANY_RUN) return value.startsWith('arn:');
  const wanted = splitArn(elements);
  const given = splitArn(codePoints(value));
  return wanted.length === 6 && given.length === 6 && wanted.every((part, i) => matchesElements(part, given[i] ?? []));
}

/** The text a pattern stands for, its wildcards taken literally; undefined when a variable has no value. */
export function substitutedText(pattern: Pattern, lookup: Lookup): string | undefined {
  if (pattern.literal !== undefined) return pattern.literal;
  const elements = substitute(pattern, lookup);
  return elements?.map((element) => String.fromCodePoint(element)).join('');
}

const isText = (part: Part): part is readonly number[] => Array.isArray(part);
const codePoints = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) ?? 0);

function compileText(text: string, syntax: PatternSyntax): readonly number[] {
  const points = codePoints(text);
  if (!syntax.wildcards) return points;
  return points.map((point) => (point === 0x2a ? ANY_RUN : point === 0x3f ? ANY_ONE : point));
}

function compileVariable(body: string): Part {
  if (body === '*' || body === '?' || body === '$') return codePoints(body);
  const comma = body.indexOf(',');
  const name = (comma < 0 ? body : body.slice(0, comma)).trim().toLowerCase();
  const fallback = comma < 0 ? undefined : unquoted(body.slice(comma + 1).trim());
  return { name, fallback };
}

/** A default stands between single quotes; anything else is none. */
function unquoted(text: string): string | undefined {
  return text.length >= 2 && text.startsWith("'") && text.endsWith("'") ? text.slice(1, -1) : undefined;
}

function substitute(pattern: Pattern, lookup: Lookup): number[] | undefined {
  const elements: number[] = [];
  for (const part of pattern.parts) {
    if (isText(part)) {
      for (const element of part) elements.push(element);
      continue;
    }
    const value = lookup(part.name) ?? part.fallback;
    if (value === undefined) return undefined;
    for (const point of codePoints(value)) elements.push(point);
  }
  return elements;
}

function matchesElements(elements: readonly number[], value: readonly number[]): boolean {
  let at = 0;
  let valueAt = 0;
  let lastRunAt = -1;
  let resumeAt = 0;
  while (valueAt < value.length) {
    const element = elements[at];
    if (element === ANY_RUN) {
      lastRunAt = at++;
      resumeAt = valueAt;
    } else if (element !== undefined && (element === ANY_ONE || element === value[valueAt])) {
      at++;
      valueAt++;
    } else if (lastRunAt >= 0) {
      at = lastRunAt + 1;
      valueAt = ++resumeAt;
    } else {
      return false;
    }
  }
  while (elements[at] === ANY_RUN) at++;
  return at === elements.length;
}

function splitArn(elements: readonly number[]): readonly (readonly number[])[] {
  const parts: number[][] = [[]];
  for (const element of elements) {
    if (element === COLON && parts.length < 6) parts.push([]);
    else parts.at(-1)?.push(element);
  }
  return parts;
}
