/** Reads over OpenID Connect providers. */
import type { OidcProviderRow } from '../tables.ts';

export interface OidcProviderReader {
  findOidcProvider(arn: string): Promise<OidcProviderRow | undefined>;
  /** Ordered by URL, unpaged: an account has few. */
  listOidcProviders(accountId: string): Promise<readonly OidcProviderRow[]>;
}
