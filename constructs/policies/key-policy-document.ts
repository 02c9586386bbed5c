/**
 * A key policy as typed statements. Actions are checked against the operations that exist, principals against what a
 * policy can name; statements that differ only in their principals become one.
 * Source: AWS KMS developer guide, "Key policies in AWS KMS"; IAM user guide, "IAM JSON policy elements reference".
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { Token } from '../cdk.ts';
import { type KmsActionName, kmsActions } from '../generated/kms-actions.ts';
import { policyJson } from './policy-text.ts';
import { type Principal, type PrincipalKind, parsePrincipal } from './principal.ts';

/**
 * An action by name, or a pattern with `*` that matches at least one: `kms:Decrypt`, `kms:GenerateDataKey*`, `kms:*`.
 */
export type KmsAction = KmsActionName | `kms:${string}*`;

export interface KeyPolicyStatement {
  /**
   * Statement id. A statement with an id is never merged with another.
   * @default - none
   */
  readonly sid?: string;
  /** @default 'Allow' */
  readonly effect?: 'Allow' | 'Deny';
  /**
   * ARNs of users, roles, sessions or account roots, 12-digit account ids, services (`logs.amazonaws.com`). `*` only in
   * a Deny or together with conditions.
   */
  readonly principals: string[];
  readonly actions: KmsAction[];
  /**
   * Operator, then condition key, then value or values: `{ StringEquals: { 'kms:ViaService':
   * 's3.eu-west-1.amazonaws.com' } }`. Policy variables are written as in IAM, without escapes.
   * @default - none
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/policy-conditions.html
   */
  readonly conditions?: Record<string, Record<string, string | string[]>>;
}

export interface KeyPolicyDocumentProps {
  /** @default - none; add them with `addStatement` */
  readonly statements?: KeyPolicyStatement[];
}

interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  readonly principals: readonly Principal[];
  readonly actions: readonly string[];
  readonly conditions: Record<string, Record<string, string | string[]>> | undefined;
}

export class KeyPolicyDocument {
  readonly #statements: Statement[] = [];

  constructor(props: KeyPolicyDocumentProps = {}) {
    for (const statement of props.statements ?? []) this.addStatement(statement);
  }

  /** @throws Error when an action does not exist or a principal cannot be named in a key policy. */
  addStatement(statement: KeyPolicyStatement): void {
    this.#statements.push(parseStatement(statement));
  }

  get isEmpty(): boolean {
    return this.#statements.length === 0;
  }

  /** True when some principal can change the policy later, as AWS KMS's lockout safety check requires. */
  get allowsPutKeyPolicy(): boolean {
    return this.#statements.some(
      ({ effect, actions }) => effect === 'Allow' && actions.some((action) => matches(action, 'kms:PutKeyPolicy')),
    );
  }

  /**
   * The document as plain data, references unresolved. The resource is always `*`: the key the policy is attached to.
   */
  toObject(): Record<string, unknown> {
    return { Version: '2012-10-17', Statement: merged(this.#statements).map(printed) };
  }

  /** The document as text for a Terraform argument: policy variables escaped, references kept. */
  toJson(): string {
    return policyJson(this.toObject());
  }

  /** A document that holds these documents' statements in order. */
  static concat(documents: KeyPolicyDocument[]): KeyPolicyDocument {
    const whole = new KeyPolicyDocument();
    for (const document of documents) whole.#statements.push(...document.#statements);
    return whole;
  }
}

function parseStatement(statement: KeyPolicyStatement): Statement {
  const { sid, effect = 'Allow', conditions } = statement;
  const principals = requireKnownList(statement.principals, 'principals').map(parsePrincipal);
  const actions = [...new Set<string>(requireKnownList(statement.actions, 'actions'))].sort();
  for (const action of actions) requireKnownAction(action);
  const open = principals.some(({ value }) => value === '*');
  if (open && effect === 'Allow' && Object.keys(conditions ?? {}).length === 0) {
    throw new Error(
      'A key policy statement allows every principal of every account without a condition: name the principals, ' +
        'or restrict it with conditions such as kms:CallerAccount and kms:ViaService.',
    );
  }
  return { sid, effect, principals, actions, conditions };
}

/** A list that only Terraform knows cannot be written into JSON text element by element. */
function requireKnownList<T extends string>(list: readonly T[], member: string): readonly T[] {
  if (Token.isUnresolved(list)) {
    throw new Error(
      `The ${member} of a key policy statement are a list that only Terraform knows: give each element as its own string.`,
    );
  }
  if (list.length === 0) throw new Error(`A key policy statement has no ${member}: name at least one.`);
  return list;
}

function requireKnownAction(action: string): void {
  if (kmsActions.some((name) => matches(action, name))) return;
  throw new Error(
    `"${action}" matches no action of AWS KMS: write a name such as kms:Decrypt or a pattern such as kms:GenerateDataKey*.`,
  );
}

/** IAM compares action names without regard to case; `*` stands for any text, `?` for one character. */
function matches(pattern: string, action: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(action);
}

/** Statements without id that agree in everything but their principals, as one; the first keeps its place. */
function merged(statements: readonly Statement[]): Statement[] {
  const byMeaning = new Map<string, Statement>();
  for (const [index, statement] of statements.entries()) {
    const { sid, effect, actions, conditions } = statement;
    const meaning = sid === undefined ? JSON.stringify([effect, actions, conditions]) : `sid ${index}`;
    const earlier = byMeaning.get(meaning);
    const principals = [...(earlier?.principals ?? []), ...statement.principals];
    byMeaning.set(meaning, { ...statement, principals });
  }
  return [...byMeaning.values()];
}

function printed({ sid, effect, principals, actions, conditions }: Statement): object {
  return {
    ...defined({ Sid: sid }),
    Effect: effect,
    Principal: printedPrincipals(principals),
    Action: oneOrMany(actions),
    Resource: '*',
    ...defined({ Condition: conditions }),
  };
}

function printedPrincipals(principals: readonly Principal[]): Partial<Record<PrincipalKind, string | string[]>> {
  const byKind = Map.groupBy(principals, ({ kind }) => kind);
  return Object.fromEntries(
    [...byKind].map(([kind, members]) => [kind, oneOrMany([...new Set(members.map(({ value }) => value))])]),
  );
}

function oneOrMany(values: readonly string[]): string | string[] {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : [...values];
}
