import { keyStoreOwner, pkcs11LoginOf, xksProxyOf } from '@keystead/control-plane/domain/key-stores/key-store-login.ts';
import { aKeyStore } from '../../support/storage/rows.ts';

const owner = { account_id: '111122223333', custom_key_store_id: 'cks-1' };

test('a password is bound to the account and the key store', () => {
  expect(keyStoreOwner(aKeyStore(owner))).toEqual({ accountId: '111122223333', keyStoreId: 'cks-1' });
});

test('the login to a PKCS#11 token is the cluster and the password, still wrapped', () => {
  const keyStore = aKeyStore({ ...owner, cloud_hsm_cluster_id: 'cluster-2a23b4cdefg' });
  expect(pkcs11LoginOf(keyStore)).toEqual({
    accountId: '111122223333',
    keyStoreId: 'cks-1',
    clusterId: 'cluster-2a23b4cdefg',
    wrappedPassword: keyStore.wrapped_secret,
  });
});

test('a proxy has its address and its credential, still wrapped', () => {
  const keyStore = aKeyStore({
    ...owner,
    region: 'eu-west-1',
    xks_uri_endpoint: 'https://xks.example.com',
    xks_uri_path: '/kms/xks/v1',
    xks_access_key_id: 'ABCDEFGHIJKLMNOPQRST',
  });
  expect(xksProxyOf(keyStore)).toEqual({
    accountId: '111122223333',
    region: 'eu-west-1',
    keyStoreId: 'cks-1',
    uriEndpoint: 'https://xks.example.com',
    uriPath: '/kms/xks/v1',
    accessKeyId: 'ABCDEFGHIJKLMNOPQRST',
    wrappedSecret: keyStore.wrapped_secret,
  });
});
