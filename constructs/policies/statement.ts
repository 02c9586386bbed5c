/**
 * Statements as this library holds them, whatever kind of policy they are for: checked, split by the conditions that
 * belong to their principals, merged, and printed.
 * Source: IAM user guide, "IAM JSON policy elements reference".
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { Token } from '../cdk.ts';
import { mergedConditions } from './merged-conditions.ts';
import type { PlainConditions } from './plain-conditions.ts';
import { type IPrincipal, isPrincipal, type PrincipalFragment } from './principal-interface.ts';
import { toPrincipal } from './principals.ts';

type Kind = PrincipalFragment['kind'];
type Named = Pick<PrincipalFragment, 'kind' | 'value'>;

/** A list of names, or everything else (`NotAction`, …). */
export interface NameList<T> {
  readonly negated: boolean;
  readonly names: readonly T[];
}

export interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  /** undefined: an identity policy, which belongs to its principal. */
  readonly principals: NameList<Named> | undefined;
  readonly actions: NameList<string>;
  /** undefined: a trust policy, which is about its role. */
  readonly resources: NameList<string> | undefined;
  readonly conditions: PlainConditions | undefined;
}

/** A statement that came as JSON, which is printed as it came. */
export interface GivenStatement {
  readonly json: Readonly<Record<string, unknown>>;
}

export const isGiven = (statement: Statement | GivenStatement): statement is GivenStatement => 'json' in statement;

/**
 * A list that only Terraform knows cannot be written into JSON text element by element.
 * @param policy for messages: `key policy`
 * @throws Error that names the member
 */
export function requireKnownList<T>(list: readonly T[], member: string, policy: string): readonly T[] {
  if (Token.isUnresolved(list)) {
    throw new Error(
      `The ${member} of a ${policy} statement are a list that only Terraform knows: give each element as its own string.`,
    );
  }
  if (list.length === 0) throw new Error(`A ${policy} statement has no ${member}: name at least one.`);
  return list;
}

/** @throws Error when both lists are given, or an empty one, or none although the policy needs one. */
export function pickList<T>(
  list: readonly T[] | undefined,
  inverse: readonly T[] | undefined,
  member: string,
  policy: string,
): NameList<T> {
  if (list !== undefined && inverse !== undefined) {
    const other = `not${member[0]?.toUpperCase()}${member.slice(1)}`;
    throw new Error(`A ${policy} statement has both ${member} and ${other}: leave one of them out.`);
  }
  const negated = inverse !== undefined;
  return { negated, names: requireKnownList(inverse ?? list ?? [], member, policy) };
}

/** Each action once, sorted: the order in a policy says nothing. */
export const sortedActions = ({ negated, names }: NameList<string>): NameList<string> => ({
  negated,
  names: [...new Set(names)].sort(),
});

/**
 * The statement for these principals: one for all that have the same conditions of their own. The first keeps the id,
 * the others get it with a number.
 */
export function statementsFor(
  principals: NameList<IPrincipal | string>,
  statement: Omit<Statement, 'principals'>,
): Statement[] {
  const groups = new Map<string, { conditions: PlainConditions | undefined; names: Named[] }>();
  for (const { kind, value, conditions } of principals.names.map(fragmentOf)) {
    if (principals.negated && conditions !== undefined) {
      throw new Error(`notPrincipals has a principal with conditions (${value}): write them as conditions of a Deny.`);
    }
    const key = JSON.stringify(conditions ?? null);
    const group = groups.get(key) ?? { conditions, names: [] };
    group.names.push({ kind, value });
    groups.set(key, group);
  }
  return [...groups.values()].map(({ conditions, names }, index) => ({
    ...statement,
    sid: statement.sid === undefined || index === 0 ? statement.sid : `${statement.sid}${index + 1}`,
    principals: { negated: principals.negated, names },
    conditions: mergedConditions(conditions, statement.conditions),
  }));
}

function fragmentOf(principal: IPrincipal | string): PrincipalFragment {
  return isPrincipal(principal) ? principal.policyFragment : toPrincipal(principal).policyFragment;
}

/** Statements without id that agree in everything but their principals, as one; the first keeps its place. */
export function merged(statements: readonly (Statement | GivenStatement)[]): (Statement | GivenStatement)[] {
  const byMeaning = new Map<string, Statement | GivenStatement>();
  for (const [index, statement] of statements.entries()) {
    const meaning = meaningOf(statement) ?? `statement ${index}`;
    const earlier = byMeaning.get(meaning);
    if (earlier === undefined || isGiven(earlier) || isGiven(statement)) byMeaning.set(meaning, statement);
    else byMeaning.set(meaning, { ...statement, principals: joined(earlier.principals, statement.principals) });
  }
  return [...byMeaning.values()];
}

/** undefined: a statement that is never merged. */
function meaningOf(statement: Statement | GivenStatement): string | undefined {
  if (isGiven(statement) || statement.sid !== undefined || statement.principals?.negated === true) return undefined;
  const { effect, actions, resources, conditions } = statement;
  return JSON.stringify([effect, actions, resources, conditions]);
}

function joined(one: Statement['principals'], other: Statement['principals']): Statement['principals'] {
  if (one === undefined || other === undefined) return one ?? other;
  return { negated: false, names: [...one.names, ...other.names] };
}

/** The statement as JSON, its elements in the order of AWS's documents. */
export function printed(statement: Statement | GivenStatement): Record<string, unknown> {
  if (isGiven(statement)) return { ...statement.json };
  const { sid, effect, principals, actions, resources, conditions } = statement;
  return {
    ...defined({ Sid: sid }),
    Effect: effect,
    ...(principals && { [elementName('Principal', principals)]: printedPrincipals(principals.names) }),
    [elementName('Action', actions)]: oneOrMany(actions.names),
    ...(resources && { [elementName('Resource', resources)]: oneOrMany(resources.names) }),
    ...defined({ Condition: conditions }),
  };
}

const elementName = (name: string, { negated }: { readonly negated: boolean }) => (negated ? `Not${name}` : name);

function printedPrincipals(principals: readonly Named[]): Partial<Record<Kind, string | string[]>> {
  // Not Map.groupBy, which Node.js 20 does not have.
  const kinds = [...new Set(principals.map(({ kind }) => kind))];
  const valuesOf = (kind: Kind) => principals.filter((each) => each.kind === kind).map(({ value }) => value);
  return Object.fromEntries(kinds.map((kind) => [kind, oneOrMany([...new Set(valuesOf(kind))])]));
}

function oneOrMany(values: readonly string[]): string | string[] {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : [...values];
}
