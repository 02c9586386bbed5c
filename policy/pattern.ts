/**
 * Text patterns of policies: `*` is any run of characters, `?` any one, `${name}` or `${name, 'default'}` a value of
 * the request, and `${*}`, `${?}`, `${$}` the characters themselves. A substituted value is taken literally: its own `*`
 * and `?` match only themselves. How patterns are compared is in pieces.ts.
 * Source: IAM User Guide, "IAM policy elements: Variables and tags" and "IAM JSON policy elements: Resource".
 */
import { costs, type Effort, spend } from './effort.ts';
import {
  ANY_RUN,
  type Element,
  elementsOf,
  matchesPieces,
  type Pieces,
  piecesOfElements,
  piecesOfText,
  splitElements,
  textOf,
  wholeText,
} from './pieces.ts';
import { tagNamed } from './tags.ts';

const COLON = 0x3a;

/**
 * Finds a request's value for a policy variable. undefined: the request has none, and the default stands for it; null:
 * the request has a list, which no text can stand for.
 */
export type Lookup = (name: string) => string | null | undefined;

interface Variable {
  /** Lower case. */
  readonly name: string;
  readonly fallback: string | undefined;
}

type Part = readonly Element[] | Variable;

/** What is the same in every request is made at once: it is compiled once and compared many times. */
export type Pattern =
  /** Plain text. */
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'pieces'; readonly pieces: Pieces }
  /** For `matchesArnPattern`: six parts, or one that is any ARN; undefined: the pattern has fewer, and nothing fits. */
  | { readonly kind: 'arn'; readonly pieces: readonly Pieces[] | undefined }
  | { readonly kind: 'variables'; readonly parts: readonly Part[]; readonly isArn: boolean };

export interface PatternSyntax {
  readonly wildcards: boolean;
  /** Only policies of version 2012-10-17 have variables, and only some elements. */
  readonly variables: boolean;
  /** Whether it is compared as `ArnLike` does. */
  readonly isArn?: true;
}

const VARIABLE = /\$\{([^{}]*)\}/;
const WILDCARD = /[*?]/;

export function compilePattern(text: string, syntax: PatternSyntax): Pattern {
  const { wildcards, variables, isArn = false } = syntax;
  const texts = variables && text.includes('${') ? text.split(VARIABLE) : [text];
  if (texts.length === 1) {
    if (isArn) return { kind: 'arn', pieces: text === '*' ? [piecesOfText(text)] : arnParts(text)?.map(piecesOfText) };
    const isLiteral = !wildcards || !WILDCARD.test(text);
    return isLiteral ? { kind: 'literal', text } : { kind: 'pieces', pieces: piecesOfText(text) };
  }
  const compileVariable = variableCompiler();
  const parts = texts.map((piece, i) => (i % 2 === 0 ? elementsOf(piece, wildcards) : compileVariable(piece)));
  if (!parts.every(isText)) return { kind: 'variables', parts, isArn };
  const elements = parts.flat();
  if (isArn) return { kind: 'arn', pieces: arnPiecesOf(elements) };
  const isLiteral = elements.every((element) => element >= 0);
  return isLiteral
    ? { kind: 'literal', text: textOf(elements) }
    : { kind: 'pieces', pieces: piecesOfElements(elements) };
}

const none: readonly string[] = [];

/** Names of the variables that a pattern substitutes, in lower case. */
export function variablesOf(pattern: Pattern): readonly string[] {
  return pattern.kind === 'variables' ? pattern.parts.flatMap((part) => (isText(part) ? none : part.name)) : none;
}

/**
 * A pattern with its variables substituted, ready for many values; undefined when a variable has no value.
 * @throws TooCostly
 */
export function boundPattern(pattern: Pattern, lookup: Lookup, effort: Effort): Pieces | undefined {
  if (pattern.kind === 'pieces') return pattern.pieces;
  if (pattern.kind === 'literal') return wholeText(pattern.text);
  const elements = pattern.kind === 'variables' ? substitute(pattern.parts, lookup, effort) : undefined;
  return elements && piecesOfElements(elements);
}

/**
 * Whether the whole value fits the pattern.
 * @throws TooCostly
 */
export function matchesPattern(pattern: Pattern, value: string, lookup: Lookup, effort: Effort): boolean {
  if (pattern.kind === 'literal') {
    spend(effort, costs.pattern);
    return pattern.text === value;
  }
  const pieces = boundPattern(pattern, lookup, effort);
  return pieces !== undefined && matchesPieces(pieces, value, effort);
}

