/** Custom key stores as declared and as they are. */
import {
  compareKeyStores,
  unmanagedKeyStores,
} from '@keystead/control-plane/cli/drift/findings/declared-key-stores.ts';
import type { RunningKeyStore } from '@keystead/control-plane/cli/drift/running/all-key-stores.ts';
import { declared } from '../state.ts';

const values = {
  id: 'cks-1',
  region: 'eu-west-1',
  custom_key_store_name: 'outside',
  custom_key_store_type: 'EXTERNAL_KEY_STORE',
  cloud_hsm_cluster_id: '',
  xks_proxy_connectivity: 'PUBLIC_ENDPOINT',
  xks_proxy_uri_endpoint: 'https://xks.example.com',
  xks_proxy_uri_path: '/kms/xks/v1',
  xks_proxy_authentication_credential: [{ access_key_id: 'ABCDEFGHIJKLMNOPQRST' }],
};
const state = declared({ address: 'aws_kms_custom_key_store.outside', type: 'aws_kms_custom_key_store', values });

const store = (entry: Partial<RunningKeyStore['entry']> = {}, proxy = {}): RunningKeyStore => ({
  region: 'eu-west-1',
  entry: {
    CustomKeyStoreId: 'cks-1',
    CustomKeyStoreName: 'outside',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    XksProxyConfiguration: {
      Connectivity: 'PUBLIC_ENDPOINT',
      UriEndpoint: 'https://xks.example.com',
      UriPath: '/kms/xks/v1',
      AccessKeyId: 'ABCDEFGHIJKLMNOPQRST',
      ...proxy,
    },
    ...entry,
  },
});

test('a store that is as declared does not differ, whether it is connected or not', () => {
  expect(compareKeyStores(state, [store({ ConnectionState: 'DISCONNECTED' })])).toEqual([]);
});

test.each<[string, RunningKeyStore, object]>([
  ['name', store({ CustomKeyStoreName: 'other' }), { attribute: 'custom_key_store_name', severity: 'cosmetic' }],
  ['type', store({ CustomKeyStoreType: 'AWS_CLOUDHSM' }), { attribute: 'custom_key_store_type' }],
  ['connectivity', store({}, { Connectivity: 'VPC_ENDPOINT_SERVICE' }), { attribute: 'xks_proxy_connectivity' }],
  [
    'address',
    store({}, { UriEndpoint: 'https://mine' }),
    { attribute: 'xks_proxy_uri_endpoint', actual: 'https://mine' },
  ],
  ['path', store({}, { UriPath: '/mine/kms/xks/v1' }), { attribute: 'xks_proxy_uri_path' }],
  ['credential', store({}, { AccessKeyId: 'TSRQPONMLKJIHGFEDCBA' }), { isSensitive: true }],
])('another %s is a difference', (_what, running, expected) => {
  const found = compareKeyStores(state, [running]);
  expect(found).toEqual([expect.objectContaining({ what: 'changed', severity: 'data at risk', ...expected })]);
});

test('a store that is gone is missing, also where another Region has one with its id', () => {
  for (const running of [[], [{ ...store(), region: 'us-east-1' }]]) {
    expect(compareKeyStores(state, running)).toEqual([
      expect.objectContaining({ what: 'missing', attribute: 'custom_key_store', severity: 'data at risk' }),
    ]);
  }
});

test('a store that no state has is known only where the states are said to declare all', () => {
  const running = [store(), store({ CustomKeyStoreId: 'cks-2', CustomKeyStoreName: 'shadow' })];
  expect(compareKeyStores(state, running)).toEqual([]);
  expect(unmanagedKeyStores(state, running)).toEqual([
    expect.objectContaining({ resourceArn: 'cks-2', actual: 'shadow, EXTERNAL_KEY_STORE' }),
  ]);
});

test('the change that left the value is the cause, whichever operation made it', () => {
  const [{ asked } = { asked: undefined }] = compareKeyStores(state, [store({}, { UriEndpoint: 'https://mine' })]);
  const event = (eventName: string, requestParameters: object) =>
    asked?.trace({ eventName, requestParameters } as unknown as Parameters<NonNullable<typeof asked>['trace']>[0]);
  expect(event('UpdateCustomKeyStore', { xksProxyUriEndpoint: 'https://mine' })).toBe('same');
  expect(event('UpdateCustomKeyStore', { newCustomKeyStoreName: 'x' })).toBe('none');
  expect(event('CreateCustomKeyStore', { xksProxyUriEndpoint: 'https://xks.example.com' })).toBe('other');
});
