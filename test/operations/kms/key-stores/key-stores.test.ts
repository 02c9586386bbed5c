/**
 * Custom key stores: created, described, connected, changed, disconnected and deleted, with every refusal of the guide.
 */
import { jest } from '@jest/globals';
import { startJobs } from '@keystead/control-plane/jobs/runner.ts';
import type { ConnectionStateType } from '@keystead/provider-schema/generated/types.ts';
import { needs } from '../../../support/needs.ts';
import { PIN } from '../../../support/softhsm.ts';
import { accountId, region, rootOf } from '../../../support/test-control-plane.ts';
import type { Fault } from '../../../support/xks-proxy.ts';
import {
  CLUSTER,
  CREDENTIAL,
  ENDPOINT,
  FOREIGN_CLUSTER,
  type KeyStoreControlPlane,
  openKeyStoreControlPlane,
  RELATED_CLUSTER,
  SLEEPING_CLUSTER,
  URI_PATH,
} from './key-stores-control-plane.ts';

needs('softhsm', 'binding', 'openssl');

let controlPlane: KeyStoreControlPlane;
beforeAll(async () => {
  controlPlane = await openKeyStoreControlPlane();
});
/** Each test begins without key stores. */
afterEach(async () => {
  controlPlane.proxy.faults.clear();
  controlPlane.proxy.setCredential(CREDENTIAL.AccessKeyId, CREDENTIAL.RawSecretAccessKey);
  for (const account of [accountId, '999988887777']) {
    const write = { changes: [], audit: [] };
    const mutations = [{ op: 'deleteAll', table: 'custom_key_stores', where: { account_id: account } }] as const;
    await controlPlane.store.write({ ...write, mutations });
  }
});
afterAll(() => controlPlane.close());

const refusedWith = (code: string) => new RegExp(`^${code}: .`);
const stateOf = async (id: string) => (await controlPlane.describe(id)).ConnectionState;

/** Sets a store's state, as the job would. */
async function force(CustomKeyStoreId: string, state: ConnectionStateType): Promise<void> {
  const row = await controlPlane.store.findCustomKeyStore(accountId, region, CustomKeyStoreId);
  if (!row) throw new Error(`the key store ${CustomKeyStoreId} does not exist`);
  const key = { account_id: accountId, region, custom_key_store_id: CustomKeyStoreId };
  const set = { connection_state: state, connection_error_code: state === 'FAILED' ? 'INTERNAL_ERROR' : null } as const;
  const mutations = [{ op: 'update', table: 'custom_key_stores', key, revision: row.revision, set }] as const;
  await controlPlane.store.write({ mutations, changes: [], audit: [] });
}

