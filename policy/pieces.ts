/**
 * A pattern without variables, taken apart at its runs (`*`), and its comparison with a value.
 *
 * Patterns come from policies and values from requests, so both can be hostile, and must not block the evaluation.
 * There is no backtracking: the text between two `*` is searched from left to right with a bit per pattern character,
 * always in time (length of value × length of pattern ÷ 32), and every step is charged (effort.ts). To take a pattern
 * apart takes time in its length. A character is a UTF-16 code unit.
 */
import { costs, type Effort, spend } from './effort.ts';

/** Code unit of a literal character, or one of these. */
export type Element = number;
export const ANY_RUN: Element = -1;
export const ANY_ONE: Element = -2;

/** The parts of a pattern before, between and after its runs. */
export interface Pieces {
  readonly first: Piece;
  readonly middle: readonly Piece[];
  /** undefined: there is no run, and `first` is the whole pattern. */
  readonly last: Piece | undefined;
  /** Of a comparison, in units, beside the search for the pieces in the middle. */
  readonly cost: number;
}

/** Plain text, or elements when it has an ANY_ONE. */
type Piece = string | readonly Element[];

/** A text in which `*` is any run and `?` any one character. */
export function piecesOfText(text: string): Pieces {
  return piecesOf(text.split('*').map((piece) => (piece.includes('?') ? elementsOf(piece, true) : piece)));
}

/** The same of elements. */
export function piecesOfElements(elements: readonly Element[]): Pieces {
  return piecesOf(
    splitElements(elements, ANY_RUN, Number.POSITIVE_INFINITY).map((piece) =>
      piece.includes(ANY_ONE) ? piece : textOf(piece),
    ),
  );
}

/** A text without wildcards. */
export const wholeText = (text: string): Pieces => piecesOf([text]);

function piecesOf(all: readonly Piece[]): Pieces {
  const [first = ''] = all;
  const last = all.length > 1 ? all.at(-1) : undefined;
  const middle = all.length > 2 ? all.slice(1, -1).filter(({ length }) => length > 0) : [];
  return { first, middle, last, cost: costs.pattern + ((first.length + (last?.length ?? 0)) >> 3) };
}

/** @param wildcards whether `*` and `?` are more than characters */
export function elementsOf(text: string, wildcards: boolean): Element[] {
  const elements: Element[] = [];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    elements.push(!wildcards ? unit : unit === 0x2a ? ANY_RUN : unit === 0x3f ? ANY_ONE : unit);
  }
  return elements;
}

/** As many arguments as a call surely takes. */
const UNITS_AT_ONCE = 4096;

/** @param elements literal characters only */
export function textOf(elements: readonly Element[]): string {
  if (elements.length <= UNITS_AT_ONCE) return String.fromCharCode(...elements);
  let text = '';
  for (let at = 0; at < elements.length; at += UNITS_AT_ONCE) {
    text += String.fromCharCode(...elements.slice(at, at + UNITS_AT_ONCE));
  }
  return text;
}

/** At every separator, into at most `limit` parts. */
export function splitElements(
  elements: readonly Element[],
  separator: Element,
  limit: number,
): readonly (readonly Element[])[] {
  const parts: (readonly Element[])[] = [];
  let from = 0;
  while (parts.length < limit - 1) {
    const at = elements.indexOf(separator, from);
    if (at < 0) break;
    parts.push(elements.slice(from, at));
    from = at + 1;
  }
  parts.push(elements.slice(from));
  return parts;
}

/**
 * The first piece at the start, the last at the end, those between in order, each at its leftmost place.
 * @throws TooCostly
 */
export function matchesPieces({ first, middle, last, cost }: Pieces, value: string, effort: Effort): boolean {
  spend(effort, cost);
  if (last === undefined) return first.length === value.length && fitsAt(first, value, 0);
  const end = value.length - last.length;
  let at = first.length;
  if (end < at || !fitsAt(first, value, 0) || !fitsAt(last, value, end)) return false;
  for (const piece of middle) {
    at = endOfFirst(piece, value, at, end, effort);
    if (at < 0) return false;
  }
  return true;
}

