/** aws_kms_custom_key_store through the engine, against a REST door that remembers key stores. */
import { configured, Managed } from '../../support/provider/managed.ts';
import { RestDoor } from '../../support/provider/rest-door.ts';

let door: RestDoor;
let keyStore: Managed;

beforeEach(async () => {
  door = await RestDoor.open();
  keyStore = new Managed(await configured(door), 'aws_kms_custom_key_store');
});
afterEach(() => door.close());

const cluster = {
  custom_key_store_name: 'hsm',
  cloud_hsm_cluster_id: 'cluster-2a23b4cdefg',
  trust_anchor_certificate: 'a certificate',
  key_store_password: 'correct-horse-7',
};
const external = {
  custom_key_store_name: 'ours',
  custom_key_store_type: 'EXTERNAL_KEY_STORE',
  xks_proxy_connectivity: 'PUBLIC_ENDPOINT',
  xks_proxy_uri_endpoint: 'https://xks.example.com',
  xks_proxy_uri_path: '/kms/xks/v1',
  xks_proxy_authentication_credential: [{ access_key_id: 'ABCDEFGHIJKLMNOPQRST', raw_secret_access_key: 'secret' }],
};

test('on a cluster is created with its password, which stays in the state', async () => {
  const state = await keyStore.applied(cluster);
  expect(door.calls()).toEqual(['CreateCustomKeyStore', 'DescribeCustomKeyStores']);
  expect(state).toEqual({
    ...cluster,
    custom_key_store_type: 'AWS_CLOUDHSM',
    id: expect.stringMatching(/^cks-/),
    key_store_password_wo: null,
    key_store_password_wo_version: null,
    region: 'us-east-1',
    timeouts: null,
    xks_proxy_authentication_credential: [],
    xks_proxy_connectivity: '',
    xks_proxy_uri_endpoint: '',
    xks_proxy_uri_path: '',
    xks_proxy_vpc_endpoint_service_name: '',
  });
  await keyStore.refresh();
  expect(await keyStore.isSettled(cluster)).toBe(true);
});

test('on a proxy is created with its credential, which stays in the state', async () => {
  await keyStore.applied(external);
  expect(door.inputs('CreateCustomKeyStore')).toEqual([
    expect.objectContaining({
      CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
      XksProxyAuthenticationCredential: { AccessKeyId: 'ABCDEFGHIJKLMNOPQRST', RawSecretAccessKey: 'secret' },
    }),
  ]);
  await keyStore.refresh();
  expect(await keyStore.isSettled(external)).toBe(true);
});

test.each([
  ['name', { custom_key_store_name: 'other' }, { NewCustomKeyStoreName: 'other' }],
  ['path', { xks_proxy_uri_path: '/a/kms/xks/v1' }, { XksProxyUriPath: '/a/kms/xks/v1' }],
  [
    'credential',
    { xks_proxy_authentication_credential: [{ access_key_id: 'TSRQ', raw_secret_access_key: 'new' }] },
    { XksProxyAuthenticationCredential: { AccessKeyId: 'TSRQ', RawSecretAccessKey: 'new' } },
  ],
  [
    'connectivity, with its endpoint',
    { xks_proxy_connectivity: 'VPC_ENDPOINT_SERVICE', xks_proxy_vpc_endpoint_service_name: 'a service' },
    {
      XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
      XksProxyUriEndpoint: 'https://xks.example.com',
      XksProxyVpcEndpointServiceName: 'a service',
    },
  ],
])('changes its %s in place, and sends nothing else', async (_what, change, sent) => {
  await keyStore.applied(external);
  const { requiresReplace } = await keyStore.plan({ ...external, ...change });
  expect(requiresReplace).toEqual([]);
  await keyStore.applied({ ...external, ...change });
  expect(door.inputs('UpdateCustomKeyStore')).toEqual([{ CustomKeyStoreId: keyStore.id, ...sent }]);
  await keyStore.refresh();
  expect(await keyStore.isSettled({ ...external, ...change })).toBe(true);
});

test('is replaced for another cluster, certificate or type', async () => {
  await keyStore.applied(cluster);
  const change = { cloud_hsm_cluster_id: 'cluster-3a23b4cdefg', trust_anchor_certificate: 'another' };
  const { requiresReplace } = await keyStore.plan({ ...cluster, ...change });
  expect(requiresReplace.map((path) => path.join('.')).sort()).toEqual([
    'cloud_hsm_cluster_id',
    'trust_anchor_certificate',
  ]);
});

test('is removed from the state when it is gone, and stays with a remedy when it cannot be deleted', async () => {
  await keyStore.applied(cluster);
  door.refuse('DeleteCustomKeyStore', { status: 409, code: 'CustomKeyStoreInvalidStateException' });
  const [problem] = await keyStore.destroy();
  expect(problem?.detail).toContain('Connect or disconnect the key store first');
  expect(keyStore.state).not.toBeNull();
  expect(await keyStore.destroy()).toEqual([]);
  await keyStore.applied(cluster);
  door.keyStores.clear();
  await keyStore.refresh();
  expect(keyStore.state).toBeNull();
});

