/** The client of the proxy API against a proxy over TLS that checks every signature and fails on demand. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { systemClock } from '@keystead/control-plane/domain/clock.ts';
import type { XksFailure } from '@keystead/control-plane/domain/key-stores/xks-failures.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import { createSoftHsm } from '@keystead/control-plane/hsm/soft/soft-hsm.ts';
import { createXksClient, integrityValue, type XksClient } from '@keystead/control-plane/xks/client.ts';
import { secretOwner, type Xks, type XksProxy } from '@keystead/control-plane/xks/port/xks.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import { pino } from 'pino';
import { needs } from '../support/needs.ts';
import { type CertificateAuthority, makeCertificateAuthority } from '../support/proxy-certificates.ts';
import { type Fault, type ProxyCall, startXksProxy, type TestXksProxy } from '../support/xks-proxy.ts';

needs('openssl');

const hostname = 'proxy.example.test';
const accessKeyId = 'ABCDEFGHIJKLMNOPQRST';
const secretAccessKey = randomBytes(36).toString('base64');
const requestMetadata = {
  awsPrincipalArn: 'arn:aws:iam::111122223333:user/Alice',
  kmsKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  kmsOperation: 'Encrypt',
  kmsRequestId: '4112f4d6-db54-4af4-ae30-c55a22a8dfae',
};
const plaintext = Buffer.from('a ciphertext of our own');
const additionalData = randomBytes(32);

/** Only one test is about the deadline: in the others a busy machine must not be mistaken for a slow proxy. */
const PATIENT_MS = 20_000;

const hsm = createSoftHsm(new SecretBytes(randomBytes(32)));
/** Every line that clients log. */
const lines: Record<string, unknown>[] = [];
const log = pino({ base: null }, { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) });
let authority: CertificateAuthority;
let server: TestXksProxy;
let proxy: XksProxy;
const clients: XksClient[] = [];

interface ClientOptions {
  readonly timeoutMs?: number;
  readonly port?: number;
  readonly ca?: string;
}

function client({
  timeoutMs = PATIENT_MS,
  port = server.port,
  ca = authority.certificate,
}: ClientOptions = {}): XksClient {
  const made = createXksClient({
    credentials: hsm,
    clock: systemClock,
    log,
    timeoutMs,
    extraCertificateAuthorities: ca,
    connectTo: new Map([[hostname, { host: '127.0.0.1', port }]]),
  });
  clients.push(made);
  return made;
}

beforeAll(async () => {
  authority = await makeCertificateAuthority();
  const certificate = await authority.issue(hostname);
  server = await startXksProxy({ certificate, accessKeyId, secretAccessKey, uriPath: '/example/kms/xks/v1' });
  server.addKey('external-key');
  const names = { accountId: '111122223333', keyStoreId: 'cks-1234567890abcdef0', accessKeyId };
  proxy = {
    ...names,
    region: 'eu-central-1',
    uriEndpoint: `https://${hostname}`,
    uriPath: '/example/kms/xks/v1',
    wrappedSecret: await hsm.wrapSecret(secretOwner(names), new Secret(secretAccessKey)),
  };
});
beforeEach(() => {
  server.faults.clear();
  lines.length = 0;
});
afterEach(() => {
  for (const made of clients.splice(0)) made.close();
});
afterAll(async () => {
  await server.stop();
  await authority.remove();
});

const calls: Readonly<Record<ProxyCall, (xks: Xks, to?: XksProxy) => Promise<unknown>>> = {
  health: (xks, to = proxy) => xks.getHealthStatus(to, requestMetadata),
  metadata: (xks, to = proxy) => xks.getKeyMetadata(to, 'external-key', requestMetadata),
  encrypt: (xks, to = proxy) =>
    xks.encrypt(to, 'external-key', { plaintext, additionalData, metadata: requestMetadata }),
  decrypt: (xks, to = proxy) =>
    xks.decrypt(to, 'external-key', {
      requestMetadata,
      additionalData,
      iv: randomBytes(12),
      metadata: Buffer.alloc(0),
      ciphertext: plaintext,
      tag: randomBytes(16),
    }),
};
const callNames = Object.keys(calls) as ProxyCall[];

