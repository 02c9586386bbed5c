/** What users, groups and roles have in common: policies of their own, and managed ones. */
import type { IConstruct } from 'constructs';
import { type TerraformProvider, type TerraformResource, Token } from '../cdk.ts';
import type { PolicyStatement } from '../policies/policy-statement.ts';
import type { IPrincipal, PrincipalFragment } from '../policies/principal-interface.ts';
import { knownAccountOf } from '../stacks/accounts.ts';
import { KeysteadConstruct } from '../stacks/keystead-construct.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import { relativePath } from '../stacks/relative-path.ts';
import { InlinePolicy } from './inline-policy.ts';
import type { IGroup, IManagedPolicy, IRole, IUser } from './interfaces.ts';

const accessPolicy = 'Access';

/** A user, group or role. */
export abstract class Identity extends KeysteadConstruct implements IPrincipal {
  abstract readonly policyFragment: PrincipalFragment;
  /** The provider that was named for it; undefined: the stack's default. */
  abstract readonly provider: TerraformProvider | undefined;

  get assumeRoleAction(): string {
    return 'sts:AssumeRole';
  }

  get principalAccount(): string | undefined {
    return knownAccountOf(this, this.provider);
  }

  /** Adds a statement to the inline policy `Access`, which all statements of this program for the identity share. */
  addToIdentityPolicy(statement: PolicyStatement): IConstruct | undefined {
    const known = this.node.tryFindChild(accessPolicy);
    const policy =
      known instanceof InlinePolicy
        ? known
        : new InlinePolicy(this, accessPolicy, { identity: this._named, provider: this.provider });
    policy.addStatement(statement);
    return policy;
  }

  /**
   * Gives it a managed policy, beside those that it has.
   * @param policy the construct, or the ARN of one that is declared elsewhere
   */
  addManagedPolicy(policy: IManagedPolicy | string): void {
    const [arn, named] = typeof policy === 'string' ? [policy, policy] : [policy.policyArn, relativePath(this, policy)];
    if (Token.isUnresolved(named)) {
      refuse(
        this,
        'Only Terraform knows the ARN of the managed policy, so the Terraform address of its attachment cannot follow ' +
          'from it.',
        'Pass the construct of the policy, for example ManagedPolicy.fromArn(…).',
      );
    }
    const id = `Attachment-${named.replace(/^arn:[^:]*:iam::/, '').replaceAll(/[:/]+/g, '-')}`;
    if (this.node.tryFindChild(id) !== undefined) return;
    const attachment = this._attach(id, arn);
    assignProvider(attachment, () => this.provider ?? KeysteadProvider.of(this));
  }

  /** @internal The identity as inline policies name it. */
  abstract get _named(): IUser | IRole | IGroup;
  /** @internal */
  abstract _attach(id: string, policyArn: string): TerraformResource;
}
