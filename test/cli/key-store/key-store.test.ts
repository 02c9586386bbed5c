/** `keystead key-store`: each step of a check, and where it fails. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KeyStoreBackends, startKeyStoreBackends } from '../../support/key-store-backends.ts';
import { needs } from '../../support/needs.ts';
import { makeCertificateAuthority } from '../../support/proxy-certificates.ts';
import { runKeystead } from '../../support/server.ts';
import { PIN } from '../../support/softhsm.ts';
import { startXksProxy } from '../../support/xks-proxy.ts';

needs('softhsm', 'binding', 'openssl');

let backends: KeyStoreBackends;
let directory: string;
const path = (name: string) => join(directory, name);
beforeAll(async () => {
  backends = await startKeyStoreBackends();
  directory = await mkdtemp(join(tmpdir(), 'keystead-check-'));
  await writeFile(path('secret'), `${credential().RawSecretAccessKey}\n`);
  await writeFile(path('other-secret'), 'b3RoZXIgc2VjcmV0IG9mIHRoZSBwcm94eSwgNDMgYnl0ZXM');
  await writeFile(path('pin'), `${PIN}\n`);
  await writeFile(path('other-pin'), 'wrong-horse-7\n');
});
afterEach(() => backends.proxy.faults.clear());
afterAll(async () => {
  await backends?.stop();
  await rm(directory, { recursive: true, force: true });
});

const credential = () => backends.externalStore.XksProxyAuthenticationCredential;
const HOST = () => new URL(backends.externalStore.XksProxyUriEndpoint).hostname;

interface Given {
  readonly port?: number;
  readonly ca?: string;
  readonly secret?: string;
  readonly keyId?: string;
}

function checkProxy({
  port = backends.proxy.port,
  ca = backends.config.xksCaFile,
  secret = 'secret',
  keyId,
}: Given = {}) {
  return runKeystead([
    ...['key-store', 'check-proxy', '--uri-endpoint', backends.externalStore.XksProxyUriEndpoint],
    ...['--access-key-id', credential().AccessKeyId, '--secret-file', path(secret)],
    ...['--xks-connect-to', `${HOST()}=127.0.0.1:${port}`, '--xks-timeout', '20000'],
    ...(ca ? ['--xks-ca-file', ca] : []),
    ...(keyId === undefined ? [] : ['--key-id', keyId]),
  ]);
}

/** Mark and name of each step. */
const marks = (stdout: string) =>
  stdout
    .split('\n')
    .flatMap(
      (line) =>
        /^(ok|FAIL|-) +(address|TLS|chain|name|dates|signature|health|key metadata|token|login) /
          .exec(line)
          ?.slice(1, 3)
          .join(' ') ?? [],
    );

const CONNECTION = ['ok address', 'ok TLS', 'ok chain', 'ok name', 'ok dates'];

