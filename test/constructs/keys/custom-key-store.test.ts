import { CustomKeyStore, type CustomKeyStoreProps, Key, type KeyProps, SecretInput } from '@keystead/constructs/cdktf';
import { aStack, synthesize, theResource } from '../stack.ts';

const password = SecretInput.fromFile('/run/secrets/password');
const cloudHsmCluster = { clusterId: 'cluster-2a23b4cdefg', trustAnchorCertificate: 'PEM', password };
const externalKeyStoreProxy = {
  uriEndpoint: 'https://xks.example.com',
  uriPath: '/kms/xks/v1',
  accessKeyId: 'ABCDEFGHIJKLMNOPQRST',
  secretAccessKey: password,
};

function storeArguments(props: Partial<CustomKeyStoreProps>) {
  const stack = aStack();
  new CustomKeyStore(stack, 'store', { customKeyStoreName: 'production', ...props });
  return theResource(synthesize(stack), 'aws_kms_custom_key_store');
}

describe('CustomKeyStore', () => {
  test('is one of a CloudHSM cluster, whose password is in no state', () => {
    const { '//': _, ...declared } = storeArguments({ cloudHsmCluster, region: 'eu-north-1' });
    expect(declared).toEqual({
      custom_key_store_name: 'production',
      custom_key_store_type: 'AWS_CLOUDHSM',
      cloud_hsm_cluster_id: cloudHsmCluster.clusterId,
      trust_anchor_certificate: 'PEM',
      key_store_password_wo: `\${trimspace(file("/run/secrets/password"))}`,
      key_store_password_wo_version: '1',
      region: 'eu-north-1',
      provider: 'aws',
    });
  });

  test('is one behind an external key store proxy, whose secret is in no state', () => {
    const { '//': _, ...declared } = storeArguments({ externalKeyStoreProxy });
    expect(declared).toEqual({
      custom_key_store_name: 'production',
      custom_key_store_type: 'EXTERNAL_KEY_STORE',
      xks_proxy_connectivity: 'PUBLIC_ENDPOINT',
      xks_proxy_uri_endpoint: 'https://xks.example.com',
      xks_proxy_uri_path: '/kms/xks/v1',
      xks_proxy_authentication_credential: {
        access_key_id: 'ABCDEFGHIJKLMNOPQRST',
        raw_secret_access_key_wo: `\${trimspace(file("/run/secrets/password"))}`,
        raw_secret_access_key_wo_version: '1',
      },
      provider: 'aws',
    });
  });

  const proxy = (more: object) => ({ externalKeyStoreProxy: { ...externalKeyStoreProxy, ...more } });
  test.each<[string, Partial<CustomKeyStoreProps>, RegExp]>([
    ['neither type', {}, /of neither type. Give either cloudHsmCluster or externalKeyStoreProxy/],
    ['both types', { cloudHsmCluster, externalKeyStoreProxy }, /of both types/],
    ['an empty name', { cloudHsmCluster, customKeyStoreName: '' }, /has 0 characters. Give 1 to 256/],
    [
      'a cluster id of another form',
      { cloudHsmCluster: { ...cloudHsmCluster, clusterId: 'hsm' } },
      /clusterId is "hsm"/,
    ],
    ['an endpoint with a path', proxy({ uriEndpoint: 'https://xks.example.com/kms' }), /uriEndpoint.*without a path/],
    ['an endpoint without TLS', proxy({ uriEndpoint: 'http://xks.example.com' }), /Write https:\/\//],
    ['a path that ends elsewhere', proxy({ uriPath: '/kms' }), /uriPath is "\/kms".*\/kms\/xks\/v1/],
    ['an access key id of another form', proxy({ accessKeyId: 'short' }), /accessKeyId is not one of a proxy/],
    ['a VPC endpoint service without name', proxy({ connectivity: 'VPC_ENDPOINT_SERVICE' }), /vpcEndpointServiceName/],
    [
      'a service name beside a public endpoint',
      proxy({ vpcEndpointServiceName: 'x' }),
      /Leave vpcEndpointServiceName out/,
    ],
  ])('refuses %s', (_what, props, message) => {
    expect(() => storeArguments(props)).toThrow(message);
    expect(() => storeArguments(props)).toThrow(/^\[stack\/store\] /);
  });
});

describe('A key in a custom key store', () => {
  function keyIn(type: keyof CustomKeyStoreProps, props: KeyProps) {
    const stack = aStack();
    const stores = { cloudHsmCluster, externalKeyStoreProxy };
    const customKeyStore = new CustomKeyStore(stack, 'store', {
      customKeyStoreName: 'production',
      ...{ [type]: stores[type as keyof typeof stores] },
    });
    const key = new Key(stack, 'key', { customKeyStore, ...props });
    return { key, declared: () => theResource(synthesize(stack), 'aws_kms_key') };
  }

  test('refers to the store, and to its external key where it has one', () => {
    const inCluster = keyIn('cloudHsmCluster', {});
    expect(inCluster.declared().custom_key_store_id).toMatch(/^\$\{aws_kms_custom_key_store\.\w+\.id\}$/);
    expect(inCluster.key.origin).toBe('AWS_CLOUDHSM');
    const outside = keyIn('externalKeyStoreProxy', { xksKeyId: 'bb8562717f809024' });
    expect(outside.declared().xks_key_id).toBe('bb8562717f809024');
    expect(outside.key.origin).toBe('EXTERNAL_KEY_STORE');
  });

  test('can be in a store that is declared elsewhere, by its id or name', () => {
    const stack = aStack();
    const byId = CustomKeyStore.fromCustomKeyStoreId(stack, 'by-id', 'cks-1234567890abcdef0');
    new Key(stack, 'key', { customKeyStore: byId });
    new Key(stack, 'other', {
      customKeyStore: CustomKeyStore.fromCustomKeyStoreName(stack, 'by-name', 'production'),
      xksKeyId: 'bb8562717f809024',
    });
    const { resource, data } = synthesize(stack);
    expect(Object.values(resource.aws_kms_key ?? {}).map((key) => key.custom_key_store_id)).toEqual([
      'cks-1234567890abcdef0',
      expect.stringMatching(/^\$\{data\.aws_kms_custom_key_store\.[\w-]+\.custom_key_store_id\}$/),
    ]);
    expect(Object.values(data?.aws_kms_custom_key_store ?? {})).toEqual([
      expect.objectContaining({ custom_key_store_name: 'production', provider: 'aws' }),
    ]);
  });

  test.each<[string, keyof CustomKeyStoreProps, KeyProps, RegExp]>([
    ['an HMAC key', 'cloudHsmCluster', { keySpec: 'HMAC_256' }, /cannot hold HMAC_256 keys/],
    ['a multi-Region key', 'cloudHsmCluster', { multiRegion: true }, /cannot hold multi-Region keys/],
    ['a key that rotates', 'cloudHsmCluster', { enableKeyRotation: true }, /do not rotate automatically/],
    ['an xksKeyId of a cluster’s key', 'cloudHsmCluster', { xksKeyId: 'x' }, /do not have an xksKeyId/],
    ['an external key without its id', 'externalKeyStoreProxy', {}, /needs its xksKeyId/],
    ['an id with a space', 'externalKeyStoreProxy', { xksKeyId: 'a b' }, /"a b" is not an xksKeyId/],
  ])('is refused: %s', (_what, type, props, message) => {
    expect(() => keyIn(type, props)).toThrow(message);
  });

  test('is refused an xksKeyId without a store', () => {
    expect(() => new Key(aStack(), 'key', { xksKeyId: 'x' })).toThrow(/\[stack\/key\] xksKeyId is given without/);
  });
});
