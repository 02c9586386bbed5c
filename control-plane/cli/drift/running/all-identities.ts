/** The identities of the account as they are, each page of them in one call, and the custom key stores of some Regions. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { OutputJson } from '@keystead/provider-schema/json-types.ts';
import { type Connection, Refusal } from '../../shared/connection.ts';
import { CommandError } from '../../shared/report.ts';

type Page = OutputJson<'ListIdentityConfigurations'>;
type AccessKeys = Page['AccountConfiguration']['AccessKeys'];

/** A user, group or role. */
export interface Owner {
  readonly kind: 'user' | 'group' | 'role';
  readonly name: string;
  readonly arn: string;
  readonly uniqueId: string;
  readonly path: string;
  readonly boundary?: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Documents by name. */
  readonly inline: ReadonlyMap<string, string>;
  /** ARNs of managed policies. */
  readonly attached: ReadonlySet<string>;
  /** Of a user: names. */
  readonly groups: readonly string[];
  readonly accessKeys: AccessKeys;
  /** Of a role. */
  readonly trust?: string;
  readonly description?: string;
  readonly maxSessionDuration?: number;
}

export interface ManagedPolicy {
  readonly arn: string;
  readonly name: string;
  readonly policyId: string;
  readonly versionId: string;
  readonly document: string;
  readonly tags: ReadonlyMap<string, string>;
}

export interface IdentityProvider {
  readonly arn: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly tags: ReadonlyMap<string, string>;
  /** Where its keys come from; neither: its discovery document. */
  readonly jwks?: string;
  readonly jwksUri?: string;
}

export interface Identities {
  readonly account: Page['AccountConfiguration'];
  readonly owners: readonly Owner[];
  /** By ARN, those of AWS too. */
  readonly policies: ReadonlyMap<string, ManagedPolicy>;
  readonly providers: ReadonlyMap<string, IdentityProvider>;
  readonly services: Page['ServicePrincipals'];
}

const PAGE = 1000;

/** @throws CommandError when the caller is not allowed to list them */
export async function readIdentities(connection: Connection): Promise<Identities> {
  const pages: Page[] = [];
  for (let Marker: string | undefined; ; ) {
    const page: Page = await connection
      .call('ListIdentityConfigurations', { MaxItems: PAGE, ...defined({ Marker }) })
      .catch(permissionNamed);
    pages.push(page);
    if (!page.IsTruncated || page.Marker === undefined) break;
    Marker = page.Marker;
  }
  const [first] = pages as [Page, ...Page[]];
  return {
    account: first.AccountConfiguration,
    owners: pages.flatMap((page) => [
      ...page.Users.map(userOf),
      ...page.Groups.map(groupOf),
      ...page.Roles.map(roleOf),
    ]),
    policies: new Map(pages.flatMap(({ Policies }) => Policies.map(policyOf)).map((one) => [one.arn, one])),
    providers: new Map(
      pages.flatMap(({ OpenIDConnectProviders: all }) => all.map(providerOf)).map((one) => [one.arn, one]),
    ),
    services: pages.flatMap(({ ServicePrincipals }) => ServicePrincipals),
  };
}

type Tags = readonly { readonly Key: string; readonly Value: string }[] | undefined;
const tagsOf = (tags: Tags) => new Map((tags ?? []).map(({ Key, Value }) => [Key, Value]));

interface Policies {
  readonly inline?: NonNullable<Page['Groups'][number]['GroupPolicyList']>;
  readonly attached?: NonNullable<Page['Groups'][number]['AttachedManagedPolicies']>;
}
const policiesOf = ({ inline = [], attached = [] }: Policies) => ({
  inline: new Map(inline.map(({ PolicyName = '', PolicyDocument = '' }) => [PolicyName, PolicyDocument])),
  attached: new Set(attached.map(({ PolicyArn = '' }) => PolicyArn)),
});

function userOf({ User, AccessKeys }: Page['Users'][number]): Owner {
  const { UserName = '', Arn = '', UserId = '', Path = '/', GroupList = [] } = User;
  return {
    ...{ kind: 'user', name: UserName, arn: Arn, uniqueId: UserId, path: Path },
    ...{ groups: GroupList, accessKeys: AccessKeys, tags: tagsOf(User.Tags) },
    ...policiesOf(defined({ inline: User.UserPolicyList, attached: User.AttachedManagedPolicies })),
    ...defined({ boundary: User.PermissionsBoundary?.PermissionsBoundaryArn }),
  };
}

function groupOf(group: Page['Groups'][number]): Owner {
  const { GroupName = '', Arn = '', GroupId = '', Path = '/' } = group;
  return {
    ...{ kind: 'group', name: GroupName, arn: Arn, uniqueId: GroupId, path: Path },
    ...{ groups: [], accessKeys: [], tags: new Map() },
    ...policiesOf(defined({ inline: group.GroupPolicyList, attached: group.AttachedManagedPolicies })),
  };
}

function roleOf({ Role, Description, MaxSessionDuration }: Page['Roles'][number]): Owner {
  const { RoleName = '', Arn = '', RoleId = '', Path = '/' } = Role;
  return {
    ...{ kind: 'role', name: RoleName, arn: Arn, uniqueId: RoleId, path: Path },
    ...{ groups: [], accessKeys: [], tags: tagsOf(Role.Tags) },
    ...policiesOf(defined({ inline: Role.RolePolicyList, attached: Role.AttachedManagedPolicies })),
    ...defined({
      boundary: Role.PermissionsBoundary?.PermissionsBoundaryArn,
      trust: Role.AssumeRolePolicyDocument,
      description: Description,
      maxSessionDuration: MaxSessionDuration,
    }),
  };
}

function policyOf({ Policy, Document }: Page['Policies'][number]): ManagedPolicy {
  const { Arn = '', PolicyName = '', PolicyId = '', DefaultVersionId = '' } = Policy;
  return {
    ...{ arn: Arn, name: PolicyName, policyId: PolicyId, versionId: DefaultVersionId, document: Document },
    tags: tagsOf(Policy.Tags),
  };
}

function providerOf({ Arn, Provider, Jwks, JwksUri }: Page['OpenIDConnectProviders'][number]): IdentityProvider {
  const { ClientIDList = [], ThumbprintList = [] } = Provider;
  return {
    ...{ arn: Arn, clientIds: ClientIDList, thumbprints: ThumbprintList, tags: tagsOf(Provider.Tags) },
    ...defined({ jwks: Jwks, jwksUri: JwksUri }),
  };
}

function permissionNamed(error: unknown): never {
  if (!(error instanceof Refusal) || error.code !== 'AccessDeniedException') throw error;
  throw new CommandError(
    `The identities of the account cannot be read for comparison. ${error.message}`,
    'Declared identities and --unmanaged need iam:GetAccountAuthorizationDetails, iam:ListAccessKeys, ' +
      'iam:GetOpenIDConnectProvider and keystead:ListServicePrincipals, on every resource.',
  );
}
