/**
 * All identities of the account with everything that belongs to them, one kind after the other, page by page: what
 * drift compares with a declaration, without a call for each of them. The operation is Keystead's own.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { identityConfigurationsOperations } from '@keystead/provider-schema/operations/keystead/identity-configurations.ts';
import type { Context } from '../../context/context.ts';
import { type AwsManagedPolicy, awsManagedPolicies } from '../../domain/identities/aws-managed-policies.ts';
import { organizationOf } from '../../domain/identities/organization.ts';
import type { KeysetPage, Page } from '../../storage/port/page.ts';
import type { GroupRow, ManagedPolicyRow, OidcProviderRow, PrincipalRow } from '../../storage/port/tables.ts';
import { accessKeyOf } from '../iam/access-keys.ts';
import { groupDetail, readKinds, roleDetail, userDetail } from '../iam/account-details.ts';
import { identityRead, requireAccount } from '../iam/identity-change.ts';
import { providerOf } from '../iam/oidc-providers.ts';
import { awsPolicyOf, countUses, policyOf } from '../iam/policy-views.ts';
import type { Implementations } from '../shared/implementation.ts';
import { identityPage, pageInMemory } from '../shared/paging.ts';
import { keySourceOf } from './oidc-provider-keys.ts';
import { serviceKeyOf, serviceOf } from './service-principals.ts';

const kinds = ['user', 'group', 'role', 'policy', 'aws-policy', 'oidc-provider', 'service'] as const;
type Kind = (typeof kinds)[number];

type Entity =
  | { readonly kind: 'user' | 'role' | 'service'; readonly name: string; readonly row: PrincipalRow }
  | { readonly kind: 'group'; readonly name: string; readonly row: GroupRow }
  | { readonly kind: 'policy'; readonly name: string; readonly row: ManagedPolicyRow }
  | { readonly kind: 'aws-policy'; readonly name: string; readonly row: AwsManagedPolicy }
  | { readonly kind: 'oidc-provider'; readonly name: string; readonly row: OidcProviderRow };

const listIdentityConfigurations = identityRead<'ListIdentityConfigurations'>(async (ctx, input) => {
  const { rows, paging } = await identityPage(
    ctx,
    ['ListIdentityConfigurations'],
    input,
    (page) => readKinds(kinds, page, (kind, part) => readKind(ctx, kind, part)),
    ({ kind, name }) => `${kind}/${name}`,
  );
  return {
    AccountConfiguration: await accountConfiguration(ctx),
    Users: await each(rows, 'user', (row) => userConfiguration(ctx, row)),
    Groups: await each(rows, 'group', (row) => groupDetail(ctx, row)),
    Roles: await each(rows, 'role', (row) => roleConfiguration(ctx, row)),
    Policies: [
      ...(await each(rows, 'policy', (row) => policyConfiguration(ctx, row))),
      ...(await each(rows, 'aws-policy', awsPolicyConfiguration)),
    ],
    OpenIDConnectProviders: await each(rows, 'oidc-provider', providerConfiguration),
    ServicePrincipals: await each(rows, 'service', (row) => serviceConfiguration(ctx, row)),
    ...paging,
  };
});

async function readKind(ctx: Context, kind: Kind, page: KeysetPage): Promise<Page<Entity>> {
  const { store, accountId } = ctx;
  switch (kind) {
    case 'user':
    case 'role':
      return ofKind(kind, await store.listPrincipals(accountId, kind, page));
    case 'service':
      return ofKind(kind, await store.listPrincipals(accountId, 'aws-service', page));
    case 'group':
      return ofKind(kind, await store.listGroups(accountId, page));
    case 'policy':
      return ofKind(kind, await store.listManagedPolicies(accountId, page));
    case 'aws-policy':
      return pageInMemory(awsPolicies, ({ name }) => name)(page);
    case 'oidc-provider': {
      const providers = (await store.listOidcProviders(accountId)).map((row) => ({ kind, name: row.url, row }));
      return pageInMemory(providers, ({ name }) => name)(page);
    }
  }
}

function ofKind<Of extends Kind, Row extends { readonly name_key: string }>(kind: Of, { rows, more }: Page<Row>) {
  return { rows: rows.map((row) => ({ kind, name: row.name_key, row })), more };
}

const awsPolicies = [...awsManagedPolicies.values()].map((row) => ({
  kind: 'aws-policy' as const,
  name: row.name.toLowerCase(),
  row,
}));

type RowOf<Of extends Kind> = Extract<Entity, { readonly kind: Of }>['row'];

function each<Of extends Kind, Shown>(
  entities: readonly Entity[],
  of: Of,
  show: (row: RowOf<Of>) => Shown | Promise<Shown>,
): Promise<Shown[]> {
  return Promise.all(entities.flatMap(({ kind, row }) => (kind === of ? [show(row as RowOf<Of>)] : [])));
}

async function accountConfiguration(ctx: Context) {
  const [account, alias, keys] = await Promise.all([
    requireAccount(ctx),
    ctx.store.findAliasOfAccount(ctx.accountId),
    // The root user has the account's id.
    ctx.store.listAccessKeys(ctx.accountId),
  ]);
  const organization = organizationOf(account);
  return {
    AccountId: ctx.accountId,
    CreateDate: new Date(account.created_at_ms),
    AccessKeys: keys.map((row) => accessKeyOf(row, { kind: 'root', name: '' })),
    ...defined({ AccountAlias: alias?.alias }),
    ...(organization && { OrganizationId: organization.id, OrganizationPaths: organization.paths }),
  };
}

async function userConfiguration(ctx: Context, row: PrincipalRow) {
  const keys = await ctx.store.listAccessKeys(row.principal_id);
  return { User: await userDetail(ctx, row), AccessKeys: keys.map((key) => accessKeyOf(key, row)) };
}

async function roleConfiguration(ctx: Context, row: PrincipalRow) {
  return {
    Role: await roleDetail(ctx, row),
    Description: row.description,
    ...defined({ MaxSessionDuration: row.max_session_duration_in_seconds ?? undefined }),
  };
}

async function policyConfiguration(ctx: Context, row: ManagedPolicyRow) {
  const [uses, versions] = await Promise.all([countUses(ctx, [row.arn]), ctx.store.listPolicyVersions(row.policy_id)]);
  const inForce = versions.find(({ version_number }) => version_number === row.default_version_number);
  return { Policy: policyOf(row, uses), Document: inForce?.document ?? '' };
}

function awsPolicyConfiguration(policy: AwsManagedPolicy) {
  return { Policy: awsPolicyOf(policy, {}), Document: policy.document };
}

function providerConfiguration(row: OidcProviderRow) {
  return { Arn: row.arn, Provider: providerOf(row), ...keySourceOf(row) };
}

async function serviceConfiguration(ctx: Context, row: PrincipalRow) {
  const keys = await ctx.store.listAccessKeys(row.principal_id);
  return { Arn: row.arn, Service: serviceOf(row), AccessKeys: keys.map((key) => serviceKeyOf(key, row.name)) };
}

export const identityConfigurationsFunctions: Implementations<typeof identityConfigurationsOperations> = {
  ListIdentityConfigurations: listIdentityConfigurations,
};
