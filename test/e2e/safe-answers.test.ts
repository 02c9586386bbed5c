/** No answer reveals internals, and every answer has the safe headers, whatever the request. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { aKey, awsRequest, caller, type Reply, rawConnection, signed, wireText } from '../support/calls.ts';
import { root as repository, startServer, type TestServer } from '../support/server.ts';

const REQUESTS = 300;

let server: TestServer;
let keyId: string;
beforeAll(async () => {
  server = await startServer({ args: ['--log-level', 'trace'] });
  ({ keyId } = await aKey(caller(server.endpoint, server.credentials)));
});
afterAll(() => server?.stop());

/** Internals: stack frames, files, modules, SQL, and names that are only in the source. */
const inside = [
  /\bat .+\(?.+:\d+:\d+\)?/,
  /node:internal|node_modules|\.ts\b|file:\/\//,
  /SQLITE_|better-sqlite3|sqlite3?\b|select .+ from|insert into/i,
  /\b(TypeError|RangeError|ReferenceError|SyntaxError|StoreUnavailable|HsmError|WriteConflict)\b/,
];

function expectNothingInside(text: string): void {
  for (const pattern of inside) expect(text).not.toMatch(pattern);
  for (const path of [repository, resolve(server.dataDir), process.cwd()]) expect(text).not.toContain(path);
}

function expectSafeHeaders({ headers }: Reply): void {
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'");
  expect(headers['referrer-policy']).toBe('no-referrer');
  expect(headers['cache-control']).toContain('no-store');
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(headers).not.toHaveProperty('server');
}

function expectSafe(reply: Reply): void {
  expectSafeHeaders(reply);
  expectNothingInside(reply.text);
}

test('answers of every door and page have safe headers', async () => {
  const root = caller(server.endpoint, server.credentials);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const replies = [
    await root.aws('DescribeKey', { KeyId: keyId }),
    await root.aws('DescribeKey', { KeyId: 'none' }),
    await root.rest('GET', `/v1/keys/${keyId}`),
    await root.rest('GET', '/v1/keys/none'),
    await root.rest('GET', '/v1/none'),
    await root.rest('GET', '/v1/%zz'),
    await root.rest('POST', '/', 'Action=GetCallerIdentity&Version=2011-06-15', { headers: form, service: 'sts' }),
    ...(await Promise.all(
      ['/healthz', '/readyz', '/metrics', '/v1/openapi.json', '/elsewhere'].map(async (path): Promise<Reply> => {
        const response = await fetch(`${server.endpoint}${path}`);
        const headers = Object.fromEntries(response.headers);
        return { status: response.status, headers, text: '', json: {}, code: undefined, message: '' };
      }),
    )),
  ];
  for (const reply of replies) expectSafeHeaders(reply);
});

test('bytes that are not an HTTP request are answered with safe headers too', async () => {
  const connection = rawConnection(server.endpoint);
  connection.write('this is not HTTP\r\n\r\n');
  for (const reply of await connection.answers()) expectSafe(reply);
});

/** Mutations of valid requests that get as far as codecs, validators, resolvers, the database and the HSM. */
const values: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  '',
  '\u0000',
  "'; drop table keys; --",
  '../../../../etc/passwd',
  '__proto__',
  'x'.repeat(5000),
  [],
  {},
  [[[]]],
  { toString: 1 },
];
const operations = [
  'Encrypt',
  'Decrypt',
  'CreateKey',
  'PutKeyPolicy',
  'ListGrants',
  'Sign',
  'ImportKeyMaterial',
  'CreateAlias',
];
const members = [
  'KeyId',
  'Plaintext',
  'CiphertextBlob',
  'Policy',
  'Marker',
  'Limit',
  'GrantTokens',
  'EncryptionContext',
  'AliasName',
  'Tags',
];

test('no answer to a malformed request reveals internals', async () => {
  const root = caller(server.endpoint, server.credentials);
  let refused = 0;
  for (let i = 0; i < REQUESTS; i++) {
    const operation = operations[i % operations.length] as string;
    const input = { KeyId: keyId, [members[i % members.length] as string]: values[(i * 7) % values.length] };
    const reply =
      i % 5 === 4 ? await root.aws(operation, randomBytes(i).toString('latin1')) : await root.aws(operation, input);
    expectSafe(reply);
    if (reply.status >= 400) refused += 1;
  }
  expect(refused).toBeGreaterThan(REQUESTS / 2);
});

test('no answer to bytes that are not a request reveals internals', async () => {
  const request = awsRequest('Encrypt', { KeyId: keyId, Plaintext: 'aGVsbG8=' });
  const honest = wireText(signed(server.endpoint, request, { credentials: server.credentials })).toString('latin1');
  const requests = [honest.replace(/^host: .*\r\n/im, ''), honest.replace('HTTP/1.1', 'HTTP/1.0')];
  for (let i = 0; i < 60; i++) {
    const mutated = Buffer.from(honest, 'latin1');
    for (const at of randomBytes(4)) mutated[(at * (i + 1)) % mutated.length] = randomBytes(1)[0] as number;
    requests.push(mutated.toString('latin1'));
  }
  for (const request of requests) {
    const connection = rawConnection(server.endpoint);
    connection.write(Buffer.from(request, 'latin1'));
    connection.socket.end();
    for (const reply of await connection.answers()) {
      try {
        expectSafe(reply);
      } catch (cause) {
        throw new Error(`answered ${reply.status} to ${JSON.stringify(request)}`, { cause });
      }
    }
  }
});
