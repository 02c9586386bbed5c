/** Reads over custom key stores. */
import type { CustomKeyStoreRow } from './tables.ts';

/** The cluster, proxy endpoint or endpoint service behind a custom key store. */
export type KeyStoreBacking =
  | { readonly cloud_hsm_cluster_id: string }
  | { readonly xks_uri_endpoint: string }
  | { readonly xks_vpc_endpoint_service_name: string };

export interface CustomKeyStoreReader {
  findCustomKeyStore(accountId: string, region: string, keyStoreId: string): Promise<CustomKeyStoreRow | undefined>;
  /** Ordered by id. */
  listCustomKeyStores(accountId: string, region: string): Promise<readonly CustomKeyStoreRow[]>;
  /** Key stores with this backing, in all accounts and Regions. */
  listCustomKeyStoresOn(backing: KeyStoreBacking): Promise<readonly CustomKeyStoreRow[]>;
  /** Key stores that are CONNECTING or DISCONNECTING, at most `limit`. */
  listCustomKeyStoresInTransition(limit: number): Promise<readonly CustomKeyStoreRow[]>;
  /** Whether the key store has a KMS key, in any state; with `xksKeyId`, whether it has one for this external key. */
  hasKeyInKeyStore(accountId: string, keyStoreId: string, xksKeyId?: string): Promise<boolean>;
}
