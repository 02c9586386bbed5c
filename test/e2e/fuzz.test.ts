/** Hostile bytes and hostile JSON against both doors of a real server: they are refused clearly and change nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '@keystead/provider-schema/limits.ts';
import {
  aKey,
  aUser,
  awsRequest,
  type Caller,
  caller,
  type Reply,
  rawConnection,
  send,
  signed,
  storedState,
  wireText,
} from '../support/calls.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let root: Caller;
let stranger: Caller;
let key: { readonly keyId: string; readonly arn: string };

beforeAll(async () => {
  server = await startServer({ env: { KEYSTEAD_LOG_LEVEL: 'warn' } });
  root = caller(server.endpoint, server.credentials);
  stranger = caller(server.endpoint, await aUser(root, 'stranger'));
  key = await aKey(root, { Description: 'stays as it is' });
  await root.aws('CreateAlias', { AliasName: 'alias/fuzzed', TargetKeyId: key.keyId });
});

afterAll(async () => {
  await server.stop();
});

/** After every test the server is as before: same state, ready, and without unexpected errors in its log. */
let before: string;
beforeEach(async () => {
  before = await storedState(root);
});
afterEach(async () => {
  expect(await storedState(root)).toBe(before);
  expect((await root.rest('GET', '/readyz')).status).toBe(200);
  expect(server.log()).toBe('');
});

/** A refusal that a client can read: a client fault with a code, at the AWS door in `__type` too. */
function expectRefusal(reply: Reply | undefined, status?: number): void {
  expect(reply).toBeDefined();
  expect(reply?.code).toMatch(/^[A-Za-z]+$/);
  expect(reply?.status).toBeGreaterThanOrEqual(400);
  expect(reply?.status).toBeLessThan(500);
  if (status !== undefined) expect(reply?.status).toBe(status);
}

const signedBytes = (operation: string, body: string, more: Parameters<typeof signed>[2] | undefined = undefined) =>
  wireText(signed(server.endpoint, awsRequest(operation, body), more ?? { credentials: server.credentials }));

