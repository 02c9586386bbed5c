/** The job that connects key stores: the state it writes for every failure of the token or proxy. */
import type { XksFailure } from '@keystead/control-plane/domain/key-stores/xks-failures.ts';
import { xksFailures } from '@keystead/control-plane/domain/key-stores/xks-failures.ts';
import { pkcs11Error } from '@keystead/control-plane/hsm/pkcs11/pkcs11-errors.ts';
import { HsmError, type Pkcs11ErrorKind } from '@keystead/control-plane/hsm/port/hsm-error.ts';
import { connectKeyStores } from '@keystead/control-plane/jobs/connect.ts';
import type { JobContext } from '@keystead/control-plane/jobs/job.ts';
import type { StoreReader } from '@keystead/control-plane/storage/port/store.ts';
import type { CustomKeyStoreRow } from '@keystead/control-plane/storage/port/tables.ts';
import { type Xks, XksError } from '@keystead/control-plane/xks/port/xks.ts';
import { values } from '@keystead/provider-schema/shapes/kms/values.ts';
import { aKeyStore } from '../support/storage/rows.ts';

const onCluster = { cloud_hsm_cluster_id: 'cluster-2a23b4cdefg' };
const onProxy = { type: 'EXTERNAL_KEY_STORE', xks_uri_endpoint: 'https://xks.example.com' } as const;

/** What the job decides for the one row that is in transition. */
async function decided(columns: Partial<CustomKeyStoreRow>, failure: Error) {
  const custom_key_store_id = 'cks-1234567890abcdef0';
  const fixed = aKeyStore({ custom_key_store_id, connection_state: 'CONNECTING', ...columns });
  const row: CustomKeyStoreRow = { ...fixed, revision: 7 };
  const fail = async () => {
    throw failure;
  };
  const services = { pkcs11: { connectPkcs11Token: fail } } as unknown as JobContext;
  const xks = { getHealthStatus: fail } as unknown as Xks;
  const store = { listCustomKeyStoresInTransition: async () => [row] } as unknown as StoreReader;
  const [work] = await connectKeyStores(xks).due(store, 0, 10);
  const decision = await work?.decide({ ...services, store, nowMs: 0, requestId: 'request' });
  expect(decision).toMatchObject({ changes: [], audit: [] });
  return decision;
}

/** What the job sets in the row. */
async function settled(columns: Partial<CustomKeyStoreRow>, failure: Error) {
  return (await decided(columns, failure))?.mutations[0];
}

test.each<[Pkcs11ErrorKind, string]>([
  ['pkcs11-token-unknown', 'CLUSTER_NOT_FOUND'],
  ['pkcs11-token-inactive', 'INSUFFICIENT_CLOUDHSM_HSMS'],
  ['pkcs11-token-unfit', 'INTERNAL_ERROR'],
  ['pkcs11-pin-incorrect', 'INVALID_CREDENTIALS'],
  ['pkcs11-pin-locked', 'USER_LOCKED_OUT'],
  ['pkcs11-user-missing', 'USER_NOT_FOUND'],
  ['pkcs11-user-busy', 'USER_LOGGED_IN'],
  ['pkcs11-token-unreachable', 'NETWORK_ERRORS'],
  ['pkcs11-no-session', 'INTERNAL_ERROR'],
  ['pkcs11-key-missing', 'INTERNAL_ERROR'],
  ['pkcs11-token-failed', 'INTERNAL_ERROR'],
])('a cluster that fails with %s is FAILED with %s', async (kind, code) => {
  expect(await settled(onCluster, new HsmError(kind, 'as it is'))).toMatchObject({
    op: 'update',
    table: 'custom_key_stores',
    revision: 7,
    set: { connection_state: 'FAILED', connection_error_code: code, connection_request_id: null },
  });
});

test.each(Object.keys(xksFailures) as XksFailure[])(
  'a proxy that fails with %s is FAILED with its code',
  async (failure) => {
    const code = xksFailures[failure].connection;
    expect(values.ConnectionErrorCodeType.enum).toContain(code);
    expect(await settled(onProxy, new XksError(failure))).toMatchObject({
      set: { connection_state: 'FAILED', connection_error_code: code },
    });
  },
);

