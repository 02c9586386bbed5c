/**
 * What one set of policy documents allows more or less than another, statement by statement. It is certain about what
 * did not get more: whatever cannot be shown to be covered counts as gained. What other policies, boundaries and key
 * policies then allow or deny is not decided here.
 */

/** One action on one resource, perhaps for one principal. */
interface Atom {
  readonly effect: 'Allow' | 'Deny';
  /** `NotAction` and its like as one text. */
  readonly action: string;
  readonly resource: string;
  readonly principal: string;
  readonly condition: string;
}

export interface Reach {
  readonly principal: string;
  readonly text: string;
  readonly isConditional: boolean;
}

export interface ReachDifference {
  /** Allowed now, and not before. */
  readonly allowed: readonly Reach[];
  /** Denied before, and not now. */
  readonly undenied: readonly Reach[];
  /** Allowed before, and not now. */
  readonly disallowed: readonly Reach[];
  /** Denied now, and not before. */
  readonly denied: readonly Reach[];
}

export function compareReach(before: readonly string[], after: readonly string[]): ReachDifference {
  const [old, now] = [before.flatMap(atomsOf), after.flatMap(atomsOf)];
  const beyond = (effect: Atom['effect'], some: readonly Atom[], others: readonly Atom[]) =>
    some.filter((atom) => atom.effect === effect && !others.some((other) => covers(other, atom))).map(reachOf);
  return {
    allowed: beyond('Allow', now, old),
    undenied: beyond('Deny', old, now),
    disallowed: beyond('Allow', old, now),
    denied: beyond('Deny', now, old),
  };
}

type Json = Readonly<Record<string, unknown>>;

/** A document that cannot be read has no atoms; the control plane has none. */
function atomsOf(text: string): readonly Atom[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return [];
  }
  return listOf((document as Json | null)?.Statement).flatMap((statement) => atomsOfStatement(statement as Json));
}

function atomsOfStatement(statement: Json): readonly Atom[] {
  const effect = statement.Effect === 'Deny' ? ('Deny' as const) : ('Allow' as const);
  const condition = statement.Condition === undefined ? '' : print(statement.Condition);
  const actions = elementOf(statement, 'Action');
  const resources = elementOf(statement, 'Resource');
  return principalsOf(statement).flatMap((principal) =>
    actions.flatMap((action) => resources.map((resource) => ({ effect, action, resource, principal, condition }))),
  );
}

const listOf = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

/** `Action`, or `NotAction` as one text that is equal only to itself. Absent, as `Resource` in trust policies: `*`. */
function elementOf(statement: Json, name: 'Action' | 'Resource'): readonly string[] {
  const except = statement[`Not${name}`];
  if (except !== undefined) return [`everything but ${listOf(except).map(String).sort().join(', ')}`];
  return statement[name] === undefined ? ['*'] : listOf(statement[name]).map(String);
}

function principalsOf({ Principal: principal, NotPrincipal: except }: Json): readonly string[] {
  if (except !== undefined) return [`everyone but ${print(except)}`];
  if (principal === undefined || typeof principal === 'string') return [principal === undefined ? '' : '*'];
  return Object.entries(principal as Json).flatMap(([type, names]) =>
    listOf(names).map((name) => (name === '*' && type === 'AWS' ? '*' : rootOf(String(name)))),
  );
}

/** An account id stands for the ARN of that account's root. */
const rootOf = (name: string): string => (/^\d{12}$/.test(name) ? `arn:aws:iam::${name}:root` : name);

function covers(wide: Atom, narrow: Atom): boolean {
  return (
    wide.effect === narrow.effect &&
    (wide.condition === '' || wide.condition === narrow.condition) &&
    (wide.principal === narrow.principal || (wide.principal === '*' && narrow.principal.startsWith('arn:'))) &&
    includes(wide.action.toLowerCase(), narrow.action.toLowerCase()) &&
    includes(wide.resource, narrow.resource)
  );
}

/** Whether the pattern matches everything that the other one does. `?` does not stand for the other's `*`. */
function includes(pattern: string, other: string): boolean {
  if (pattern === '*' || pattern === other) return true;
  if (/^everything but /.test(pattern) || /^everything but /.test(other)) return false;
  const source = pattern
    .split('')
    .map((sign) => (sign === '*' ? '.*' : sign === '?' ? '[^*]' : sign.replace(/[.+^${}()|[\]\\]/, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`, 's').test(other);
}

function reachOf({ action, resource, principal, condition }: Atom): Reach {
  const on = resource === '*' ? '' : ` on ${resource}`;
  const under = condition === '' ? '' : ` if ${condition}`;
  return { principal, text: `${action}${on}${under}`, isConditional: condition !== '' };
}

/** Compact, with names in order. */
function print(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(print).sort().join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${print(member)}`).join(',')}}`;
}
