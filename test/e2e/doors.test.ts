/** The REST door, and the HTTP behaviour that both doors share, against a real server. */
import { restStatus } from '@keystead/provider-schema/errors.ts';
import { openApiDocument } from '@keystead/provider-schema/openapi/document.ts';
import { findOperation, operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { aKey, aUser, type Caller, caller, type Json, lastChange, type Reply, storedState } from '../support/calls.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ACCOUNT = '111122223333';
const UNKNOWN_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';

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

const keyIdOf = (reply: Reply) => (reply.json.KeyMetadata as { readonly KeyId: string }).KeyId;
/** Without a signature, as monitoring and browsers send requests. */
const plainly = (method: string, path: string) => fetch(`${server.endpoint}${path}`, { method });

describe('refusals', () => {
  test('are problem details with the AWS code and the request id', async () => {
    const reply = await root.rest('GET', `/v1/keys/${UNKNOWN_ID}`);
    expect(reply.status).toBe(404);
    expect(reply.headers['content-type']).toBe('application/problem+json');
    expect(reply.json).toEqual({
      type: 'about:blank',
      title: 'NotFoundException',
      status: 404,
      detail: `Key 'arn:aws:kms:us-east-1:${ACCOUNT}:key/${UNKNOWN_ID}' does not exist`,
      code: 'NotFoundException',
      requestId: reply.headers['x-amzn-requestid'],
    });
  });

  test('have the HTTP status for their kind', async () => {
    const { keyId } = await aKey(root);
    const alias = { AliasName: 'alias/status', TargetKeyId: keyId };
    expect((await root.rest('POST', '/v1/aliases', alias)).status).toBe(201);
    expect(await root.rest('POST', '/v1/aliases', alias)).toMatchObject({
      status: 409,
      code: 'AlreadyExistsException',
    });
    expect(await root.rest('POST', `/v1/keys/${keyId}/cancel-deletion`)).toMatchObject({
      status: 409,
      code: 'KMSInvalidStateException',
    });
    expect(await root.rest('GET', '/v1/users/nobody')).toMatchObject({ status: 404, code: 'NoSuchEntityException' });
    const stranger = caller(server.endpoint, await aUser(root, 'door-stranger'));
    expect(await stranger.rest('GET', '/v1/keys')).toMatchObject({ status: 403, code: 'AccessDeniedException' });
  });
});

describe('the two doors', () => {
  test('reach the same keys and give the same answers', async () => {
    const { keyId } = await aKey(root, { Description: 'by one door' });
    const byAws = await root.aws('DescribeKey', { KeyId: keyId });
    const byRest = await root.rest('GET', `/v1/keys/${keyId}`);
    expect(byRest.json).toEqual(byAws.json);
    const made = await root.rest('POST', `/v1/keys/${keyId}/encrypt`, { Plaintext: 'eA==' });
    expect((await root.aws('Decrypt', { CiphertextBlob: made.json.CiphertextBlob })).json.Plaintext).toBe('eA==');
    expect((await root.aws('GetCallerIdentity')).code).toBe('UnknownOperationException');
  });

  test('derive the same shared secret from a ciphertext', async () => {
    const { keyId } = await aKey(root, { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' });
    const EncapsulationAlgorithm = 'ML_KEM';
    const path = `/v1/keys/${keyId}`;
    const made = await root.rest('POST', `${path}/encapsulate`, { EncapsulationAlgorithm });
    const { SharedSecret, SharedSecretCiphertextBlob } = made.json;
    expect(Buffer.from(String(SharedSecret), 'base64')).toHaveLength(32);
    const input = { EncapsulationAlgorithm, SharedSecretCiphertextBlob };
    const byRest = await root.rest('POST', `${path}/decapsulate`, input);
    const byAws = await root.aws('Decapsulate', { KeyId: keyId, ...input });
    expect([byRest.json.SharedSecret, byAws.json.SharedSecret]).toEqual([SharedSecret, SharedSecret]);
    const short = await root.rest('POST', `${path}/decapsulate`, { ...input, SharedSecretCiphertextBlob: 'eA==' });
    expect(short).toMatchObject({ status: 422, code: 'InvalidCiphertextException' });
  });

  test('keep Regions apart by the scope of the signature', async () => {
    const { keyId } = await aKey(root, {}, { region: 'eu-west-1' });
    const ask = (region: string) => root.rest('GET', `/v1/keys/${keyId}`, undefined, { region });
    expect((await ask('eu-west-1')).status).toBe(200);
    expect((await ask('us-east-1')).status).toBe(404);
  });
});

test('a user is the same from every Region, of whichever partition', async () => {
  const made = await root.rest('POST', '/v1/users', { UserName: 'global' }, { region: 'cn-north-1' });
  for (const region of ['us-east-1', 'cn-north-1', 'us-gov-west-1']) {
    expect((await root.rest('GET', '/v1/users/global', undefined, { region })).json).toEqual(made.json);
  }
  expect((await root.rest('DELETE', '/v1/users/global')).status).toBe(204);
  expect((await root.rest('GET', '/v1/users')).text).not.toContain('global');
});

describe('an answer', () => {
  test('without content is 204 without a body', async () => {
    const { keyId } = await aKey(root);
    for (const [method, path, body] of [
      ['POST', `/v1/keys/${keyId}/disable`],
      ['POST', `/v1/keys/${keyId}/enable`],
      ['PUT', `/v1/keys/${keyId}/description`, { Description: 'x' }],
      ['POST', `/v1/keys/${keyId}/tags`, { Tags: [{ TagKey: 'a', TagValue: 'b' }] }],
      ['DELETE', `/v1/keys/${keyId}/tags?TagKeys=a&TagKeys=never-there`],
    ] as const) {
      const reply = await root.rest(method, path, body);
      expect(reply).toMatchObject({ status: 204, text: '' });
      expect(reply.headers['content-type']).toBeUndefined();
      expect(reply.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect((await root.rest('GET', `/v1/keys/${keyId}/tags`)).json.Tags).toEqual([]);
  });

  test('is never cached', async () => {
    expect((await root.rest('GET', '/v1/keys')).headers['cache-control']).toBe('no-store');
    expect((await root.aws('ListKeys')).headers['cache-control']).toContain('no-store');
  });
});

describe('names in a path', () => {
  test('are percent-encoded: aliases, ARNs, names of users', async () => {
    const { keyId, arn } = await aKey(root);
    await root.aws('CreateAlias', { AliasName: 'alias/a/b-c_d', TargetKeyId: keyId });
    const aliasArn = `arn:aws:kms:us-east-1:${ACCOUNT}:alias/a/b-c_d`;
    for (const name of [keyId, arn, 'alias/a/b-c_d', aliasArn]) {
      expect(keyIdOf(await root.rest('GET', `/v1/keys/${encodeURIComponent(name)}`))).toBe(keyId);
    }
    const other = await aKey(root);
    const moved = await root.rest('PUT', '/v1/aliases/alias%2Fa%2Fb-c_d', { TargetKeyId: other.keyId });
    expect(moved.status).toBe(204);
    expect(keyIdOf(await root.rest('GET', '/v1/keys/alias%2fa%2Fb%2Dc_d'))).toBe(other.keyId);
    expect((await root.rest('DELETE', '/v1/aliases/alias%2Fa%2Fb-c_d')).status).toBe(204);
    await aUser(root, 'a+b=c,d.e@f_g');
    expect((await root.rest('GET', '/v1/users/a%2Bb%3Dc%2Cd.e%40f_g')).json.User).toMatchObject({
      UserName: 'a+b=c,d.e@f_g',
    });
  });

  test('cannot be in the body too', async () => {
    const [inPath, inBody] = [await aKey(root), await aKey(root)];
    const before = await storedState(root);
    const body = { KeyId: inBody.keyId, Description: 'of the path' };
    expect(await root.rest('PUT', `/v1/keys/${inPath.keyId}/description`, body)).toMatchObject({
      ...{ status: 400, code: 'ValidationException' },
      message: 'The member "KeyId" is in the path: leave it out of the body.',
    });
    expect(await storedState(root)).toBe(before);
  });
});

describe('an idempotency key', () => {
  const create = (key: string, body: Json, by = root) =>
    by.rest('POST', '/v1/keys', body, { headers: { 'Idempotency-Key': key } });

  test('returns the first answer to a repeated create, and creates nothing twice', async () => {
    const first = await create('once', { Description: 'once' });
    const changes = await lastChange(root);
    const again = await create('once', { Description: 'once' });
    expect(again).toMatchObject({ status: 201, json: first.json });
    expect(again.headers['x-amzn-requestid']).not.toBe(first.headers['x-amzn-requestid']);
    expect(await lastChange(root)).toBe(changes);
  });

  test('makes only one key when twenty creates run at once', async () => {
    const changes = await lastChange(root);
    const replies = await Promise.all(Array.from({ length: 20 }, () => create('twenty', { Description: 'twenty' })));
    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(new Set(replies.map(keyIdOf)).size).toBe(1);
    expect(await lastChange(root)).toBe(changes + 1);
  });

  test('is refused for a different request, and that request does nothing', async () => {
    await create('mine', { Description: 'a' });
    const before = await storedState(root);
    for (const reply of [
      await create('mine', { Description: 'b' }),
      await create('mine', {}),
      await root.rest('POST', '/v1/users', { UserName: 'idem' }, { headers: { 'Idempotency-Key': 'mine' } }),
      await root.rest(
        'POST',
        '/v1/keys',
        { Description: 'a' },
        { headers: { 'Idempotency-Key': 'mine' }, region: 'eu-west-1' },
      ),
    ]) {
      expect(reply).toMatchObject({ status: 409, code: 'IdempotentParameterMismatchException' });
    }
    expect(await storedState(root)).toBe(before);
  });

  test('does not store a refusal or a dry run', async () => {
    const { keyId } = await aKey(root);
    const headers = { 'Idempotency-Key': 'later' };
    const grant = { GranteePrincipal: `arn:aws:iam::${ACCOUNT}:root`, Operations: ['Decrypt'] };
    const ask = (body: Json) => root.rest('POST', `/v1/keys/${keyId}/grants`, body, { headers });
    expect((await ask({ ...grant, DryRun: true })).code).toBe('DryRunOperationException');
    expect((await ask({ ...grant, Operations: ['Sign'] })).code).toBe('ValidationException');
    const made = await ask(grant);
    expect(made.status).toBe(201);
    expect((await ask(grant)).json).toEqual(made.json);
  });

  test('is separate for each principal, and gives no access to a caller without permission', async () => {
    await create('shared', { Description: 'shared' });
    const other = caller(server.endpoint, await aUser(root, 'repeater'));
    expect(await create('shared', { Description: 'shared' }, other)).toMatchObject({
      status: 403,
      json: { code: 'AccessDeniedException' },
    });
  });

  test('is not accepted where the answer contains a secret', async () => {
    await root.rest('POST', '/v1/users', { UserName: 'shown-once' });
    const path = '/v1/users/shown-once/access-keys';
    const reply = await root.rest('POST', path, undefined, { headers: { 'Idempotency-Key': 'secret' } });
    expect(reply).toMatchObject({ status: 422, code: 'ValidationException' });
  });
});

describe('a revision', () => {
  const put = (keyId: string, Description: string, match: string) =>
    root.rest('PUT', `/v1/keys/${keyId}/description`, { Description }, { headers: { 'If-Match': match } });
  const read = async (keyId: string) => {
    const { headers, json } = await root.rest('GET', `/v1/keys/${keyId}/configuration`);
    return { etag: String(headers.etag), revision: json.Revision };
  };

  test('is the ETag of a configuration; a change under another one is refused', async () => {
    const { keyId } = await aKey(root);
    const first = await read(keyId);
    expect(first.etag).toBe(`"${first.revision}"`);
    expect((await put(keyId, 'one', first.etag)).status).toBe(204);
    expect(await put(keyId, 'two', first.etag)).toMatchObject({ status: 412, code: 'PreconditionFailedException' });
    const second = await read(keyId);
    expect(second.etag).not.toBe(first.etag);
    expect((await put(keyId, 'two', second.etag)).status).toBe(204);
    expect((await put(keyId, 'three', '*')).status).toBe(204);
  });

  test('lets only one of many concurrent changes succeed', async () => {
    const { keyId } = await aKey(root);
    const { etag } = await read(keyId);
    const replies = await Promise.all(Array.from({ length: 10 }, (_, i) => put(keyId, `racer ${i}`, etag)));
    expect(replies.map(({ status }) => status).sort()).toEqual([204, ...Array.from({ length: 9 }, () => 412)]);
  });

  test('changes with every change of the configuration', async () => {
    const { keyId } = await aKey(root);
    const seen = [(await read(keyId)).etag];
    for (const [method, path, body] of [
      ['POST', 'tags', { Tags: [{ TagKey: 'a', TagValue: 'b' }] }],
      ['POST', 'disable', {}],
      ['POST', 'enable', {}],
      ['PUT', 'rotation', {}],
      ['PUT', 'description', { Description: 'moved' }],
    ] as const) {
      const reply = await root.rest(method, `/v1/keys/${keyId}/${path}`, body);
      expect(reply.status).toBeLessThan(300);
      seen.push((await read(keyId)).etag);
    }
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('is ignored in requests that do not name a key', async () => {
    const reply = await root.rest('POST', '/v1/keys', {}, { headers: { 'If-Match': '"1"' } });
    expect(reply).toMatchObject({ status: 422, code: 'ValidationException' });
  });
});

describe('the OpenAPI document', () => {
  interface Route {
    readonly method: string;
    readonly path: string;
    readonly operationId: string;
  }

  async function routes(): Promise<readonly Route[]> {
    const response = await plainly('GET', '/v1/openapi.json');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/json');
    const { openapi, paths } = (await response.json()) as {
      readonly openapi: string;
      readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;
    };
    expect(openapi).toMatch(/^3\.1\./);
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method]) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
        .map(([method, { operationId = '' }]) => ({ method: method.toUpperCase(), path, operationId })),
    );
  }

  test('is the contract’s, on the first request and on later ones', async () => {
    for (let request = 0; request < 2; request++) {
      const response = await plainly('GET', '/v1/openapi.json');
      expect(await response.text()).toBe(openApiDocument());
    }
  });

  test('is served, and every operation answers at the path that it names', async () => {
    const described = await routes();
    const named = new Set(described.map(({ operationId }) => operationId));
    for (const { name } of Object.values<OperationRecord>(operations)) expect(named).toContain(name);
    for (const { method, path, operationId } of described) {
      if (!findOperation(operationId)) continue;
      // The objects do not exist: any refusal is fine, except that of an unknown route.
      const target = path.replaceAll('{KeyId}', UNKNOWN_ID).replace(/\{\w+\}/g, 'nothing');
      const reply = await root.rest(method, target, method === 'GET' || method === 'DELETE' ? undefined : '[]');
      expect({ operationId, code: reply.code }).not.toMatchObject({ code: 'UnknownOperationException' });
      expect(reply.status).toBeLessThan(500);
    }
  });

  test('requires a signature on every route', async () => {
    for (const { method, path, operationId } of await routes()) {
      const operation = findOperation(operationId);
      if (!operation) continue;
      const response = await plainly(method, path.replace(/\{\w+\}/g, 'x'));
      expect({ operationId, status: response.status }).toEqual({
        operationId,
        // Some routes take an identity token instead of the signature; without one the request itself is faulty.
        status: operation.unsigned ? 400 : restStatus('MissingAuthenticationTokenException'),
      });
    }
  });
});

describe('monitoring', () => {
  test('gets health, readiness and metrics without a signature', async () => {
    expect(await (await plainly('GET', '/healthz')).json()).toEqual({ status: 'ok' });
    expect(await (await plainly('GET', '/readyz')).json()).toEqual({ status: 'ready' });
    await root.aws('DescribeKey', { KeyId: UNKNOWN_ID });
    const metrics = await plainly('GET', '/metrics');
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
    const text = await metrics.text();
    expect(text).toMatch(
      /operation="DescribeKey".*code="NotFoundException"|code="NotFoundException".*operation="DescribeKey"/,
    );
    expect(text).not.toContain(UNKNOWN_ID);
    expect(text).not.toContain(server.credentials.accessKeyId);
  });
});

describe('methods', () => {
  test('HEAD is GET without the body', async () => {
    const response = await plainly('HEAD', '/healthz');
    expect([response.status, await response.text()]).toEqual([200, '']);
    const { keyId } = await aKey(root);
    expect(await root.rest('HEAD', `/v1/keys/${keyId}`)).toMatchObject({ status: 200, text: '' });
    expect((await plainly('HEAD', `/v1/keys/${keyId}`)).status).toBe(401);
  });

  test.each(['OPTIONS', 'TRACE', 'PROPFIND', 'PATCH', 'DELETE', 'PUT'])(
    '%s on a list of keys is refused',
    async (method) => {
      const before = await storedState(root);
      const reply = await root.rest(method, '/v1/keys');
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expect(reply.status).toBeLessThan(500);
      expect(reply.headers['access-control-allow-origin']).toBeUndefined();
      expect(await storedState(root)).toBe(before);
    },
  );

  test.each(['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])(
    '%s at the AWS door is refused as an unknown operation',
    async (method) => {
      const reply = await root.rest(method, '/', '', { headers: { 'x-amz-target': 'TrentService.ListKeys' } });
      expect(reply.status).toBe(400);
      expect(reply.headers['x-amzn-errortype']).toBe('UnknownOperationException');
    },
  );
});
