/** TLS at the listening socket, with the aws command line, the keystead command line and Node's client. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { jest } from '@jest/globals';
import { connect as connectProvider } from '@keystead/provider/client/client.ts';
import { readSettings } from '@keystead/provider/client/settings.ts';
import { type Authority, anAuthority, type Pair } from '../support/certificates.ts';
import { needs } from '../support/needs.ts';
import { asOneUser, run, runKeystead, startServer, type TestServer } from '../support/server.ts';

needs('openssl', 'aws');

jest.setTimeout(120_000);

let directory: string;
let authority: Authority;
let stranger: Authority;
let files: Pair;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-tls-'));
  authority = await anAuthority(directory, 'authority');
  stranger = await anAuthority(directory, 'stranger');
  const made = await authority.sign('server');
  // Copies, so that a test can replace them.
  files = { certFile: join(directory, 'serving.pem'), keyFile: join(directory, 'serving.key') };
  await copyFile(made.certFile, files.certFile);
  await copyFile(made.keyFile, files.keyFile);
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

const tlsArgs = (more: readonly string[] = []) => ['--tls-cert', files.certFile, '--tls-key', files.keyFile, ...more];

/** The status of the answer, or the code of the connection error. */
async function health(server: TestServer, client: Partial<Pair> = {}): Promise<number | string> {
  const [ca, cert, key] = await Promise.all(
    [authority.certFile, client.certFile, client.keyFile].map((file) => file && readFile(file)),
  );
  return new Promise((resolve) => {
    const out = request(`${server.endpoint}/healthz`, { ca, cert, key, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    out.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    out.end();
  });
}

async function handshake(server: TestServer, options: { readonly maxVersion?: 'TLSv1.1' } = {}): Promise<TLSSocket> {
  const { hostname, port } = new URL(server.endpoint);
  const ca = await readFile(authority.certFile);
  const socket = connect({ host: hostname, port: Number(port), ca, ...options });
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}

describe('a server with a certificate', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ args: tlsArgs() });
  });
  afterAll(async () => {
    await server?.stop();
  });

  test('prints an https address, and answers an aws command line that trusts its CA', async () => {
    expect(server.endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const args = ['kms', 'create-key', '--output', 'text', '--query', 'KeyMetadata.KeyState'];
    const trusting = await run('aws', [...args, '--ca-bundle', authority.certFile], { env: server.env });
    expect(trusting).toMatchObject({ code: 0, stdout: 'Enabled\n' });
    const doubting = await run('aws', args, { env: server.env });
    expect(doubting.code).not.toBe(0);
    expect(doubting.stderr).toMatch(/SSL validation failed/);
  });

  test('answers the keystead command line only with AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS', async () => {
    for (const variable of ['AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS']) {
      const { code, stderr } = await runKeystead(['identity', 'list-users'], {
        ...server.env,
        [variable]: authority.certFile,
      });
      expect([variable, code, stderr]).toEqual([variable, 0, '']);
    }
    const doubting = await runKeystead(['identity', 'list-users'], server.env);
    expect(doubting).toMatchObject({ code: 1, stderr: expect.stringMatching(/TLS connection[\s\S]*AWS_CA_BUNDLE/) });
  });

  test('answers the Terraform provider only if it has the right CA', async () => {
    const caller = async (bundle: string) => {
      const env = { ...server.env, AWS_CA_BUNDLE: bundle, HOME: directory };
      const settings = readSettings({ max_retries: 0 }, env);
      const client = await connectProvider(settings, surroundings(env));
      return client.read('GetCallerIdentity', {}, 'us-east-1').finally(() => client.close());
    };
    expect(await caller(authority.certFile)).toMatchObject({ Account: server.accountId });
    await expect(caller(stranger.certFile)).rejects.toMatchObject({ name: 'ConnectionError' });
  });

  test('makes aws:SecureTransport true', async () => {
    const env = { ...server.env, AWS_CA_BUNDLE: authority.certFile, HOME: directory };
    const statement = (condition: string, effect: string) => ({
      Effect: effect,
      Principal: { AWS: `arn:aws:iam::${server.accountId}:root` },
      Action: effect === 'Allow' ? 'kms:*' : 'kms:Encrypt',
      Resource: '*',
      ...(condition && { Condition: { Bool: { 'aws:SecureTransport': condition } } }),
    });
    const withDeny = (condition: string) =>
      JSON.stringify({ Version: '2012-10-17', Statement: [statement('', 'Allow'), statement(condition, 'Deny')] });
    const client = await connectProvider(readSettings({ max_retries: 0 }, env), surroundings(env));
    const encrypt = async (condition: string) => {
      const { KeyMetadata } = await client.call('CreateKey', { Policy: withDeny(condition) }, 'us-east-1');
      return client.call('Encrypt', { KeyId: KeyMetadata?.KeyId ?? '', Plaintext: 'aGk=' }, 'us-east-1');
    };
    expect(await encrypt('false')).toMatchObject({ CiphertextBlob: expect.any(String) });
    await expect(encrypt('true')).rejects.toThrow(/explicit deny in a resource-based policy/);
    client.close();
  });

  test('accepts only TLS 1.2 and newer', async () => {
    const socket = await handshake(server);
    expect(socket.getProtocol()).toBe('TLSv1.3');
    socket.destroy();
    await expect(handshake(server, { maxVersion: 'TLSv1.1' })).rejects.toThrow();
  });

  test('does not answer plain HTTP', async () => {
    await expect(fetch(`${server.endpoint.replace('https', 'http')}/healthz`)).rejects.toThrow();
  });

  test('uses a renewed certificate after SIGHUP, and keeps the old one if certificate and key do not match', async () => {
    const serial = async () => {
      const socket = await handshake(server);
      const { serialNumber } = socket.getPeerCertificate();
      socket.destroy();
      return serialNumber;
    };
    const hangUp = async (said: RegExp) => {
      const before = server.log().length;
      process.kill(server.pid, 'SIGHUP');
      while (!said.test(server.log().slice(before))) await sleep(20);
    };
    const first = await serial();
    const renewed = await authority.sign('server');
    await copyFile(renewed.certFile, files.certFile);
    await hangUp(/certificate read before stays/);
    expect(await serial()).toBe(first);
    await copyFile(renewed.keyFile, files.keyFile);
    await hangUp(/read the TLS files again/);
    expect(await serial()).not.toBe(first);
    expect(await health(server)).toBe(200);
  });
});

