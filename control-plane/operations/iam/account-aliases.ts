/**
 * The alias of an account. Source: AWS IAM API reference, CreateAccountAlias, DeleteAccountAlias, ListAccountAliases.
 */
import { messages } from '@keystead/provider-schema/errors.ts';
import type { accountAliasesOperations } from '@keystead/provider-schema/operations/iam/account-aliases.ts';
import type { Context } from '../../context/context.ts';
import type { Mutation } from '../../storage/port/store.ts';
import type { AccountAliasRow } from '../../storage/port/tables.ts';
import type { Implementations } from '../shared/implementation.ts';
import { alreadyExists, identityRead, identityWrite, noSuchEntity } from './identity-change.ts';

/** The account's own alias counts as used, too, as in IAM. */
const createAccountAlias = identityWrite('CreateAccountAlias', async (ctx, { AccountAlias: alias }) => {
  if (await ctx.store.findAccountAlias(alias)) throw alreadyExists(messages.accountAliasExists(alias));
  const before = await ctx.store.findAliasOfAccount(ctx.accountId);
  return {
    output: undefined,
    resource: accountResource(ctx),
    kind: 'updated',
    mutations: [
      ...(before ? [withoutAlias(before)] : []),
      { op: 'insert', table: 'account_aliases', row: { alias, account_id: ctx.accountId } },
    ],
  };
});

const listAccountAliases = identityRead<'ListAccountAliases'>(async (ctx) => {
  const found = await ctx.store.findAliasOfAccount(ctx.accountId);
  return { AccountAliases: found ? [found.alias] : [], IsTruncated: false };
});

const deleteAccountAlias = identityWrite('DeleteAccountAlias', async (ctx, { AccountAlias: alias }) => {
  const found = await ctx.store.findAliasOfAccount(ctx.accountId);
  if (found?.alias !== alias) throw noSuchEntity(messages.accountAliasNotFound(alias));
  return { output: undefined, resource: accountResource(ctx), kind: 'updated', mutations: [withoutAlias(found)] };
});

const withoutAlias = ({ alias, revision }: AccountAliasRow): Mutation => ({
  op: 'delete',
  table: 'account_aliases',
  key: { alias },
  revision,
});

const accountResource = ({ accountId }: Context) => ({ resourceType: 'account', resourceId: accountId }) as const;

export const accountAliasesFunctions: Implementations<typeof accountAliasesOperations> = {
  CreateAccountAlias: createAccountAlias,
  ListAccountAliases: listAccountAliases,
  DeleteAccountAlias: deleteAccountAlias,
};
