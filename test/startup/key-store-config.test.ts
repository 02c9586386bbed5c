/** The operator's configuration of key stores is read, or refused with a hint. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  parseConnectTo,
  readCertificateAuthorities,
  readPkcs11Tokens,
} from '@keystead/control-plane/startup/key-store-config.ts';
import { StartError } from '@keystead/control-plane/startup/start-error.ts';
import { needs } from '../support/needs.ts';
import { type CertificateAuthority, makeCertificateAuthority } from '../support/proxy-certificates.ts';

needs('openssl');

let directory: string;
let authority: CertificateAuthority;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-key-store-config-'));
  authority = await makeCertificateAuthority();
});
afterAll(async () => {
  await authority.remove();
  await rm(directory, { recursive: true });
});

async function fileWith(content: unknown): Promise<string> {
  const file = join(directory, 'tokens.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const id = 'cluster-2a23b4cdefg';
const pkcs11Token = { module: '/usr/lib/softhsm/libsofthsm2.so', label: 'keystead' };

test('tokens are read with their accounts, certificates and variables', async () => {
  const anchored = {
    ...pkcs11Token,
    serialNumber: '1',
    accountId: '111122223333',
    trustAnchorFile: authority.certificateFile,
  };
  const environment = { SOFTHSM2_CONF: '/etc/softhsm2.conf' };
  expect(readPkcs11Tokens(await fileWith({ environment, clusters: { [id]: anchored } }))).toEqual({
    pkcs11Tokens: [{ clusterId: id, modulePath: pkcs11Token.module, label: 'keystead', serialNumber: '1' }],
    driverEnvironment: environment,
    clusters: new Map([[id, { accountId: '111122223333', trustAnchorCertificate: authority.certificate }]]),
    trustAnchorFiles: [expect.any(String)],
  });
});

test('without a file there are no tokens', () => {
  expect(readPkcs11Tokens(undefined)).toEqual({
    pkcs11Tokens: [],
    driverEnvironment: {},
    clusters: new Map(),
    trustAnchorFiles: [],
  });
});

test.each<[string, unknown]>([
  ['text that is not JSON', 'hello'],
  ['a list', []],
  ['no clusters', {}],
  ['an unknown member', { clusters: {}, tokens: {} }],
  ['a cluster id of the wrong form', { clusters: { 'cluster-1': pkcs11Token } }],
  ['a cluster that is not an object', { clusters: { [id]: 'keystead' } }],
  ['an unknown member of a cluster', { clusters: { [id]: { ...pkcs11Token, pin: '1234567' } } }],
  ['no module', { clusters: { [id]: { label: 'keystead' } } }],
  ['a module without its whole path', { clusters: { [id]: { ...pkcs11Token, module: 'libsofthsm2.so' } } }],
  ['neither label nor serial number', { clusters: { [id]: { module: pkcs11Token.module } } }],
  ['a label that is not a text', { clusters: { [id]: { ...pkcs11Token, label: 7 } } }],
  ['an account id of the wrong form', { clusters: { [id]: { ...pkcs11Token, accountId: '1' } } }],
  [
    'a certificate file that does not exist',
    { clusters: { [id]: { ...pkcs11Token, trustAnchorFile: '/nowhere.pem' } } },
  ],
  ['a variable that is not a text', { environment: { A: 1 }, clusters: {} }],
  ['a variable that changes the process itself', { environment: { NODE_OPTIONS: '--inspect' }, clusters: {} }],
  ['a variable that preloads code', { environment: { LD_PRELOAD: '/tmp/a.so' }, clusters: {} }],
])('a tokens file with %s is refused with the page that explains it', async (_what, content) => {
  const file = await fileWith(content);
  const read = () => readPkcs11Tokens(file);
  expect(read).toThrow(StartError);
  expect(read).toThrow(expect.objectContaining({ hint: expect.stringContaining('custom-key-stores.md') }));
});

test('a file that does not exist, or does not contain the certificate of a CA, is refused', async () => {
  expect(() => readPkcs11Tokens('/nowhere.json')).toThrow(StartError);
  expect(() => readCertificateAuthorities('/nowhere.pem')).toThrow(StartError);
  const file = await fileWith('no certificate');
  expect(() => readCertificateAuthorities(file)).toThrow(StartError);
  expect(readCertificateAuthorities(authority.certificateFile)).toBe(authority.certificate);
  expect(readCertificateAuthorities(undefined)).toBeUndefined();
});

test('addresses of proxies are read by host name, whatever its case', () => {
  expect(parseConnectTo('Proxy.Example.com=10.0.0.7:8443, other.example=[::1]:443')).toEqual(
    new Map([
      ['proxy.example.com', { host: '10.0.0.7', port: 8443 }],
      ['other.example', { host: '::1', port: 443 }],
    ]),
  );
  expect(parseConnectTo(undefined)).toEqual(new Map());
});

test.each(['proxy.example.com', 'proxy.example.com=', '=10.0.0.7:8443', 'a=b', 'a=b:99999'])(
  'the proxy address "%s" is refused',
  (text) => {
    expect(() => parseConnectTo(text)).toThrow(StartError);
  },
);
