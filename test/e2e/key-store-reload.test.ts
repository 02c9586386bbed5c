/** Authorities and addresses of external key store proxies, changed while the server runs. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateCustomKeyStoreCommand, KMSClient } from '@aws-sdk/client-kms';
import { needs } from '../support/needs.ts';
import { type CertificateAuthority, makeCertificateAuthority } from '../support/proxy-certificates.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startXksProxy, type TestXksProxy } from '../support/xks-proxy.ts';

needs('openssl');

const HOST = 'proxy.example.test';
const credential = {
  AccessKeyId: 'ABCDEFGHIJKLMNOPQRST',
  RawSecretAccessKey: 'c2VjcmV0IG9mIHRoZSBwcm94eSwgNDMgYnl0ZXMgbG9uZyE',
};

let authority: CertificateAuthority;
let proxy: TestXksProxy;
let server: TestServer;
let configFile: string;
beforeAll(async () => {
  authority = await makeCertificateAuthority();
  proxy = await startXksProxy({
    certificate: await authority.issue(HOST),
    accessKeyId: credential.AccessKeyId,
    secretAccessKey: credential.RawSecretAccessKey,
  });
  configFile = join(authority.certificateFile, '..', 'serve.json');
  await configure({ 'xks-connect-to': `${HOST}=127.0.0.1:1` });
  server = await startServer({ args: ['--config', configFile] });
});
afterAll(async () => {
  await server?.stop();
  await proxy?.stop();
  await authority?.remove();
});

const configure = (members: object) => writeFile(configFile, JSON.stringify({ 'xks-timeout': 20_000, ...members }));

async function hangUp(said: RegExp): Promise<void> {
  const before = server.log().length;
  process.kill(server.pid, 'SIGHUP');
  while (!said.test(server.log().slice(before))) await sleep(20);
}

let stores = 0;
async function createStore(): Promise<string> {
  stores += 1;
  const kms = new KMSClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: server.credentials,
    maxAttempts: 1,
  });
  const input = {
    CustomKeyStoreName: `store-${stores}`,
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    XksProxyConnectivity: 'PUBLIC_ENDPOINT',
    XksProxyAuthenticationCredential: credential,
    XksProxyUriEndpoint: `https://${HOST}`,
    XksProxyUriPath: '/kms/xks/v1',
  } as const;
  try {
    return await kms.send(new CreateCustomKeyStoreCommand(input)).then(
      () => 'created',
      (error: Error) => error.name,
    );
  } finally {
    kms.destroy();
  }
}

test('SIGHUP reads them again, keeps the old ones where the new ones cannot be used, and needs no TLS of our own', async () => {
  const reachable = { 'xks-connect-to': `${HOST}=127.0.0.1:${proxy.port}` };
  expect(await createStore()).toBe('XksProxyUriUnreachableException');
  expect(server.log()).toMatch(/"cause":"[^"]*connecting to proxy\.example\.test \(127\.0\.0\.1:1\)[^"]*ECONNREFUSED/);
  await configure(reachable);
  await hangUp(/read the authorities and addresses of external key store proxies again/);
  expect(await createStore()).toBe('XksProxyUriUnreachableException');
  expect(server.log()).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  await configure({ ...reachable, 'xks-ca-file': configFile });
  await hangUp(/those read before stay/);
  await configure({ ...reachable, 'xks-ca-file': authority.certificateFile });
  await hangUp(/proxies again/);
  expect(await createStore()).toBe('created');
});