describe('a server that requires client certificates', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ args: tlsArgs(['--tls-client-ca', authority.certFile]) });
  });
  afterAll(async () => {
    await server?.stop();
  });

  test('answers clients with a certificate of its CA, and closes the connection of all others', async () => {
    expect(await health(server, await authority.sign('client'))).toBe(200);
    expect(await health(server)).not.toBe(200);
    expect(await health(server, await stranger.sign('client'))).not.toBe(200);
  });

  test('answers the keystead command line and the Terraform provider with a client certificate', async () => {
    const { certFile, keyFile } = await authority.sign('client');
    const env = {
      ...server.env,
      AWS_CA_BUNDLE: authority.certFile,
      KEYSTEAD_CLIENT_CERT: certFile,
      KEYSTEAD_CLIENT_KEY: keyFile,
      HOME: directory,
    };
    expect(await runKeystead(['identity', 'list-users'], env)).toMatchObject({ code: 0, stderr: '' });
    const client = await connectProvider(readSettings({ max_retries: 0 }, env), surroundings(env));
    expect(await client.read('GetCallerIdentity', {}, 'us-east-1')).toMatchObject({ Account: server.accountId });
    client.close();
    const without = { ...env, KEYSTEAD_CLIENT_CERT: '', KEYSTEAD_CLIENT_KEY: '' };
    expect((await runKeystead(['identity', 'list-users'], without)).code).toBe(1);
  });
});

describe('a start is refused', () => {
  const start = (args: readonly string[]) =>
    runKeystead(['serve', '--data-dir', join(directory, 'never'), '--listen', '127.0.0.1:0', ...asOneUser, ...args]);
  const noPem = () => join(directory, 'no.pem');
  beforeAll(() => writeFile(noPem(), 'not a certificate'));

  test.each([
    ['beyond loopback without TLS', () => ['--listen', '0.0.0.0:0'], 7, /beyond loopback.*[\s\S]*--plaintext anywhere/],
    [
      'with a certificate but without a key',
      () => ['--tls-cert', files.certFile],
      2,
      /both a certificate and its private key/,
    ],
    ['with files that do not exist', () => ['--tls-cert', '/none.pem', '--tls-key', '/none.key'], 7, /cannot be read/],
    [
      'with a key of another certificate',
      () => ['--tls-cert', files.certFile, '--tls-key', stranger.keyFile],
      7,
      /is not the private key of/,
    ],
    [
      'with a certificate file without a certificate',
      () => ['--tls-cert', noPem(), '--tls-key', files.keyFile],
      7,
      /holds no PEM certificate[\s\S]*--tls-cert/,
    ],
    [
      'with a client CA file without a certificate',
      () => tlsArgs(['--tls-client-ca', noPem()]),
      7,
      /holds no PEM certificate[\s\S]*--tls-client-ca/,
    ],
  ] as const)('%s', async (_title, args, code, text) => {
    const refused = await start(args());
    expect(refused).toMatchObject({ code, stderr: expect.stringMatching(text) });
    expect(refused.stderr).not.toMatch(/PRIVATE KEY-----/);
  });

  test('but not when the operator allows plain HTTP anywhere', async () => {
    const server = await startServer({ args: ['--listen', '0.0.0.0:0', '--plaintext', 'anywhere'] });
    await server.stop();
  });
});

function surroundings(env: Readonly<Record<string, string>>) {
  return {
    env,
    now: () => new Date(),
    sleep: async () => {},
    pause: async () => {},
    random: () => 0,
    userAgent: 'test',
    stopSignal: new AbortController().signal,
  };
}
