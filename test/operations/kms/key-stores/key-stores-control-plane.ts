/** A control plane with a PKCS#11 token and an external key store proxy behind it, for tests of custom key stores. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '@keystead/control-plane/context/key-store-engines.ts';
import { systemClock } from '@keystead/control-plane/domain/clock.ts';
import { startHsm } from '@keystead/control-plane/hsm/process/supervisor.ts';
import { startJobs } from '@keystead/control-plane/jobs/runner.ts';
import { createXksClient } from '@keystead/control-plane/xks/client.ts';
import type { CustomKeyStoresListEntry } from '@keystead/provider-schema/generated/types.ts';
import pino from 'pino';

import { type CertificateAuthority, makeCertificateAuthority } from '../../../support/proxy-certificates.ts';
import { makePkcs11Tokens, PIN, type Pkcs11TestTokens } from '../../../support/softhsm.ts';
import {
  openTestControlPlane,
  type RequestOptions,
  type TestControlPlane,
} from '../../../support/test-control-plane.ts';
import { startXksProxy, type TestXksProxy } from '../../../support/xks-proxy.ts';

export const CLUSTER = 'cluster-2a23b4cdefg';
export const HOST = 'proxy.example.test';
export const ENDPOINT = `https://${HOST}`;
export const URI_PATH = '/kms/xks/v1';
export const CREDENTIAL = {
  AccessKeyId: 'ABCDEFGHIJKLMNOPQRST',
  RawSecretAccessKey: 'c2VjcmV0IG9mIHRoZSBwcm94eSwgNDMgYnl0ZXMgbG9uZyE',
};

/** The token of this cluster does not exist. */
export const SLEEPING_CLUSTER = 'cluster-s2222222222';
export const RELATED_CLUSTER = 'cluster-r2222222222';
export const FOREIGN_CLUSTER = 'cluster-f2222222222';

export interface KeyStoreControlPlane extends TestControlPlane {
  readonly proxy: TestXksProxy;
  readonly pkcs11Tokens: Pkcs11TestTokens;
  /** PEM. */
  readonly trustAnchor: string;
  readonly otherAnchor: string;
  /** Runs the jobs once. */
  settle(): Promise<void>;
  newClusterStore(members?: object, options?: RequestOptions): Promise<string>;
  newExternalStore(members?: object, options?: RequestOptions): Promise<string>;
  connect(keyStoreId: string): Promise<CustomKeyStoresListEntry>;
  disconnect(keyStoreId: string): Promise<CustomKeyStoresListEntry>;
  describe(keyStoreId: string): Promise<CustomKeyStoresListEntry>;
}

export async function openKeyStoreControlPlane(): Promise<KeyStoreControlPlane> {
  const pkcs11Tokens = await makePkcs11Tokens();
  await pkcs11Tokens.addPkcs11Token('keystead');
  await pkcs11Tokens.addPkcs11Token('related');
  const authority: CertificateAuthority = await makeCertificateAuthority();
  const stranger = await makeCertificateAuthority('Another CA');
  const proxy = await startXksProxy({
    certificate: await authority.issue(HOST),
    accessKeyId: CREDENTIAL.AccessKeyId,
    secretAccessKey: CREDENTIAL.RawSecretAccessKey,
    uriPath: URI_PATH,
  });
  const directory = await mkdtemp(join(tmpdir(), 'keystead-key-stores-'));
  const log = pino({ level: 'silent' });
  const { modulePath } = pkcs11Tokens;
  const hsm = await startHsm({
    seal: { kind: 'file', path: join(directory, 'root.key') },
    directory,
    log,
    pkcs11Tokens: [
      { clusterId: CLUSTER, modulePath, label: 'keystead' },
      { clusterId: RELATED_CLUSTER, modulePath, label: 'related' },
      { clusterId: FOREIGN_CLUSTER, modulePath, label: 'related' },
      { clusterId: SLEEPING_CLUSTER, modulePath, label: 'nowhere' },
    ],
    driverEnvironment: pkcs11Tokens.environment,
  });
  const anchor = { trustAnchorCertificate: authority.certificate };
  const clusters = new Map<string, Cluster>([
    [CLUSTER, anchor],
    [RELATED_CLUSTER, anchor],
    [FOREIGN_CLUSTER, { accountId: '999988887777' }],
    [SLEEPING_CLUSTER, {}],
  ]);
  const xks = createXksClient({
    credentials: hsm,
    // The proxy checks the time of signatures against its own clock.
    clock: systemClock,
    log,
    timeoutMs: 20_000,
    extraCertificateAuthorities: authority.certificate,
    connectTo: new Map([[HOST, { host: '127.0.0.1', port: proxy.port }]]),
  });
  const controlPlane = await openTestControlPlane({}, { hsm, keyStores: () => ({ xks, clusters }) });
  const jobs = startJobs({ ...controlPlane.engines, xks, nodeId: 'node-1', intervalMs: 3_600_000 });
  let made = 0;

  const settle = async () => {
    await jobs.runOnce();
  };
  const describe: KeyStoreControlPlane['describe'] = async (CustomKeyStoreId) => {
    const { CustomKeyStores = [] } = await controlPlane.perform('DescribeCustomKeyStores', { CustomKeyStoreId });
    return CustomKeyStores[0] as CustomKeyStoresListEntry;
  };
  return {
    ...controlPlane,
    proxy,
    pkcs11Tokens,
    trustAnchor: authority.certificate,
    otherAnchor: stranger.certificate,
    settle,
    async newClusterStore(members = {}, options = {}) {
      made += 1;
      const input = {
        CustomKeyStoreName: `cluster-store-${made}`,
        CloudHsmClusterId: CLUSTER,
        TrustAnchorCertificate: authority.certificate,
        KeyStorePassword: PIN,
        ...members,
      };
      return (await controlPlane.perform('CreateCustomKeyStore', input, options)).CustomKeyStoreId as string;
    },
    async newExternalStore(members = {}, options = {}) {
      made += 1;
      const input = {
        CustomKeyStoreName: `external-store-${made}`,
        CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
        XksProxyConnectivity: 'PUBLIC_ENDPOINT',
        XksProxyAuthenticationCredential: CREDENTIAL,
        XksProxyUriEndpoint: ENDPOINT,
        XksProxyUriPath: URI_PATH,
        ...members,
      } as const;
      return (await controlPlane.perform('CreateCustomKeyStore', input, options)).CustomKeyStoreId as string;
    },
    async connect(CustomKeyStoreId) {
      await controlPlane.perform('ConnectCustomKeyStore', { CustomKeyStoreId });
      await settle();
      return describe(CustomKeyStoreId);
    },
    async disconnect(CustomKeyStoreId) {
      await controlPlane.perform('DisconnectCustomKeyStore', { CustomKeyStoreId });
      await settle();
      return describe(CustomKeyStoreId);
    },
    describe,
    async close() {
      await jobs.stop();
      xks.close();
      await controlPlane.close();
      await proxy.stop();
      await Promise.all([pkcs11Tokens, authority, stranger].map((place) => place.remove()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}
