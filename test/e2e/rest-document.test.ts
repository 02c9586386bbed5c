/** The OpenAPI document against a running server: its examples work, and what it does not have is refused. */
import type { Answered } from '@keystead/provider-schema/openapi/examples/example.ts';
import { filled } from '@keystead/provider-schema/openapi/examples/example.ts';
import { examples, withoutExample } from '@keystead/provider-schema/openapi/examples/index.ts';
import { operationNames } from '@keystead/provider-schema/operations/index.ts';
import { encodeRestCall } from '@keystead/provider-schema/rest-call.ts';
import {
  aKey,
  aUser,
  awsRequest,
  type Caller,
  caller,
  type Json,
  type Reply,
  send,
  signed,
  storedState,
} from '../support/calls.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let root: Caller;

beforeAll(async () => {
  server = await startServer({ env: { KEYSTEAD_LOG_LEVEL: 'warn' } });
  root = caller(server.endpoint, server.credentials);
});

afterAll(async () => {
  expect(server.log()).toBe('');
  await server.stop();
});

test('every operation has an example, or a reason why not', () => {
  const shown = new Set<string>([...examples.map(({ operation }) => operation), ...Object.keys(withoutExample)]);
  expect(operationNames.filter((name) => !shown.has(name))).toEqual([]);
  expect(Object.keys(withoutExample).filter((name) => examples.some(({ operation }) => operation === name))).toEqual(
    [],
  );
});

test('every example of the document works on a new installation, one after the other', async () => {
  const answers = new Map<string, Json>();
  const told = ({ answerOf, at }: Answered) =>
    at.reduce<unknown>((value, member) => (value as Json | undefined)?.[member], answers.get(answerOf));
  const refused: string[] = [];
  for (const { operation, name, input } of examples) {
    const { method, target, body } = encodeRestCall(operation, filled(input, told) as never);
    const reply = await root.rest(method, target, body === '' ? undefined : body);
    answers.set(name, reply.json);
    if (reply.status >= 300) refused.push(`${name}: ${reply.status} ${reply.code}: ${reply.message}`);
  }
  expect(refused).toEqual([]);
});

describe('a request that is not signed as it must be', () => {
  const stranger = { accessKeyId: 'AKIAUNKNOWNUNKNOWN00', secretAccessKey: 'not-the-secret-of-anyone' };
  const unusable = (): readonly (readonly [string, Promise<Reply>])[] => [
    ['MissingAuthenticationTokenException', bare('GET', '/v1/keys', {})],
    ['IncompleteSignatureException', bare('GET', '/v1/keys', { Authorization: 'Bearer abc' })],
    ['UnrecognizedClientException', caller(server.endpoint, stranger).rest('GET', '/v1/keys')],
    ['InvalidSignatureException', root.rest('GET', '/v1/keys', undefined, { nowMs: 0 })],
    ['InvalidSignatureException', root.rest('GET', '/v1/keys', undefined, { service: 's3' })],
  ];
  const bare = (method: string, rawPath: string, headers: Readonly<Record<string, string>>) =>
    send(server.endpoint, {
      ...{ method, rawPath, rawQuery: '', body: new Uint8Array() },
      headers: [['host', new URL(server.endpoint).host], ...Object.entries(headers)],
    });

  test('is answered 401 with the scheme that it must use', async () => {
    for (const [code, answer] of unusable()) {
      const reply = await answer;
      expect(reply).toMatchObject({ status: 401, code });
      expect(reply.headers['www-authenticate']).toMatch(/^AWS4-HMAC-SHA256 /);
    }
  });

  test('has AWS’s statuses at the AWS door, without that header', async () => {
    const request = signed(server.endpoint, awsRequest('ListKeys', {}), { credentials: stranger });
    const reply = await send(server.endpoint, request);
    expect(reply).toMatchObject({ status: 400, code: 'UnrecognizedClientException' });
    expect(reply.headers['www-authenticate']).toBeUndefined();
  });

  test('is not challenged when the caller is known and not allowed', async () => {
    const nobody = caller(server.endpoint, await aUser(root, 'nobody'));
    const reply = await nobody.rest('GET', '/v1/keys');
    expect(reply).toMatchObject({ status: 403, code: 'AccessDeniedException' });
    expect(reply.headers['www-authenticate']).toBeUndefined();
  });
});