const failing = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'nothing',
    (error: { failure?: XksFailure }) => error.failure ?? error,
  );

describe('the proxy API client', () => {
  test('asks for health, and needs only one manager that can serve', async () => {
    await expect(client().getHealthStatus(proxy, requestMetadata)).resolves.toBeUndefined();
    expect(server.seen.at(-1)).toMatchObject({ call: 'health', host: hostname });
  });

  test('reads the spec, usage and status of a key', async () => {
    expect(await client().getKeyMetadata(proxy, 'external-key', requestMetadata)).toEqual({
      keySpec: 'AES_256',
      keyUsage: ['ENCRYPT', 'DECRYPT'],
      keyStatus: 'ENABLED',
    });
  });

  test('reads only short and printable texts from the metadata of a key', async () => {
    const members = { keySpec: `AES_256\n${'x'.repeat(100)}`, keyUsage: ['é'], keyStatus: 'y'.repeat(65) };
    server.faults.set('metadata', { kind: 'answer', members });
    expect(await client().getKeyMetadata(proxy, 'external-key', requestMetadata)).toEqual({
      keySpec: `AES_256?${'x'.repeat(56)}`,
      keyUsage: ['?'],
      keyStatus: 'y'.repeat(64),
    });
  });

  test('encrypts and decrypts bytes, with the metadata that the manager adds', async () => {
    const xks = client();
    const sealed = await xks.encrypt(proxy, 'external-key', { plaintext, additionalData, metadata: requestMetadata });
    expect(sealed).toMatchObject({ metadata: Buffer.from('key_version=1') });
    expect(server.seen.at(-1)?.body).toMatchObject({
      requestMetadata,
      encryptionAlgorithm: 'AES_GCM',
      plaintext: plaintext.toString('base64'),
      additionalAuthenticatedData: additionalData.toString('base64'),
      ciphertextDataIntegrityValueAlgorithm: 'SHA_256',
    });
    const opened = await xks.decrypt(proxy, 'external-key', { ...sealed, requestMetadata, additionalData });
    expect(Buffer.from(opened)).toEqual(plaintext);
  });

  test('reuses its connections', async () => {
    const before = server.connections();
    const xks = client();
    for (let i = 0; i < 5; i++) await calls.health(xks);
    expect(server.connections() - before).toBe(1);
  });

  test('opens a new connection when the proxy closed the old one', async () => {
    const xks = client();
    await calls.health(xks);
    server.closeIdle();
    await expect(calls.health(xks)).resolves.toBeUndefined();
  });

  test('uses other authorities and addresses for new calls, and ends calls under way as they began', async () => {
    const stranger = await makeCertificateAuthority('Another');
    const certificate = await stranger.issue(hostname);
    const other = await startXksProxy({ certificate, accessKeyId, secretAccessKey, uriPath: proxy.uriPath });
    try {
      const xks = client();
      await calls.health(xks);
      server.faults.set('health', { kind: 'slow', delayMs: 200 });
      const seen = server.seen.length;
      const underWay = calls.health(xks);
      while (server.seen.length === seen) await new Promise((later) => setTimeout(later, 5));
      const connectTo = new Map([[hostname, { host: '127.0.0.1', port: other.port }]]);
      xks.readdress({ connectTo, extraCertificateAuthorities: authority.certificate });
      expect(await failing(calls.health(xks))).toBe('tls');
      xks.readdress({ connectTo, extraCertificateAuthorities: stranger.certificate });
      await calls.health(xks);
      expect(other.seen).toHaveLength(1);
      await expect(underWay).resolves.toBeUndefined();
    } finally {
      await other.stop();
      await stranger.remove();
    }
  });

  test('computes the integrity value of the specification', () => {
    const value = integrityValue(Buffer.from('project=nile,department=marketing'), {
      metadata: Buffer.from('key_version=1'),
      iv: Buffer.from('1ccae5470f39700254779031', 'hex'),
      ciphertext: Buffer.from('821c642b5b71783367deaf18', 'hex'),
      tag: Buffer.from('bc1c4dda7707d6812447c5955e99b261', 'hex'),
    });
    expect(value).toBe('qHA/ImC9h5HsLRXqCyPmWgYx7tzyoTplzILbP0fPXsc=');
  });
});

