/**
 * The trust policy of a role: who can open sessions of it, and how. It names no resource, because it is about its role.
 * Source: IAM user guide, "IAM roles", "AWS JSON policy elements: Principal".
 */
import { blockOf, type Conditions } from './condition.ts';
import { checkedConditions } from './condition-check.ts';
import { policyJson } from './policy-text.ts';
import { type IPrincipal, isPrincipal } from './principal-interface.ts';
import { merged, pickList, printed, type Statement, sortedActions, statementsFor } from './statement.ts';

export interface TrustStatement {
  /**
   * Statement id: letters and digits. A statement with an id is never merged with another.
   * @default - none
   */
  readonly sid?: string | undefined;
  /** @default 'Allow' */
  readonly effect?: 'Allow' | 'Deny' | undefined;
  /** Who can open sessions: principals, ARNs, 12-digit account ids, services. */
  readonly principals: (IPrincipal | string)[];
  /**
   * Actions of STS.
   * @default - the one by which the principal opens sessions: sts:AssumeRole, or sts:AssumeRoleWithWebIdentity
   */
  readonly actions?: string[] | undefined;
  /**
   * All must hold.
   * @default - none but those of the principals
   */
  readonly conditions?: Conditions | undefined;
}

const trustPolicy = 'trust policy';

export class TrustPolicy {
  readonly #statements: Statement[] = [];

  /** @throws Error when a principal or a condition cannot be meant. */
  addStatement(statement: TrustStatement): void {
    for (const principal of pickList(statement.principals, undefined, 'principals', trustPolicy).names) {
      this.#statements.push(...parseStatement(statement, principal));
    }
  }

  get isEmpty(): boolean {
    return this.#statements.length === 0;
  }

  toJson(): string {
    return policyJson({ Version: '2012-10-17', Statement: merged(this.#statements).map(printed) });
  }
}

/** One principal at a time: each has its own action. What is the same is merged. */
function parseStatement(statement: TrustStatement, principal: IPrincipal | string): Statement[] {
  const { sid, effect = 'Allow', conditions } = statement;
  const action = isPrincipal(principal) ? principal.assumeRoleAction : 'sts:AssumeRole';
  const actions = sortedActions(pickList(statement.actions ?? [action], undefined, 'actions', trustPolicy));
  for (const name of actions.names) {
    if (!/^sts:/i.test(name)) throw new Error(`A trust policy is about sts:AssumeRole and its like, not "${name}".`);
  }
  const whole = { sid, effect, actions, resources: undefined, conditions: blockOf(conditions) };
  return statementsFor({ negated: false, names: [principal] }, whole).map((one) => {
    if (effect === 'Allow' && one.conditions === undefined && one.principals?.names[0]?.value === '*') {
      throw new Error(
        'A trust policy lets everybody in any account open sessions: name principals, or add conditions.',
      );
    }
    return { ...one, conditions: checkedConditions(one.conditions, { policy: trustPolicy, effect }) };
  });
}
