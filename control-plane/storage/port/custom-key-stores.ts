/** Reads over custom key stores. */
import type { CustomKeyStoreRow } from './tables.ts';

/** What a custom key store stands on; one of these. */
export type KeyStoreBacking =
  | { readonly cloud_hsm_cluster_id: string }
  | { readonly xks_uri_endpoint: string }
  | { readonly xks_vpc_endpoint_service_name: string };

export interface CustomKeyStoreReader {
  findCustomKeyStore(accountId: string, region: string, keyStoreId: string): Promise<CustomKeyStoreRow | undefined>;
  /** Ordered by id. */
  listCustomKeyStores(accountId: string, region: string): Promise<readonly CustomKeyStoreRow[]>;
  /** In every account and Region: those on this cluster, proxy endpoint or endpoint service. */
  listCustomKeyStoresOn(backing: KeyStoreBacking): Promise<readonly CustomKeyStoreRow[]>;
  /** CONNECTING or DISCONNECTING, at most `limit`. */
  listCustomKeyStoresInTransition(limit: number): Promise<readonly CustomKeyStoreRow[]>;
  /** Whether the key store holds a KMS key in any state, or one on this external key. */
  hasKeyInKeyStore(accountId: string, keyStoreId: string, xksKeyId?: string): Promise<boolean>;
}
