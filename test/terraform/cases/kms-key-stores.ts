/** Custom key stores and the keys in them; they need backends, which test/terraform/key-stores.test.ts starts. */
import {
  DeleteCustomKeyStoreCommand,
  DisableKeyCommand,
  UpdateCustomKeyStoreCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import type { Attributes, Hands, TypeCase } from '../case.ts';
import { hcl, text } from './hcl.ts';
import { deleteKey } from './kms-parts.ts';

export interface Backends {
  readonly certificate: string;
  /** Clusters without a store, with the password of their crypto users. */
  readonly clusters: readonly [string, string];
  readonly password: string;
  /** Proxies without a store; the second one knows the secret of `writeOnlyOfStores`. */
  readonly proxies: readonly [Proxy, Proxy];
  /** Connected stores: one on a cluster, and one on a proxy that has two keys. */
  readonly connected: { readonly cluster: string; readonly proxy: string; readonly keys: readonly [string, string] };
}

export interface Proxy {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secret: string;
}

/** Values of write-only arguments. */
export const writeOnlyOfStores = {
  write_only_password: 'another-horse-8',
  write_only_secret: 'YW5vdGhlciBzZWNyZXQgb2YgdGhlIHByb3h5LCA0MyBieXRlcw',
} as const;

export function keyStoreCases(backends: Backends): readonly TypeCase[] {
  const [shown, hidden] = backends.proxies;
  return [
    clusterStore(backends),
    proxyStore('proxy', shown, `raw_secret_access_key = "${shown.secret}"`, ['raw_secret_access_key']),
    proxyStore(
      'proxy_write_only',
      hidden,
      'raw_secret_access_key_wo = var.write_only_secret\nraw_secret_access_key_wo_version = "1"',
      [],
    ),
    keyInCluster(backends),
    keyAtProxy(backends),
  ];
}

const deleteStore = ({ kms }: Hands, state: Attributes): Promise<unknown> =>
  kms.send(new DeleteCustomKeyStoreCommand({ CustomKeyStoreId: text(state, 'id') }));

const renameStore = ({ kms }: Hands, state: Attributes): Promise<unknown> => {
  const CustomKeyStoreId = text(state, 'id');
  const NewCustomKeyStoreName = `by-hand-${CustomKeyStoreId}`;
  return kms.send(new UpdateCustomKeyStoreCommand({ CustomKeyStoreId, NewCustomKeyStoreName }));
};

/** An import cannot read secrets, and would set them again. */
const ignore = (name: string): string => `lifecycle {\n ignore_changes = [${name}]\n}`;

function clusterStore({ clusters: [first, second], certificate, password }: Backends): TypeCase {
  const store = (name: string, cluster: string, more: string) => `custom_key_store_name = "${name}"
cloud_hsm_cluster_id = "${cluster}"
trust_anchor_certificate = ${hcl(certificate)}
${more}`;
  const secret = `key_store_password = "${password}"`;
  const hidden = (version: string) =>
    `key_store_password_wo = var.write_only_password\nkey_store_password_wo_version = "${version}"`;
  return {
    type: 'aws_kms_custom_key_store',
    variant: 'cluster',
    isOurs: true,
    body: store('life', first, secret),
    state: {
      cloud_hsm_cluster_id: first,
      custom_key_store_type: 'AWS_CLOUDHSM',
      id: expect.stringMatching(/^cks-/),
      xks_proxy_authentication_credential: [],
      xks_proxy_uri_endpoint: '',
    },
    secrets: ['key_store_password'],
    changes: [
      { body: store('renamed', first, secret), how: 'update', of: ['custom_key_store_name'] },
      {
        body: store('renamed', first, `${secret}\ntimeouts {\n create = "20m"\n delete = "20m"\n update = "20m"\n}`),
        how: 'update',
        of: ['timeouts'],
      },
      {
        body: store('renamed', first, hidden('1')),
        how: 'update',
        of: ['key_store_password', 'key_store_password_wo_version', 'timeouts'],
      },
      { body: store('renamed', first, hidden('2')), how: 'update', of: ['key_store_password_wo_version'] },
      {
        body: store('renamed', second, `${secret}\ncustom_key_store_type = "AWS_CLOUDHSM"`),
        how: 'replace',
        of: ['cloud_hsm_cluster_id'],
      },
      {
        body: store('far', second, `${secret}\nregion = "us-west-2"`),
        how: 'replace',
        of: ['region'],
      },
      {
        body: store('settled', second, `${secret}\n${ignore('key_store_password')}`),
        how: 'replace',
        of: ['region'],
      },
    ],
    refused: [
      ['custom_key_store_name', 'custom_key_store_name = ""'],
      ['custom_key_store_name', `custom_key_store_name = "${'x'.repeat(257)}"`],
      ['custom_key_store_type', 'custom_key_store_name = "a"\ncustom_key_store_type = "HSM"'],
      ['key_store_password', 'custom_key_store_name = "a"\nkey_store_password = "short1"'],
      ['key_store_password', `custom_key_store_name = "a"\nkey_store_password = "${'x'.repeat(33)}"`],
      ['key_store_password_wo', 'custom_key_store_name = "a"\nkey_store_password_wo = "long-enough"'],
      ['key_store_password_wo_version', 'custom_key_store_name = "a"\nkey_store_password_wo_version = "1"'],
      ['xks_proxy_connectivity', 'custom_key_store_name = "a"\nxks_proxy_connectivity = "PRIVATE"'],
    ],
    importId: (state) => text(state, 'id'),
    unknownToImport: ['key_store_password'],
    byHand: { change: renameStore, shows: ['custom_key_store_name'] },
    deleteByHand: deleteStore,
  };
}

function proxyStore(variant: string, proxy: Proxy, secret: string, secrets: readonly string[]): TypeCase {
  const reachable = 'xks_proxy_connectivity = "PUBLIC_ENDPOINT"';
  const throughVpc = `xks_proxy_connectivity = "VPC_ENDPOINT_SERVICE"\nxks_proxy_vpc_endpoint_service_name = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef${secrets.length}"`;
  const store = (name: string, more = reachable, credential = secret) =>
    `custom_key_store_name = "${variant}-${name}"
custom_key_store_type = "EXTERNAL_KEY_STORE"
xks_proxy_uri_endpoint = "${proxy.endpoint}"
xks_proxy_uri_path = "/kms/xks/v1"
${more}
xks_proxy_authentication_credential {
  access_key_id = "${proxy.accessKeyId}"
  ${credential}
}`;
  return {
    type: 'aws_kms_custom_key_store',
    variant,
    isOurs: true,
    body: store('first'),
    state: {
      cloud_hsm_cluster_id: '',
      custom_key_store_type: 'EXTERNAL_KEY_STORE',
      xks_proxy_connectivity: 'PUBLIC_ENDPOINT',
      xks_proxy_uri_endpoint: proxy.endpoint,
    },
    secrets,
    changes: [
      { body: store('renamed'), how: 'update', of: ['custom_key_store_name'] },
      {
        body: store('renamed', throughVpc, secret.replace('version = "1"', 'version = "2"')),
        how: 'update',
        of: [
          'xks_proxy_connectivity',
          'xks_proxy_vpc_endpoint_service_name',
          ...(secrets.length === 0 ? ['xks_proxy_authentication_credential'] : []),
        ],
      },
      {
        body: store('settled', `${reachable}\n${ignore('xks_proxy_authentication_credential')}`),
        how: 'update',
        of: ['custom_key_store_name', 'xks_proxy_connectivity', 'xks_proxy_vpc_endpoint_service_name'],
      },
    ],
    refused: [
      [
        'xks_proxy_authentication_credential',
        'custom_key_store_name = "a"\nxks_proxy_authentication_credential {\n access_key_id = "a"\n}',
      ],
    ],
    importId: (state) => text(state, 'id'),
    unknownToImport: ['xks_proxy_authentication_credential'],
    byHand: { change: renameStore, shows: ['custom_key_store_name'] },
    deleteByHand: deleteStore,
  };
}

function keyInCluster({ connected }: Backends): TypeCase {
  const inStore = `custom_key_store_id = "${connected.cluster}"`;
  return {
    type: 'aws_kms_key',
    variant: 'in_cluster',
    isOurs: true,
    body: '',
    state: { custom_key_store_id: '' },
    changes: [
      { body: inStore, how: 'replace', of: ['custom_key_store_id'] },
      {
        body: `${inStore}\ndescription = "in the token"\ntags = { a = "b" }`,
        how: 'update',
        of: ['description', 'tags'],
      },
    ],
    refused: [],
    importId: (state) => text(state, 'id'),
    byHand: {
      change: ({ kms }, state) =>
        kms.send(new UpdateKeyDescriptionCommand({ KeyId: text(state, 'id'), Description: 'by hand' })),
      shows: ['description'],
    },
    deleteByHand: deleteKey,
  };
}

function keyAtProxy({ connected }: Backends): TypeCase {
  const [first, second] = connected.keys;
  const behind = (key: string) => `custom_key_store_id = "${connected.proxy}"\nxks_key_id = "${key}"`;
  return {
    type: 'aws_kms_key',
    variant: 'at_proxy',
    isOurs: true,
    body: behind(first),
    state: { custom_key_store_id: connected.proxy, xks_key_id: first },
    changes: [
      { body: `${behind(first)}\nis_enabled = false`, how: 'update', of: ['is_enabled'] },
      { body: behind(second), how: 'replace', of: ['xks_key_id'] },
    ],
    refused: [],
    importId: (state) => text(state, 'id'),
    byHand: {
      change: ({ kms }, state) => kms.send(new DisableKeyCommand({ KeyId: text(state, 'id') })),
      shows: ['is_enabled'],
    },
    // The external key stays with its KMS key until that is gone for good, so another plan could not make it again.
  };
}
