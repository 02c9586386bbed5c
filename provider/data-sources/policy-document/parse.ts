/**
 * Reads a policy document that somebody wrote: names of members in any case, members that are not part of a policy
 * dropped. Actions and resources stay as they are.
 */

import { type Condition, type Document, emptyDocument, type Principal, type Statement, single } from './document.ts';
import { byBytes, fromParsed, type Json } from './json-text.ts';

/** What is wrong with a document. */
export class DocumentFault extends Error {}

type Members = Readonly<Record<string, unknown>>;

/** @throws DocumentFault */
export function parseDocument(text: string): Document {
  const parsed = parseJson(text);
  if (parsed === null) return emptyDocument;
  const document = members(parsed, 'the document');
  const statements = document.statement ?? [];
  if (!Array.isArray(statements)) throw new DocumentFault('Statement must be a list of statements');
  return {
    version: textOf(document.version, 'Version'),
    id: textOf(document.id, 'Id'),
    statements: statements.map((statement) => parseStatement(members(statement, 'a statement'))),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DocumentFault(`it is not JSON: ${(error as Error).message}`);
  }
}

function parseStatement(statement: Members): Statement {
  const asIs = (name: string): Json => fromParsed(statement[name] ?? null);
  return {
    sid: textOf(statement.sid, 'Sid'),
    effect: textOf(statement.effect, 'Effect'),
    actions: asIs('action'),
    notActions: asIs('notaction'),
    resources: asIs('resource'),
    notResources: asIs('notresource'),
    principals: parsePrincipals(statement.principal, 'Principal'),
    notPrincipals: parsePrincipals(statement.notprincipal, 'NotPrincipal'),
    conditions: parseConditions(statement.condition ?? {}),
  };
}

/** A text alone is of type `*`. */
function parsePrincipals(value: unknown, name: string): readonly Principal[] {
  if (value === undefined) return [];
  if (typeof value === 'string') return [{ type: '*', identifiers: value }];
  return Object.entries(plainObject(value, name)).map(([type, identifiers]) => {
    const texts = [identifiers].flat().map((item) => requireText(item, `${name} ${type}`));
    return { type, identifiers: typeof identifiers === 'string' ? identifiers : texts.sort(byBytes).reverse() };
  });
}

/**
 * Numbers become text like truth values. The AWS provider leaves a condition with a number out, and so makes a statement
 * that allows more than the document says.
 */
function parseConditions(value: unknown): readonly Condition[] {
  return Object.entries(plainObject(value, 'Condition')).flatMap(([test, variables]) =>
    Object.entries(plainObject(variables, `Condition ${test}`)).map(([variable, values]) => ({
      test,
      variable,
      values: single([values].flat().map((item) => conditionText(item, `Condition ${test} ${variable}`))),
    })),
  );
}

function conditionText(value: unknown, name: string): string {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return value;
  throw new DocumentFault(`${name} must be a text or a list of texts`);
}

/** Empty where the document does not have it. */
function textOf(value: unknown, name: string): string {
  return value === undefined || value === null ? '' : requireText(value, name);
}

function requireText(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw new DocumentFault(`${name} must be a text`);
}

/** With lower-case names: of two members whose names differ in case alone the last one counts. */
function members(value: unknown, name: string): Members {
  return Object.fromEntries(Object.entries(plainObject(value, name)).map(([key, item]) => [key.toLowerCase(), item]));
}

function plainObject(value: unknown, name: string): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
  throw new DocumentFault(`${name} must be an object`);
}