describe('bodies', () => {
  test.each([
    ['text that is not JSON', 'hello'],
    ['half an object', '{"Description": "x'],
    ['two objects', '{}{}'],
    ['an array', '[]'],
    ['a string', '"text"'],
    ['null', 'null'],
    ['a number', '1e999'],
    ['a byte order mark', '\ufeff{}'],
    ['a comment', '{/* */}'],
    ['a trailing comma', '{"Description": "x",}'],
    ['single quotes', "{'Description': 'x'}"],
    ['NaN', '{"NumberOfBytes": NaN}'],
    ['a raw control character', '{"Description": "\u0001"}'],
    ['arrays nested two thousand deep', '['.repeat(2000) + ']'.repeat(2000)],
    ['objects nested without end', '{"Tags":'.repeat(2000)],
  ])('refuse %s at both doors', async (_, body) => {
    expect((await root.aws('CreateKey', body)).code).toBe('SerializationException');
    expect((await root.rest('POST', '/v1/keys', body)).code).toBe('SerializationException');
  });

  test.each([
    ['arrays nested a hundred thousand deep', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['objects nested without end', '{"Tags":'.repeat(50_000)],
    ['a hundred thousand values', `{"Tags":[${'1,'.repeat(100_000)}1]}`],
  ])('refuse %s before they are parsed', async (_, body) => {
    expect((await root.aws('CreateKey', body)).code).toBe('RequestEntityTooLargeException');
    expect((await root.rest('POST', '/v1/keys', body)).code).toBe('RequestEntityTooLargeException');
  });

  test('refuse invalid UTF-8', async () => {
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]]) {
      const body = Buffer.concat([Buffer.from('{"Description":"'), Buffer.from(bytes), Buffer.from('"}')]);
      const request = { ...awsRequest('CreateKey', ''), body };
      const reply = await send(server.endpoint, signed(server.endpoint, request, { credentials: server.credentials }));
      expect(reply.code).toBe('SerializationException');
    }
  });

  test('refuse half a surrogate pair, which UTF-8 cannot encode', async () => {
    const lone = '\\ud800';
    for (const [operation, body] of [
      ['CreateKey', `{"Description": "${lone}"}`],
      ['CreateKey', `{"Tags": [{"TagKey": "${lone}", "TagValue": ""}]}`],
      ['Encrypt', `{"KeyId": "${key.keyId}", "Plaintext": "eA==", "EncryptionContext": {"a": "${lone}"}}`],
      ['Encrypt', `{"KeyId": "${key.keyId}", "Plaintext": "eA==", "EncryptionContext": {"${lone}": "a"}}`],
      ['DescribeKey', `{"KeyId": "${lone}"}`],
    ] as const) {
      expect((await root.aws(operation, body)).code).toBe('SerializationException');
    }
  });

  test("treat a prototype's names as data or ignore them", async () => {
    const hostile = '{"__proto__": {"KeyId": "x"}, "constructor": {"prototype": {}}, "toString": 1, "Limit": 1}';
    expect((await root.aws('ListKeys', hostile)).status).toBe(200);
    const context = '{"__proto__": "a", "constructor": "b"}';
    const made = await root.aws(
      'Encrypt',
      `{"KeyId": "${key.keyId}", "Plaintext": "eA==", "EncryptionContext": ${context}}`,
    );
    const blob = String(made.json.CiphertextBlob);
    const open = (text: string) => root.aws('Decrypt', `{"CiphertextBlob": "${blob}", "EncryptionContext": ${text}}`);
    expect((await open(context)).json.Plaintext).toBe('eA==');
    expect((await open('{"constructor": "b"}')).code).toBe('InvalidCiphertextException');
    expect((await open('{"__proto__": "b", "constructor": "b"}')).code).toBe('InvalidCiphertextException');
  });

  test.each([
    ['with its length declared', `content-length: ${limits.requestBodyInBytes + 1}\r\n\r\n`],
    ['with a length larger than any integer', 'content-length: 99999999999999999999\r\n\r\n'],
  ])('refuse more than a mebibyte %s, without reading it', async (_, rest) => {
    for (const target of ['/', '/v1/keys']) {
      const connection = rawConnection(server.endpoint);
      connection.write(`POST ${target} HTTP/1.1\r\nhost: h\r\n${rest}`);
      const [reply] = await connection.answers();
      expectRefusal(reply);
      connection.socket.destroy();
    }
  });

  test('refuse more than a mebibyte in chunks without a declared length', async () => {
    for (const target of ['/', '/v1/keys']) {
      const connection = rawConnection(server.endpoint);
      connection.write(`POST ${target} HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n`);
      const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 0x20), Buffer.from('\r\n')]);
      for (let sent = 0; sent < 40; sent += 1) connection.write(chunk);
      const [reply] = await connection.answers(1);
      expectRefusal(reply, 413);
      connection.socket.destroy();
    }
  });

  test('are answered also if the client sends all of a large body before it reads', async () => {
    const reply = await root.aws(
      'CreateKey',
      JSON.stringify({ Description: 'x'.repeat(3 * limits.requestBodyInBytes) }),
    );
    expectRefusal(reply, 413);
  });
});

describe('hostile policies', () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  const statement = (changes: object) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*', ...changes }],
    });
  test.each([
    ['is empty', ''],
    ['is not JSON', '{'],
    ['is nested deeply', nested(5000)],
    ['has a deeply nested condition', statement({ Condition: JSON.parse(nested(3000)) })],
    ['is larger than 32 KiB', statement({ Sid: 'x'.repeat(33_000) })],
    ['is longer than its shape allows', statement({ Sid: 'x'.repeat(140_000) })],
    ['has a prototype', '{"__proto__": {"Version": "2012-10-17", "Statement": []}}'],
    ['has no statement', '{"Version": "2012-10-17", "Statement": []}'],
    ['has duplicate members', '{"Version": "2012-10-17", "Version": "x", "Statement": []}'],
    ['has a principal of an unknown kind', statement({ Principal: { constructor: '*' } })],
    ['has an operator of a prototype', statement({ Condition: { __proto__x: { a: 'b' }, constructor: { a: 'b' } } })],
    ['has numbers where text belongs', statement({ Action: 7, Sid: 9 })],
  ])('a policy that %s is refused', async (_, Policy) => {
    for (const reply of [
      await root.aws('PutKeyPolicy', { KeyId: key.keyId, Policy }),
      await root.aws('CreateKey', { Policy }),
      await root.rest('PUT', `/v1/keys/${key.keyId}/policy`, { Policy }),
    ]) {
      expectRefusal(reply);
      expect(reply.code).toMatch(/^(MalformedPolicyDocument|LimitExceeded|Validation)Exception$/);
    }
  });
});