describe('a path without the method', () => {
  test.each([
    ['DELETE', '/v1/keys', 'GET, HEAD, POST'],
    ['PATCH', '/v1/keys/some-key', 'GET, HEAD'],
    ['GET', '/v1/decrypt', 'POST'],
    ['POST', '/v1/aliases/alias%2Fx', 'DELETE, PUT'],
    ['PUT', '/v1/openapi.json', 'GET, HEAD'],
    ['TRACE', '/v1/keys', 'GET, HEAD, POST'],
  ])('answers %s %s with 405 and the methods that it has', async (method, path, allow) => {
    const reply = await root.rest(method, path);
    expect(reply).toMatchObject({ status: 405, code: 'UnknownOperationException' });
    expect(reply.headers.allow).toBe(allow);
    expect(reply.json).toMatchObject({ requestId: reply.headers['x-amzn-requestid'], status: 405 });
  });

  test('is 404 where the path has no method at all', async () => {
    const reply = await root.rest('GET', '/v1/kyes');
    expect(reply).toMatchObject({ status: 404, code: 'UnknownOperationException' });
    expect(reply.headers.allow).toBeUndefined();
  });
});

describe('what the document does not have is refused, and nothing is done', () => {
  const refusal = async (method: string, path: string, body?: Json) => {
    const before = await storedState(root);
    const reply = await root.rest(method, path, body);
    expect(reply).toMatchObject({ status: 400, code: 'ValidationException' });
    expect(await storedState(root)).toBe(before);
    return reply.message;
  };

  test('a member, with the name that was probably meant', async () => {
    expect(await refusal('POST', '/v1/keys', { Desciption: 'x' })).toBe(
      'CreateKey does not have the member "Desciption": did you mean Description?',
    );
    expect(await refusal('POST', '/v1/keys', { description: 'x' })).toContain('did you mean Description?');
    expect(await refusal('POST', '/v1/keys', { Elephant: 'x' })).toBe('CreateKey does not have the member "Elephant".');
    expect(await refusal('POST', '/v1/keys/x/enable', { KeySpec: 'x' })).toContain(
      'does not have the member "KeySpec"',
    );
  });

  test('a member inside of another, with its place', async () => {
    const Tags = [
      { TagKey: 'a', TagValue: 'b' },
      { TagKey: 'c', TagValu: 'd' },
    ];
    expect(await refusal('POST', '/v1/keys', { Tags })).toBe(
      'CreateKey does not have the member "Tags[1].TagValu": did you mean TagValue?',
    );
  });

  test('a query parameter, also beside a body', async () => {
    expect(await refusal('GET', '/v1/keys?limit=3')).toBe(
      'ListKeys does not have the query parameter "limit": did you mean Limit?',
    );
    expect(await refusal('POST', '/v1/keys?Description=x', {})).toContain('"Description"');
  });

  test('null in place of a member that can be left out', async () => {
    expect(await refusal('POST', '/v1/keys', { Description: null })).toBe(
      'The member "Description" is null: leave it out.',
    );
  });

  test('a body where there is none', async () => {
    const { keyId } = await aKey(root);
    expect(await refusal('DELETE', `/v1/keys/${keyId}/deletion-protection`, { KeyId: keyId })).toBe(
      'UnprotectKey does not take a body.',
    );
  });

  test('and the AWS door ignores such members, as AWS does', async () => {
    expect((await root.aws('CreateKey', { Desciption: 'x' })).status).toBe(200);
  });
});

describe('a well-formed request that cannot be done', () => {
  test('is answered 422, so that 400 always means that the request is not as the document says', async () => {
    const { keyId } = await aKey(root);
    const bad = { CiphertextBlob: Buffer.from('no ciphertext').toString('base64') };
    expect(await root.rest('POST', '/v1/decrypt', bad)).toMatchObject({
      status: 422,
      code: 'InvalidCiphertextException',
    });
    const usage = { KeySpec: 'HMAC_256', KeyUsage: 'SIGN_VERIFY' };
    expect(await root.rest('POST', '/v1/keys', usage)).toMatchObject({ status: 422, code: 'ValidationException' });
    const policy = { Policy: 'not a policy' };
    expect(await root.rest('PUT', `/v1/keys/${keyId}/policy`, policy)).toMatchObject({
      ...{ status: 422, code: 'MalformedPolicyDocumentException' },
    });
  });
});

describe('a request that cannot be read', () => {
  test('has problem details under /v1 too, with headers that are too large', async () => {
    const reply = await root.rest('GET', `/v1/keys?Marker=${'a'.repeat(40_000)}`);
    expect(reply).toMatchObject({ status: 413, code: 'RequestEntityTooLargeException' });
    expect(reply.headers['content-type']).toBe('application/problem+json');
  });
});
