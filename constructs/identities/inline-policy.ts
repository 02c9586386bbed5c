/**
 * A policy that belongs to one user, group or role, and goes with it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
 */
import type { Construct } from 'constructs';
import { Lazy, type TerraformProvider } from '../cdk.ts';
import { IamGroupPolicy } from '../generated/iam-group-policy.ts';
import { IamRolePolicy } from '../generated/iam-role-policy.ts';
import { IamUserPolicy } from '../generated/iam-user-policy.ts';
import { PolicyDocument, type PolicyStatement } from '../policies/policy-document.ts';
import { KeysteadConstruct } from '../stacks/keystead-construct.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import type { IGroup, IRole, IUser } from './interfaces.ts';
import { firstId, requireName } from './names.ts';

export interface InlinePolicyProps {
  /**
   * Whose policy it is.
   * @example new Role(stack, 'shop', { assumedBy: ['111122223333'] })
   */
  readonly identity: IUser | IRole | IGroup;
  /**
   * Name of the policy, which is unique for its user, group or role.
   * @default - the id of the construct
   * @example 'decrypt-orders'
   */
  readonly policyName?: string | undefined;
  /**
   * The statements of the policy, in their order.
   * @default - none; add them with `addStatement`
   * @example [{ actions: ['kms:Decrypt'], resources: [key.keyArn] }]
   */
  readonly statements?: PolicyStatement[] | undefined;
  /**
   * The provider that serves it.
   * @default - the stack's default
   * @example new KeysteadProvider(stack, 'other', { alias: 'other' })
   */
  readonly provider?: TerraformProvider | undefined;
}

export class InlinePolicy extends KeysteadConstruct {
  readonly #document = new PolicyDocument();

  constructor(scope: Construct, id: string, props: InlinePolicyProps) {
    super(scope, id);
    for (const statement of props.statements ?? []) this.addStatement(statement);
    const resource = this.#declare(props.identity, {
      name: props.policyName === undefined ? firstId(this) : requireName(this, props.policyName, 128),
      policy: Lazy.stringValue({ produce: () => this.#document.toJson() }),
    });
    assignProvider(resource, () => props.provider ?? KeysteadProvider.of(this));
    this.node.addValidation({
      validate: () => (this.#document.isEmpty ? ['The policy has no statements: add one, or leave it out.'] : []),
    });
  }

  addStatement(statement: PolicyStatement): void {
    try {
      this.#document.addStatement(statement);
    } catch (error) {
      refuse(this, error instanceof Error ? error.message : String(error), '');
    }
  }

  #declare(identity: IUser | IRole | IGroup, policy: { readonly name: string; readonly policy: string }) {
    if ('roleName' in identity) return new IamRolePolicy(this, 'Resource', { ...policy, role: identity.roleName });
    if ('userName' in identity) return new IamUserPolicy(this, 'Resource', { ...policy, user: identity.userName });
    return new IamGroupPolicy(this, 'Resource', { ...policy, group: identity.groupName });
  }
}
