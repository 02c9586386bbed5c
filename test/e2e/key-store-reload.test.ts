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
let caFile: string;
let stranger: CertificateAuthority;
beforeAll(async () => {
  authority = await makeCertificateAuthority();
  proxy = await startXksProxy({
    certificate: await authority.issue(HOST),
    accessKeyId: credential.AccessKeyId,
    secretAccessKey: credential.RawSecretAccessKey,
  });
  configFile = join(authority.certificateFile, '..', 'serve.json');
  caFile = join(authority.certificateFile, '..', 'trusted.pem');
  stranger = await makeCertificateAuthority('Another');
  await writeFile(caFile, stranger.certificate);
  await configure(1);
  server = await startServer({ args: ['--config', configFile] });
});
afterAll(async () => {
  await server?.stop();
  await proxy?.stop();
  await authority?.remove();
  await stranger?.remove();
});

/** The server can read again only files that it was started with. */
function configure(port: number): Promise<void> {
  const members = { 'xks-timeout': 20_000, 'xks-ca-file': caFile, 'xks-connect-to': `${HOST}=127.0.0.1:${port}` };
  return writeFile(configFile, JSON.stringify(members));
}

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
  expect(await createStore()).toBe('XksProxyUriUnreachableException');
  expect(server.log()).toMatch(/"cause":"[^"]*connecting to proxy\.example\.test \(127\.0\.0\.1:1\)[^"]*ECONNREFUSED/);
  await configure(proxy.port);
  await hangUp(/read the authorities and addresses of external key store proxies again/);
  expect(await createStore()).toBe('XksProxyUriUnreachableException');
  expect(server.log()).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  await writeFile(caFile, 'not a certificate');
  await hangUp(/those read before stay/);
  await writeFile(caFile, authority.certificate);
  await hangUp(/proxies again/);
  expect(await createStore()).toBe('created');
});
