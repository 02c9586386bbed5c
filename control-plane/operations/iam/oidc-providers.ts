/**
 * OpenID Connect providers, whose identity tokens AssumeRoleWithWebIdentity accepts. Source: AWS IAM API reference,
 * CreateOpenIDConnectProvider and relatives.
 */

import { oidcProviderArn } from '@keystead/provider-schema/arn.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { oidcProvidersOperations } from '@keystead/provider-schema/operations/iam/oidc-providers.ts';
import type { Context } from '../../context/context.ts';
import { listIdentityTags, withoutTags, withTags } from '../../domain/identities/identity-tags.ts';
import type { Mutation } from '../../storage/port/store.ts';
import type { OidcProviderRow } from '../../storage/port/tables.ts';
import type { Implementations } from '../shared/implementation.ts';
import { identityPageInMemory } from '../shared/paging.ts';
import { alreadyExists, identityRead, identityWrite, noSuchEntity, requireRoom } from './identity-change.ts';

const createOpenIDConnectProvider = identityWrite('CreateOpenIDConnectProvider', async (ctx, input) => {
  const url = requireUrl(input.Url);
  const providers = await ctx.store.listOidcProviders(ctx.accountId);
  if (providers.some((row) => row.url === url)) throw alreadyExists(messages.providerExists(input.Url));
  requireRoom('OpenIdConnectProvidersPerAccount', limits.oidcProvidersPerAccount, providers.length);
  const row = {
    account_id: ctx.accountId,
    url,
    arn: oidcProviderArn(ctx.accountId, url, ctx.region),
    client_ids: clientIds(input.ClientIDList ?? []),
    thumbprints: thumbprints(input.ThumbprintList ?? []),
    tags: withTags('{}', input.Tags),
    jwks: null,
    jwks_uri: null,
    created_at_ms: ctx.nowMs,
  };
  const tags = listIdentityTags(row.tags);
  return {
    output: { OpenIDConnectProviderArn: row.arn, ...(tags.length > 0 && { Tags: tags }) },
    resource: providerResource(row),
    kind: 'created',
    mutations: [{ op: 'insert', table: 'oidc_providers', row }],
  };
});

const getOpenIDConnectProvider = identityRead<'GetOpenIDConnectProvider'>(async (ctx, input) => {
  return providerOf(await requireProvider(ctx, input.OpenIDConnectProviderArn));
});

export function providerOf(row: OidcProviderRow) {
  return {
    Url: row.url,
    ClientIDList: JSON.parse(row.client_ids) as string[],
    ThumbprintList: JSON.parse(row.thumbprints) as string[],
    CreateDate: new Date(row.created_at_ms),
    Tags: listIdentityTags(row.tags),
  };
}

const listOpenIDConnectProviders = identityRead<'ListOpenIDConnectProviders'>(async (ctx) => ({
  OpenIDConnectProviderList: (await ctx.store.listOidcProviders(ctx.accountId)).map(({ arn }) => ({ Arn: arn })),
}));

/** Deleting a provider that does not exist succeeds, as in IAM. */
const deleteOpenIDConnectProvider = identityWrite('DeleteOpenIDConnectProvider', async (ctx, input) => {
  const arn = input.OpenIDConnectProviderArn;
  const row = await ctx.store.findOidcProvider(arn);
  const { url = '', revision = 0 } = row ?? {};
  const key = { account_id: ctx.accountId, url };
  return {
    output: undefined,
    resource: providerResource({ arn }),
    kind: 'deleted',
    mutations: row?.account_id === ctx.accountId ? [{ op: 'delete', table: 'oidc_providers', key, revision }] : [],
  };
});

const addClientIDToOpenIDConnectProvider = identityWrite(
  'AddClientIDToOpenIDConnectProvider',
  async (ctx, { OpenIDConnectProviderArn, ClientID }) => {
    const row = await requireProvider(ctx, OpenIDConnectProviderArn);
    const known = JSON.parse(row.client_ids) as readonly string[];
    return updatedProvider(row, known.includes(ClientID) ? {} : { client_ids: clientIds([...known, ClientID]) });
  },
);

const removeClientIDFromOpenIDConnectProvider = identityWrite(
  'RemoveClientIDFromOpenIDConnectProvider',
  async (ctx, { OpenIDConnectProviderArn, ClientID }) => {
    const row = await requireProvider(ctx, OpenIDConnectProviderArn);
    const known = JSON.parse(row.client_ids) as readonly string[];
    const left = known.filter((id) => id !== ClientID);
    return updatedProvider(row, left.length === known.length ? {} : { client_ids: JSON.stringify(left) });
  },
);

