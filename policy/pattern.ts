/**
 * Text patterns of policies: `*` is any run of characters, `?` any one, `${name}` or `${name, 'default'}` a value of
 * the request, and `${*}`, `${?}`, `${$}` the characters themselves.
 * Source: IAM User Guide, "IAM policy elements: Variables and tags" and "IAM JSON policy elements: Resource".
 *
 * Patterns come from policies and values from requests, so both can be hostile, and must not block the evaluation.
 * There is no backtracking: the text between two `*` is searched from left to right with a bit per pattern character,
 * always in time (length of value × length of pattern ÷ 32). A character is a UTF-16 code unit. A substituted value is
 * taken literally: its own `*` and `?` match only themselves.
 */
import { tagNamed } from './tags.ts';

/** Code unit of a literal character, or one of these. */
const ANY_RUN = -1;
const ANY_ONE = -2;
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

type Part = readonly number[] | Variable;

export interface Pattern {
  readonly parts: readonly Part[];
  /** The whole pattern when it is plain text. */
  readonly literal?: string;
  /** A pattern without variables, taken apart once. */
  readonly pieces?: Pieces;
  /** The same for `matchesArnPattern`: its six parts; null when it has fewer. */
  readonly arnPieces?: readonly Pieces[] | null;
}

/** The parts of a pattern before, between and after its runs (`*`). */
export interface Pieces {
  readonly first: Piece;
  readonly middle: readonly Piece[];
  /** undefined: there is no run, and `first` is the whole pattern. */
  readonly last: Piece | undefined;
}

interface Piece {
  readonly elements: readonly number[];
  /** The piece when it is plain text. */
  readonly text: string | undefined;
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
  const elements = parts.every(isText) ? parts.flat() : undefined;
  if (!elements) return { parts };
  const literal = elements.every((element) => element >= 0) ? { literal: textOf(elements) } : {};
  return { parts, ...literal, pieces: piecesOf(elements), arnPieces: arnPiecesOf(elements) };
}

/** Names of the variables that a pattern substitutes, in lower case. */
export function variablesOf(pattern: Pattern): readonly string[] {
  return pattern.parts.flatMap((part) => (isText(part) ? [] : [part.name]));
}

/** A pattern with its variables substituted, ready for many values; undefined when a variable has no value. */
export function boundPattern(pattern: Pattern, lookup: Lookup): Pieces | undefined {
  if (pattern.pieces) return pattern.pieces;
  const elements = substitute(pattern, lookup);
  return elements && piecesOf(elements);
}

/** Whether the whole value fits the pattern. */
export function matchesPattern(pattern: Pattern, value: string, lookup: Lookup): boolean {
  if (pattern.literal !== undefined) return pattern.literal === value;
  const pieces = boundPattern(pattern, lookup);
  return pieces !== undefined && matchesPieces(pieces, value);
}

/**
 * As `ArnLike` compares: six parts between colons, each against its own, so that no wildcard crosses a colon before the
 * resource part. A lone `*` is any ARN.
 */
export function matchesArnPattern(pattern: Pattern, value: string, lookup: Lookup): boolean {
  const wanted = boundArnPattern(pattern, lookup);
  const given = arnParts(value);
  return wanted !== undefined && given !== undefined && matchesArnPieces(wanted, given);
}

/** As `boundPattern`, in six parts, or one that is any ARN; undefined also for a pattern of fewer. */
export function boundArnPattern(pattern: Pattern, lookup: Lookup): readonly Pieces[] | undefined {
  if (pattern.arnPieces !== undefined) return pattern.arnPieces ?? undefined;
  const elements = substitute(pattern, lookup);
  return (elements && arnPiecesOf(elements)) ?? undefined;
}

