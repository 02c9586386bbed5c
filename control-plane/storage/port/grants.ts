/** Reads over grants. */
import type { KeysetPage, Page } from './page.ts';
import type { GrantRow } from './tables.ts';

export interface GrantReader {
  findGrant(accountId: string, region: string, keyId: string, grantId: string): Promise<GrantRow | undefined>;
  /** Ordered by grant id; all grants of the key, or those to one grantee. */
  listGrants(
    accountId: string,
    region: string,
    keyId: string,
    query: KeysetPage & { readonly granteePrincipal?: string },
  ): Promise<Page<GrantRow>>;
  /** Grants of one key to one of these grantees, at most five: unique ids, ARNs, service names. */
  listGrantsForGrantees(
    accountId: string,
    region: string,
    keyId: string,
    granteeIds: readonly string[],
    limit: number,
  ): Promise<Page<GrantRow>>;
  /** Grants of one key to one grantee, ordered by grant id. */
  listGrantsForGrantee(
    accountId: string,
    region: string,
    keyId: string,
    granteeId: string,
    page: KeysetPage,
  ): Promise<Page<GrantRow>>;
  findGrantsByName(accountId: string, region: string, keyId: string, name: string): Promise<readonly GrantRow[]>;
  /** In one Region, on keys of all accounts or of one; ordered by grant id. */
  listRetirableGrants(
    region: string,
    /** Unique id or ARN, as in the row. */
    retiringId: string,
    query: KeysetPage & { readonly onKeysOf?: string },
  ): Promise<Page<GrantRow>>;
  countGrants(accountId: string, region: string, keyId: string): Promise<number>;
}
