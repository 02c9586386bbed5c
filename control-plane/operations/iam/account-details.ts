/**
 * What an account contains: counts and quotas (GetAccountSummary), and all users, groups, roles and policies, one kind
 * after the other, page by page (GetAccountAuthorizationDetails). Source: AWS IAM API reference.
 */

import { limits } from '@keystead/provider-schema/limits.ts';
import type { accountDetailsOperations } from '@keystead/provider-schema/operations/iam/account-details.ts';
import type { Context } from '../../context/context.ts';
import { type AwsManagedPolicy, awsManagedPolicies } from '../../domain/identities/aws-managed-policies.ts';
import { listIdentityTags } from '../../domain/identities/identity-tags.ts';
import type { KeysetPage, Page } from '../../storage/port/page.ts';
import type { GroupRow, ManagedPolicyRow, PrincipalRow } from '../../storage/port/tables.ts';
import type { Implementations } from '../shared/implementation.ts';
import { identityPage, pageInMemory } from '../shared/paging.ts';
import { identityRead } from './identity-change.ts';
import { groupOf, roleOf, userOf } from './identity-lookups.ts';
import { attachedPolicy } from './policy-attachments.ts';
import { awsPolicyOf, awsVersionOf, countUses, policyOf, versionOf } from './policy-views.ts';

type Entity =
  | { readonly kind: 'User' | 'Role'; readonly name: string; readonly row: PrincipalRow }
  | { readonly kind: 'Group'; readonly name: string; readonly row: GroupRow }
  | { readonly kind: 'LocalManagedPolicy'; readonly name: string; readonly row: ManagedPolicyRow }
  | { readonly kind: 'AWSManagedPolicy'; readonly name: string; readonly row: AwsManagedPolicy };
type Kind = Entity['kind'];

const kinds: readonly Kind[] = ['User', 'Group', 'Role', 'LocalManagedPolicy', 'AWSManagedPolicy'];

const getAccountAuthorizationDetails = identityRead<'GetAccountAuthorizationDetails'>(async (ctx, input) => {
  const asked = kinds.filter((kind) => (input.Filter ?? kinds).includes(kind));
  const { rows, paging } = await identityPage(
    ctx,
    ['GetAccountAuthorizationDetails', ...asked],
    input,
    (page) => readKinds(asked, page, (kind, part) => readKind(ctx, kind, part)),
    ({ kind, name }) => `${kind}/${name}`,
  );
  return { ...(await details(ctx, rows)), ...paging };
});

/** Fills a page with one kind after the other. @param after the kind, a slash, and the position within it */
export async function readKinds<Kind extends string, Entity>(
  asked: readonly Kind[],
  { after, limit }: KeysetPage,
  readKind: (kind: Kind, page: KeysetPage) => Promise<Page<Entity>>,
): Promise<Page<Entity>> {
  const [at, ...name] = after?.split('/') ?? [];
  const rows: Entity[] = [];
  for (const kind of asked.slice(Math.max(asked.indexOf(at as Kind), 0))) {
    if (rows.length === limit) return { rows, more: true };
    const page = { limit: limit - rows.length, ...(kind === at && { after: name.join('/') }) };
    const found = await readKind(kind, page);
    rows.push(...found.rows);
    if (found.more) return { rows, more: true };
  }
  return { rows, more: false };
}

async function readKind(ctx: Context, kind: Kind, page: KeysetPage): Promise<Page<Entity>> {
  const { store, accountId } = ctx;
  switch (kind) {
    case 'User':
    case 'Role':
      return named(await store.listPrincipals(accountId, kind === 'User' ? 'user' : 'role', page), (row) => ({
        kind,
        name: row.name_key,
        row,
      }));
    case 'Group':
      return named(await store.listGroups(accountId, page), (row) => ({ kind, name: row.name_key, row }));
    case 'LocalManagedPolicy':
      return named(await store.listManagedPolicies(accountId, page), (row) => ({ kind, name: row.name_key, row }));
    case 'AWSManagedPolicy':
      return pageInMemory(awsPolicies, nameOf)(page);
  }
}

function named<Row>(page: Page<Row>, entity: (row: Row) => Entity): Page<Entity> {
  return { rows: page.rows.map(entity), more: page.more };
}

const awsPolicies: readonly Entity[] = [...awsManagedPolicies.values()].map((row) => ({
  kind: 'AWSManagedPolicy',
  name: row.name.toLowerCase(),
  row,
}));
const nameOf = ({ name }: Entity): string => name;

async function details(ctx: Context, entities: readonly Entity[]) {
  const users = await each(entities, 'User', (row) => userDetail(ctx, row as PrincipalRow));
  const groups = await each(entities, 'Group', (row) => groupDetail(ctx, row as GroupRow));
  const roles = await each(entities, 'Role', (row) => roleDetail(ctx, row as PrincipalRow));
  const own = await each(entities, 'LocalManagedPolicy', (row) => policyDetail(ctx, row as ManagedPolicyRow));
  const aws = await each(entities, 'AWSManagedPolicy', (row) => awsPolicyDetail(ctx, row as AwsManagedPolicy));
  return { UserDetailList: users, GroupDetailList: groups, RoleDetailList: roles, Policies: [...own, ...aws] };
}