describe('key-store check-proxy', () => {
  test('prints every step of a proxy that can be used', async () => {
    const { code, stdout, stderr } = await checkProxy({ keyId: backends.newExternalKey() });
    expect(stderr).toBe('');
    expect(marks(stdout)).toEqual([...CONNECTION, 'ok signature', 'ok health', 'ok key metadata']);
    expect(stdout).toContain(`127.0.0.1, port ${backends.proxy.port}: connected`);
    expect(stdout).toContain('CN=Keystead test CA');
    expect(stdout).toMatch(/AES_256, ENABLED, for ENCRYPT, DECRYPT\nThe proxy at \S+ can be used\.\n$/);
    expect(code).toBe(0);
  });

  test('names a wrong secret, an unhealthy proxy and an unfit key', async () => {
    const wrong = await checkProxy({ secret: 'other-secret', keyId: 'any' });
    expect(marks(wrong.stdout)).toEqual([...CONNECTION, 'FAIL signature', '- health', '- key metadata']);
    expect(wrong.stderr).toMatch(/^keystead: The proxy at \S+ cannot be used\.\nhint: /);
    expect(wrong.code).toBe(1);
    const members = { ekmFleetDetails: [{ healthStatus: 'UNAVAILABLE' }] };
    backends.proxy.faults.set('health', { kind: 'answer', members });
    const ill = await checkProxy();
    expect(marks(ill.stdout)).toEqual([...CONNECTION, '- signature', 'FAIL health', '- key metadata']);
    expect(ill.stdout).toContain('every external key manager is UNAVAILABLE');
    backends.proxy.faults.clear();
    const keyId = backends.newExternalKey();
    Object.assign(backends.proxy.keys.get(keyId) ?? {}, { keySpec: 'AES_128' });
    const unfit = await checkProxy({ keyId });
    expect(marks(unfit.stdout).at(-1)).toBe('FAIL key metadata');
    expect(unfit.stdout).toContain(`${keyId} is AES_128, ENABLED`);
    expect(unfit.code).toBe(1);
  });

  test('names a certificate of an unknown authority, with who issued it', async () => {
    const { code, stdout } = await checkProxy({ ca: '' });
    expect(marks(stdout)).toEqual([
      ...['ok address', 'ok TLS', 'FAIL chain', 'ok name', 'ok dates', '- signature', '- health', '- key metadata'],
    ]);
    expect(stdout).toMatch(/UNABLE_TO_VERIFY_LEAF_SIGNATURE\n +CN=\S+, issued by CN=Keystead test CA\n/);
    expect(code).toBe(1);
  });

  test.each([
    ['name', 'other.example.test', 1, /altnames/],
    ['dates', 'proxy.example.test', 0, /is valid from .* to /],
  ])('names a certificate whose fault is its %s', async (step, name, days, cause) => {
    const authority = await makeCertificateAuthority();
    const { AccessKeyId: accessKeyId, RawSecretAccessKey: secretAccessKey } = credential();
    const other = await startXksProxy({ certificate: await authority.issue(name, days), accessKeyId, secretAccessKey });
    try {
      const { stdout } = await checkProxy({ port: other.port, ca: authority.certificateFile });
      expect(marks(stdout).filter((mark) => mark.startsWith('FAIL'))).toEqual([`FAIL ${step}`]);
      expect(stdout).toMatch(cause);
      expect(other.seen).toEqual([]);
    } finally {
      await other.stop();
      await authority.remove();
    }
  });

  test('names a proxy that speaks plain HTTP, and one that is dead', async () => {
    const plain = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume().end('HTTP/1.1 200 OK\r\n\r\n');
    });
    await new Promise<void>((done) => plain.listen(0, '127.0.0.1', done));
    const { port } = plain.address() as { port: number };
    const rest = ['- chain', '- name', '- dates', '- signature', '- health', '- key metadata'];
    expect(marks((await checkProxy({ port })).stdout)).toEqual(['ok address', 'FAIL TLS', ...rest]);
    await new Promise((done) => plain.close(done));
    const dead = await checkProxy({ port });
    expect(marks(dead.stdout)).toEqual(['FAIL address', '- TLS', ...rest]);
    expect(dead.stdout).toContain('ECONNREFUSED');
  });

  test('refuses an endpoint, a time limit or a secret that it cannot use', async () => {
    const check = (...args: string[]) => runKeystead(['key-store', 'check-proxy', '--access-key-id', 'A', ...args]);
    const http = await check('--uri-endpoint', 'http://a.example', '--secret-file', path('secret'));
    expect([http.code, http.stderr]).toEqual([2, expect.stringContaining('is not the XksProxyUriEndpoint')]);
    const late = await check(
      '--uri-endpoint',
      'https://a.example',
      '--secret-file',
      path('secret'),
      '--xks-timeout',
      '0',
    );
    expect([late.code, late.stderr]).toEqual([2, expect.stringContaining('is not a positive number')]);
  });
});

describe('key-store check-token', () => {
  const check = (...args: string[]) =>
    runKeystead(['key-store', 'check-token', '--pkcs11-tokens', backends.config.pkcs11TokensFile ?? '', ...args]);
  const cluster = () => ['--cluster-id', backends.clusterStore.CloudHsmClusterId];

  test('prints every step of a token that can be used', async () => {
    const { code, stdout, stderr } = await check(...cluster(), '--pin-file', path('pin'));
    expect(stderr).toBe('');
    expect(marks(stdout)).toEqual(['ok token', 'ok login']);
    expect(code).toBe(0);
    expect(marks((await check(...cluster())).stdout)).toEqual(['ok token', '- login']);
  });

  test('names a wrong PIN, and a cluster that is not configured', async () => {
    const wrong = await check(...cluster(), '--pin-file', path('other-pin'));
    expect(marks(wrong.stdout)).toEqual(['ok token', 'FAIL login']);
    expect(wrong.stdout).toContain(
      'pkcs11-pin-incorrect: the PKCS#11 token failed: return value 0xa0 (CKR_PIN_INCORRECT)',
    );
    expect(wrong.code).toBe(1);
    const unknown = await check('--cluster-id', 'cluster-u2222222222', '--pin-file', path('pin'));
    expect(marks(unknown.stdout)).toEqual(['FAIL token', '- login']);
    expect(unknown.stdout).toContain('no PKCS#11 token is configured for cluster-u2222222222');
  });
});