/** The six parts of an ARN; undefined for a text of fewer, which is not an ARN. */
export function arnParts(value: string): readonly string[] | undefined {
  const parts = value.split(':');
  return parts.length < 6 ? undefined : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

export function matchesArnPieces(wanted: readonly Pieces[], given: readonly string[]): boolean {
  return wanted.length === 1 ? given[0] === 'arn' : wanted.every((part, i) => matchesPieces(part, given[i] ?? ''));
}

/** Number of characters and wildcards in a bound pattern: the cost of binding it. */
export const lengthOf = ({ first, middle, last }: Pieces): number =>
  [first, ...middle, ...(last ? [last] : [])].reduce((sum, { elements }) => sum + elements.length, 0);

/** The text a pattern stands for, its wildcards taken literally; undefined when a variable has no value. */
export function substitutedText(pattern: Pattern, lookup: Lookup): string | undefined {
  if (pattern.literal !== undefined) return pattern.literal;
  const elements = substitute(pattern, lookup);
  return elements && textOf(elements);
}

const isText = (part: Part): part is readonly number[] => Array.isArray(part);
const codeUnits = (text: string): number[] => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
const textOf = (elements: readonly number[]) => elements.map((element) => String.fromCharCode(element)).join('');

function compileText(text: string, syntax: PatternSyntax): readonly number[] {
  const units = codeUnits(text);
  if (!syntax.wildcards) return units;
  return units.map((unit) => (unit === 0x2a ? ANY_RUN : unit === 0x3f ? ANY_ONE : unit));
}

function compileVariable(body: string): Part {
  if (body === '*' || body === '?' || body === '$') return codeUnits(body);
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

function substitute(pattern: Pattern, lookup: Lookup): readonly number[] | undefined {
  const elements: number[] = [];
  for (const part of pattern.parts) {
    if (isText(part)) {
      for (const element of part) elements.push(element);
      continue;
    }
    const found = lookup(part.name);
    const value = found === undefined ? part.fallback : found;
    if (value === undefined || value === null) return undefined;
    for (const unit of codeUnits(value)) elements.push(unit);
  }
  return elements;
}

function piecesOf(elements: readonly number[]): Pieces {
  const [first, ...rest] = split(elements, ANY_RUN, Number.POSITIVE_INFINITY).map(pieceOf);
  const last = rest.pop();
  return { first: first ?? pieceOf([]), middle: rest.filter((piece) => piece.elements.length > 0), last };
}

function pieceOf(elements: readonly number[]): Piece {
  return { elements, text: elements.every((element) => element >= 0) ? textOf(elements) : undefined };
}

function arnPiecesOf(elements: readonly number[]): readonly Pieces[] | null {
  if (elements.length === 1 && elements[0] === ANY_RUN) return [piecesOf(elements)];
  const parts = split(elements, COLON, 6);
  return parts.length === 6 ? parts.map(piecesOf) : null;
}

/** The first piece at the start, the last at the end, those between in order, each at its leftmost place. */
export function matchesPieces({ first, middle, last }: Pieces, value: string): boolean {
  if (!last) return first.elements.length === value.length && fitsAt(first, value, 0);
  const end = value.length - last.elements.length;
  let at = first.elements.length;
  if (end < at || !fitsAt(first, value, 0) || !fitsAt(last, value, end)) return false;
  for (const piece of middle) {
    at = endOfFirst(piece, value, at, end);
    if (at < 0) return false;
  }
  return true;
}

const fits = (element: number | undefined, unit: number) => element === unit || element === ANY_ONE;

function fitsAt({ elements, text }: Piece, value: string, at: number): boolean {
  if (text !== undefined) return value.startsWith(text, at);
  return elements.every((element, i) => fits(element, value.charCodeAt(at + i)));
}

/** Pieces up to this length are tried at each position in turn, which costs less than preparing a search. */
const SHORT_PIECE = 32;

/** Where the leftmost occurrence of a piece within [from, end) ends; -1 when there is none. */
function endOfFirst(piece: Piece, value: string, from: number, end: number): number {
  const { length } = piece.elements;
  if (length > end - from) return -1;
  if (length > SHORT_PIECE) return shiftAnd(piece.elements, value, from, end);
  if (piece.text !== undefined) {
    const at = value.indexOf(piece.text, from);
    return at < 0 || at + length > end ? -1 : at + length;
  }
  for (let at = from; at + length <= end; at++) if (fitsAt(piece, value, at)) return at + length;
  return -1;
}

/**
 * Bit i of the state says that the piece's first i + 1 elements fit the value's latest characters.
 * Source: R. Baeza-Yates, G. Gonnet, "A new approach to text searching", CACM 35(10), 1992 (Shift-And).
 */
function shiftAnd(piece: readonly number[], value: string, from: number, end: number): number {
  const words = Math.ceil(piece.length / 32);
  const masks = masksOf(piece, words);
  const others = masks.get(ANY_ONE) ?? new Uint32Array(words);
  const state = new Uint32Array(words);
  const lastBit = 1 << ((piece.length - 1) & 31);
  for (let at = from; at < end; at++) {
    const mask = masks.get(value.charCodeAt(at)) ?? others;
    let carry = 1;
    for (let word = 0; word < words; word++) {
      const before = state[word] ?? 0;
      state[word] = ((before << 1) | carry) & (mask[word] ?? 0);
      carry = before >>> 31;
    }
    if (((state[words - 1] ?? 0) & lastBit) !== 0) return at + 1;
  }
  return -1;
}

/** For each character of the piece, the positions that it fits; under ANY_ONE, those that every character fits. */
function masksOf(piece: readonly number[], words: number): ReadonlyMap<number, Uint32Array> {
  const masks = new Map<number, Uint32Array>();
  const everywhere = new Uint32Array(words);
  const mark = (mask: Uint32Array, i: number) => {
    mask[i >>> 5] = (mask[i >>> 5] ?? 0) | (1 << (i & 31));
  };
  piece.forEach((element, i) => {
    if (element === ANY_ONE) mark(everywhere, i);
  });
  masks.set(ANY_ONE, everywhere);
  piece.forEach((element, i) => {
    if (element === ANY_ONE) return;
    const mask = masks.get(element) ?? everywhere.slice();
    mark(mask, i);
    masks.set(element, mask);
  });
  return masks;
}

/** At every separator, into at most `limit` pieces. */
function split(elements: readonly number[], separator: number, limit: number): readonly (readonly number[])[] {
  const pieces: number[][] = [[]];
  for (const element of elements) {
    if (element === separator && pieces.length < limit) pieces.push([]);
    else pieces.at(-1)?.push(element);
  }
  return pieces;
}
