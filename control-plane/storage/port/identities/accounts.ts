/** Reads over the accounts of this installation. */
import type { KeysetPage, Page } from '../page.ts';
import type { AccountAliasRow, AccountRow } from '../tables.ts';

export interface AccountReader {
  findAccount(accountId: string): Promise<AccountRow | undefined>;
  /** Ordered by account id. */
  listAccounts(page: KeysetPage): Promise<Page<AccountRow>>;
  /** Every account that has an organization. */
  listAccountsInOrganizations(): Promise<readonly AccountRow[]>;
  /** The alias, whichever account has it. */
  findAccountAlias(alias: string): Promise<AccountAliasRow | undefined>;
  findAliasOfAccount(accountId: string): Promise<AccountAliasRow | undefined>;
}
