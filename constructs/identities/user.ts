/** A user. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users.html */
import type { Construct } from 'constructs';
import type { TerraformProvider, TerraformResource } from '../cdk.ts';
import { IamUser } from '../generated/iam-user.ts';
import { IamUserPolicyAttachment } from '../generated/iam-user-policy-attachment.ts';
import type { PrincipalFragment } from '../policies/principal-interface.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { Identity } from './identity.ts';
import { userByArn, userByName } from './imported-identities.ts';
import type { IManagedPolicy, IUser } from './interfaces.ts';
import { nameOf } from './names.ts';

export interface UserProps {
  /**
   * Changes in place; the ARN changes with it.
   * @default - the ids on the construct's path
   * @example 'alice'
   */
  readonly userName?: string | undefined;
  /**
   * Path in the ARN, which begins and ends with a slash.
   * @default '/'
   * @example '/shop/'
   */
  readonly path?: string | undefined;
  /**
   * The managed policy that limits what all others allow, or its ARN.
   * @default - none
   * @example new ManagedPolicy(stack, 'boundary')
   */
  readonly permissionsBoundary?: IManagedPolicy | string | undefined;
  /**
   * Managed policies, or their ARNs. More can be added with `addManagedPolicy`.
   * @default - none
   * @example [new ManagedPolicy(stack, 'readers')]
   */
  readonly managedPolicies?: (IManagedPolicy | string)[] | undefined;
  /**
   * Removes the user's access keys and policies that Terraform does not know together with the user.
   * @default false
   * @example true
   */
  readonly forceDestroy?: boolean | undefined;
  /**
   * Tags of it, up to 50.
   * @default - the provider's default tags
   * @example { Department: 'sales' }
   */
  readonly tags?: Record<string, string> | undefined;
  /**
   * The provider that serves it.
   * @default - the stack's default
   * @example new KeysteadProvider(stack, 'other', { alias: 'other' })
   */
  readonly provider?: TerraformProvider | undefined;
}

export class User extends Identity implements IUser {
  readonly userName: string;
  readonly userArn: string;
  readonly provider: TerraformProvider | undefined;

  constructor(scope: Construct, id: string, props: UserProps = {}) {
    super(scope, id);
    this.provider = props.provider;
    const { permissionsBoundary: boundary } = props;
    const resource = new IamUser(this, 'Resource', {
      name: nameOf(this, props.userName, 64),
      path: props.path,
      permissionsBoundary: typeof boundary === 'object' ? boundary.policyArn : boundary,
      forceDestroy: props.forceDestroy,
      tags: props.tags,
    });
    assignProvider(resource, () => props.provider ?? KeysteadProvider.of(this));
    this.userName = resource.name;
    this.userArn = resource.arn;
    for (const policy of props.managedPolicies ?? []) this.addManagedPolicy(policy);
  }

  /** A user that is declared elsewhere, by its ARN. If it is of the stack's account, access can be added to it here. */
  static fromArn(scope: Construct, id: string, userArn: string, provider?: TerraformProvider): IUser {
    return userByArn(scope, id, userArn, provider);
  }

  /** A user of the provider's account, by its name. Looked up in every plan. */
  static fromName(scope: Construct, id: string, userName: string, provider?: TerraformProvider): IUser {
    return userByName(scope, id, userName, provider);
  }

  get policyFragment(): PrincipalFragment {
    return { kind: 'AWS', value: this.userArn };
  }

  /** @internal */
  get _named(): IUser {
    return this;
  }

  /** @internal */
  _attach(id: string, policyArn: string): TerraformResource {
    return new IamUserPolicyAttachment(this, id, { user: this.userName, policyArn });
  }
}
