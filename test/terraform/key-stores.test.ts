/** Custom key stores and keys in them through their whole life with Terraform, on PKCS#11 tokens and a proxy. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConnectCustomKeyStoreCommand,
  CreateCustomKeyStoreCommand,
  type CreateCustomKeyStoreCommandInput,
  DescribeCustomKeyStoresCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { describeAtLength } from '../support/at-length.ts';
import { needs } from '../support/needs.ts';
import { type CertificateAuthority, makeCertificateAuthority } from '../support/proxy-certificates.ts';
import { makePkcs11Tokens, PIN, type Pkcs11TestTokens } from '../support/softhsm.ts';
import { startXksProxy, type TestXksProxy } from '../support/xks-proxy.ts';
import type { Hands, TypeCase } from './case.ts';
import { keyStoreCases, writeOnlyOfStores } from './cases/kms-key-stores.ts';
import { declareLives } from './lifecycle.ts';

needs('terraform', 'softhsm', 'binding', 'openssl');

jest.setTimeout(600_000);

const clusters = ['cluster-a23b4cdefgh', 'cluster-b23b4cdefgh', 'cluster-c23b4cdefgh'] as const;
const secret = 'c2VjcmV0IG9mIHRoZSBwcm94eSwgNDMgYnl0ZXMgbG9uZyE';
const accessKeyId = 'ABCDEFGHIJKLMNOPQRST';
const hosts = [
  ['shown.example.test', secret],
  ['hidden.example.test', writeOnlyOfStores.write_only_secret],
  ['connected.example.test', secret],
] as const;
const keys = ['first-key', 'second-key'] as const;

let tokens: Pkcs11TestTokens;
let authority: CertificateAuthority;
let proxies: readonly TestXksProxy[];

/** Starts the backends. @returns flags of the server */
async function startBackends(): Promise<readonly string[]> {
  [tokens, authority] = await Promise.all([makePkcs11Tokens(), makeCertificateAuthority()]);
  for (const cluster of clusters) await tokens.addPkcs11Token(cluster);
  const tokensFile = join(dirname(tokens.directory), 'tokens.json');
  const entry = (label: string) => ({ module: tokens.modulePath, label, trustAnchorFile: authority.certificateFile });
  const entries = clusters.map((cluster) => [cluster, entry(cluster)]);
  await writeFile(
    tokensFile,
    JSON.stringify({ environment: tokens.environment, clusters: Object.fromEntries(entries) }),
  );
  proxies = await Promise.all(
    hosts.map(async ([host, secretAccessKey]) =>
      startXksProxy({
        certificate: await authority.issue(host),
        accessKeyId,
        secretAccessKey,
        maxSkewMs: 3_600_000,
      }),
    ),
  );
  for (const key of keys) proxies[2]?.addKey(key);
  return Object.entries({
    '--pkcs11-tokens': tokensFile,
    '--xks-ca-file': authority.certificateFile,
    '--xks-connect-to': hosts.map(([host], at) => `${host}=127.0.0.1:${proxies[at]?.port}`).join(),
    '--xks-timeout': '20000',
  }).flat();
}

async function connectedStore(kms: KMSClient, input: CreateCustomKeyStoreCommandInput): Promise<string> {
  const { CustomKeyStoreId = '' } = await kms.send(new CreateCustomKeyStoreCommand(input));
  await kms.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
  for (let attempts = 0; attempts < 1200; attempts++) {
    const { CustomKeyStores = [] } = await kms.send(new DescribeCustomKeyStoresCommand({ CustomKeyStoreId }));
    if (CustomKeyStores[0]?.ConnectionState === 'CONNECTED') return CustomKeyStoreId;
    await sleep(50);
  }
  throw new Error(`the key store ${CustomKeyStoreId} does not become CONNECTED`);
}

const proxyAt = (at: 0 | 1) => ({ endpoint: `https://${hosts[at][0]}`, accessKeyId, secret: hosts[at][1] });

async function cases({ kms }: Hands): Promise<readonly TypeCase[]> {
  const cluster = await connectedStore(kms, {
    CustomKeyStoreName: 'connected-cluster',
    CloudHsmClusterId: clusters[2],
    TrustAnchorCertificate: authority.certificate,
    KeyStorePassword: PIN,
  });
  const proxy = await connectedStore(kms, {
    CustomKeyStoreName: 'connected-proxy',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    XksProxyConnectivity: 'PUBLIC_ENDPOINT',
    XksProxyUriEndpoint: `https://${hosts[2][0]}`,
    XksProxyUriPath: '/kms/xks/v1',
    XksProxyAuthenticationCredential: { AccessKeyId: accessKeyId, RawSecretAccessKey: secret },
  });
  return keyStoreCases({
    certificate: authority.certificate,
    clusters: [clusters[0], clusters[1]],
    password: PIN,
    proxies: [proxyAt(0), proxyAt(1)],
    connected: { cluster, proxy, keys },
  });
}

describeAtLength('custom key stores', () => {
  declareLives({
    binary: 'terraform',
    cases,
    lastStep: 7,
    writeOnly: writeOnlyOfStores,
    serverArgs: startBackends,
  });

  afterAll(async () => {
    for (const proxy of proxies ?? []) await proxy.stop();
    await Promise.all([tokens?.remove(), authority?.remove()]);
  });
});
