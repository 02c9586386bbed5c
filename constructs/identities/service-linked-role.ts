/**
 * The role that a service assumes.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
 */
import { isServiceName } from '@keystead/provider-schema/arn.ts';
import type { Construct, IConstruct } from 'constructs';
import { type TerraformProvider, Token } from '../cdk.ts';
import { IamServiceLinkedRole } from '../generated/iam-service-linked-role.ts';
import type { PolicyStatement } from '../policies/policy-statement.ts';
import type { PrincipalFragment } from '../policies/principal-interface.ts';
import { knownAccountOf } from '../stacks/accounts.ts';
import { KeysteadConstruct } from '../stacks/keystead-construct.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import type { IRole } from './interfaces.ts';

export interface ServiceLinkedRoleProps {
  /**
   * `autoscaling.amazonaws.com`
   * @example 'autoscaling.amazonaws.com'
   */
  readonly service: string;
  /**
   * Text at the end of the role's name, for a second role of the service.
   * @default - none
   * @example 'shop'
   */
  readonly customSuffix?: string | undefined;
  /**
   * What it is for, shown wherever it is listed.
   * @default - none
   * @example 'Encrypts orders'
   */
  readonly description?: string | undefined;
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

/** Its policies belong to the service, so access to a key is given to it by key policy or grant. */
export class ServiceLinkedRole extends KeysteadConstruct implements IRole {
  readonly roleName: string;
  readonly roleArn: string;
  readonly #provider: TerraformProvider | undefined;

  constructor(scope: Construct, id: string, props: ServiceLinkedRoleProps) {
    super(scope, id);
    if (!Token.isUnresolved(props.service) && !isServiceName(props.service)) {
      refuse(this, `"${props.service}" is not the name of a service.`, 'Write one such as autoscaling.amazonaws.com.');
    }
    this.#provider = props.provider;
    const resource = new IamServiceLinkedRole(this, 'Resource', {
      awsServiceName: props.service,
      customSuffix: props.customSuffix,
      description: props.description,
      tags: props.tags,
    });
    assignProvider(resource, () => props.provider ?? KeysteadProvider.of(this));
    this.roleName = resource.name;
    this.roleArn = resource.arn;
  }

  get policyFragment(): PrincipalFragment {
    return { kind: 'AWS', value: this.roleArn };
  }

  get assumeRoleAction(): string {
    return 'sts:AssumeRole';
  }

  get principalAccount(): string | undefined {
    return knownAccountOf(this, this.#provider);
  }

  /** Adds nothing: only the service changes the policies of its role. */
  addToIdentityPolicy(_statement: PolicyStatement): IConstruct | undefined {
    return undefined;
  }
}
