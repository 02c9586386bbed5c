/** Reads over aliases. */
import type { KeysetPage, Page } from './page.ts';
import type { AliasRow } from './tables.ts';

export interface AliasReader {
  findAlias(accountId: string, region: string, aliasName: string): Promise<AliasRow | undefined>;
  /** Ordered by alias name; all aliases of the Region, or those of one key. */
  listAliases(
    accountId: string,
    region: string,
    query: KeysetPage & { readonly keyId?: string },
  ): Promise<Page<AliasRow>>;
  countAliases(accountId: string, region: string, keyId: string): Promise<number>;
}
