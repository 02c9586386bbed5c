/**
 * A key policy as typed statements. Actions are checked against the operations that exist, principals against what a
 * policy can name; statements that differ only in their principals become one.
 * Source: AWS KMS developer guide, "Key policies in AWS KMS"; IAM user guide, "IAM JSON policy elements reference".
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { type KmsAction, matchesAction, requireKnownAction } from './actions.ts';
import { blockOf, type Conditions } from './condition.ts';
import { checkedConditions } from './condition-check.ts';
import { type GivenDocument, parseGiven, repeatedSids, warningsOf } from './given-document.ts';
import { policyJson } from './policy-text.ts';
import type { IPrincipal } from './principal-interface.ts';
import {
  type GivenStatement,
  isGiven,
  merged,
  pickList,
  printed,
  type Statement,
  sortedActions,
  statementsFor,
} from './statement.ts';

export type { KmsAction };

export interface KeyPolicyStatement {
  /**
   * Statement id. A statement with an id is never merged with another.
   * @default - none
   * @example 'Shop'
   */
  readonly sid?: string | undefined;
  /**
   * Whether the statement allows or denies.
   * @default 'Allow'
   * @example 'Deny'
   */
  readonly effect?: 'Allow' | 'Deny' | undefined;
  /**
   * Principals, or as text ARNs of users, roles, sessions or account roots, 12-digit account ids, services
   * (`logs.amazonaws.com`). `*` only in a Deny or together with conditions.
   * @default - none; then `notPrincipals` is needed
   * @example ['arn:aws:iam::111122223333:role/shop']
   */
  readonly principals?: (IPrincipal | string)[] | undefined;
  /**
   * All principals but these, in a Deny. A Deny spares a session only if its role and its account are listed too.
   * @default - none
   * @example ['arn:aws:iam::111122223333:role/security', '111122223333']
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
   */
  readonly notPrincipals?: (IPrincipal | string)[] | undefined;
  /**
   * Names, or patterns with `*` that match at least one action.
   * @default - none; then `notActions` is needed
   * @example ['kms:Decrypt', 'kms:GenerateDataKey*']
   */
  readonly actions?: KmsAction[] | undefined;
  /**
   * All actions but these.
   * @default - none
   * @example ['kms:Describe*']
   */
  readonly notActions?: KmsAction[] | undefined;
  /**
   * Operator, then condition key, then value or values: `{ StringEquals: { 'kms:ViaService':
   * 's3.eu-west-1.amazonaws.com' } }`; or one by one: `[Condition.stringEquals(KmsConditionKey.VIA_SERVICE,
   * 's3.eu-west-1.amazonaws.com')]`. All must hold. Policy variables are written as in IAM, without escapes.
   * @default - none
   * @example { Bool: { 'aws:SecureTransport': 'true' } }
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/policy-conditions.html
   */
  readonly conditions?: Conditions | undefined;
}

export interface KeyPolicyDocumentProps {
  /**
   * The first statements, in their order.
   * @default - none; add them with `addStatement`
   * @example [{ principals: ['111122223333'], actions: ['kms:*'] }]
   */
  readonly statements?: KeyPolicyStatement[];
}

const keyPolicy = 'key policy';

/** What is wrong with a document beyond its single statements. @internal */
export interface DocumentFindings {
  readonly refused: string[];
  readonly warned: string[];
}

export class KeyPolicyDocument {
  readonly #statements: (Statement | GivenStatement)[] = [];
  /** The documents that came as JSON. */
  readonly #given: GivenDocument[] = [];

  constructor(props: KeyPolicyDocumentProps = {}) {
    for (const statement of props.statements ?? []) this.addStatement(statement);
  }

  /** @throws Error when an action does not exist or a principal cannot be named in a key policy. */
  addStatement(statement: KeyPolicyStatement): void {
    this.#statements.push(...parseStatement(statement));
  }

  get isEmpty(): boolean {
    return this.#statements.length === 0;
  }

