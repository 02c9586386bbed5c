/** Organizations of accounts, read for decisions and for findings about policies. */

import { compiledKeyPolicy } from '@keystead/policy/key-policies.ts';
import {
  asksForOrganizations,
  asksForResourceOrganization,
  organizationFindings,
  type PolicyFinding,
} from '@keystead/policy/organizations.ts';
import type { CompiledPolicy } from '@keystead/policy/policy.ts';
import type { Organization } from '@keystead/provider-schema/organization.ts';
import type { Context } from '../context/context.ts';
import { organizationOf } from '../domain/identities/organization.ts';
import type { AccountReader } from '../storage/port/identities/accounts.ts';

/** undefined: the account is in no organization, or not of this installation. */
export async function readOrganization(store: AccountReader, accountId: string): Promise<Organization | undefined> {
  const account = await store.findAccount(accountId);
  return account && organizationOf(account);
}

/**
 * The organization of the account that owns the request's resource. The caller's own is known; another one is read only
 * if one of these policies asks for it.
 */
export async function resourceOrganization(
  { store, principal, authority }: Pick<Context, 'store' | 'principal' | 'authority'>,
  accountId: string,
  policies: readonly CompiledPolicy[],
): Promise<Organization | undefined> {
  // The bearer of an identity token does not have an authority of the account yet.
  if (accountId === principal.accountId && principal.kind !== 'federated') return authority.organization;
  return policies.some(asksForResourceOrganization) ? readOrganization(store, accountId) : undefined;
}

/**
 * Conditions on organizations in a key policy whose outcome is the same for every request, since no account that they
 * are about has an organization.
 * @throws KmsError MalformedPolicyDocumentException, LimitExceededException
 */
export async function keyPolicyFindings(
  { store }: Pick<Context, 'store'>,
  document: string,
  resourceAccountId: string,
): Promise<readonly PolicyFinding[]> {
  const policy = compiledKeyPolicy(document);
  if (!asksForOrganizations(policy)) return [];
  const organizations = new Map<string, Organization>();
  for (const account of await store.listAccountsInOrganizations()) {
    const organization = organizationOf(account);
    if (organization) organizations.set(account.account_id, organization);
  }
  return organizationFindings(policy, { organizations, resourceAccountId });
}
