/** What policies and grants need to know of a principal, whichever class is behind it. */
import type { IConstruct } from 'constructs';
import type { PlainConditions } from './plain-conditions.ts';
import type { PolicyStatement } from './policy-statement.ts';

/** A principal as the Principal element of a policy names it, and the conditions that belong to it. */
export interface PrincipalFragment {
  /** The name's kind in the Principal element. */
  readonly kind: 'AWS' | 'Service' | 'Federated';
  /** An ARN, the name of a service, or `*`. */
  readonly value: string;
  /**
   * Statements that name the principal get these conditions too.
   * @default - none
   */
  readonly conditions?: PlainConditions | undefined;
}

/** Somebody whom policies and grants can name. */
export interface IPrincipal {
  readonly policyFragment: PrincipalFragment;
  /** The action by which it opens a session of a role that trusts it. */
  readonly assumeRoleAction: string;
  /** Its account, 12 digits; undefined: not known to this program, or it has none. */
  readonly principalAccount: string | undefined;

  /**
   * Adds a statement to the principal's own policies.
   * @returns the construct that holds the statement; undefined when this program does not declare policies of the
   * principal. Then nothing was added.
   */
  addToIdentityPolicy(statement: PolicyStatement): IConstruct | undefined;
}

/** An ARN, a 12-digit account id, a service or `*` as text is a principal too. */
export function isPrincipal(grantee: IPrincipal | string): grantee is IPrincipal {
  return typeof grantee !== 'string';
}
