/**
 * The `policy` argument of a key: the account's own statement, the declared document, administrators and users, and
 * whatever is added until the stack is written. It is always written out, so that the code says everything about who is
 * allowed what: Terraform keeps the last policy of a key that declares none.
 */
import type { IConstruct } from 'constructs';
import {
  Annotations,
  DefaultTokenResolver,
  Lazy,
  StringConcat,
  type TerraformProvider,
  type TerraformResource,
  Tokenization,
} from '../cdk.ts';
import type { KmsAction } from '../policies/actions.ts';
import { KeyPolicyDocument, type KeyPolicyStatement } from '../policies/key-policy-document.ts';
import { knownSizeInBytes } from '../policies/policy-text.ts';
import type { IPrincipal } from '../policies/principal-interface.ts';
import { accountIdOf } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import { administration, useByUsage } from './key-actions.ts';
import { type KeyUsage, policySizeFinding, policyWarningInBytes } from './key-rules.ts';

/** The part of a key's props that makes its policy. */
export interface KeyPolicyProps {
  /**
   * Statements of your own. They take the place of the account's statement, unless `trustAccountIdentities` is set.
   * @default - none
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
   */
  readonly policy?: KeyPolicyDocument;
  /**
   * Principals that can manage the key but not use it.
   * @default - none beyond the account's own administrators
   */
  readonly administrators?: (IPrincipal | string)[];
  /**
   * Principals that can use the key for all that its usage allows.
   * @default - none beyond what the account's IAM policies allow
   */
  readonly users?: (IPrincipal | string)[];
  /**
   * Lets the account's IAM policies control the key, as in the policy AWS KMS gives a key by default.
   * @default - true, or false when `policy` is given
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam
   */
  readonly trustAccountIdentities?: boolean;
  /**
   * Accepts a policy that nobody can change again.
   * @default false
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#prevent-unmanageable-key
   */
  readonly bypassPolicyLockoutSafetyCheck?: boolean;
}

export class KeyPolicyArgument {
  /** The argument's value, produced when the stack is written. */
  readonly text: string;
  readonly #key: IConstruct;
  readonly #props: KeyPolicyProps;
  readonly #ofAccount = new KeyPolicyDocument();
  readonly #added = new KeyPolicyDocument();
  readonly #inherited: KeyPolicyArgument | undefined;
  #accountId: string | undefined;

  /** `inherited` is the policy of a key that declares none of its own. */
  constructor(key: IConstruct, keyUsage: KeyUsage | undefined, props: KeyPolicyProps, inherited?: KeyPolicyArgument) {
    this.#key = key;
    this.#props = props;
    this.#inherited = declaresPolicy(props) ? undefined : inherited;
    this.text = Lazy.stringValue({ produce: () => this.document().toJson() });
    const accountRoot = Lazy.stringValue({ produce: () => `arn:aws:iam::${this.#accountId}:root` });
    this.#ofAccount.addStatement({
      sid: 'Enable IAM User Permissions',
      principals: [accountRoot],
      actions: ['kms:*'],
    });
    this.#addRole('Administrators', props.administrators, administration);
    this.#addRole('Users', props.users, this.#useOf(keyUsage));
    key.node.addValidation({ validate: () => this.#lockoutFindings() });
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
    return KeyPolicyDocument.concat([...(this.#trustsAccount ? [this.#ofAccount] : []), ...this.#declared()]);
  }

  /** Called once the key's provider is chosen: the account's statement names the provider's account. */
  useProvider(provider: TerraformProvider): void {
    if (this.#trustsAccount) this.#accountId = accountIdOf(provider);
  }

  /** Checks of the written text that need the resource: its size, and that it does not refer to the key itself. */
  validateFor(resource: TerraformResource): void {
    resource.node.addValidation({ validate: () => this.#textFindings(resource) });
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

  #lockoutFindings(): string[] {
    const document = this.document();
    if (document.isEmpty) {
      return ['The key policy has no statements. Add one, name administrators, or set trustAccountIdentities to true.'];
    }
    if (this.#props.bypassPolicyLockoutSafetyCheck === true || document.allowsPutKeyPolicy) return [];
    return [
      'The key policy lets nobody change it again (kms:PutKeyPolicy), and AWS KMS refuses such a policy. Name ' +
        'administrators, set trustAccountIdentities to true, or set bypassPolicyLockoutSafetyCheck if that is meant.',
    ];
  }

  #textFindings(resource: TerraformResource): string[] {
    const text = String(
      Tokenization.resolve(this.text, {
        scope: resource,
        resolver: new DefaultTokenResolver(new StringConcat()),
        preparing: false,
      }),
    );
    const findings = text.includes(`\${${resource.terraformResourceType}.${resource.friendlyUniqueId}.`)
      ? [
          'The key policy refers to its own key, which Terraform cannot resolve. A key policy always applies to its own ' +
            'key: leave the reference out.',
        ]
      : [];
    const sizeInBytes = knownSizeInBytes(this.document().toJson());
    const tooLarge = policySizeFinding(sizeInBytes);
    if (tooLarge !== undefined) return [...findings, tooLarge.join(' ')];
    if (sizeInBytes > policyWarningInBytes) {
      Annotations.of(resource).addWarning(`The key policy takes ${sizeInBytes} bytes already, close to the limit.`);
    }
    return findings;
  }
}

function declaresPolicy({ policy, administrators, users, trustAccountIdentities }: KeyPolicyProps): boolean {
  return [policy, administrators, users, trustAccountIdentities].some((declared) => declared !== undefined);
}
