/**
 * The `policy` argument of a key: the account's own statement, the declared document, administrators and users, and
 * whatever is added until the stack is written. It is always written out, so that the code says everything about who is
 * allowed what: Terraform keeps the last policy of a key that declares none.
 */
import type { IConstruct } from 'constructs';
import { type TerraformProvider, type TerraformResource, Token } from '../cdk.ts';
import type { KmsAction } from '../policies/actions.ts';
import { KeyPolicyDocument, type KeyPolicyStatement } from '../policies/key-policy-document.ts';
import type { IPrincipal } from '../policies/principal-interface.ts';
import { accountIdOf } from '../stacks/keystead-provider.ts';
import { lateText } from '../stacks/late-text.ts';
import { refuse } from '../stacks/refuse.ts';
import { administration, useByUsage } from './key-actions.ts';
import { policyFindings } from './key-policy-checks.ts';
import type { KeyUsage } from './key-rules.ts';

/** The part of a key's props that makes its policy. */
export interface KeyPolicyProps {
  /**
   * Statements of your own. They take the place of the account's statement, unless `trustAccountIdentities` is set.
   * @default - none
   * @example new KeyPolicyDocument({ statements: [{ principals: ['111122223333'], actions: ['kms:*'] }] })
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
   */
  readonly policy?: KeyPolicyDocument;
  /**
   * Principals that can manage the key but not use it.
   * @default - none beyond the account's own administrators
   * @example ['arn:aws:iam::111122223333:role/security']
   */
  readonly administrators?: (IPrincipal | string)[];
  /**
   * Principals that can use the key for all that its usage allows.
   * @default - none beyond what the account's IAM policies allow
   * @example ['arn:aws:iam::111122223333:role/shop']
   */
  readonly users?: (IPrincipal | string)[];
  /**
   * Lets the account's IAM policies control the key, as in the policy AWS KMS gives a key by default.
   * @default - true, or false when `policy` is given
   * @example false
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam
   */
  readonly trustAccountIdentities?: boolean;
  /**
   * Accepts a policy that nobody can change again.
   * @default false
   * @example true
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#prevent-unmanageable-key
   */
  readonly bypassPolicyLockoutSafetyCheck?: boolean;
}

export class KeyPolicyArgument {
  /** The argument's value, produced when the stack is written. */
  readonly text: string;
  readonly #key: IConstruct;
  readonly #props: KeyPolicyProps;
  readonly #added = new KeyPolicyDocument();
  readonly #inherited: KeyPolicyArgument | undefined;
  readonly #delegated: string[] = [];
  #accountId: string | undefined;
  /** Until the account is known. */
  #ofUnknownAccount: KeyPolicyDocument | undefined;

