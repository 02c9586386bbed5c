/** A group of users. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html */
import type { Construct } from 'constructs';
import { Lazy, type TerraformProvider, type TerraformResource } from '../cdk.ts';
import { IamGroup } from '../generated/iam-group.ts';
import { IamGroupMembership } from '../generated/iam-group-membership.ts';
import { IamGroupPolicyAttachment } from '../generated/iam-group-policy-attachment.ts';
import type { PrincipalFragment } from '../policies/principal-interface.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { Identity } from './identity.ts';
import { groupByName } from './imported-identities.ts';
import type { IGroup, IManagedPolicy, IUser } from './interfaces.ts';
import { nameOf } from './names.ts';

export interface GroupProps {
  /**
   * Changes in place.
   * @default - the ids on the construct's path
   * @example 'security'
   */
  readonly groupName?: string | undefined;
  /**
   * Path in the ARN, which begins and ends with a slash.
   * @default '/'
   * @example '/shop/'
   */
  readonly path?: string | undefined;
  /**
   * All users of the group, or their names: Terraform removes others. More can be added with `addUser`.
   * @default - Terraform leaves the members alone
   * @example [new User(stack, 'alice')]
   */
  readonly users?: (IUser | string)[] | undefined;
  /**
   * Managed policies, or their ARNs. More can be added with `addManagedPolicy`.
   * @default - none
   * @example [new ManagedPolicy(stack, 'readers')]
   */
  readonly managedPolicies?: (IManagedPolicy | string)[] | undefined;
  /**
   * The provider that serves it.
   * @default - the stack's default
   * @example new KeysteadProvider(stack, 'other', { alias: 'other' })
   */
  readonly provider?: TerraformProvider | undefined;
}

/**
 * A group gives its users policies: `key.grantDecrypt(group, { means: 'IDENTITY_POLICY' })`. Key policies and grants
 * cannot name it.
 */
export class Group extends Identity implements IGroup {
  readonly groupName: string;
  readonly groupArn: string;
  readonly provider: TerraformProvider | undefined;
  readonly #users: (IUser | string)[] = [];
  readonly #name: string;

  constructor(scope: Construct, id: string, props: GroupProps = {}) {
    super(scope, id);
    this.provider = props.provider;
    this.#name = nameOf(this, props.groupName, 128);
    const resource = new IamGroup(this, 'Resource', {
      name: this.#name,
      path: props.path,
    });
    assignProvider(resource, () => props.provider ?? KeysteadProvider.of(this));
    this.groupName = resource.name;
    this.groupArn = resource.arn;
    for (const user of props.users ?? []) this.addUser(user);
    for (const policy of props.managedPolicies ?? []) this.addManagedPolicy(policy);
  }

  /** A group of the provider's account, by its name. */
  static fromName(scope: Construct, id: string, groupName: string, provider?: TerraformProvider): IGroup {
    return groupByName(scope, id, groupName, provider);
  }

  /** Adds a user. From the first one on the members are those that are declared here, and no others. */
  addUser(user: IUser | string): void {
    this.#users.push(user);
    if (this.#users.length > 1) return;
    const membership = new IamGroupMembership(this, 'Membership', {
      name: this.#name,
      group: this.groupName,
      users: Lazy.listValue({
        produce: () => this.#users.map((one) => (typeof one === 'string' ? one : one.userName)),
      }),
    });
    assignProvider(membership, () => this.provider ?? KeysteadProvider.of(this));
  }

  /** @throws Error always: a policy cannot name a group. */
  get policyFragment(): PrincipalFragment {
    throw new Error(
      `The group ${this.node.path} is not a principal: give it access by means: 'IDENTITY_POLICY', or name its users.`,
    );
  }

  /** @internal */
  get _named(): IGroup {
    return this;
  }

  /** @internal */
  _attach(id: string, policyArn: string): TerraformResource {
    return new IamGroupPolicyAttachment(this, id, { group: this.groupName, policyArn });
  }
}
