/**
 * Principals by name: users, roles, sessions, accounts, everybody. A construct that declares a principal (`Role`,
 * `User`) is one itself.
 * Source: IAM user guide, "AWS JSON policy elements: Principal".
 */
import { isAccountId, parsePrincipal as parseReference } from '@keystead/provider-schema/arn.ts';
import type { IConstruct } from 'constructs';
import { Aspects, Lazy, type TerraformProvider, Token } from '../cdk.ts';
import { accountIdOf, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { blockOf, type Conditions } from './condition.ts';
import { mergedConditions } from './merged-conditions.ts';
import type { PolicyStatement } from './policy-statement.ts';
import { parsePrincipal } from './principal.ts';
import type { IPrincipal, PrincipalFragment } from './principal-interface.ts';

/** What the principals of this library have in common. */
export abstract class PrincipalBase implements IPrincipal {
  abstract readonly policyFragment: PrincipalFragment;

  get assumeRoleAction(): string {
    return 'sts:AssumeRole';
  }

  get principalAccount(): string | undefined {
    return undefined;
  }

  addToIdentityPolicy(_statement: PolicyStatement): IConstruct | undefined {
    return undefined;
  }

  /** The same principal, in requests for which these conditions hold as well. */
  withConditions(conditions: Conditions): IPrincipal {
    return new PrincipalWithConditions(this, conditions);
  }
}

/** A principal in requests for which conditions hold. Grants cannot name it, because a grant has no conditions. */
export class PrincipalWithConditions extends PrincipalBase {
  readonly #principal: IPrincipal;
  readonly #conditions: Conditions;

  constructor(principal: IPrincipal | string, conditions: Conditions) {
    super();
    this.#principal = toPrincipal(principal);
    this.#conditions = conditions;
  }

  get policyFragment(): PrincipalFragment {
    const fragment = this.#principal.policyFragment;
    return { ...fragment, conditions: mergedConditions(fragment.conditions, blockOf(this.#conditions)) };
  }

  override get assumeRoleAction(): string {
    return this.#principal.assumeRoleAction;
  }

  override get principalAccount(): string | undefined {
    return this.#principal.principalAccount;
  }

  override addToIdentityPolicy(statement: PolicyStatement): IConstruct | undefined {
    const conditions = mergedConditions(blockOf(statement.conditions), blockOf(this.#conditions));
    return this.#principal.addToIdentityPolicy({ ...statement, conditions: conditions as Conditions | undefined });
  }
}

/** A user, role, session or account root by its ARN, which can be a reference to another resource. */
export class ArnPrincipal extends PrincipalBase {
  readonly arn: string;

  /** @throws Error when the text is not the ARN of a user, role, session or account root. */
  constructor(arn: string) {
    super();
    this.arn = arn;
    if (Token.isUnresolved(arn)) return;
    const { kind, value } = parsePrincipal(arn);
    if (kind !== 'AWS' || value !== arn || arn === '*') throw notThe('a user, role, session or account root', arn);
  }

  get policyFragment(): PrincipalFragment {
    return { kind: 'AWS', value: this.arn };
  }

  override get principalAccount(): string | undefined {
    return accountInArn(this.arn);
  }
}

/** A user by its ARN: `arn:aws:iam::111122223333:user/alice`. */
export class UserPrincipal extends ArnPrincipal {
  /** @throws Error when the text is not the ARN of a user. */
  constructor(userArn: string) {
    super(userArn);
    requireKind('user', userArn);
  }
}

/** A role by its ARN, in all its sessions: `arn:aws:iam::111122223333:role/deploy`. */
export class RolePrincipal extends ArnPrincipal {
  /** @throws Error when the text is not the ARN of a role. */
  constructor(roleArn: string) {
    super(roleArn);
    requireKind('role', roleArn);
  }
}

/** One session of a role by its ARN: `arn:aws:sts::111122223333:assumed-role/deploy/build-7`. */
export class SessionPrincipal extends ArnPrincipal {
  /** @throws Error when the text is not the ARN of a session. */
  constructor(sessionArn: string) {
    super(sessionArn);
    requireKind('assumed-role', sessionArn);
  }

  /**
   * The session of this name, without the role's path, which the ARNs of sessions do not have.
   * @throws Error when the role's ARN is only known to Terraform or is not the ARN of a role
   */
  static ofRole(roleArn: string, sessionName: string): SessionPrincipal {
    requireKind('role', roleArn);
    if (Token.isUnresolved(roleArn)) {
      throw new Error('The ARN of the role is only known to Terraform: give the ARN of its session as one text.');
    }
    const name = roleArn.slice(roleArn.lastIndexOf('/') + 1);
    const role = roleArn.replace(':iam:', ':sts:').replace(/:role\/.*$/, `:assumed-role/${name}`);
    return new SessionPrincipal(`${role}/${sessionName}`);
  }
}

/**
 * An account: its root user, and whomever its identity policies allow the same. The name in policies is the ARN of the
 * account's root.
 */
export class AccountPrincipal extends PrincipalBase {
  readonly accountId: string;

  /** @throws Error when the id is not 12 digits. */
  constructor(accountId: string) {
    super();
    this.accountId = accountId;
    if (Token.isUnresolved(accountId) || isAccountId(accountId)) return;
    throw new Error(`"${accountId}" is not an account id: give 12 digits as a string.`);
  }

  get policyFragment(): PrincipalFragment {
    return { kind: 'AWS', value: `arn:aws:iam::${this.accountId}:root` };
  }

  override get principalAccount(): string | undefined {
    return Token.isUnresolved(this.accountId) ? undefined : this.accountId;
  }
}

/** The account that the keys of a stack are in: that of its Keystead provider. */
export class AccountRootPrincipal extends AccountPrincipal {
  /** @param scope a construct of the stack @param provider another than the stack's default */
  constructor(scope: IConstruct, provider?: TerraformProvider) {
    let accountId: string | undefined;
    super(Lazy.stringValue({ produce: () => accountId }));
    Aspects.of(scope).add({
      visit: (node) => {
        if (node === scope) accountId = accountIdOf(provider ?? KeysteadProvider.of(scope));
      },
    });
  }
}

/**
 * Everybody, in any account. An Allow needs conditions, such as `kms:CallerAccount` with `kms:ViaService`:
 * `new AnyPrincipal().withConditions(…)`.
 */
export class AnyPrincipal extends PrincipalBase {
  get policyFragment(): PrincipalFragment {
    return { kind: 'AWS', value: '*' };
  }
}

/** The principal that a text names: an ARN, a 12-digit account id, a service, or `*`. */
class TextPrincipal extends PrincipalBase {
  readonly policyFragment: PrincipalFragment;

  constructor(text: string) {
    super();
    this.policyFragment = parsePrincipal(text);
  }

  override get principalAccount(): string | undefined {
    return accountInArn(this.policyFragment.value);
  }
}

/** @throws Error that says what a principal can look like. */
export function toPrincipal(principal: IPrincipal | string): IPrincipal {
  return typeof principal === 'string' ? new TextPrincipal(principal) : principal;
}

function accountInArn(arn: string): string | undefined {
  if (Token.isUnresolved(arn)) return undefined;
  const account = arn.split(':')[4] ?? '';
  return isAccountId(account) ? account : undefined;
}

function requireKind(kind: 'user' | 'role' | 'assumed-role', arn: string): void {
  if (Token.isUnresolved(arn) || parseReference(arn)?.kind === kind) return;
  throw notThe({ user: 'a user', role: 'a role', 'assumed-role': 'a session of a role' }[kind], arn);
}

function notThe(what: string, arn: string): Error {
  return new Error(`"${arn}" is not the ARN of ${what}.`);
}
