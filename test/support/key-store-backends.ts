/**
 * The backends of custom key stores: a PKCS#11 token and an external key store proxy, and the server's flags for them.
 */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KeyStoreConfig } from '@keystead/control-plane/startup/key-store-config.ts';
import { makeCertificateAuthority } from './proxy-certificates.ts';
import { makePkcs11Tokens, PIN } from './softhsm.ts';
import { startXksProxy, type TestXksProxy } from './xks-proxy.ts';

const HOST = 'proxy.example.test';
const URI_PATH = '/kms/xks/v1';
const CLUSTER = 'cluster-a23b4cdefgh';
const CREDENTIAL = {
  AccessKeyId: 'ABCDEFGHIJKLMNOPQRST',
  RawSecretAccessKey: 'c2VjcmV0IG9mIHRoZSBwcm94eSwgNDMgYnl0ZXMgbG9uZyE',
};

export interface KeyStoreBackends {
  readonly config: KeyStoreConfig;
  /** The same configuration as flags of `keystead serve`. */
  readonly args: readonly string[];
  readonly proxy: TestXksProxy;
  /** Input of CreateCustomKeyStore; one store of each kind can exist at a time. */
  readonly clusterStore: {
    readonly CustomKeyStoreName: string;
    readonly CloudHsmClusterId: string;
    readonly TrustAnchorCertificate: string;
    readonly KeyStorePassword: string;
  };
  readonly externalStore: {
    readonly CustomKeyStoreName: string;
    readonly CustomKeyStoreType: 'EXTERNAL_KEY_STORE';
    readonly XksProxyConnectivity: 'PUBLIC_ENDPOINT';
    readonly XksProxyAuthenticationCredential: typeof CREDENTIAL;
    readonly XksProxyUriEndpoint: string;
    readonly XksProxyUriPath: string;
  };
  /** Adds a key at the proxy. @returns its id */
  newExternalKey(): string;
  stop(): Promise<void>;
}

export async function startKeyStoreBackends(): Promise<KeyStoreBackends> {
  const [authority, pkcs11Tokens] = await Promise.all([makeCertificateAuthority(), makePkcs11Tokens()]);
  await pkcs11Tokens.addPkcs11Token('keystead');
  const proxy = await startXksProxy({
    certificate: await authority.issue(HOST),
    accessKeyId: CREDENTIAL.AccessKeyId,
    secretAccessKey: CREDENTIAL.RawSecretAccessKey,
    uriPath: URI_PATH,
  });
  const pkcs11TokensFile = join(dirname(pkcs11Tokens.directory), 'tokens.json');
  const pkcs11Token = {
    module: pkcs11Tokens.modulePath,
    label: 'keystead',
    trustAnchorFile: authority.certificateFile,
  };
  await writeFile(
    pkcs11TokensFile,
    JSON.stringify({ environment: pkcs11Tokens.environment, clusters: { [CLUSTER]: pkcs11Token } }),
  );
  const xksConnectTo = `${HOST}=127.0.0.1:${proxy.port}`;
  const xksTimeoutInMs = 20_000;
  const flags = {
    'pkcs11-tokens': pkcs11TokensFile,
    'xks-ca-file': authority.certificateFile,
    'xks-connect-to': xksConnectTo,
    'xks-timeout': xksTimeoutInMs,
  };
  return {
    config: { pkcs11TokensFile, xksCaFile: authority.certificateFile, xksConnectTo, xksTimeoutInMs },
    args: Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
    proxy,
    clusterStore: {
      CustomKeyStoreName: 'cluster-store',
      CloudHsmClusterId: CLUSTER,
      TrustAnchorCertificate: authority.certificate,
      KeyStorePassword: PIN,
    },
    externalStore: {
      CustomKeyStoreName: 'external-store',
      CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
      XksProxyConnectivity: 'PUBLIC_ENDPOINT',
      XksProxyAuthenticationCredential: CREDENTIAL,
      XksProxyUriEndpoint: `https://${HOST}`,
      XksProxyUriPath: URI_PATH,
    },
    newExternalKey() {
      const id = randomUUID();
      proxy.addKey(id);
      return id;
    },
    async stop() {
      await proxy.stop();
      await Promise.all([pkcs11Tokens.remove(), authority.remove()]);
    },
  };
}