test('is imported by its id, without the secrets that cannot be read', async () => {
  await keyStore.applied(cluster);
  const other = new Managed(keyStore.engine, 'aws_kms_custom_key_store');
  expect(await other.import(keyStore.id)).toEqual([]);
  expect(other.state).toEqual({ ...keyStore.state, key_store_password: '' });
  expect(await other.import('hsm')).toEqual([expect.objectContaining({ severity: 'error' })]);
});

describe('the data source', () => {
  const query = (custom_key_store_id: string | null, custom_key_store_name: string | null = null) =>
    keyStore.engine.readData('aws_kms_custom_key_store', {
      custom_key_store_id,
      custom_key_store_name,
      id: null,
      region: null,
    });

  test('finds a key store by id, by name, or as the only one', async () => {
    await keyStore.applied(cluster);
    for (const found of [await query(keyStore.id), await query(null, 'hsm'), await query(null)]) {
      expect(found.diagnostics).toEqual([]);
      expect(found.state).toEqual({
        cloud_hsm_cluster_id: cluster.cloud_hsm_cluster_id,
        connection_state: 'DISCONNECTED',
        creation_date: '2023-11-14T22:13:20Z',
        custom_key_store_id: keyStore.id,
        custom_key_store_name: 'hsm',
        id: keyStore.id,
        region: 'us-east-1',
        trust_anchor_certificate: cluster.trust_anchor_certificate,
      });
    }
  });

  test('fails for none, and for several when none is named', async () => {
    for (const wrong of [await query(null), await query(null, 'nobody'), await query('cks-0')]) {
      expect(wrong.diagnostics).toEqual([expect.objectContaining({ severity: 'error' })]);
    }
    await keyStore.applied(cluster);
    await new Managed(keyStore.engine, 'aws_kms_custom_key_store').applied(external);
    const several = await query(null);
    expect(several.diagnostics[0]?.detail).toContain('There are 2 custom key stores in Region us-east-1');
  });
});

describe('write-only secrets', () => {
  const { key_store_password, ...rest } = cluster;
  const withPassword = { ...rest, key_store_password_wo: 'battery-staple', key_store_password_wo_version: '1' };

  test('the password is sent and is in no plan and no state; another version sends it again', async () => {
    const { plan, state } = await keyStore.apply(withPassword);
    expect(door.inputs('CreateCustomKeyStore')).toMatchObject([{ KeyStorePassword: 'battery-staple' }]);
    for (const object of [plan.planned, state]) {
      expect([object?.key_store_password || null, object?.key_store_password_wo]).toEqual([null, null]);
    }
    await keyStore.refresh();
    expect(await keyStore.isSettled({ ...withPassword, key_store_password_wo: 'other-password' })).toBe(true);
    const changed = { ...withPassword, key_store_password_wo: 'other-password', key_store_password_wo_version: '2' };
    expect((await keyStore.apply(changed)).plan.requiresReplace).toEqual([]);
    expect(door.inputs('UpdateCustomKeyStore')).toEqual([
      { CustomKeyStoreId: keyStore.id, KeyStorePassword: 'other-password' },
    ]);
    expect(await keyStore.isSettled(changed)).toBe(true);
  });

  test('the password can leave the state in place', async () => {
    await keyStore.applied(cluster);
    await keyStore.applied({ ...withPassword, key_store_password_wo: key_store_password });
    expect(door.inputs('UpdateCustomKeyStore')).toMatchObject([{ KeyStorePassword: key_store_password }]);
    expect(JSON.stringify(keyStore.state)).not.toContain(key_store_password);
  });

  const credential = (change: object) => ({
    ...external,
    xks_proxy_authentication_credential: [
      { access_key_id: 'ABCDEFGHIJKLMNOPQRST', raw_secret_access_key: null, ...change },
    ],
  });
  const written = (secret: string, version: string) =>
    credential({ raw_secret_access_key_wo: secret, raw_secret_access_key_wo_version: version });

  test('the secret of a proxy, inside its block, is sent and is in no plan and no state', async () => {
    const { plan, state, diagnostics } = await keyStore.apply(written('hidden-secret', '1'));
    expect(diagnostics).toEqual([]);
    expect(door.inputs('CreateCustomKeyStore')).toMatchObject([
      { XksProxyAuthenticationCredential: { RawSecretAccessKey: 'hidden-secret' } },
    ]);
    for (const object of [plan.planned, state]) {
      expect(object?.xks_proxy_authentication_credential).toEqual([
        {
          access_key_id: 'ABCDEFGHIJKLMNOPQRST',
          raw_secret_access_key: null,
          raw_secret_access_key_wo: null,
          raw_secret_access_key_wo_version: '1',
        },
      ]);
    }
    await keyStore.applied(written('new-secret', '2'));
    expect(door.inputs('UpdateCustomKeyStore')).toMatchObject([
      { XksProxyAuthenticationCredential: { RawSecretAccessKey: 'new-secret' } },
    ]);
  });

  test('a proxy credential without any secret is refused at its path', () => {
    const config = credential({ raw_secret_access_key_wo: null, raw_secret_access_key_wo_version: null });
    expect(
      keyStore.engine.validateResource('aws_kms_custom_key_store', config, { writeOnlyAllowed: true }),
    ).toMatchObject([
      {
        detail: 'One of raw_secret_access_key, raw_secret_access_key_wo must be set.',
        path: ['xks_proxy_authentication_credential', 0, 'raw_secret_access_key'],
      },
    ]);
  });
});