describe('an answer of a proxy', () => {
  test.each([
    [400, 'ValidationException'],
    [400, 'InvalidStateException'],
    [400, 'InvalidCiphertextException'],
    [400, 'InvalidKeyUsageException'],
    [401, 'AuthenticationFailedException'],
    [403, 'AccessDeniedException'],
    [404, 'KeyNotFoundException'],
    [404, 'InvalidUriPathException'],
    [429, 'ThrottlingException'],
    [500, 'InternalException'],
    [501, 'UnsupportedOperationException'],
    [503, 'DependencyTimeoutException'],
  ] as const)('%i %s is recognised by its name, on every call', async (status, errorName) => {
    for (const name of callNames) {
      server.faults.set(name, { kind: 'error', status, errorName, errorMessage: 'line\nbreak' });
      expect(await failing(calls[name](client()))).toBe(errorName);
    }
  });

  test.each<[string, Fault]>([
    ['a text that is not JSON', { kind: 'body', body: '<html>' }],
    ['an array', { kind: 'body', body: '[]' }],
    ['null', { kind: 'body', body: 'null' }],
    ['nothing', { kind: 'body', body: '' }],
    ['an empty object', { kind: 'body', body: '{}' }],
    ['more than the limit', { kind: 'body', body: `{"a":"${'x'.repeat(70_000)}"}` }],
    ['an error without a name', { kind: 'body', status: 500, body: '{}' }],
    ['an error in HTML', { kind: 'body', status: 502, body: '<html>' }],
    ['an error with an unknown name', { kind: 'error', status: 400, errorName: 'SurpriseException' }],
    ['an error with a name of our own', { kind: 'error', status: 400, errorName: 'tls' }],
    ['an error with the name of a property of every object', { kind: 'error', status: 400, errorName: 'toString' }],
    ['an answer cut short', { kind: 'truncated' }],
    ['a redirect', { kind: 'redirect', location: 'https://127.0.0.1/kms/xks/v1/health' }],
  ])('that is %s is malformed', async (_what, fault) => {
    for (const name of callNames) {
      server.faults.set(name, fault);
      expect(await failing(calls[name](client()))).toBe('malformed');
    }
  });

  const b64 = (lengthInBytes: number) => Buffer.alloc(lengthInBytes, 7).toString('base64');
  test.each<[ProxyCall, string, Record<string, unknown>]>([
    ['health', 'no fleet', { ekmFleetDetails: [] }],
    ['health', 'eleven managers', { ekmFleetDetails: Array(11).fill({ healthStatus: 'ACTIVE' }) }],
    ['health', 'an unknown state', { ekmFleetDetails: [{ healthStatus: 'FINE' }] }],
    ['health', 'a fleet of texts', { ekmFleetDetails: ['ACTIVE'] }],
    ['health', 'a proxy fleet of none', { xksProxyFleetSize: 0 }],
    ['health', 'a vendor that is not text', { xksProxyVendor: 1 }],
    ['metadata', 'a usage that is not a list', { keyUsage: 'ENCRYPT' }],
    ['metadata', 'eleven usages', { keyUsage: Array(11).fill('ENCRYPT') }],
    ['metadata', 'no spec', { keySpec: undefined }],
    ['metadata', 'a status that is not text', { keyStatus: true }],
    ['encrypt', 'another integrity value', { ciphertextDataIntegrityValue: b64(32) }],
    ['encrypt', 'no integrity value', { ciphertextDataIntegrityValue: undefined }],
    ['encrypt', 'a longer ciphertext', { ciphertext: b64(plaintext.length + 1) }],
    ['encrypt', 'a ciphertext that is not base64', { ciphertext: '!!!!' }],
    ['encrypt', 'an IV of 13 bytes', { initializationVector: b64(13) }],
    ['encrypt', 'no IV', { initializationVector: undefined }],
    ['encrypt', 'a tag of 15 bytes', { authenticationTag: b64(15) }],
    ['encrypt', '21 bytes of metadata', { ciphertextMetadata: b64(21) }],
  ])('to %s with %s is malformed', async (name, _what, members) => {
    server.faults.set(name, { kind: 'answer', members });
    expect(await failing(calls[name](client()))).toBe('malformed');
  });

  test('to decrypt with another length is malformed', async () => {
    const xks = client();
    const sealed = await xks.encrypt(proxy, 'external-key', { plaintext, additionalData, metadata: requestMetadata });
    for (const value of [b64(plaintext.length + 1), '', '?', 7, null]) {
      server.faults.set('decrypt', { kind: 'answer', members: { plaintext: value } });
      const opened = xks.decrypt(proxy, 'external-key', { ...sealed, requestMetadata, additionalData });
      expect(await failing(opened)).toBe('malformed');
    }
  });

  test('to health is unhealthy when no manager can serve', async () => {
    const ekmFleetDetails = [{ healthStatus: 'UNAVAILABLE' }, { healthStatus: 'UNAVAILABLE' }];
    server.faults.set('health', { kind: 'answer', members: { ekmFleetDetails } });
    expect(await failing(calls.health(client()))).toBe('unhealthy');
  });

  test.each([
    ['IV', { iv: randomBytes(12) }],
    ['tag', { tag: randomBytes(16) }],
    ['metadata', { metadata: Buffer.from('key_version=2') }],
    ['ciphertext', { ciphertext: randomBytes(plaintext.length) }],
    ['additional data', { additionalData: randomBytes(32) }],
  ])('to decrypt with another %s is that the ciphertext is invalid', async (_what, other) => {
    const xks = client();
    const sealed = await xks.encrypt(proxy, 'external-key', { plaintext, additionalData, metadata: requestMetadata });
    const opened = xks.decrypt(proxy, 'external-key', { ...sealed, requestMetadata, additionalData, ...other });
    expect(await failing(opened)).toBe('InvalidCiphertextException');
  });
});

