/**
 * Creates further accounts beside the first one, lists accounts, and sets the organizations of accounts. Whoever could
 * set its own account's organization could use the keys of every account of that organization; so only the root user of
 * the first account can. The operations are Keystead's own.
 */

import { rootArn } from '@keystead/provider-schema/arn.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { accountsOperations } from '@keystead/provider-schema/operations/keystead/accounts.ts';
import { faultOfPaths, type Organization } from '@keystead/provider-schema/organization.ts';
import { trailElements } from '../../audit/event-form.ts';
import type { Context } from '../../context/context.ts';
import type { Outcome } from '../../context/outcome.ts';
import { organizationColumns, organizationOf } from '../../domain/identities/organization.ts';
import { insertAccessKey } from '../../mutations/access-keys.ts';
import { identityChange, newAccount, rootPrincipal, setOrganization } from '../../mutations/identity-mutations.ts';
import type { AccountRow } from '../../storage/port/tables.ts';
import { accessKeyOf, generateAccessKey } from '../iam/access-keys.ts';
import { alreadyExists, noSuchEntity } from '../iam/identity-change.ts';
import type { Implementation, Implementations } from '../shared/implementation.ts';
import { identityPage } from '../shared/paging.ts';

/** Only the root user of the installation's first account manages accounts. @throws KmsError AccessDeniedException */
async function requireFirstRoot(ctx: Context): Promise<void> {
  const first = await ctx.store.findMeta('first-account');
  if (ctx.principal.kind === 'root' && first?.value === ctx.accountId) return;
  throw new KmsError('AccessDeniedException', messages.onlyFirstRoot);
}

/** Creates the account with its root user and an access key of it; the secret is shown only once. */
const createAccount: Implementation<'CreateAccount'> = {
  check: requireFirstRoot,
  async run(ctx, { AccountId, AccountName = '' }) {
    if (await ctx.store.findAccount(AccountId)) throw alreadyExists(`The account ${AccountId} exists.`);
    const root = rootPrincipal(AccountId, rootArn(AccountId, ctx.region), ctx.nowMs);
    const { row: key, secret } = await generateAccessKey(ctx, root);
    const Account = accountOf({
      account_id: AccountId,
      name: AccountName,
      created_at_ms: ctx.nowMs,
      ...organizationColumns(undefined),
    });
    return {
      output: { Account, AccessKey: { ...accessKeyOf(key, root), SecretAccessKey: secret } },
      mutations: [
        newAccount(AccountId, AccountName, ctx.nowMs),
        { op: 'insert', table: 'principals', row: root },
        insertAccessKey(key),
      ],
      changes: [identityChange(ctx, { resourceType: 'account', resourceId: AccountId }, 'created', 'CreateAccount')],
      audit: {
        responseElements: { account: trailElements(Account), accessKey: trailElements(accessKeyOf(key, root)) },
      },
    };
  },
};

const listAccounts: Implementation<'ListAccounts'> = {
  check: requireFirstRoot,
  async run(ctx, input) {
    const { rows, paging } = await identityPage(
      ctx,
      ['ListAccounts'],
      input,
      (page) => ctx.store.listAccounts(page),
      (row) => row.account_id,
    );
    return { output: { Accounts: rows.map(accountOf), ...paging } };
  },
};

const putAccountOrganization: Implementation<'PutAccountOrganization'> = {
  async check(ctx, { OrganizationId: id, OrganizationPaths: paths = [] }) {
    await requireFirstRoot(ctx);
    const fault = faultOfPaths({ id, paths });
    if (fault !== undefined) throw new KmsError('InvalidInputException', fault);
  },
  async run(ctx, { AccountId, OrganizationId: id, OrganizationPaths: paths = [] }) {
    const account = await requireNamedAccount(ctx, AccountId);
    return organizationChange(ctx, account, { id, paths: [...new Set(paths)] }, 'PutAccountOrganization');
  },
};

const deleteAccountOrganization: Implementation<'DeleteAccountOrganization'> = {
  check: requireFirstRoot,
  async run(ctx, { AccountId }) {
    const account = await requireNamedAccount(ctx, AccountId);
    if (!organizationOf(account)) throw noSuchEntity(`The account ${AccountId} does not have an organization.`);
    return organizationChange(ctx, account, undefined, 'DeleteAccountOrganization');
  },
};

function organizationChange(
  ctx: Context,
  account: AccountRow,
  organization: Organization | undefined,
  eventName: string,
): Outcome<undefined> {
  const resource = { resourceType: 'account', resourceId: account.account_id } as const;
  return {
    output: undefined,
    mutations: [setOrganization(account, organization)],
    changes: [identityChange(ctx, resource, 'updated', eventName)],
  };
}

/** @throws KmsError NoSuchEntityException */
async function requireNamedAccount(ctx: Context, accountId: string): Promise<AccountRow> {
  const account = await ctx.store.findAccount(accountId);
  if (!account) throw noSuchEntity(`The account ${accountId} does not exist.`);
  return account;
}

function accountOf(row: Omit<AccountRow, 'revision'>) {
  const organization = organizationOf(row);
  return {
    AccountId: row.account_id,
    ...(row.name !== '' && { AccountName: row.name }),
    CreateDate: new Date(row.created_at_ms),
    ...(organization && { OrganizationId: organization.id, OrganizationPaths: organization.paths }),
  };
}

export const accountsFunctions: Implementations<typeof accountsOperations> = {
  CreateAccount: createAccount,
  ListAccounts: listAccounts,
  PutAccountOrganization: putAccountOrganization,
  DeleteAccountOrganization: deleteAccountOrganization,
};