  /** True when some principal can change the policy later, as AWS KMS's lockout safety check requires. */
  get allowsPutKeyPolicy(): boolean {
    return this.#statements.some(
      (statement) =>
        !isGiven(statement) &&
        statement.effect === 'Allow' &&
        statement.actions.names.some((action) => matchesAction(action, 'kms:PutKeyPolicy')) !==
          statement.actions.negated,
    );
  }

  /**
   * The document as plain data, references unresolved. The resource of statements that do not come from JSON is always
   * `*`: the key the policy is attached to.
   */
  toObject(): Record<string, unknown> {
    const [given] = this.#given;
    const isAlone = given !== undefined && this.#statements.length === given.statements.length;
    const head = isAlone ? defined({ Version: given.version, Id: given.id }) : { Version: '2012-10-17' };
    return { ...head, Statement: merged(this.#statements).map(printed) };
  }

  /** @internal */
  get _hasGiven(): boolean {
    return this.#given.length > 0;
  }

  /** @internal */
  get _findings(): DocumentFindings {
    const { refused, warned } = repeatedSids(this.#statements);
    const isOld = this.#given.some(({ version, statements }) => {
      const text = JSON.stringify(statements);
      return version !== '2012-10-17' && this.#statements.length > statements.length && /\$\{(?!TfToken\[)/.test(text);
    });
    return {
      refused: refused.map((sid) => `Two statements of the key policy have the id "${sid}": give one of them another.`),
      warned: [
        ...warned.map((sid) => `Two statements of the key policy have the id "${sid}".`),
        ...this.#given.flatMap(({ statements }) => statements.flatMap(warningsOf)),
        ...(isOld
          ? ['The policy from JSON has policy variables and an older version: they count now, as in 2012-10-17.']
          : []),
      ],
    };
  }

  /** The document as text for a Terraform argument: policy variables escaped, references kept. */
  toJson(): string {
    return policyJson(this.toObject());
  }

  /**
   * A document with the statements of a policy in JSON, as they are: `KeyPolicyDocument.fromJson(readFileSync(
   * 'policy.json', 'utf8'))`. Synth warns of what AWS takes but cannot mean much: repeated ids, unknown actions and
   * condition keys.
   * @param json text, or an object of the same form
   * @throws Error when it is not the JSON of a policy with statements
   */
  static fromJson(json: string | Record<string, unknown>): KeyPolicyDocument {
    const document = new KeyPolicyDocument();
    const given = parseGiven(json);
    document.#given.push(given);
    document.#statements.push(...given.statements);
    return document;
  }

  /** A document that holds these documents' statements in order. */
  static concat(documents: KeyPolicyDocument[]): KeyPolicyDocument {
    const whole = new KeyPolicyDocument();
    for (const document of documents) {
      whole.#statements.push(...document.#statements);
      whole.#given.push(...document.#given);
    }
    return whole;
  }
}

/** The JSON of a statement as a key policy would have it, before it is merged with others. */
export function keyPolicyStatementJson(statement: KeyPolicyStatement): Record<string, unknown>[] {
  return parseStatement(statement).map(printed);
}

function parseStatement(statement: KeyPolicyStatement): Statement[] {
  const { sid, effect = 'Allow', conditions } = statement;
  const principals = pickList(statement.principals, statement.notPrincipals, 'principals', keyPolicy);
  if (principals.negated && effect === 'Allow') {
    throw new Error(
      'A key policy statement allows everybody but a few (notPrincipals): name the principals that it allows.',
    );
  }
  const actions = sortedActions(pickList<string>(statement.actions, statement.notActions, 'actions', keyPolicy));
  for (const action of actions.names) requireKnownAction(action);
  const resources = { negated: false, names: ['*'] };
  const whole = { sid, effect, actions, resources, conditions: blockOf(conditions) };
  const split = statementsFor(principals, whole);
  for (const one of split) requireNamed(one);
  return split.map((one) => ({
    ...one,
    conditions: checkedConditions(one.conditions, { policy: keyPolicy, effect }),
  }));
}

function requireNamed({ effect, principals, conditions }: Statement): void {
  const federated = principals?.names.find(({ kind }) => kind === 'Federated');
  if (federated !== undefined) {
    throw new Error(
      `A key policy cannot name callers by an identity provider's tokens (${federated.value}): name the role whose ` +
        "session they open, with a condition on the token's claims if there are several.",
    );
  }
  const open = principals?.names.some(({ value }) => value === '*') ?? false;
  if (!open || effect === 'Deny' || Object.keys(conditions ?? {}).length > 0) return;
  throw new Error(
    'A key policy statement allows every principal of every account without a condition: name the principals, ' +
      'or restrict it with conditions such as kms:CallerAccount and kms:ViaService.',
  );
}
