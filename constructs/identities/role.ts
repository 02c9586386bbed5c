/** A role. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html */
import type { Construct } from 'constructs';
import { Lazy, type TerraformProvider, type TerraformResource } from '../cdk.ts';
import { IamRole } from '../generated/iam-role.ts';
import { IamRolePolicyAttachment } from '../generated/iam-role-policy-attachment.ts';
import type { IPrincipal, PrincipalFragment } from '../policies/principal-interface.ts';
import { TrustPolicy, type TrustStatement } from '../policies/trust-policy.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import { Identity } from './identity.ts';
import { roleByArn, roleByName } from './imported-identities.ts';
import type { IManagedPolicy, IRole } from './interfaces.ts';
import { nameOf } from './names.ts';

export interface RoleProps {
  /**
   * Who can open sessions of the role: principals, ARNs, 12-digit account ids, services. Each by its own action;
   * `addToTrustPolicy` takes conditions and other actions.
   * @example ['111122223333']
   */
  readonly assumedBy: (IPrincipal | string)[];
  /**
   * Another name is another role.
   * @default - the ids on the construct's path
   * @example 'shop'
   */
  readonly roleName?: string | undefined;
  /**
   * Path in the ARN, which begins and ends with a slash.
   * @default '/'
   * @example '/shop/'
   */
  readonly path?: string | undefined;
  /**
   * What it is for, shown wherever it is listed.
   * @default - none
   * @example 'Encrypts orders'
   */
  readonly description?: string | undefined;
  /**
   * Longest session in seconds, 3600 to 43200.
   * @default 3600
   * @example 7200
   */
  readonly maxSessionDurationInSeconds?: number | undefined;
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

/**
 * @example
 * const deploy = new Role(stack, 'deploy', { assumedBy: [github.principal({ audiences: ['keystead'] })] });
 * key.grantDecrypt(deploy, { means: 'IDENTITY_POLICY' });
 */
export class Role extends Identity implements IRole {
  readonly roleName: string;
  readonly roleArn: string;
  readonly provider: TerraformProvider | undefined;
  readonly #trust = new TrustPolicy();

  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id);
    this.provider = props.provider;
    if (props.assumedBy.length > 0) this.addToTrustPolicy({ principals: props.assumedBy });
    const { permissionsBoundary: boundary } = props;
    const resource = new IamRole(this, 'Resource', {
      name: nameOf(this, props.roleName, 64),
      path: props.path,
      description: props.description,
      maxSessionDuration: props.maxSessionDurationInSeconds,
      permissionsBoundary: typeof boundary === 'object' ? boundary.policyArn : boundary,
      assumeRolePolicy: Lazy.stringValue({ produce: () => this.#trust.toJson() }),
      tags: props.tags,
    });
    assignProvider(resource, () => props.provider ?? KeysteadProvider.of(this));
    this.roleName = resource.name;
    this.roleArn = resource.arn;
    for (const policy of props.managedPolicies ?? []) this.addManagedPolicy(policy);
    this.node.addValidation({
      validate: () =>
        this.#trust.isEmpty ? ['Nobody can open sessions of the role: name somebody in assumedBy.'] : [],
    });
  }

  /** A role that is declared elsewhere, by its ARN. If it is of the stack's account, access can be added to it here. */
  static fromArn(scope: Construct, id: string, roleArn: string, provider?: TerraformProvider): IRole {
    return roleByArn(scope, id, roleArn, provider);
  }

  /** A role of the provider's account, by its name. Looked up in every plan. */
  static fromName(scope: Construct, id: string, roleName: string, provider?: TerraformProvider): IRole {
    return roleByName(scope, id, roleName, provider);
  }

  /** Lets more principals open sessions, or the same ones in another way. */
  addToTrustPolicy(statement: TrustStatement): void {
    try {
      this.#trust.addStatement(statement);
    } catch (error) {
      refuse(this, error instanceof Error ? error.message : String(error), '');
    }
  }

  get policyFragment(): PrincipalFragment {
    return { kind: 'AWS', value: this.roleArn };
  }

  /** @internal */
  get _named(): IRole {
    return this;
  }

  /** @internal */
  _attach(id: string, policyArn: string): TerraformResource {
    return new IamRolePolicyAttachment(this, id, { role: this.roleName, policyArn });
  }
}
