/**
 * An identity policy as typed statements: a managed policy, or an inline policy of a user, group or role. It names
 * resources and no principals; statements that are the same but for their resources stay apart.
 * Source: IAM user guide, "IAM JSON policy elements reference", "Grammar of the IAM JSON policy language".
 */
import { requireKnownAction } from './actions.ts';
import { blockOf } from './condition.ts';
import { checkedConditions } from './condition-check.ts';
import type { PolicyStatement } from './policy-statement.ts';
import { policyJson } from './policy-text.ts';
import { type GivenStatement, merged, pickList, printed, type Statement, sortedActions } from './statement.ts';

export type { PolicyStatement };

export interface PolicyDocumentProps {
  /**
   * The first statements, in their order.
   * @default - none; add them with `addStatement`
   * @example [{ actions: ['kms:Decrypt'], resources: [key.keyArn] }]
   */
  readonly statements?: PolicyStatement[] | undefined;
}

const identityPolicy = 'policy';

export class PolicyDocument {
  readonly #statements: (Statement | GivenStatement)[] = [];

  constructor(props: PolicyDocumentProps = {}) {
    for (const statement of props.statements ?? []) this.addStatement(statement);
  }

  /** @throws Error when an action of AWS KMS does not exist, or the statement names no actions or resources. */
  addStatement(statement: PolicyStatement): void {
    this.#statements.push(parseStatement(statement));
  }

  get isEmpty(): boolean {
    return this.#statements.length === 0;
  }

  /** The document as plain data, references unresolved. */
  toObject(): Record<string, unknown> {
    return { Version: '2012-10-17', Statement: merged(this.#statements).map(printed) };
  }

  /** The document as text for a Terraform argument: policy variables escaped, references kept. */
  toJson(): string {
    return policyJson(this.toObject());
  }
}

/** The JSON of a statement as an identity policy has it, before it is merged with others. */
export function policyStatementJson(statement: PolicyStatement): Record<string, unknown> {
  return printed(parseStatement(statement));
}

function parseStatement(statement: PolicyStatement): Statement {
  const { sid, effect = 'Allow', conditions } = statement;
  if (sid !== undefined && !/^[0-9A-Za-z]*$/.test(sid)) {
    throw new Error(`"${sid}" cannot be the id of a statement in an identity policy: use letters and digits.`);
  }
  const actions = sortedActions(pickList(statement.actions, statement.notActions, 'actions', identityPolicy));
  for (const action of actions.names) {
    if (action.startsWith('kms:')) requireKnownAction(action);
  }
  const resources = pickList(statement.resources, statement.notResources, 'resources', identityPolicy);
  const checked = checkedConditions(blockOf(conditions), { policy: identityPolicy, effect });
  return { sid, effect, principals: undefined, actions, resources, conditions: checked };
}