describe('CreateCustomKeyStore', () => {
  test('creates a store on a cluster, disconnected', async () => {
    const id = await controlPlane.newClusterStore({ CustomKeyStoreName: 'mine' });
    expect(id).toMatch(/^cks-[0-9a-f]{17}$/);
    expect(await controlPlane.describe(id)).toEqual({
      CustomKeyStoreId: id,
      CustomKeyStoreName: 'mine',
      CustomKeyStoreType: 'AWS_CLOUDHSM',
      CloudHsmClusterId: CLUSTER,
      TrustAnchorCertificate: controlPlane.trustAnchor,
      ConnectionState: 'DISCONNECTED',
      CreationDate: new Date(controlPlane.clock.now()),
    });
    const [event] = await controlPlane.events('CreateCustomKeyStore');
    expect(event?.responseElements).toEqual({ customKeyStoreId: id });
    expect(JSON.stringify(event)).not.toContain(PIN);
  });

  test('creates a store on a proxy, if the proxy is healthy', async () => {
    const id = await controlPlane.newExternalStore({ CustomKeyStoreName: 'mine' });
    expect(await controlPlane.describe(id)).toEqual({
      CustomKeyStoreId: id,
      CustomKeyStoreName: 'mine',
      CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
      XksProxyConfiguration: {
        Connectivity: 'PUBLIC_ENDPOINT',
        AccessKeyId: CREDENTIAL.AccessKeyId,
        UriEndpoint: ENDPOINT,
        UriPath: URI_PATH,
      },
      ConnectionState: 'DISCONNECTED',
      CreationDate: new Date(controlPlane.clock.now()),
    });
    expect(controlPlane.proxy.seen.at(-1)).toMatchObject({
      call: 'health',
      body: { requestMetadata: { kmsOperation: 'CreateCustomKeyStore' } },
    });
    const [event] = await controlPlane.events('CreateCustomKeyStore');
    expect(JSON.stringify(event)).not.toContain(CREDENTIAL.RawSecretAccessKey);
  });

  test('answers a repeated request for a cluster with the first store, until that is connected', async () => {
    const first = await controlPlane.newClusterStore({ CustomKeyStoreName: 'mine' });
    expect(await controlPlane.newClusterStore({ CustomKeyStoreName: 'mine' })).toBe(first);
    const other = { CustomKeyStoreName: 'mine', KeyStorePassword: 'another-pin' };
    await expect(controlPlane.newClusterStore(other)).rejects.toMatchObject({
      code: 'CustomKeyStoreNameInUseException',
    });
    await controlPlane.connect(first);
    await expect(controlPlane.newClusterStore({ CustomKeyStoreName: 'mine' })).rejects.toMatchObject({
      code: 'CustomKeyStoreNameInUseException',
    });
  });

  const anotherCluster = (CloudHsmClusterId: string) => ({ CloudHsmClusterId });
  test.each<[string, () => object, string]>([
    ['an unknown cluster', () => anotherCluster('cluster-u2222222222'), 'CloudHsmClusterNotFoundException'],
    ["another account's cluster", () => anotherCluster(FOREIGN_CLUSTER), 'CloudHsmClusterNotFoundException'],
    ['a cluster that is not active', () => anotherCluster(SLEEPING_CLUSTER), 'CloudHsmClusterNotActiveException'],
    [
      'another certificate',
      () => ({ TrustAnchorCertificate: controlPlane.otherAnchor }),
      'IncorrectTrustAnchorException',
    ],
    ['a text that is not a certificate', () => ({ TrustAnchorCertificate: 'hello' }), 'IncorrectTrustAnchorException'],
    ['no trust anchor', () => ({ TrustAnchorCertificate: undefined }), 'ValidationException'],
    ['no password', () => ({ KeyStorePassword: undefined }), 'ValidationException'],
    ['no cluster', () => ({ CloudHsmClusterId: undefined }), 'ValidationException'],
    ['a member of external stores', () => ({ XksProxyUriPath: URI_PATH }), 'ValidationException'],
    ['a short password', () => ({ KeyStorePassword: 'sixsix' }), 'ValidationException'],
  ])('on a cluster refuses %s', async (_what, members, code) => {
    await expect(controlPlane.newClusterStore(members())).rejects.toMatchObject({ code });
  });

  test('refuses a cluster that backs another store, in any account', async () => {
    await controlPlane.newClusterStore();
    await expect(controlPlane.newClusterStore()).rejects.toMatchObject({ code: 'CloudHsmClusterInUseException' });
    const elsewhere = controlPlane.newClusterStore({}, { as: rootOf('999988887777') });
    await expect(elsewhere).rejects.toMatchObject({ code: 'CloudHsmClusterInUseException' });
  });

  const withService = { XksProxyVpcEndpointServiceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0' };
  const overVpc = { XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE', ...withService };
  test.each([
    ['no credential', { XksProxyAuthenticationCredential: undefined }],
    ['no endpoint', { XksProxyUriEndpoint: undefined }],
    ['no path', { XksProxyUriPath: undefined }],
    ['no connectivity', { XksProxyConnectivity: undefined }],
    ['an endpoint with a port', { XksProxyUriEndpoint: `${ENDPOINT}:8443` }],
    ['an endpoint without TLS', { XksProxyUriEndpoint: 'http://proxy.example.test' }],
    ['a path that is not the API', { XksProxyUriPath: '/elsewhere' }],
    ['a member of cluster stores', { KeyStorePassword: PIN }],
    ['a service with public connectivity', withService],
    ['VPC connectivity without a service', { XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE' }],
  ])('on a proxy refuses %s', async (_what, members) => {
    await expect(controlPlane.newExternalStore(members)).rejects.toMatchObject({ code: 'ValidationException' });
  });

  test.each<[string, Fault, string]>([
    ['ValidationException', error(400, 'ValidationException'), 'XksProxyInvalidResponseException'],
    [
      'AuthenticationFailed',
      error(401, 'AuthenticationFailedException'),
      'XksProxyIncorrectAuthenticationCredentialException',
    ],
    ['InvalidUriPath', error(404, 'InvalidUriPathException'), 'XksProxyInvalidConfigurationException'],
    ['Throttling', error(429, 'ThrottlingException'), 'XksProxyUriUnreachableException'],
    ['Internal', error(500, 'InternalException'), 'XksProxyInvalidResponseException'],
    ['DependencyTimeout', error(503, 'DependencyTimeoutException'), 'XksProxyUriUnreachableException'],
    ['a hang-up', { kind: 'hangs-up' }, 'XksProxyUriUnreachableException'],
    ['garbage', { kind: 'body', body: 'hello' }, 'XksProxyInvalidResponseException'],
    [
      'only unavailable managers',
      { kind: 'answer', members: { ekmFleetDetails: [{ healthStatus: 'UNAVAILABLE' }] } },
      'XksProxyUriUnreachableException',
    ],
  ])('on a proxy that answers %s is refused, and so is an update', async (_what, fault, code) => {
    controlPlane.proxy.faults.set('health', fault);
    await expect(controlPlane.newExternalStore()).rejects.toMatchObject({ code });
    controlPlane.proxy.faults.clear();
    const CustomKeyStoreId = await controlPlane.newExternalStore();
    controlPlane.proxy.faults.set('health', fault);
    const update = { CustomKeyStoreId, XksProxyAuthenticationCredential: CREDENTIAL };
    expect(await controlPlane.refusal('UpdateCustomKeyStore', update)).toMatch(refusedWith(code));
  });

  test('with a wrong proxy secret is refused by the proxy itself', async () => {
    const credential = { ...CREDENTIAL, RawSecretAccessKey: CREDENTIAL.RawSecretAccessKey.toUpperCase() };
    await expect(controlPlane.newExternalStore({ XksProxyAuthenticationCredential: credential })).rejects.toMatchObject(
      {
        code: 'XksProxyIncorrectAuthenticationCredentialException',
      },
    );
  });

  test('over a VPC tests the service only when it is connected', async () => {
    controlPlane.proxy.faults.set('health', { kind: 'hangs-up' });
    const id = await controlPlane.newExternalStore(overVpc);
    expect((await controlPlane.describe(id)).XksProxyConfiguration).toMatchObject({
      Connectivity: 'VPC_ENDPOINT_SERVICE',
      VpcEndpointServiceName: withService.XksProxyVpcEndpointServiceName,
      VpcEndpointServiceOwner: accountId,
    });
    expect(await controlPlane.connect(id)).toMatchObject({
      ConnectionState: 'FAILED',
      ConnectionErrorCode: 'XKS_PROXY_NOT_REACHABLE',
    });
  });

  test('refuses two stores with an endpoint or service that only one store can have', async () => {
    await controlPlane.newExternalStore({ CustomKeyStoreName: 'one' });
    const refused = (members: object, options = {}) =>
      controlPlane.newExternalStore(members, options).then(
        () => 'made',
        (failure: { code: string }) => failure.code,
      );
    expect(await refused({ CustomKeyStoreName: 'one', XksProxyUriPath: `/a${URI_PATH}` })).toBe(
      'CustomKeyStoreNameInUseException',
    );
    expect(await refused({})).toBe('XksProxyUriInUseException');
    // Another path on a public endpoint can be another store; the proxy does not have one there.
    expect(await refused({ XksProxyUriPath: `/other${URI_PATH}` })).toBe('XksProxyInvalidConfigurationException');
    expect(await refused({ ...overVpc, XksProxyUriPath: `/other${URI_PATH}` })).toBe(
      'XksProxyUriEndpointInUseException',
    );
    expect(await refused({ ...overVpc, XksProxyUriEndpoint: 'https://one.example.test' })).toBe('made');
    expect(await refused({ ...overVpc, XksProxyUriEndpoint: 'https://two.example.test' })).toBe(
      'XksProxyVpcEndpointServiceInUseException',
    );
    const toPrivate = { XksProxyUriEndpoint: 'https://one.example.test', XksProxyUriPath: `/b${URI_PATH}` };
    expect(await refused(toPrivate)).toBe('XksProxyUriEndpointInUseException');
    expect(await refused(toPrivate, { as: rootOf('999988887777') })).toBe('XksProxyUriEndpointInUseException');
  });

  test('refuses more than ten in an account and Region', async () => {
    for (let i = 1; i <= 10; i++) {
      await controlPlane.newExternalStore({
        XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
        XksProxyVpcEndpointServiceName: `com.amazonaws.vpce.eu-west-1.vpce-svc-${i}`,
        XksProxyUriEndpoint: `https://proxy-${i}.example.test`,
      });
    }
    await expect(controlPlane.newExternalStore()).rejects.toMatchObject({ code: 'LimitExceededException' });
  });

  test('creates one store for many concurrent requests with one name', async () => {
    const CustomKeyStoreName = 'contested';
    const attempts = Array.from({ length: 5 }, (_, i) =>
      controlPlane.newExternalStore({
        CustomKeyStoreName,
        XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
        XksProxyVpcEndpointServiceName: `com.amazonaws.vpce.eu-west-1.vpce-svc-${i}`,
        XksProxyUriEndpoint: `https://proxy-${i}.example.test`,
      }),
    );
    const settled = await Promise.allSettled(attempts);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

function error(status: number, errorName: string): Fault {
  return { kind: 'error', status, errorName };
}

describe('DescribeCustomKeyStores', () => {
  test('finds one by id or name, and pages through all', async () => {
    const cluster = await controlPlane.newClusterStore({ CustomKeyStoreName: 'a cluster' });
    const external = await controlPlane.newExternalStore({ CustomKeyStoreName: 'a proxy' });
    const byName = await controlPlane.perform('DescribeCustomKeyStores', { CustomKeyStoreName: 'a proxy' });
    expect(byName.CustomKeyStores?.map((store) => store.CustomKeyStoreId)).toEqual([external]);
    const first = await controlPlane.perform('DescribeCustomKeyStores', { Limit: 1 });
    expect(first).toMatchObject({ Truncated: true });
    const second = await controlPlane.perform('DescribeCustomKeyStores', {
      Limit: 1,
      Marker: first.NextMarker as string,
    });
    expect(second).toMatchObject({ Truncated: false });
    const ids = [first, second].flatMap((page) => page.CustomKeyStores?.map((store) => store.CustomKeyStoreId));
    expect(ids.sort()).toEqual([cluster, external].sort());
    expect(await controlPlane.perform('DescribeCustomKeyStores', {}, { region: 'eu-west-3' })).toMatchObject({
      CustomKeyStores: [],
    });
  });

  test('refuses an id together with a name, unknown stores and foreign markers', async () => {
    const refusal = (input: object) => controlPlane.refusal('DescribeCustomKeyStores', input);
    expect(await refusal({ CustomKeyStoreId: 'a', CustomKeyStoreName: 'b' })).toMatch(/^ValidationException/);
    expect(await refusal({ CustomKeyStoreId: 'cks-0' })).toMatch(/^CustomKeyStoreNotFoundException/);
    expect(await refusal({ CustomKeyStoreName: 'nobody' })).toMatch(/^CustomKeyStoreNotFoundException/);
    expect(await refusal({ Marker: 'made up' })).toMatch(/^InvalidMarkerException/);
  });
});

describe('the connection', () => {
  const kinds = [
    ['cluster', () => controlPlane.newClusterStore()],
    ['proxy', () => controlPlane.newExternalStore()],
  ] as const;

  test.each(kinds)('to a %s goes from DISCONNECTED over CONNECTING to CONNECTED, and back', async (_kind, make) => {
    const CustomKeyStoreId = await make();
    expect(await controlPlane.perform('ConnectCustomKeyStore', { CustomKeyStoreId })).toEqual({});
    expect(await stateOf(CustomKeyStoreId)).toBe('CONNECTING');
    await controlPlane.settle();
    expect(await stateOf(CustomKeyStoreId)).toBe('CONNECTED');
    expect(await controlPlane.perform('DisconnectCustomKeyStore', { CustomKeyStoreId })).toEqual({});
    expect(await stateOf(CustomKeyStoreId)).toBe('DISCONNECTING');
    await controlPlane.settle();
    expect(await stateOf(CustomKeyStoreId)).toBe('DISCONNECTED');
    expect(await controlPlane.perform('DeleteCustomKeyStore', { CustomKeyStoreId })).toEqual({});
    const gone = await controlPlane.refusal('DescribeCustomKeyStores', { CustomKeyStoreId });
    expect(gone).toMatch(/^CustomKeyStoreNotFoundException/);
  });

  /** What each request does in each state: the state afterwards, or `-` for CustomKeyStoreInvalidStateException. */
  const table: Readonly<Record<ConnectionStateType, readonly [string, string, string, string, string]>> = {
    //              Connect       Disconnect       Name            Endpoint        Delete
    DISCONNECTED: ['CONNECTING', '-', 'DISCONNECTED', 'DISCONNECTED', 'gone'],
    CONNECTING: ['CONNECTING', 'DISCONNECTING', '-', '-', '-'],
    CONNECTED: ['CONNECTED', 'DISCONNECTING', 'CONNECTED', '-', '-'],
    DISCONNECTING: ['-', '-', '-', '-', '-'],
    FAILED: ['-', 'DISCONNECTED', '-', '-', '-'],
  };
  const requests = [
    (CustomKeyStoreId: string) => controlPlane.perform('ConnectCustomKeyStore', { CustomKeyStoreId }),
    (CustomKeyStoreId: string) => controlPlane.perform('DisconnectCustomKeyStore', { CustomKeyStoreId }),
    (CustomKeyStoreId: string) =>
      controlPlane.perform('UpdateCustomKeyStore', { CustomKeyStoreId, NewCustomKeyStoreName: 'renamed' }),
    (CustomKeyStoreId: string) =>
      controlPlane.perform('UpdateCustomKeyStore', { CustomKeyStoreId, XksProxyUriEndpoint: ENDPOINT }),
    (CustomKeyStoreId: string) => controlPlane.perform('DeleteCustomKeyStore', { CustomKeyStoreId }),
  ];
  const cells = Object.entries(table).flatMap(([state, row]) =>
    row.map((after, index) => [state as ConnectionStateType, index, after] as const),
  );

  test.each(cells)('in %s answers request %i with %s', async (state, index, after) => {
    const id = await controlPlane.newExternalStore();
    await force(id, state);
    const outcome = await requests[index]?.(id).then(
      async () => (await controlPlane.describe(id).catch(() => ({ ConnectionState: 'gone' }))).ConnectionState,
      (failure: { code: string }) => (failure.code === 'CustomKeyStoreInvalidStateException' ? '-' : failure.code),
    );
    expect(outcome).toBe(after);
    if (after === '-') expect(await stateOf(id)).toBe(state);
  });

  test.each(['ConnectCustomKeyStore', 'DisconnectCustomKeyStore', 'DeleteCustomKeyStore'] as const)(
    '%s of an unknown store is refused',
    async (operation) => {
      const refusal = await controlPlane.refusal(operation, { CustomKeyStoreId: 'cks-00000000000000000' });
      expect(refusal).toMatch(refusedWith('CustomKeyStoreNotFoundException'));
    },
  );

  test('with a wrong password fails, and works with a new one', async () => {
    const id = await controlPlane.newClusterStore({ KeyStorePassword: 'wrong-horse-7' });
    expect(await controlPlane.connect(id)).toMatchObject({
      ConnectionState: 'FAILED',
      ConnectionErrorCode: 'INVALID_CREDENTIALS',
    });
    expect(await controlPlane.disconnect(id)).not.toHaveProperty('ConnectionErrorCode');
    await controlPlane.perform('UpdateCustomKeyStore', { CustomKeyStoreId: id, KeyStorePassword: PIN });
    expect(await controlPlane.connect(id)).toMatchObject({ ConnectionState: 'CONNECTED' });
  });

  test('that fails leaves one line of the job with the cause, the key store and the request', async () => {
    const CustomKeyStoreId = await controlPlane.newClusterStore({ KeyStorePassword: 'wrong-horse-7' });
    const [warn, info] = [jest.spyOn(controlPlane.engines.log, 'warn'), jest.spyOn(controlPlane.engines.log, 'info')];
    expect(await controlPlane.connect(CustomKeyStoreId)).toMatchObject({ ConnectionErrorCode: 'INVALID_CREDENTIALS' });
    const [event] = await controlPlane.events('ConnectCustomKeyStore');
    const found = {
      ...{ job: 'connect', requestId: event?.requestID, customKeyStoreId: CustomKeyStoreId, clusterId: CLUSTER },
      connectionErrorCode: 'INVALID_CREDENTIALS',
      cause: 'the PKCS#11 token failed: return value 0xa0 (CKR_PIN_INCORRECT)',
    };
    expect(warn.mock.calls).toEqual([
      [expect.objectContaining(found), expect.stringContaining('could not be connected')],
    ]);
    expect(info.mock.calls.filter(([, text]) => String(text).includes('finished'))).toEqual([]);
    warn.mockRestore();
    info.mockRestore();
  });

  test('to a cluster that is not active is refused at once, and stays DISCONNECTED', async () => {
    const CustomKeyStoreId = await controlPlane.newClusterStore();
    const row = await controlPlane.store.findCustomKeyStore(accountId, region, CustomKeyStoreId);
    const key = { account_id: accountId, region, custom_key_store_id: CustomKeyStoreId };
    const set = { cloud_hsm_cluster_id: SLEEPING_CLUSTER };
    const mutations = [{ op: 'update', table: 'custom_key_stores', key, revision: row?.revision ?? 0, set }] as const;
    await controlPlane.store.write({ mutations, changes: [], audit: [] });
    const warn = jest.spyOn(controlPlane.engines.log, 'warn');
    const refusal = await controlPlane.refusal('ConnectCustomKeyStore', { CustomKeyStoreId });
    expect(refusal).toMatch(refusedWith('CloudHsmClusterNotActiveException'));
    const [event] = await controlPlane.events('ConnectCustomKeyStore');
    const cause = expect.stringMatching(/^none of the module's \d+ tokens has the label "nowhere"$/);
    const found = { requestId: event?.requestID, clusterId: SLEEPING_CLUSTER, cause };
    expect(warn.mock.calls).toEqual([[found, expect.stringContaining('failed in its custom key store')]]);
    warn.mockRestore();
    expect(await stateOf(CustomKeyStoreId)).toBe('DISCONNECTED');
  });

  test('to a cluster that is not configured any more fails', async () => {
    const CustomKeyStoreId = await controlPlane.newClusterStore();
    const row = await controlPlane.store.findCustomKeyStore(accountId, region, CustomKeyStoreId);
    const key = { account_id: accountId, region, custom_key_store_id: CustomKeyStoreId };
    const set = { cloud_hsm_cluster_id: 'cluster-u2222222222' };
    const mutations = [{ op: 'update', table: 'custom_key_stores', key, revision: row?.revision ?? 0, set }] as const;
    await controlPlane.store.write({ mutations, changes: [], audit: [] });
    expect(await controlPlane.connect(CustomKeyStoreId)).toMatchObject({
      ConnectionState: 'FAILED',
      ConnectionErrorCode: 'CLUSTER_NOT_FOUND',
    });
  });

  test.each<[string, Fault, string]>([
    ['refuses the credential', error(401, 'AuthenticationFailedException'), 'INVALID_CREDENTIALS'],
    ['denies access', error(403, 'AccessDeniedException'), 'XKS_PROXY_ACCESS_DENIED'],
    ['does not know the path', error(404, 'InvalidUriPathException'), 'XKS_PROXY_INVALID_CONFIGURATION'],
    ['answers garbage', { kind: 'body', body: '' }, 'XKS_PROXY_INVALID_RESPONSE'],
    ['hangs up', { kind: 'hangs-up' }, 'XKS_PROXY_NOT_REACHABLE'],
    ['had a timeout itself', error(503, 'DependencyTimeoutException'), 'XKS_PROXY_TIMED_OUT'],
    [
      'has no manager left',
      { kind: 'answer', members: { ekmFleetDetails: [{ healthStatus: 'UNAVAILABLE' }] } },
      'XKS_PROXY_NOT_REACHABLE',
    ],
  ])('to a proxy that %s fails and says why', async (_what, fault, ConnectionErrorCode) => {
    const id = await controlPlane.newExternalStore();
    controlPlane.proxy.faults.set('health', fault);
    expect(await controlPlane.connect(id)).toMatchObject({ ConnectionState: 'FAILED', ConnectionErrorCode });
  });

  test('asks the proxy under the id of the request, also when another process completes it', async () => {
    const CustomKeyStoreId = await controlPlane.newExternalStore();
    await controlPlane.perform('ConnectCustomKeyStore', { CustomKeyStoreId });
    // A repeated request, which changes nothing, does not take its place.
    await controlPlane.perform('ConnectCustomKeyStore', { CustomKeyStoreId });
    const [repeated, asked] = await controlPlane.events('ConnectCustomKeyStore');
    // By then the lease of the process that is gone has expired.
    controlPlane.clock.advance(4 * 3_600_000);
    const jobs = startJobs({
      ...controlPlane.engines,
      xks: controlPlane.engines.keyStores.xks,
      nodeId: 'node-2',
      intervalMs: 3_600_000,
    });
    try {
      await jobs.runOnce();
    } finally {
      await jobs.stop();
    }
    expect(await stateOf(CustomKeyStoreId)).toBe('CONNECTED');
    const { requestMetadata } = controlPlane.proxy.seen.at(-1)?.body ?? {};
    expect(requestMetadata).toEqual({ kmsOperation: 'ConnectCustomKeyStore', kmsRequestId: asked?.requestID });
    expect(asked?.requestID).not.toBe(repeated?.requestID);
  });

  test('forgets the request’s id once it is settled', async () => {
    const CustomKeyStoreId = await controlPlane.newExternalStore();
    const idOf = async () =>
      (await controlPlane.store.findCustomKeyStore(accountId, region, CustomKeyStoreId))?.connection_request_id;
    await controlPlane.perform('ConnectCustomKeyStore', { CustomKeyStoreId });
    expect(await idOf()).toMatch(/^[0-9a-f-]{36}$/);
    await controlPlane.settle();
    expect(await idOf()).toBeNull();
  });

  test('is in the audit log, with the store’s name', async () => {
    const id = await controlPlane.newClusterStore({ CustomKeyStoreName: 'told' });
    await controlPlane.connect(id);
    const [event] = await controlPlane.events('ConnectCustomKeyStore');
    expect(event).toMatchObject({
      requestParameters: { customKeyStoreId: id },
      additionalEventData: { customKeyStoreName: 'told', clusterId: CLUSTER },
    });
  });
});

describe('UpdateCustomKeyStore', () => {
  const update = (CustomKeyStoreId: string, members: object) =>
    controlPlane.perform('UpdateCustomKeyStore', { CustomKeyStoreId, ...members });
  const refusal = (CustomKeyStoreId: string, members: object) =>
    controlPlane.refusal('UpdateCustomKeyStore', { CustomKeyStoreId, ...members });

  test('renames, but not to a name that is in use', async () => {
    const one = await controlPlane.newClusterStore({ CustomKeyStoreName: 'one' });
    await controlPlane.newExternalStore({ CustomKeyStoreName: 'two' });
    await update(one, { NewCustomKeyStoreName: 'three' });
    await update(one, { NewCustomKeyStoreName: 'three' });
    expect(await controlPlane.describe(one)).toMatchObject({ CustomKeyStoreName: 'three' });
    expect(await refusal(one, { NewCustomKeyStoreName: 'two' })).toMatch(/^CustomKeyStoreNameInUseException/);
  });

  test('accepts a new credential while connected, if the proxy accepts it', async () => {
    const id = await controlPlane.newExternalStore();
    await controlPlane.connect(id);
    const next = {
      AccessKeyId: 'TSRQPONMLKJIHGFEDCBA',
      RawSecretAccessKey: 'bmV3IHNlY3JldCBvZiB0aGUgcHJveHksIDQzIGJ5dGVzIQ',
    };
    expect(await refusal(id, { XksProxyAuthenticationCredential: next })).toMatch(
      /^XksProxyIncorrectAuthenticationCredentialException/,
    );
    controlPlane.proxy.setCredential(next.AccessKeyId, next.RawSecretAccessKey);
    await update(id, { XksProxyAuthenticationCredential: next });
    expect((await controlPlane.describe(id)).XksProxyConfiguration).toMatchObject({ AccessKeyId: next.AccessKeyId });
    expect(controlPlane.proxy.seen.at(-1)?.body.requestMetadata).toMatchObject({
      kmsOperation: 'UpdateCustomKeyStore',
    });
  });

  test('moves only to a related cluster', async () => {
    const id = await controlPlane.newClusterStore();
    expect(await refusal(id, { CloudHsmClusterId: 'cluster-u2222222222' })).toMatch(
      /^CloudHsmClusterNotFoundException/,
    );
    expect(await refusal(id, { CloudHsmClusterId: SLEEPING_CLUSTER })).toMatch(/^CloudHsmClusterNotActiveException/);
    await update(id, { CloudHsmClusterId: RELATED_CLUSTER });
    expect(await controlPlane.connect(id)).toMatchObject({
      ConnectionState: 'CONNECTED',
      CloudHsmClusterId: RELATED_CLUSTER,
    });
    expect(await refusal(id, { CloudHsmClusterId: CLUSTER })).toMatch(/^CustomKeyStoreInvalidStateException/);
  });

  test('to a cluster of another certificate is refused', async () => {
    const foreigner = { as: rootOf('999988887777') };
    const members = { CloudHsmClusterId: FOREIGN_CLUSTER, TrustAnchorCertificate: controlPlane.otherAnchor };
    const id = await controlPlane.newClusterStore(members, foreigner);
    const input = { CustomKeyStoreId: id, CloudHsmClusterId: CLUSTER };
    expect(await controlPlane.refusal('UpdateCustomKeyStore', input, foreigner)).toMatch(
      /^CloudHsmClusterNotRelatedException/,
    );
  });

  test.each([
    ['nothing', {}],
    ['a cluster of an external store', { CloudHsmClusterId: CLUSTER }],
    ['a password of an external store', { KeyStorePassword: PIN }],
    ['connectivity without an endpoint', { XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE' }],
    [
      'VPC connectivity without a service',
      { XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE', XksProxyUriEndpoint: 'https://one.example.test' },
    ],
    ['a service of a public store', { XksProxyVpcEndpointServiceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-1' }],
  ])('refuses %s', async (_what, members) => {
    expect(await refusal(await controlPlane.newExternalStore(), members)).toMatch(/^ValidationException/);
  });

  test('refuses members of external stores on a cluster store', async () => {
    const id = await controlPlane.newClusterStore();
    expect(await refusal(id, { XksProxyUriPath: URI_PATH })).toMatch(/^ValidationException/);
  });

  test('changes connectivity, and back', async () => {
    const id = await controlPlane.newExternalStore();
    await update(id, {
      XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
      XksProxyUriEndpoint: ENDPOINT,
      XksProxyVpcEndpointServiceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-1',
    });
    expect((await controlPlane.describe(id)).XksProxyConfiguration).toMatchObject({
      Connectivity: 'VPC_ENDPOINT_SERVICE',
    });
    await update(id, { XksProxyConnectivity: 'PUBLIC_ENDPOINT', XksProxyUriEndpoint: ENDPOINT });
    const configuration = (await controlPlane.describe(id)).XksProxyConfiguration;
    expect(configuration).toMatchObject({ Connectivity: 'PUBLIC_ENDPOINT' });
    expect(configuration).not.toHaveProperty('VpcEndpointServiceName');
  });
});

test('a user needs permission for each operation', async () => {
  const as = await controlPlane.user('nobody');
  const CustomKeyStoreId = await controlPlane.newExternalStore();
  const operations = [
    'ConnectCustomKeyStore',
    'DisconnectCustomKeyStore',
    'DeleteCustomKeyStore',
    'DescribeCustomKeyStores',
  ] as const;
  for (const operation of operations) {
    expect(await controlPlane.refusal(operation, { CustomKeyStoreId }, { as })).toMatch(/^AccessDeniedException/);
  }
});