describe('names of operations', () => {
  test('are refused if they are unknown', async () => {
    const names = [
      '',
      'encrypt',
      'Encrypt ',
      'Encrypt\t',
      'constructor',
      '__proto__',
      'toString',
      'CreateUser',
      'Ünknown',
    ];
    for (const name of names) {
      const headers = [['x-amz-target', `TrentService.${name}`]] as const;
      const reply = signed(server.endpoint, { ...awsRequest('', '{}'), headers }, { credentials: server.credentials });
      // Node's client sends headers as Latin-1, but the canonical form signs UTF-8: such a name has a wrong signature.
      const [answer] = [await send(server.endpoint, reply)];
      expectRefusal(answer);
    }
    for (const target of [
      'DynamoDB_20120810.Encrypt',
      'TrentService',
      'TrentService.',
      'Encrypt',
      '.',
      'TrentService.Encrypt.',
    ]) {
      const request = { ...awsRequest('', '{}'), headers: [['x-amz-target', target]] as const };
      const reply = await send(server.endpoint, signed(server.endpoint, request, { credentials: server.credentials }));
      expect(reply.code).toBe('UnknownOperationException');
    }
  });
});

describe('large but well-formed input from a caller without permissions', () => {
  /** Names that differ only in case, and so are one condition key. */
  const spellings = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        [...'abcdefghijklmnop'].map((letter, bit) => ((i >> bit) & 1 ? letter.toUpperCase() : letter)).join(''),
        '',
      ]),
    );

  test.each([
    ['CreateGrant', { Constraints: { EncryptionContextEquals: spellings(2900) } }, 'ValidationException'],
    ['CreateGrant', { Constraints: { EncryptionContextSubset: { ['x'.repeat(9000)]: '' } } }, 'ValidationException'],
    ['Encrypt', { Plaintext: 'eA==', EncryptionContext: spellings(2900) }, 'ValidationException'],
    ['UntagResource', { TagKeys: Array.from({ length: 2900 }, (_, i) => `k${i}`) }, 'AccessDeniedException'],
    [
      'TagResource',
      { Tags: Array.from({ length: 900 }, () => ({ TagKey: '', TagValue: 7 })) },
      'SerializationException',
    ],
    ['TagResource', { Tags: Array.from({ length: 900 }, () => ({ TagKey: '', TagValue: '' })) }, 'ValidationException'],
  ])('is refused by %s and does not delay other requests', async (operation, input, code) => {
    const grant = { GranteePrincipal: `arn:aws:iam::${server.accountId}:root`, Operations: ['Decrypt'] };
    const reply = await stranger.aws(operation, {
      KeyId: key.keyId,
      ...(operation === 'CreateGrant' && grant),
      ...input,
    });
    expect(reply.code).toBe(code);
  });

  test('does not make its audit record large', async () => {
    const TagKeys = Array.from({ length: 2900 }, (_, i) => `k${i}`.padEnd(100, 'x'));
    const reply = await stranger.aws('UntagResource', { KeyId: key.keyId, TagKeys });
    const found = await root.rest('GET', `/v1/events?RequestId=${reply.headers['x-amzn-requestid']}`);
    expect(found.json.Events).toMatchObject([{ EventName: 'UntagResource' }]);
    expect(found.text.length).toBeLessThan(4000);
  });
});

