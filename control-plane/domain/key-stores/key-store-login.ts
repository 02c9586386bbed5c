/**
 * The login to the token or proxy behind a custom key store: its columns, in the terms of the HSM's and the proxy's
 * ports. The password and the secret stay wrapped.
 */

interface KeyStoreName {
  readonly account_id: string;
  readonly custom_key_store_id: string;
}

/** The owner to which a key store's wrapped password is bound. */
export function keyStoreOwner({ account_id, custom_key_store_id }: KeyStoreName) {
  return { accountId: account_id, keyStoreId: custom_key_store_id };
}

/** The login to the PKCS#11 token of a key store of type AWS_CLOUDHSM. */
export function pkcs11LoginOf(
  keyStore: KeyStoreName & { readonly cloud_hsm_cluster_id: string | null; readonly wrapped_secret: Uint8Array },
) {
  return {
    ...keyStoreOwner(keyStore),
    clusterId: keyStore.cloud_hsm_cluster_id ?? '',
    wrappedPassword: keyStore.wrapped_secret,
  };
}

/** Where the proxy of a key store of type EXTERNAL_KEY_STORE is, and the credential for it. */
export function xksProxyOf(
  keyStore: KeyStoreName & {
    readonly region: string;
    readonly xks_uri_endpoint: string | null;
    readonly xks_uri_path: string | null;
    readonly xks_access_key_id: string | null;
    readonly wrapped_secret: Uint8Array;
  },
) {
  return {
    ...keyStoreOwner(keyStore),
    region: keyStore.region,
    uriEndpoint: keyStore.xks_uri_endpoint ?? '',
    uriPath: keyStore.xks_uri_path ?? '',
    accessKeyId: keyStore.xks_access_key_id ?? '',
    wrappedSecret: keyStore.wrapped_secret,
  };
}