describe('a signature', () => {
  test('covers the host and the time, as in the specification, and no other header', async () => {
    for (const name of callNames) await failing(calls[name](client()));
    expect(server.seen.slice(-callNames.length).map(({ signedHeaders }) => signedHeaders)).toEqual(
      callNames.map(() => 'host;x-amz-date'),
    );
  });

  test.each([
    ['another access key id', { accessKeyId: 'ZZZZZZZZZZZZZZZZZZZZ' }],
    ['another Region, for which the secret is still valid', { region: 'eu-west-1' }],
  ])('with %s', async (what, change) => {
    const names = { ...proxy, ...change };
    const wrappedSecret = await hsm.wrapSecret(secretOwner(names), new Secret(secretAccessKey));
    const outcome = await failing(calls.health(client(), { ...names, wrappedSecret }));
    expect(outcome).toBe(what.startsWith('another access') ? 'AuthenticationFailedException' : 'nothing');
  });

  test('with another secret is refused by the proxy', async () => {
    const wrappedSecret = await hsm.wrapSecret(secretOwner(proxy), new Secret(randomBytes(36).toString('base64')));
    const outcome = await failing(calls.health(client(), { ...proxy, wrappedSecret }));
    expect(outcome).toBe('AuthenticationFailedException');
  });

  test('cannot be made with the secret of another key store', async () => {
    const stranger = { ...proxy, keyStoreId: 'cks-00000000000000000' };
    await expect(calls.health(client(), stranger)).rejects.toMatchObject({ kind: 'invalid-material' });
  });

  test('covers the path: another prefix is refused', async () => {
    const outcome = await failing(calls.health(client(), { ...proxy, uriPath: '/other/kms/xks/v1' }));
    expect(outcome).toBe('InvalidUriPathException');
  });
});

