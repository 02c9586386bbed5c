/**
 * A key policy as far as it is known before Terraform runs, for the evaluator of the control plane. What only Terraform
 * knows (references to other resources) and what only the control plane knows (ids of keys, organizations, unique ids of
 * principals) counts in favour of whoever declares the policy: an Allow could apply to them, a Deny could not.
 */
import { callerConditions } from '@keystead/policy/request-context.ts';

/** A text, or undefined: only Terraform knows it. */
export type ReadText = (text: string) => string | undefined;

export type Json = Readonly<Record<string, unknown>>;

/** Callers can have these values, and nobody knows which before the control plane sees one. */
const unknownOfCaller: ReadonlySet<string> = new Set([
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:resourceorgid',
  'aws:resourceorgpaths',
  'aws:userid',
]);

/** An answer for each key that a caller's identity proves. */
const anyone = callerConditions(
  { kind: 'user', accountId: 'x', arn: 'x', principalId: 'x', userName: 'x' },
  { organization: { id: 'x', paths: ['x'] } },
);
const isProvable = (key: string) => anyone(key.toLowerCase()) !== undefined || unknownOfCaller.has(key.toLowerCase());

/** The statements that are left, with known texts only. */
export function knownStatements(statements: readonly Json[], read: ReadText): Json[] {
  return statements
    .map((statement) => withKnownTexts(statement, read) as Json)
    .flatMap((one) => (one.Effect === 'Deny' ? certainDenial(one, read) : possibleAllow(one, read)));
}

/** Texts that are known once everything is declared, in their place. */
function withKnownTexts(value: unknown, read: ReadText): unknown {
  if (typeof value === 'string') return read(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => withKnownTexts(item, read));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withKnownTexts(item, read)]));
}

/** Without what is not certain to apply; nothing, if that leaves nothing. */
function certainDenial(statement: Json, read: ReadText): Json[] {
  const known: Record<string, unknown> = { ...statement };
  for (const name of ['Action', 'Resource'] as const) {
    if (statement[name] !== undefined) {
      const values = textsOf(statement[name])
        .map(read)
        .filter((text) => text !== undefined);
      known[name] = name === 'Resource' ? values.filter(isForAnyKey) : values;
      if ((known[name] as unknown[]).length === 0) return [];
    }
    const inverse = textsOf(statement[`Not${name}`]).map(read);
    if (inverse.some((text) => text === undefined || (name === 'Resource' && !isForAnyKey(text)))) return [];
  }
  const principals = knownPrincipals(statement.Principal, read);
  if (statement.Principal !== undefined && principals === undefined) return [];
  if (principals !== undefined) known.Principal = principals;
  if (hasUnknown(statement.NotPrincipal, read)) return [];
  const conditions = conditionsOf(statement);
  if (conditions.some(({ key, values }) => unknownOfCaller.has(key.toLowerCase()) || hasUnknown(values, read)))
    return [];
  return [known];
}

/** With everything that could be, in the place of what is not known. */
function possibleAllow(statement: Json, read: ReadText): Json[] {
  const known: Record<string, unknown> = { ...statement };
  for (const [name, all] of [
    ['Action', 'kms:*'],
    ['Resource', '*'],
  ] as const) {
    const mayBe = (text: string) => read(text) === undefined || (name === 'Resource' && isKeyArn(text));
    if (statement[name] !== undefined && textsOf(statement[name]).some(mayBe)) known[name] = all;
    const inverse = statement[`Not${name}`];
    if (inverse === undefined) continue;
    const kept = textsOf(inverse).filter((text) => !mayBe(text) || (name === 'Resource' && isForAnyKey(text)));
    delete known[`Not${name}`];
    if (kept.length > 0) known[`Not${name}`] = kept;
    else known[name] = all;
  }
  if (hasUnknown(statement.Principal, read)) known.Principal = '*';
  if (hasUnknown(statement.NotPrincipal, read)) {
    const listed = knownPrincipals(statement.NotPrincipal, read);
    delete known.NotPrincipal;
    if (listed === undefined) known.Principal = '*';
    else known.NotPrincipal = listed;
  }
  if (statement.Condition !== undefined) known.Condition = possibleConditions(statement, read);
  return [known];
}

/** Without the conditions that could hold; those that nobody can prove beforehand stay, and do not hold. */
function possibleConditions(statement: Json, read: ReadText): Json {
  const kept: Record<string, Record<string, unknown>> = {};
  for (const { operator, key, values } of conditionsOf(statement)) {
    const unknown = read(key) === undefined || unknownOfCaller.has(key.toLowerCase()) || hasUnknown(values, read);
    if (unknown && (read(key) === undefined || isProvable(key))) continue;
    const name = unknown ? 'StringEquals' : operator;
    kept[name] = { ...kept[name], [key]: unknown ? 'unknown' : values };
  }
  return kept;
}

interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: unknown;
}

/** Every condition of a statement. */
export function conditionsOf({ Condition: block }: Json): Condition[] {
  return entriesOf(block).flatMap(([operator, keys]) =>
    entriesOf(keys).map(([key, values]) => ({ operator, key, values })),
  );
}

/** The principals of known name; undefined: none. */
function knownPrincipals(element: unknown, read: ReadText): unknown {
  if (typeof element !== 'object' || element === null) return element;
  const kinds = entriesOf(element).flatMap(([kind, names]) => {
    const known = textsOf(names)
      .map(read)
      .filter((text) => text !== undefined);
    return known.length === 0 ? [] : [[kind, known]];
  });
  return kinds.length === 0 ? undefined : Object.fromEntries(kinds);
}

function hasUnknown(value: unknown, read: ReadText): boolean {
  if (typeof value === 'string') return read(value) === undefined;
  return typeof value === 'object' && value !== null && Object.values(value).some((part) => hasUnknown(part, read));
}

const isKeyArn = (text: string) => /^arn:[^:]*:kms:/.test(text);
/** Not the ARN of one key, which can be this one or another. */
const isForAnyKey = (text: string) => /[*?]/.test(text) || !isKeyArn(text);

export const textsOf = (value: unknown): string[] =>
  [value].flat().filter((item): item is string => typeof item === 'string');

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];