describe('grant tokens and markers', () => {
  test('are refused when changed in any place, truncated, or used for another purpose', async () => {
    await Promise.all([aKeyAside('marker-1'), aKeyAside('marker-2')]);
    const marker = String((await root.aws('ListKeys', { Limit: 1 })).json.NextMarker);
    const grant = await root.aws('CreateGrant', {
      KeyId: key.keyId,
      GranteePrincipal: `arn:aws:iam::${server.accountId}:user/stranger`,
      Operations: ['DescribeKey'],
    });
    const grantToken = String(grant.json.GrantToken);
    const alter = (text: string, at: number) =>
      `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
    for (let at = 0; at < marker.length; at += 1) {
      expect((await root.aws('ListKeys', { Marker: alter(marker, at) })).code).toBe('InvalidMarkerException');
    }
    for (let at = 0; at < grantToken.length; at += 7) {
      const GrantTokens = [alter(grantToken, at)];
      expect((await root.aws('DescribeKey', { KeyId: key.keyId, GrantTokens })).code).toBe(
        'InvalidGrantTokenException',
      );
      expect((await root.aws('RetireGrant', { GrantToken: alter(grantToken, at) })).code).toBe(
        'InvalidGrantTokenException',
      );
    }
    for (const cut of [1, 10, 44]) {
      expect((await root.aws('ListKeys', { Marker: marker.slice(0, -cut) })).code).toBe('InvalidMarkerException');
    }
    expect((await root.aws('ListKeys', { Marker: grantToken })).code).toBe('InvalidMarkerException');
    expect((await root.aws('RetireGrant', { GrantToken: marker })).code).toBe('InvalidGrantTokenException');
    expect((await root.aws('ListAliases', { Marker: marker })).code).toBe('InvalidMarkerException');
    expect((await root.aws('ListKeys', { Marker: marker }, { region: 'eu-central-1' })).code).toBe(
      'InvalidMarkerException',
    );
    await root.aws('RevokeGrant', { KeyId: key.keyId, GrantId: grant.json.GrantId });
    before = await storedState(root);
  });

  const aKeyAside = (Description: string) => aKey(root, { Description });
});

describe('raw HTTP', () => {
  const head = 'POST / HTTP/1.1\r\nhost: h\r\nx-amz-target: TrentService.CreateKey\r\n';
  test.each([
    ['text that is not HTTP', 'hello\r\n\r\n'],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['an unknown method', 'BREW / HTTP/1.1\r\nhost: h\r\n\r\n'],
    ['an unknown HTTP version', 'GET /healthz HTTP/9.9\r\nhost: h\r\n\r\n'],
    ['two lengths', `${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`],
    ['a length and chunks', `${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a negative length', `${head}content-length: -1\r\n\r\n`],
    ['a length that is not a number', `${head}content-length: two\r\n\r\n{}`],
    ['an unsupported transfer coding', `${head}transfer-encoding: gzip\r\n\r\n`],
    ['chunks without sizes', `${head}transfer-encoding: chunked\r\n\r\nxyz\r\n`],
    ["a space before a header's colon", `${head}content-length : 2\r\n\r\n{}`],
    ['a folded header', `${head}x-a: b\r\n c\r\ncontent-length: 2\r\n\r\n{}`],
    ['a bare line feed', 'POST / HTTP/1.1\nhost: h\n\n'],
    ['a control character in a header', `${head}x-a: \x00\r\ncontent-length: 2\r\n\r\n{}`],
    ['headers of 64 KiB', `${head}x-a: ${'x'.repeat(65_536)}\r\n\r\n`],
    ['a path of 64 KiB', `GET /${'x'.repeat(65_536)} HTTP/1.1\r\nhost: h\r\n\r\n`],
    [
      'a thousand headers',
      `${head}${Array.from({ length: 1000 }, (_, i) => `x-${i}: 1\r\n`).join('')}content-length: 2\r\n\r\n{}`,
    ],
    ['an unknown expectation', `${head}expect: miracles\r\ncontent-length: 2\r\n\r\n{}`],
    ['an upgrade', 'GET / HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nhost: h\r\n\r\n'],
    ['a proxy request', 'POST http://example.com/ HTTP/1.1\r\nhost: example.com\r\ncontent-length: 2\r\n\r\n{}'],
  ])('%s is refused with a code', async (_, bytes) => {
    const connection = rawConnection(server.endpoint);
    connection.socket.end(Buffer.from(bytes, 'latin1'));
    const [reply] = await connection.answers(1);
    connection.socket.destroy();
    expectRefusal(reply);
  });

  test('a request cut off at any byte stores nothing and delays no other request', async () => {
    const whole = signedBytes('CreateKey', '{"Description": "cut off"}');
    const connections = Array.from({ length: 40 }, (_, i) => {
      const connection = rawConnection(server.endpoint);
      connection.write(whole.subarray(0, Math.floor((whole.length * (i + 1)) / 41)));
      return connection;
    });
    await sleep(50);
    expect((await root.aws('ListKeys')).status).toBe(200);
    for (const [i, { socket }] of connections.entries()) {
      if (i % 2) socket.destroy();
      else socket.end();
    }
    await Promise.all(connections.map((connection) => connection.answers()));
  });

  test('a request that arrives byte by byte is answered like any other', async () => {
    const bytes = signedBytes('ListKeys', '{}');
    const connection = rawConnection(server.endpoint);
    connection.socket.setNoDelay(true);
    for (const byte of bytes) {
      connection.write(Uint8Array.of(byte));
      await new Promise(setImmediate);
    }
    const [reply] = await connection.answers(1);
    connection.socket.destroy();
    expect(reply?.status).toBe(200);
  });

  test('pipelined requests are answered in order, also with a refusal among them', async () => {
    const connection = rawConnection(server.endpoint);
    const good = signedBytes('ListKeys', '{}');
    connection.write(Buffer.concat([good, signedBytes('ListKeys', '{'), good, signedBytes('Nothing', '{}'), good]));
    const codes = (await connection.answers(5)).map(({ status, code }) => code ?? status);
    connection.socket.destroy();
    expect(codes).toEqual([200, 'SerializationException', 200, 'UnknownOperationException', 200]);
  });

  test('bytes after a refused body on the same connection are not read as a request', async () => {
    const inner = signedBytes('CreateKey', '{"Description": "smuggled"}');
    const connection = rawConnection(server.endpoint);
    connection.write(`POST / HTTP/1.1\r\nhost: h\r\ncontent-length: ${limits.requestBodyInBytes + 5}\r\n\r\n`);
    connection.write(inner);
    const replies = await connection.answers();
    expect(replies.map(({ status }) => status)).toEqual([413]);
  });

  test('HTTP/1.0 is served', async () => {
    const request = signed(server.endpoint, awsRequest('ListKeys', '{}'), { credentials: server.credentials });
    const connection = rawConnection(server.endpoint);
    connection.write(wireText(request, '1.0'));
    const [reply] = await connection.answers();
    expect(reply?.status).toBe(200);
  });
});

describe('REST paths, queries and headers', () => {
  test.each([
    '/v1/keys/%',
    '/v1/keys/%zz',
    '/v1/keys/%ff',
    '/v1/keys/%00',
    '/v1/keys/%2e%2e%2fusers',
    '/v1/keys/../users/%',
    '/v1/../v1/keys/x',
    '/v1//keys',
    '/v1/keys/x/y/z',
    '/V1/keys',
    '/v1/Keys',
    '/v1/keys;x=y',
    '/v1/keys/..%5c..%5cetc',
    '/etc/passwd',
    '/v1/keys/%F0%9F%94%91',
    `/v1/keys/${'x'.repeat(2100)}`,
    '/v1/users/__proto__',
    '/v1/users/constructor/access-keys',
  ])('the path %#, %p, is refused', async (target) => {
    expectRefusal(await root.rest('GET', target));
  });

  test.each([
    ['Limit=1&Limit=1000', 'given twice'],
    ['Limit=abc', 'not a number'],
    ['Limit=1e3', 'not a plain integer'],
    ['Limit=', 'empty'],
    ['Limit[]=1', 'an array'],
    ['Limit=0', 'below its range'],
    ['Limit=1001', 'above its range'],
    ['Limit=%00', 'a zero byte'],
    ['Marker=%ff', 'invalid UTF-8'],
    ['Marker[__proto__]=x&Marker=x', 'a prototype'],
    ['Limit=99999999999999999999999', 'beyond the safe integers'],
  ])('the query %s (%s) is refused', async (query) => {
    expectRefusal(await root.rest('GET', `/v1/keys?${query}`), 400);
  });

  test('a sequence number beyond the safe integers is refused', async () => {
    for (const after of ['9007199254740992', '9223372036854775808', '99999999999999999999999']) {
      expect((await root.rest('GET', `/v1/changes?After=${after}`)).code).toBe('SerializationException');
    }
  });

  test.each([
    ['Idempotency-Key', 'x'.repeat(256)],
    ['Idempotency-Key', 'x'.repeat(20_000)],
    ['Idempotency-Key', ''],
    ['If-Match', '9'.repeat(400)],
    ['If-Match', 'W/"1"'],
    ['If-Match', '"1", "2"'],
    ['If-Match', ''],
    ['If-Match', '-1'],
  ])('the header %s with an invalid value is refused (%#)', async (name, value) => {
    const body = { Description: 'changed' };
    expectRefusal(
      await root.rest('PUT', `/v1/keys/${key.keyId}/description`, body, { headers: { [name]: value } }),
      400,
    );
  });
});