test.each([
  ['an HSM process that restarts', onCluster, new HsmError('unavailable', 'gone')],
  ['a defect', onProxy, new TypeError('a defect')],
])('%s says nothing about the key store: the work stays due', async (_what, columns, failure) => {
  await expect(settled(columns, failure)).rejects.toBe(failure);
});

test.each([
  [
    'a cluster',
    { ...onCluster, connection_request_id: 'asked-for-it' },
    new HsmError('pkcs11-pin-incorrect', 'return value 0xa0 (CKR_PIN_INCORRECT)'),
    { clusterId: 'cluster-2a23b4cdefg', connectionErrorCode: 'INVALID_CREDENTIALS', cause: /CKR_PIN_INCORRECT/ },
  ],
  [
    'a proxy',
    { ...onProxy, connection_request_id: 'asked-for-it' },
    new XksError('tls', 'certificate has expired (CERT_HAS_EXPIRED)'),
    {
      xksProxyUriEndpoint: 'https://xks.example.com',
      connectionErrorCode: 'XKS_PROXY_INVALID_TLS_CONFIGURATION',
      cause: /CERT_HAS_EXPIRED/,
    },
  ],
])(
  '%s that does not connect leaves its cause, its id and the id of the request that asked for it',
  async (_what, columns, failure, { cause, ...found }) => {
    expect((await decided(columns, failure))?.failure).toEqual({
      message: expect.stringContaining('could not be connected'),
      customKeyStoreId: 'cks-1234567890abcdef0',
      requestId: 'asked-for-it',
      cause: expect.stringMatching(cause),
      ...found,
    });
  },
);

describe('a return value of PKCS#11', () => {
  const refusal = (code: number) => Object.assign(new Error('text of a driver'), { name: 'Pkcs11Error', code });

  test.each<[string, number, Pkcs11ErrorKind]>([
    ['CKR_GENERAL_ERROR', 0x05, 'pkcs11-token-failed'],
    ['CKR_DEVICE_ERROR', 0x30, 'pkcs11-token-unreachable'],
    ['CKR_DEVICE_REMOVED', 0x32, 'pkcs11-token-unreachable'],
    ['CKR_MECHANISM_INVALID', 0x70, 'pkcs11-token-unfit'],
    ['CKR_PIN_INCORRECT', 0xa0, 'pkcs11-pin-incorrect'],
    ['CKR_PIN_EXPIRED', 0xa3, 'pkcs11-pin-incorrect'],
    ['CKR_PIN_LOCKED', 0xa4, 'pkcs11-pin-locked'],
    ['CKR_SESSION_COUNT', 0xb1, 'pkcs11-no-session'],
    ['CKR_TOKEN_NOT_PRESENT', 0xe0, 'pkcs11-token-inactive'],
    ['CKR_USER_PIN_NOT_INITIALIZED', 0x102, 'pkcs11-user-missing'],
    ['CKR_USER_ANOTHER_ALREADY_LOGGED_IN', 0x104, 'pkcs11-user-busy'],
    ['a value of a vendor', 0x8000_0001, 'pkcs11-token-failed'],
  ])('%s has a meaning and its name, and its text is not passed on', (_name, code, kind) => {
    const error = pkcs11Error(refusal(code));
    expect(error).toMatchObject({ name: 'HsmError', kind });
    expect(error.message).not.toContain('text of a driver');
    expect(error.message).toContain(`0x${code.toString(16)}`);
    if (_name.startsWith('CKR_') && code !== 0x05) expect(error.message).toContain(_name);
  });

  test('is not in every error: others are failures of the token, and HsmErrors stay as they are', () => {
    expect(pkcs11Error(new TypeError('text of a driver'))).toMatchObject({ kind: 'pkcs11-token-failed' });
    const own = new HsmError('invalid-material', 'ours');
    expect(pkcs11Error(own)).toBe(own);
  });
});
