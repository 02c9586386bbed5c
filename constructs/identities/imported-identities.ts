/**
 * Users, groups and roles that exist outside this program. Those of the stack's account can get an inline policy here;
 * those of another account cannot, and whatever needs it is refused.
 */
import { parseArn, parsePrincipal } from '@keystead/provider-schema/arn.ts';
import type { Construct, IConstruct } from 'constructs';
import { type TerraformProvider, type TerraformResource, Token } from '../cdk.ts';
import { DataAwsIamRole } from '../generated/data-aws-iam-role.ts';
import { DataAwsIamUser } from '../generated/data-aws-iam-user.ts';
import { IamGroupPolicyAttachment } from '../generated/iam-group-policy-attachment.ts';
import { IamRolePolicyAttachment } from '../generated/iam-role-policy-attachment.ts';
import { IamUserPolicyAttachment } from '../generated/iam-user-policy-attachment.ts';
import type { PolicyStatement } from '../policies/policy-statement.ts';
import type { PrincipalFragment } from '../policies/principal-interface.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import { Identity } from './identity.ts';
import type { IGroup, IRole, IUser } from './interfaces.ts';

type Found = { readonly arn: string; readonly name: string };

abstract class ImportedIdentity extends Identity {
  readonly provider: TerraformProvider | undefined;
  readonly arn: string;
  readonly name: string;

  constructor(scope: Construct, id: string, provider: TerraformProvider | undefined, find: (self: Construct) => Found) {
    super(scope, id);
    this.provider = provider;
    const { arn, name } = find(this);
    this.arn = arn;
    this.name = name;
  }

  get policyFragment(): PrincipalFragment {
    return { kind: 'AWS', value: this.arn };
  }

  override get principalAccount(): string | undefined {
    return Token.isUnresolved(this.arn) ? super.principalAccount : parseArn(this.arn)?.accountId;
  }

  /** undefined for one of another account than the stack's. */
  override addToIdentityPolicy(statement: PolicyStatement): IConstruct | undefined {
    const [own, theirs] = [super.principalAccount, this.principalAccount];
    if (own !== undefined && theirs !== undefined && own !== theirs) return undefined;
    return super.addToIdentityPolicy(statement);
  }
}

class ImportedRole extends ImportedIdentity implements IRole {
  get roleName(): string {
    return this.name;
  }
  get roleArn(): string {
    return this.arn;
  }
  get _named(): IRole {
    return this;
  }
  _attach(id: string, policyArn: string): TerraformResource {
    return new IamRolePolicyAttachment(this, id, { role: this.name, policyArn });
  }
}

class ImportedUser extends ImportedIdentity implements IUser {
  get userName(): string {
    return this.name;
  }
  get userArn(): string {
    return this.arn;
  }
  get _named(): IUser {
    return this;
  }
  _attach(id: string, policyArn: string): TerraformResource {
    return new IamUserPolicyAttachment(this, id, { user: this.name, policyArn });
  }
}

class ImportedGroup extends ImportedIdentity implements IGroup {
  get groupName(): string {
    return this.name;
  }
  override get policyFragment(): PrincipalFragment {
    throw new Error(
      `The group ${this.node.path} is not a principal: give it access by means: 'IDENTITY_POLICY', or name its users.`,
    );
  }
  get _named(): IGroup {
    return this;
  }
  _attach(id: string, policyArn: string): TerraformResource {
    return new IamGroupPolicyAttachment(this, id, { group: this.name, policyArn });
  }
}

export function roleByArn(scope: Construct, id: string, roleArn: string, provider?: TerraformProvider): IRole {
  return new ImportedRole(scope, id, provider, (self) => partsOf(self, 'role', roleArn));
}

export function userByArn(scope: Construct, id: string, userArn: string, provider?: TerraformProvider): IUser {
  return new ImportedUser(scope, id, provider, (self) => partsOf(self, 'user', userArn));
}

export function roleByName(scope: Construct, id: string, name: string, provider?: TerraformProvider): IRole {
  return new ImportedRole(scope, id, provider, (self) => {
    const lookup = new DataAwsIamRole(self, 'Lookup', { name });
    assignProvider(lookup, () => provider ?? KeysteadProvider.of(self));
    return { arn: lookup.arn, name };
  });
}

export function userByName(scope: Construct, id: string, userName: string, provider?: TerraformProvider): IUser {
  return new ImportedUser(scope, id, provider, (self) => {
    const lookup = new DataAwsIamUser(self, 'Lookup', { userName });
    assignProvider(lookup, () => provider ?? KeysteadProvider.of(self));
    return { arn: lookup.arn, name: userName };
  });
}

export function groupByName(scope: Construct, id: string, name: string, provider?: TerraformProvider): IGroup {
  return new ImportedGroup(scope, id, provider, () => ({ arn: '', name }));
}

function partsOf(at: Construct, kind: 'user' | 'role', arn: string): Found {
  if (Token.isUnresolved(arn)) {
    return refuse(
      at,
      'The ARN is only known to Terraform, so the name in it is not known here.',
      `Pass the construct of the ${kind} itself, or use fromName.`,
    );
  }
  if (parsePrincipal(arn)?.kind === kind) return { arn, name: arn.slice(arn.lastIndexOf('/') + 1) };
  return refuse(at, `"${arn}" is not the ARN of a ${kind}.`, `Write arn:aws:iam::ACCOUNT:${kind}/NAME.`);
}