describe('a call to a proxy', () => {
  test('fails when it does not answer in time, headers or body', async () => {
    server.faults.set('health', { kind: 'slow', delayMs: 2_000 });
    expect(await failing(calls.health(client({ timeoutMs: 250 })))).toBe('timeout');
  });

  test('fails when nothing listens', async () => {
    const unused = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => unused.once('listening', done));
    const { port } = unused.address() as { port: number };
    await new Promise((done) => unused.close(done));
    expect(await failing(calls.health(client({ port })))).toBe('unreachable');
  });

  test('fails when the host has no address', async () => {
    const nowhere = { ...proxy, uriEndpoint: 'https://no-such-host.invalid' };
    expect(await failing(calls.health(client(), nowhere))).toBe('unreachable');
  });

  test('fails when the proxy closes the connection', async () => {
    server.faults.set('health', { kind: 'hangs-up' });
    expect(await failing(calls.health(client()))).toBe('unreachable');
  });

  test('fails on a certificate of an authority that is not trusted', async () => {
    expect(await failing(calls.health(client({ ca: '' })))).toBe('tls');
  });

  test.each([
    ['for another host', 'other.example.test', 1],
    ['that has expired', hostname, 0],
  ])('fails on a certificate %s', async (_what, name, days) => {
    const certificate = await authority.issue(name, days);
    const other = await startXksProxy({ certificate, accessKeyId, secretAccessKey });
    try {
      expect(await failing(calls.health(client({ port: other.port })))).toBe('tls');
    } finally {
      await other.stop();
    }
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'fails on a proxy that demands a client certificate, %s',
    async (version) => {
      const certificate = await authority.issue(hostname);
      const demanding = { requestCert: true, rejectUnauthorized: true, ca: authority.certificate };
      const tls = { ...demanding, minVersion: version, maxVersion: version };
      const other = await startXksProxy({ certificate, accessKeyId, secretAccessKey, tls });
      try {
        for (const name of callNames) expect(await failing(calls[name](client({ port: other.port })))).toBe('tls');
      } finally {
        await other.stop();
      }
    },
  );

  test('trusts authorities of NODE_EXTRA_CA_CERTS beside those that the operator names', async () => {
    const [named, stranger] = [await makeCertificateAuthority('Named'), await makeCertificateAuthority('Stranger')];
    const hosts = await Promise.all(
      [authority, named, stranger].map(async (each, index) => {
        const host = `proxy-${index}.example.test`;
        const certificate = await each.issue(host);
        return { host, proxy: await startXksProxy({ certificate, accessKeyId, secretAccessKey }) };
      }),
    );
    const connectTo = hosts.map(({ host, proxy: { port } }) => [host, { host: '127.0.0.1', port }]);
    // Node.js reads the variable when it starts.
    const program = `
      const { createTransport } = await import('@keystead/control-plane/xks/transport.ts');
      const connectTo = new Map(${JSON.stringify(connectTo)});
      const extraCertificateAuthorities = ${JSON.stringify(named.certificate)};
      const transport = createTransport({ timeoutMs: ${PATIENT_MS}, extraCertificateAuthorities, connectTo });
      for (const hostname of connectTo.keys()) {
        const request = { hostname, path: '/', headers: {}, payload: Buffer.alloc(0) };
        console.log(await transport.post(request).then(({ status }) => status, ({ failure }) => failure));
      }
      transport.close();
    `;
    try {
      const env = { ...process.env, NODE_OPTIONS: '', NODE_EXTRA_CA_CERTS: authority.certificateFile };
      const args = ['--input-type=module', '--eval', program];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname, env });
      // A request for a path that a proxy does not have is answered only after the handshake.
      expect(stdout.trim().split('\n')).toEqual(['404', '404', 'tls']);
    } finally {
      await Promise.all(hosts.map(({ proxy: each }) => each.stop()));
      await Promise.all([named.remove(), stranger.remove()]);
    }
  });

  test('fails when the server does not speak TLS', async () => {
    const plain = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume().end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    });
    await new Promise<void>((done) => plain.listen(0, '127.0.0.1', done));
    try {
      const { port } = plain.address() as { port: number };
      expect(await failing(calls.health(client({ port })))).toBe('tls');
    } finally {
      await new Promise((done) => plain.close(done));
    }
  });
});