function each<Detail>(entities: readonly Entity[], kind: Kind, detail: (row: Entity['row']) => Promise<Detail>) {
  return Promise.all(entities.filter((entity) => entity.kind === kind).map(({ row }) => detail(row)));
}

async function inlineOf(ctx: Context, ownerId: string) {
  const policies = await ctx.store.listInlinePolicies(ownerId);
  return policies.map(({ name, document }) => ({ PolicyName: name, PolicyDocument: document }));
}

async function attachedTo(ctx: Context, ownerId: string) {
  const attached = (await ctx.store.listAttachments(ownerId)).map(attachedPolicy);
  return attached.map(({ PolicyName, PolicyArn }) => ({ PolicyName, PolicyArn }));
}

export async function userDetail(ctx: Context, row: PrincipalRow) {
  return {
    ...userOf(row),
    GroupList: (await ctx.store.listGroupsOf(row.principal_id)).map(({ name }) => name),
    UserPolicyList: await inlineOf(ctx, row.principal_id),
    AttachedManagedPolicies: await attachedTo(ctx, row.principal_id),
    Tags: listIdentityTags(row.tags),
  };
}

export async function groupDetail(ctx: Context, row: GroupRow) {
  return {
    ...groupOf(row),
    GroupPolicyList: await inlineOf(ctx, row.group_id),
    AttachedManagedPolicies: await attachedTo(ctx, row.group_id),
  };
}

export async function roleDetail(ctx: Context, row: PrincipalRow) {
  const { Description, MaxSessionDuration, ...shown } = await roleOf(ctx, row);
  return {
    ...shown,
    InstanceProfileList: [],
    RolePolicyList: await inlineOf(ctx, row.principal_id),
    AttachedManagedPolicies: await attachedTo(ctx, row.principal_id),
    Tags: listIdentityTags(row.tags),
  };
}

async function policyDetail(ctx: Context, row: ManagedPolicyRow) {
  const { Tags, ...shown } = policyOf(row, await countUses(ctx, [row.arn]));
  const versions = await ctx.store.listPolicyVersions(row.policy_id);
  const PolicyVersionList = versions.map((version) => ({ ...versionOf(row, version), Document: version.document }));
  return { ...shown, PolicyVersionList };
}

async function awsPolicyDetail(ctx: Context, policy: AwsManagedPolicy) {
  const shown = awsPolicyOf(policy, await countUses(ctx, [policy.arn]));
  return { ...shown, PolicyVersionList: [awsVersionOf(policy)] };
}

const getAccountSummary = identityRead<'GetAccountSummary'>(async (ctx) => {
  const { store, accountId } = ctx;
  const [users, roles, groups, policies, providers, rootKeys] = await Promise.all([
    store.countPrincipals(accountId, 'user'),
    store.countPrincipals(accountId, 'role'),
    store.countGroups(accountId),
    store.countManagedPolicies(accountId),
    store.listOidcProviders(accountId),
    store.listAccessKeys(accountId),
  ]);
  return {
    SummaryMap: {
      Users: users,
      UsersQuota: limits.usersPerAccount,
      Groups: groups,
      GroupsQuota: limits.groupsPerAccount,
      Roles: roles,
      RolesQuota: limits.rolesPerAccount,
      Policies: policies,
      PoliciesQuota: limits.managedPoliciesPerAccount,
      Providers: providers.length,
      GroupsPerUserQuota: limits.groupsPerUser,
      AccessKeysPerUserQuota: limits.accessKeysPerUser,
      AccountAccessKeysPresent: rootKeys.length > 0 ? 1 : 0,
      AttachedPoliciesPerUserQuota: limits.attachedPoliciesPerIdentity,
      AttachedPoliciesPerGroupQuota: limits.attachedPoliciesPerIdentity,
      AttachedPoliciesPerRoleQuota: limits.attachedPoliciesPerIdentity,
      PolicySizeQuota: limits.managedPolicyInChars,
      UserPolicySizeQuota: limits.userPoliciesInChars,
      GroupPolicySizeQuota: limits.groupPoliciesInChars,
      RolePolicySizeQuota: limits.rolePoliciesInChars,
      AssumeRolePolicySizeQuota: limits.trustPolicyInChars,
      VersionsPerPolicyQuota: limits.versionsPerPolicy,
    },
  };
});

export const accountDetailsFunctions: Implementations<typeof accountDetailsOperations> = {
  GetAccountSummary: getAccountSummary,
  GetAccountAuthorizationDetails: getAccountAuthorizationDetails,
};