function fitsAt(piece: Piece, value: string, at: number): boolean {
  if (typeof piece === 'string') return value.startsWith(piece, at);
  return fittingElements(piece, value, at) === piece.length;
}

/** How many elements of a piece fit the value before the first that does not. */
function fittingElements(elements: readonly Element[], value: string, at: number): number {
  let i = 0;
  while (i < elements.length && (elements[i] === ANY_ONE || elements[i] === value.charCodeAt(at + i))) i++;
  return i;
}

/** Pieces up to this length are tried at each position in turn, which costs less than preparing a search. */
const SHORT_PIECE = 32;

/** Where the leftmost occurrence of a piece within [from, end) ends; -1 when there is none. */
function endOfFirst(piece: Piece, value: string, from: number, end: number, effort: Effort): number {
  const { length } = piece;
  spend(effort, costs.pattern);
  if (length > end - from) return -1;
  if (length > SHORT_PIECE) return shiftAnd(piece, value, from, end, effort);
  if (typeof piece === 'string') {
    const at = value.indexOf(piece, from);
    spend(effort, costOfSearch(length, (at < 0 ? value.length : at + length) - from));
    return at < 0 || at + length > end ? -1 : at + length;
  }
  for (let at = from; at + length <= end; at++) {
    const fitting = fittingElements(piece, value, at);
    spend(effort, 2 + (fitting >> 1));
    if (fitting === length) return at + length;
  }
  return -1;
}

/** A text is compared at each position in the worst case; a single character is found by the processor's own search. */
const costOfSearch = (length: number, searched: number) =>
  length === 1 ? searched >> 4 : searched * (1 + (length >> 4));

/**
 * Bit i of the state says that the piece's first i + 1 elements fit the value's latest characters.
 * Source: R. Baeza-Yates, G. Gonnet, "A new approach to text searching", CACM 35(10), 1992 (Shift-And).
 */
function shiftAnd(piece: Piece, value: string, from: number, end: number, effort: Effort): number {
  const words = Math.ceil(piece.length / 32);
  const masks = masksOf(piece, words, effort);
  const others = masks.get(ANY_ONE) ?? new Uint32Array(words);
  const state = new Uint32Array(words);
  const lastBit = 1 << ((piece.length - 1) & 31);
  const costOfCharacter = 2 + (words >> 2);
  for (let at = from; at < end; at++) {
    spend(effort, costOfCharacter);
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

/** In units: a character of the piece marked, and a mask made, beside its words. */
const COST_OF_MARK = 6;
const COST_OF_MASK = 20;

/** For each character of the piece, the positions that it fits; under ANY_ONE, those that every character fits. */
function masksOf(piece: Piece, words: number, effort: Effort): ReadonlyMap<Element, Uint32Array> {
  spend(effort, piece.length * COST_OF_MARK);
  const elements = typeof piece === 'string' ? elementsOf(piece, false) : piece;
  const masks = new Map<Element, Uint32Array>();
  const everywhere = new Uint32Array(words);
  const mark = (mask: Uint32Array, i: number) => {
    mask[i >>> 5] = (mask[i >>> 5] ?? 0) | (1 << (i & 31));
  };
  elements.forEach((element, i) => {
    if (element === ANY_ONE) mark(everywhere, i);
  });
  masks.set(ANY_ONE, everywhere);
  elements.forEach((element, i) => {
    if (element === ANY_ONE) return;
    const known = masks.get(element);
    if (!known) spend(effort, COST_OF_MASK + (words >> 2));
    const mask = known ?? everywhere.slice();
    mark(mask, i);
    if (!known) masks.set(element, mask);
  });
  return masks;
}
