/**
 * The JSON of a policy document, read strictly: an error names the place in the document.
 * Sources: RFC 8259, section 4 ("The names within an object SHOULD be unique"); IAM User Guide, "Grammar of the IAM
 * JSON policy language".
 *
 * A name that occurs twice in an object is rejected: readers disagree about which of the two counts, and the policy
 * that a reviewer reads must be the one that is enforced.
 */
import { KmsError } from '@keystead/provider-schema/errors.ts';

export type Json = Readonly<Record<string, unknown>>;

/** @throws KmsError MalformedPolicyDocumentException */
export function parsePolicyJson(text: string): Json {
  const value = parseJson(text);
  const repeated = findRepeatedName(text);
  if (repeated !== undefined) throw malformed('Policy', `The name "${repeated.slice(0, 100)}" occurs twice.`);
  return requireObject(value, 'Policy');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('Policy', 'This policy contains invalid Json');
  }
}

/** A string, with the colon after it when it is a name; or a brace. Correct for valid JSON only. */
const LEXEME = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g;

/** The first name that an object of a valid JSON text has twice. */
function findRepeatedName(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [lexeme, colon] of text.matchAll(LEXEME)) {
    if (lexeme === '{') open.push(new Set());
    else if (lexeme === '}') open.pop();
    else if (colon !== undefined) {
      const name = JSON.parse(lexeme.slice(0, -colon.length)) as string;
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
  }
  return undefined;
}

export function requireObject(value: unknown, where: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(where, 'Must be an object.');
  return value as Json;
}

export function requireKnownElements(json: Json, known: readonly string[], where: string): void {
  const unknown = Object.keys(json).find((name) => !known.includes(name));
  if (unknown !== undefined) throw malformed(where, `Unknown element "${unknown.slice(0, 100)}".`);
}

export function requireStrings(value: unknown, where: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!list.every((item) => typeof item === 'string')) throw malformed(where, 'Must be a string or a list of strings.');
  return list;
}

/** Condition values: booleans and numbers count as their text. */
export function requireScalars(value: unknown, where: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!list.every((item) => ['string', 'number', 'boolean'].includes(typeof item))) {
    throw malformed(where, 'Values must be strings, numbers or booleans.');
  }
  return list.map(String);
}

/** The element or its `Not…` twin. @throws KmsError when there are both */
export function pickElement(
  statement: Json,
  name: string,
  where: string,
): { readonly negated: boolean; readonly value: unknown } {
  const value = statement[name];
  const inverse = statement[`Not${name}`];
  if (value !== undefined && inverse !== undefined) {
    throw malformed(where, `Statement cannot have both ${name} and Not${name}.`);
  }
  return value === undefined && inverse !== undefined ? { negated: true, value: inverse } : { negated: false, value };
}

export function malformed(where: string, message: string): KmsError {
  return new KmsError('MalformedPolicyDocumentException', `${where}: ${message}`);
}