/**
 * As `ArnLike` compares: six parts between colons, each against its own, so that no wildcard crosses a colon before the
 * resource part. A lone `*` is any ARN.
 * @param pattern compiled with `isArn`
 * @throws TooCostly
 */
export function matchesArnPattern(pattern: Pattern, value: string, lookup: Lookup, effort: Effort): boolean {
  const wanted = boundArnPattern(pattern, lookup, effort);
  const given = arnParts(value);
  return wanted !== undefined && given !== undefined && matchesArnPieces(wanted, given, effort);
}

/**
 * As `boundPattern`, in six parts, or one that is any ARN; undefined also for a pattern of fewer.
 * @throws TooCostly
 */
export function boundArnPattern(pattern: Pattern, lookup: Lookup, effort: Effort): readonly Pieces[] | undefined {
  if (pattern.kind === 'arn') return pattern.pieces;
  const elements = pattern.kind === 'variables' ? substitute(pattern.parts, lookup, effort) : undefined;
  return elements && arnPiecesOf(elements);
}

/** The six parts of an ARN; undefined for a text of fewer, which is not an ARN. */
export function arnParts(value: string): readonly string[] | undefined {
  const parts: string[] = [];
  let at = 0;
  // Not split at every colon: a hostile value has thousands.
  while (parts.length < 5) {
    const colon = value.indexOf(':', at);
    if (colon < 0) return undefined;
    parts.push(value.slice(at, colon));
    at = colon + 1;
  }
  parts.push(value.slice(at));
  return parts;
}

/** @throws TooCostly */
export function matchesArnPieces(wanted: readonly Pieces[], given: readonly string[], effort: Effort): boolean {
  if (wanted.length === 1) return given[0] === 'arn';
  return wanted.every((part, i) => matchesPieces(part, given[i] ?? '', effort));
}

/**
 * The text a pattern without wildcards stands for; undefined when a variable has no value.
 * @throws TooCostly
 */
export function substitutedText(pattern: Pattern, lookup: Lookup, effort: Effort): string | undefined {
  if (pattern.kind === 'literal') return pattern.text;
  const elements = pattern.kind === 'variables' ? substitute(pattern.parts, lookup, effort) : undefined;
  return elements && textOf(elements);
}

const isText = (part: Part): part is readonly Element[] => Array.isArray(part);

/** A hostile pattern repeats a variable thousands of times. */
function variableCompiler(): (body: string) => Part {
  const known = new Map<string, Part>();
  return (body) => {
    const part = known.get(body) ?? compileVariable(body);
    known.set(body, part);
    return part;
  };
}

function compileVariable(body: string): Part {
  if (body === '*' || body === '?' || body === '$') return elementsOf(body, false);
  const comma = body.indexOf(',');
  const written = (comma < 0 ? body : body.slice(0, comma)).trim();
  // The case of a tag's key matters.
  const name = tagNamed(written) ? written : written.toLowerCase();
  const fallback = comma < 0 ? undefined : unquoted(body.slice(comma + 1).trim());
  return { name, fallback };
}

/** A default stands between single quotes; any other text is not a default. */
function unquoted(text: string): string | undefined {
  return text.length >= 2 && text.startsWith("'") && text.endsWith("'") ? text.slice(1, -1) : undefined;
}

/** Charged before anything is copied: a pattern can name a long value thousands of times. */
function substitute(parts: readonly Part[], lookup: Lookup, effort: Effort): readonly Element[] | undefined {
  const elements: Element[] = [];
  for (const part of parts) {
    if (isText(part)) {
      spend(effort, part.length * costs.boundCharacter);
      for (const element of part) elements.push(element);
      continue;
    }
    const found = lookup(part.name);
    const value = found === undefined ? part.fallback : found;
    spend(effort, costs.lookup + (value?.length ?? 0) * costs.boundCharacter);
    if (value === undefined || value === null) return undefined;
    for (const element of elementsOf(value, false)) elements.push(element);
  }
  return elements;
}

function arnPiecesOf(elements: readonly Element[]): readonly Pieces[] | undefined {
  if (elements.length === 1 && elements[0] === ANY_RUN) return [piecesOfElements(elements)];
  const parts = splitElements(elements, COLON, 6);
  return parts.length === 6 ? parts.map(piecesOfElements) : undefined;
}