const updateOpenIDConnectProviderThumbprint = identityWrite(
  'UpdateOpenIDConnectProviderThumbprint',
  async (ctx, { OpenIDConnectProviderArn, ThumbprintList }) =>
    updatedProvider(await requireProvider(ctx, OpenIDConnectProviderArn), { thumbprints: thumbprints(ThumbprintList) }),
);

const tagOpenIDConnectProvider = identityWrite('TagOpenIDConnectProvider', async (ctx, input) => {
  const row = await requireProvider(ctx, input.OpenIDConnectProviderArn);
  return updatedProvider(row, { tags: withTags(row.tags, input.Tags) });
});

const untagOpenIDConnectProvider = identityWrite('UntagOpenIDConnectProvider', async (ctx, input) => {
  const row = await requireProvider(ctx, input.OpenIDConnectProviderArn);
  return updatedProvider(row, { tags: withoutTags(row.tags, input.TagKeys) });
});

const listOpenIDConnectProviderTags = identityRead<'ListOpenIDConnectProviderTags'>(async (ctx, input) => {
  const row = await requireProvider(ctx, input.OpenIDConnectProviderArn);
  const list = ['ListOpenIDConnectProviderTags', row.arn] as const;
  const page = await identityPageInMemory(ctx, list, input, listIdentityTags(row.tags));
  return { Tags: page.rows, ...page.paging };
});

/** @throws KmsError NoSuchEntityException */
export async function requireProvider(ctx: Context, arn: string): Promise<OidcProviderRow> {
  const row = await ctx.store.findOidcProvider(arn);
  if (row?.account_id !== ctx.accountId) throw noSuchEntity(messages.providerNotFound(arn));
  return row;
}

export function updatedProvider(
  row: OidcProviderRow,
  set: Partial<Omit<OidcProviderRow, 'account_id' | 'url' | 'revision'>>,
) {
  const { account_id, url, revision } = row;
  const changes = Object.entries(set).some(([column, value]) => row[column as keyof OidcProviderRow] !== value);
  const mutation: Mutation = { op: 'update', table: 'oidc_providers', key: { account_id, url }, revision, set };
  return {
    output: undefined,
    resource: providerResource(row),
    kind: 'updated' as const,
    mutations: changes ? [mutation] : [],
  };
}

const providerResource = ({ arn }: Pick<OidcProviderRow, 'arn'>) =>
  ({ resourceType: 'oidc-provider', resourceId: arn }) as const;

export const invalidInput = (message: string) => new KmsError('InvalidInputException', message);

/** The URL without its scheme. @throws KmsError InvalidInputException */
function requireUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url && url.search === '' && url.hash === '' && url.username === '' && url.port === '';
  if (!plain || !text.startsWith('https://')) throw invalidInput(messages.providerUrl);
  return `${url.host}${url.pathname}`.replace(/\/$/, '');
}

function clientIds(ids: readonly string[]): string {
  const { clientIdsPerProvider: most } = limits;
  if (ids.length > most)
    throw new KmsError('LimitExceededException', messages.quotaExceeded('ClientIdsPerOpenIdConnectProvider', most));
  return JSON.stringify([...new Set(ids)]);
}

function thumbprints(list: readonly string[]): string {
  if (list.length > limits.thumbprintsPerProvider) {
    throw invalidInput(`Thumbprint list must contain fewer than ${limits.thumbprintsPerProvider + 1} entries.`);
  }
  if (!list.every((text) => /^[0-9a-f]{40}$/i.test(text)))
    throw invalidInput('Invalid thumbprint: a thumbprint has 40 hexadecimal digits.');
  return JSON.stringify(list.map((text) => text.toLowerCase()));
}

export const oidcProvidersFunctions: Implementations<typeof oidcProvidersOperations> = {
  CreateOpenIDConnectProvider: createOpenIDConnectProvider,
  GetOpenIDConnectProvider: getOpenIDConnectProvider,
  ListOpenIDConnectProviders: listOpenIDConnectProviders,
  DeleteOpenIDConnectProvider: deleteOpenIDConnectProvider,
  AddClientIDToOpenIDConnectProvider: addClientIDToOpenIDConnectProvider,
  RemoveClientIDFromOpenIDConnectProvider: removeClientIDFromOpenIDConnectProvider,
  UpdateOpenIDConnectProviderThumbprint: updateOpenIDConnectProviderThumbprint,
  TagOpenIDConnectProvider: tagOpenIDConnectProvider,
  UntagOpenIDConnectProvider: untagOpenIDConnectProvider,
  ListOpenIDConnectProviderTags: listOpenIDConnectProviderTags,
};