describe('a failure leaves one line with the key store, the request and the cause', () => {
  const about = {
    customKeyStoreId: 'cks-1234567890abcdef0',
    requestId: requestMetadata.kmsRequestId,
    kmsOperation: 'Encrypt',
    uri: `https://${hostname}/example/kms/xks/v1/health`,
  };

  async function causeOf(xks: Xks, failure: XksFailure): Promise<string> {
    expect(await failing(calls.health(xks))).toBe(failure);
    expect(lines).toEqual([expect.objectContaining({ level: 40, ...about, failure })]);
    return String(lines[0]?.cause);
  }

  test.each([
    ['that has expired', hostname, 0, /certificate has expired \(CERT_HAS_EXPIRED\)$/],
    [
      'for another host',
      'other.example.test',
      1,
      /does not match certificate's altnames.*ERR_TLS_CERT_ALTNAME_INVALID/,
    ],
  ])('when the certificate is one %s', async (_what, name, days, cause) => {
    const other = await startXksProxy({ certificate: await authority.issue(name, days), accessKeyId, secretAccessKey });
    try {
      expect(await causeOf(client({ port: other.port }), 'tls')).toMatch(cause);
    } finally {
      await other.stop();
    }
  });

  test('when the certificate is of an unknown authority', async () => {
    const where = `agreeing on TLS with ${hostname} (127.0.0.1:${server.port}): `;
    const cause = await causeOf(client({ ca: '' }), 'tls');
    expect(cause).toContain(where);
    expect(cause).toMatch(/unable to verify the first certificate.*UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
  });

  test('when the proxy speaks plain HTTP, or nothing listens', async () => {
    const plain = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume().end('HTTP/1.1 200 OK\r\n\r\n');
    });
    await new Promise<void>((done) => plain.listen(0, '127.0.0.1', done));
    const { port } = plain.address() as { port: number };
    const cause = await causeOf(client({ port }), 'tls');
    expect(cause).toMatch(/wrong version number|packet length too long|EPROTO/);
    await new Promise((done) => plain.close(done));
    lines.length = 0;
    expect(await causeOf(client({ port }), 'unreachable')).toContain(
      `connecting to ${hostname} (127.0.0.1:${port}): connect ECONNREFUSED`,
    );
  });

  test('when the proxy is slow, or says why it refuses', async () => {
    server.faults.set('health', { kind: 'slow', delayMs: 2_000 });
    expect(await causeOf(client({ timeoutMs: 250 }), 'timeout')).toContain('the deadline passed while');
    lines.length = 0;
    const said = { errorName: 'AccessDeniedException', errorMessage: 'the policy of the key\nsays no' };
    server.faults.set('health', { kind: 'error', status: 403, ...said });
    expect(await causeOf(client(), 'AccessDeniedException')).toContain(
      'it answered with HTTP status 403, AccessDeniedException: the policy of the key?says no',
    );
  });

  test('when an answer is malformed, or no external key manager can serve', async () => {
    server.faults.set('health', { kind: 'body', status: 502, body: '<html>' });
    expect(await causeOf(client(), 'malformed')).toContain('it answered with HTTP status 502');
    lines.length = 0;
    server.faults.set('health', { kind: 'answer', members: { xksProxyFleetSize: 0 } });
    expect(await causeOf(client(), 'malformed')).toContain('xksProxyFleetSize is not a positive whole number');
    lines.length = 0;
    server.faults.set('health', { kind: 'answer', members: { ekmFleetDetails: [{ healthStatus: 'UNAVAILABLE' }] } });
    expect(await causeOf(client(), 'unhealthy')).toContain('every external key manager is UNAVAILABLE');
  });

  test('and a call that succeeds leaves none', async () => {
    await calls.health(client());
    expect(lines).toEqual([]);
  });
});
