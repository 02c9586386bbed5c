/**
 * The whole policy of a key that is declared elsewhere.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
 */
import type { Construct } from 'constructs';
import { Lazy, type TerraformProvider } from '../cdk.ts';
import { KmsKeyPolicy } from '../generated/kms-key-policy.ts';
import type { KeyPolicyDocument } from '../policies/key-policy-document.ts';
import { KeysteadConstruct } from '../stacks/keystead-construct.ts';
import { assignProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import { declaredPolicyOf, type IKey } from './interfaces.ts';
import { policyFindings } from './key-policy-checks.ts';
import { providerInAccountOf, regionBeside } from './placement.ts';

export interface KeyPolicyResourceProps {
  /**
   * A key of another stack or program; keys of this one declare their policy themselves.
   * @example Key.fromKeyId(stack, 'key', '1234abcd-12ab-34cd-56ef-1234567890ab')
   */
  readonly key: IKey;
  /**
   * The whole policy: nobody is allowed what it does not allow.
   * @example new KeyPolicyDocument({ statements: [{ principals: ['111122223333'], actions: ['kms:*'] }] })
   */
  readonly policy: KeyPolicyDocument;
  /**
   * Accepts a policy that nobody can change again, and leaves it in place when this construct is removed.
   * @default false
   * @example true
   */
  readonly bypassPolicyLockoutSafetyCheck?: boolean;
  /**
   * The provider that serves the policy.
   * @default - the key's, where that is of the same stack, or the stack's default
   * @example new KeysteadProvider(stack, 'other', { alias: 'other' })
   */
  readonly provider?: TerraformProvider;
}

export class KeyPolicy extends KeysteadConstruct {
  constructor(scope: Construct, id: string, props: KeyPolicyResourceProps) {
    super(scope, id);
    const { key, policy } = props;
    if (declaredPolicyOf(key) !== undefined) {
      refuse(this, `The key ${key.node.path} declares its own policy.`, 'Use its policy props or addToKeyPolicy.');
    }
    const resource = new KmsKeyPolicy(this, 'Resource', {
      keyId: key.keyId,
      region: regionBeside(this, key, props.provider),
      policy: Lazy.stringValue({ produce: () => policy.toJson() }),
      bypassPolicyLockoutSafetyCheck: props.bypassPolicyLockoutSafetyCheck,
    });
    assignProvider(resource, () =>
      providerInAccountOf(this, key, props.provider, 'a key policy is put by the account of its key'),
    );
    this.node.addValidation({
      validate: () =>
        policyFindings({
          document: policy,
          resource,
          region: key.region,
          bypassPolicyLockoutSafetyCheck: props.bypassPolicyLockoutSafetyCheck,
          delegated: [],
          lockoutRemedy: 'Allow that to somebody, or set bypassPolicyLockoutSafetyCheck if that is meant.',
        }),
    });
  }
}
