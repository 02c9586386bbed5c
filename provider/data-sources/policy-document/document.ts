/**
 * Policy documents in the form of the AWS provider: merged statement by statement, and written with everything that is
 * empty left out. What a document holds beyond that form is dropped, as upstream does.
 */
import { byBytes, type Json, sorted } from './json-text.ts';

export interface Principal {
  readonly type: string;
  /** A single one is a text; a list is in the order in which it is written. */
  readonly identifiers: string | readonly string[];
}

export interface Condition {
  readonly test: string;
  readonly variable: string;
  readonly values: string | readonly string[];
}

export interface Statement {
  readonly sid: string;
  readonly effect: string;
  /** The four are null where the statement does not have them. */
  readonly actions: Json;
  readonly notActions: Json;
  readonly resources: Json;
  readonly notResources: Json;
  readonly principals: readonly Principal[];
  readonly notPrincipals: readonly Principal[];
  readonly conditions: readonly Condition[];
}

export interface Document {
  readonly version: string;
  readonly id: string;
  readonly statements: readonly Statement[];
}

export const emptyDocument: Document = { version: '', id: '', statements: [] };

/** A statement takes the place of the first one with its Sid; without one it comes last. */
export function merged(base: Document, over: Document): Document {
  const statements = [...base.statements];
  for (const statement of over.statements) {
    const place = statement.sid === '' ? -1 : statements.findIndex(({ sid }) => sid === statement.sid);
    if (place < 0) statements.push(statement);
    else statements[place] = statement;
  }
  return {
    version: (over.version > base.version ? over : base).version,
    id: over.id === '' ? base.id : over.id,
    statements,
  };
}

/** The first Sid that two statements have. */
export function repeatedSid(statements: readonly Statement[]): string | undefined {
  const seen = new Set<string>();
  for (const { sid } of statements) {
    if (sid !== '' && seen.has(sid)) return sid;
    seen.add(sid);
  }
  return undefined;
}

export function documentJson({ version, id, statements }: Document): Json {
  return present([
    ['Version', version],
    ['Id', id],
    ['Statement', statements.map(statementJson)],
  ]);
}

function statementJson(statement: Statement): Json {
  const { actions, notActions, resources, notResources } = statement;
  const given = (name: string, value: Json) => (value === null ? [] : [[name, value] as const]);
  return new Map<string, Json>([
    ...present([
      ['Sid', statement.sid],
      ['Effect', statement.effect],
    ]),
    ...given('Action', actions),
    ...given('NotAction', notActions),
    ...given('Resource', resources),
    ...given('NotResource', notResources),
    ...present([
      ['Principal', principalsJson(statement.principals)],
      ['NotPrincipal', principalsJson(statement.notPrincipals)],
      ['Condition', conditionsJson(statement.conditions)],
    ]),
  ]);
}

/** Without empty texts, lists and objects. */
function present(members: readonly (readonly [string, Json])[]): ReadonlyMap<string, Json> {
  const size = (value: Json) => (value instanceof Map ? value.size : (value as string | readonly Json[]).length);
  return new Map(members.filter(([, value]) => size(value) > 0));
}

function principalsJson(principals: readonly Principal[]): Json {
  const [only, ...others] = principals;
  if (only?.type === '*' && [only.identifiers].flat().join('\n') === '*' && others.length === 0) return '*';
  return sorted(gathered(principals.map(({ type, identifiers }) => [type, identifiers] as const)));
}

function conditionsJson(conditions: readonly Condition[]): Json {
  const tests = [...new Set(conditions.map(({ test }) => test))];
  return sorted(
    tests.map((test) => {
      const ofTest = conditions.filter((condition) => condition.test === test);
      return [test, sorted(gathered(ofTest.map(({ variable, values }) => [variable, values] as const)))] as const;
    }),
  );
}

/** Entries with the same name become one, in their order. */
function gathered(entries: readonly (readonly [string, string | readonly string[]])[]): ReadonlyMap<string, Json> {
  const found = new Map<string, string | readonly string[]>();
  for (const [name, value] of entries) {
    const before = found.get(name);
    found.set(name, before === undefined ? value : [before, value].flat());
  }
  return found;
}

/** A list of one text as that text. */
export function single(texts: readonly string[]): string | readonly string[] {
  return texts.length === 1 ? (texts[0] ?? '') : texts;
}

/** A set of texts as it is written: nothing, one text, or a list in falling order. */
export function setJson(texts: readonly string[]): string | readonly string[] | null {
  const [first = null, ...others] = texts;
  return others.length === 0 ? first : [...texts].sort(byBytes).reverse();
}