  /** `inherited` is the policy of a key that declares none of its own. */
  constructor(key: IConstruct, keyUsage: KeyUsage | undefined, props: KeyPolicyProps, inherited?: KeyPolicyArgument) {
    this.#key = key;
    this.#props = props;
    this.#inherited = declaresPolicy(props) ? undefined : inherited;
    this.text = lateText(() => this.#json());
    this.#addRole('Administrators', props.administrators, administration);
    this.#addRole('Users', props.users, this.#useOf(keyUsage));
    key.node.addValidation({ validate: () => this.#emptyFindings() });
  }

  add(statement: KeyPolicyStatement): void {
    try {
      this.#added.addStatement(statement);
    } catch (error) {
      refuse(this.#key, error instanceof Error ? error.message : String(error), '');
    }
  }

  /** Everything known so far, the account's statement first. */
  document(): KeyPolicyDocument {
    return KeyPolicyDocument.concat(this.#documents());
  }

  #documents(): KeyPolicyDocument[] {
    return [...(this.#trustsAccount ? [this.#ofAccount()] : []), ...this.#declared()];
  }

  /** The document as text. Most keys of a program trust their account and nobody else: that text is made once. */
  #json(): string {
    return this.#jsonOfAccount() ?? this.document().toJson();
  }

  /** undefined: the policy says more than that it trusts its account, or only Terraform knows the account. */
  #jsonOfAccount(): string | undefined {
    const [first, ...others] = this.#documents().filter((document) => !document.isEmpty);
    return first === undefined || others.length > 0 ? undefined : jsonOfAccounts.get(first);
  }

  #ofAccount(): KeyPolicyDocument {
    if (this.#accountId !== undefined) return documentOfAccount(this.#accountId);
    this.#ofUnknownAccount ??= accountDocument(lateText(() => rootOf(this.#accountId)));
    return this.#ofUnknownAccount;
  }

  /** Called once the key's provider is chosen: the account's statement names the provider's account. */
  useProvider(provider: TerraformProvider): void {
    if (this.#trustsAccount) this.#accountId = accountIdOf(provider);
  }

  /** Remembers that identity policies must be able to allow these actions. */
  needDelegation(actions: readonly string[]): void {
    this.#delegated.push(...actions);
  }

  /** Checks of the whole policy that need the resource: whom it locks out, its size, what it refers to. */
  validateFor(resource: TerraformResource & { readonly regionInput?: string | undefined }): void {
    this.#key.node.addValidation({ validate: () => this.#findings(resource) });
  }

  #findings(resource: TerraformResource & { readonly regionInput?: string | undefined }): string[] {
    const document = this.document();
    // Trusting the account and nobody else is always right.
    if (document.isEmpty || this.#jsonOfAccount() !== undefined) return [];
    return policyFindings({
      document,
      resource,
      region: resource.regionInput,
      bypassPolicyLockoutSafetyCheck: this.#props.bypassPolicyLockoutSafetyCheck,
      delegated: this.#delegated,
      lockoutRemedy:
        'Name administrators, set trustAccountIdentities to true, or set bypassPolicyLockoutSafetyCheck if that is meant.',
    });
  }

  get #trustsAccount(): boolean {
    if (this.#inherited !== undefined) return this.#inherited.#trustsAccount;
    const { policy, trustAccountIdentities } = this.#props;
    return trustAccountIdentities ?? policy === undefined;
  }

  /** All but the account's statement, which each key makes from its own provider: that can be in another stack. */
  #declared(): KeyPolicyDocument[] {
    const inherited = this.#inherited === undefined ? [] : this.#inherited.#declared();
    const { policy } = this.#props;
    return [...inherited, ...(policy === undefined ? [] : [policy]), this.#added];
  }

  #addRole(sid: string, principals: (IPrincipal | string)[] | undefined, actions: KmsAction[]): void {
    if (principals !== undefined && principals.length > 0) this.add({ sid, principals, actions });
  }

  /** What users of the key can do, which depends on its usage. */
  #useOf(keyUsage: KeyUsage | undefined): KmsAction[] {
    if (keyUsage !== undefined) return useByUsage[keyUsage];
    if (this.#props.users === undefined) return [];
    return refuse(
      this.#key,
      'The usage of the primary key is not known here, so neither is what its users do.',
      'Refer to the primary key by Key.fromKeyAttributes with its keyUsage, or give policy instead of users.',
    );
  }

  #emptyFindings(): string[] {
    if (!this.document().isEmpty) return [];
    return ['The key policy has no statements. Add one, name administrators, or set trustAccountIdentities to true.'];
  }
}

/** The account's statement as a document, one for each account of a program. */
const documentsOfAccounts = new Map<string, KeyPolicyDocument>();
const jsonOfAccounts = new WeakMap<KeyPolicyDocument, string>();

function documentOfAccount(accountId: string): KeyPolicyDocument {
  const root = rootOf(accountId);
  if (Token.isUnresolved(accountId)) return accountDocument(root);
  const document = documentsOfAccounts.get(accountId) ?? accountDocument(root);
  documentsOfAccounts.set(accountId, document);
  if (!jsonOfAccounts.has(document)) jsonOfAccounts.set(document, document.toJson());
  return document;
}

const rootOf = (accountId: string | undefined) => `arn:aws:iam::${accountId}:root`;

function accountDocument(root: string): KeyPolicyDocument {
  const document = new KeyPolicyDocument();
  document.addStatement({ sid: 'Enable IAM User Permissions', principals: [root], actions: ['kms:*'] });
  return document;
}

function declaresPolicy({ policy, administrators, users, trustAccountIdentities }: KeyPolicyProps): boolean {
  return [policy, administrators, users, trustAccountIdentities].some((declared) => declared !== undefined);
}
