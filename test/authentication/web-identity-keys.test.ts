/** Where the keys of identity providers are fetched from: addresses that an account's administrator chooses. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { createKeyFetcher, type Reach } from '@keystead/control-plane/authentication/web-identity-keys.ts';
import { publicNetworksAnd } from '@keystead/control-plane/runtime/networks.ts';
import { anAuthority } from '../support/certificates.ts';
import { needs } from '../support/needs.ts';

needs('openssl');

const KEYS = { keys: [{ kty: 'EC', kid: 'one' }] };

/** The provider's address, and one that nobody may call. */
const ALLOWED = '127.0.0.2';
const FORBIDDEN = '127.0.0.3';

let directory: string;
let provider: Server;
let bystander: Server;
let port: number;
let paths: string[];
let connections: number;
const trusted = tls.getCACertificates('default');
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-key-fetcher-'));
  const authority = await anAuthority(directory, 'issuer');
  const { certFile, keyFile } = await authority.sign('localhost');
  tls.setDefaultCACertificates([...trusted, await readFile(authority.certFile, 'utf8')]);
  const pair = { cert: await readFile(certFile), key: await readFile(keyFile) };
  provider = createServer(pair, ({ url = '' }, response) => {
    paths.push(url);
    if (url === '/moved') response.writeHead(302, { location: `https://localhost:${port}/keys` }).end();
    else if (url === '/away/.well-known/openid-configuration') answer(response, `https://${FORBIDDEN}:${port}/keys`);
    else if (url === '/.well-known/openid-configuration') answer(response, `https://localhost:${port}/keys`);
    else response.end(JSON.stringify(KEYS));
  });
  bystander = createServer(pair);
  bystander.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((ready) => provider.listen(0, ALLOWED, ready));
  ({ port } = provider.address() as AddressInfo);
  await new Promise<void>((ready) => bystander.listen(port, FORBIDDEN, ready));
});
beforeEach(() => {
  paths = [];
  connections = 0;
});
afterAll(async () => {
  tls.setDefaultCACertificates(trusted);
  provider?.close();
  bystander?.close();
  await rm(directory, { recursive: true, force: true });
});

const answer = (response: { end(text: string): void }, jwks_uri: string) => response.end(JSON.stringify({ jwks_uri }));

interface Place {
  readonly url?: string;
  readonly jwks_uri?: string | null;
}

const fetchFrom = (place: Place, reach: Partial<Reach> = {}) =>
  createKeyFetcher({ networks: publicNetworksAnd(), ...reach })({ url: 'localhost:1', jwks_uri: null, ...place });

/** Every name is at these addresses, the next ones at the next question. */
function resolving(...answers: readonly (readonly string[])[]) {
  const asked: string[] = [];
  const resolve = async (hostname: string) => {
    const addresses = answers[Math.min(asked.push(hostname), answers.length) - 1] ?? [];
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return { asked, resolve, networks: publicNetworksAnd([ALLOWED]) };
}

const refused = { code: 'IDPCommunicationErrorException' };

test.each([
  ['a host that does not answer', { url: 'localhost:1' }],
  ['an address without TLS', { jwks_uri: 'http://localhost:1/keys' }],
  ['a file', { jwks_uri: 'file:///etc/passwd' }],
  ['a text that is not a URL', { jwks_uri: 'keys' }],
])('keys are not read from %s', async (_title, place) => {
  await expect(fetchFrom(place)).rejects.toMatchObject(refused);
});

test.each([
  ['a loopback address', () => `https://${FORBIDDEN}:${port}/keys`],
  ['a loopback address as a number', () => `https://2130706435:${port}/keys`],
  ['a loopback address in IPv6', () => `https://[::ffff:${FORBIDDEN}]:${port}/keys`],
])('nobody is called at %s, unless the operator allows it', async (_title, where) => {
  await expect(fetchFrom({ jwks_uri: where() })).rejects.toMatchObject(refused);
  expect(connections).toBe(0);
  // The certificate is for another name; but the address is called.
  const networks = publicNetworksAnd(['127.0.0.0/8']);
  await expect(fetchFrom({ jwks_uri: where() }, { networks })).rejects.toMatchObject(refused);
  expect(connections).toBe(1);
});

test.each(['127.0.0.3', '10.0.0.1', '169.254.169.254', 'fe80::1', 'fd00::1'])(
  'nobody is called by a name that resolves to %s',
  async (address) => {
    const { asked, ...reach } = resolving([address]);
    await expect(fetchFrom({ jwks_uri: `https://localhost:${port}/keys` }, reach)).rejects.toMatchObject(refused);
    expect([asked, connections]).toEqual([['localhost'], 0]);
  },
);

test('the connection goes to the address that was checked, whatever the name resolves to next', async () => {
  const { asked, ...reach } = resolving([ALLOWED], [FORBIDDEN]);
  const { keys } = await fetchFrom({ jwks_uri: `https://localhost:${port}/keys` }, reach);
  expect(keys).toEqual(KEYS);
  expect([asked, paths, connections]).toEqual([['localhost'], ['/keys'], 0]);
});

test('of several addresses of a name, only those that are allowed are called', async () => {
  const { asked: _, ...reach } = resolving([FORBIDDEN, ALLOWED]);
  expect((await fetchFrom({ jwks_uri: `https://localhost:${port}/keys` }, reach)).keys).toEqual(KEYS);
  expect(connections).toBe(0);
});

test('a discovery document leads to the keys, but not to an address that is not allowed', async () => {
  const { asked: _, ...reach } = resolving([ALLOWED]);
  expect((await fetchFrom({ url: `localhost:${port}` }, reach)).keys).toEqual(KEYS);
  await expect(fetchFrom({ url: `localhost:${port}/away` }, reach)).rejects.toMatchObject(refused);
  expect(paths.at(-1)).toBe('/away/.well-known/openid-configuration');
  expect(connections).toBe(0);
});

test('a redirect is not followed', async () => {
  const { asked: _, ...reach } = resolving([ALLOWED]);
  await expect(fetchFrom({ jwks_uri: `https://localhost:${port}/moved` }, reach)).rejects.toMatchObject(refused);
  expect(paths).toEqual(['/moved']);
});
