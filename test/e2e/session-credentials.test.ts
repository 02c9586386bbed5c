/** Temporary credentials at every door, in header and in query form; the test sets the server's clock. */
import { presign, type SignableRequest, type SigningCredentials } from '@keystead/control-plane/sigv4/verify.ts';
import { awsRequest, type Reply, type Request, send, signed } from '../support/calls.ts';
import { type InProcessServer, startInProcess } from '../support/in-process-server.ts';

const HOUR_MS = 3_600_000;
// Of today: the HSM derives signing keys by its own clock.
const start = new Date().setUTCHours(12, 0, 0, 0);
let nowMs = start;
let server: InProcessServer;
let session: Required<SigningCredentials>;

const form = (Action: string, more: Readonly<Record<string, string>> = {}): Request => ({
  method: 'POST',
  target: '/',
  headers: [['content-type', 'application/x-www-form-urlencoded']],
  body: new URLSearchParams({ Action, Version: '2011-06-15', ...more }).toString(),
});
const rest: Request = { method: 'GET', target: '/v1/caller-identity' };

interface Door {
  readonly request: Request;
  readonly service: string;
}
const doors = {
  'AWS JSON': { request: awsRequest('ListKeys', {}), service: 'kms' },
  Query: { request: form('GetCallerIdentity'), service: 'sts' },
  REST: { request: rest, service: 'kms' },
} as const satisfies Record<string, Door>;

const enter = (
  { request, service }: Door,
  credentials: SigningCredentials,
  alter: (request: SignableRequest) => SignableRequest = (same) => same,
): Promise<Reply> => send(server.endpoint, signed(server.endpoint, request, { credentials, service, nowMs, alter }));

/** Code and status of the answer of any door. */
const refusal = ({ status, code, text }: Reply) => [code ?? /<Code>(\w+)<\/Code>/.exec(text)?.[1], status];

async function openSession(): Promise<Required<SigningCredentials>> {
  const { text } = await enter({ request: form('GetSessionToken'), service: 'sts' }, server.root.credentials);
  const member = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1] ?? '';
  return {
    accessKeyId: member('AccessKeyId'),
    secretAccessKey: member('SecretAccessKey'),
    sessionToken: member('SessionToken'),
  };
}

beforeAll(async () => {
  server = await startInProcess({ clock: { now: () => nowMs } });
});
beforeEach(async () => {
  nowMs = start;
  session = await openSession();
});
afterAll(() => server?.stop());

const unrecognized = {
  'AWS JSON': ['UnrecognizedClientException', 400],
  Query: ['InvalidClientTokenId', 403],
  REST: ['UnrecognizedClientException', 401],
} as const;

describe.each(Object.entries(doors))('at the %s door', (name, door) => {
  const unknown = unrecognized[name as keyof typeof unrecognized];

  test('a session is accepted', async () => {
    expect((await enter(door, session)).status).toBe(200);
  });

  test('a session is refused as expired after its hour', async () => {
    nowMs += HOUR_MS - 1;
    expect((await enter(door, session)).status).toBe(200);
    nowMs += 1;
    const expired = {
      'AWS JSON': ['ExpiredTokenException', 400],
      Query: ['ExpiredToken', 403],
      REST: ['ExpiredTokenException', 401],
    } as const;
    const reply = await enter(door, session);
    expect(refusal(reply)).toEqual(expired[name as keyof typeof expired]);
    expect(reply.text).toContain('The security token included in the request is expired');
  });

  test('a session without its session token, or with that of another session, is unknown', async () => {
    const { accessKeyId, secretAccessKey } = session;
    expect(refusal(await enter(door, { accessKeyId, secretAccessKey }))).toEqual(unknown);
    const { sessionToken } = await openSession();
    expect(refusal(await enter(door, { ...session, sessionToken }))).toEqual(unknown);
    expect(refusal(await enter(door, { ...session, sessionToken: 'invented' }))).toEqual(unknown);
  });

  test('a session token with a long-term access key is unknown', async () => {
    const mixed = { ...server.root.credentials, sessionToken: session.sessionToken };
    expect(refusal(await enter(door, mixed))).toEqual(unknown);
  });

  test('a session with a wrong secret is refused for its signature', async () => {
    const mismatch = name === 'Query' ? 'SignatureDoesNotMatch' : 'InvalidSignatureException';
    const reply = await enter(door, { ...session, secretAccessKey: 'x'.repeat(40) });
    expect(refusal(reply)[0]).toBe(mismatch);
  });

  test('a session token that the signature does not cover is refused', async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = session;
    const reply = await enter(door, { accessKeyId, secretAccessKey }, (request) => ({
      ...request,
      headers: [...request.headers, ['x-amz-security-token', sessionToken]],
    }));
    expect(refusal(reply)[0]).toBe(name === 'Query' ? 'SignatureDoesNotMatch' : 'InvalidSignatureException');
    expect(reply.text).toContain('x-amz-security-token');
  });

  test('a signature more than five minutes old or early is refused', async () => {
    for (const [offMs, text] of [
      [-301_000, 'Signature expired'],
      [301_000, 'Signature not yet current'],
    ] as const) {
      const request = signed(server.endpoint, door.request, {
        credentials: session,
        service: door.service,
        nowMs: nowMs + offMs,
      });
      expect((await send(server.endpoint, request)).text).toContain(text);
    }
  });
});

describe('a presigned request', () => {
  const presigned = (credentials: SigningCredentials, expiresInSeconds = 600): SignableRequest => {
    const plain = {
      method: 'GET',
      rawPath: '/v1/caller-identity',
      rawQuery: '',
      headers: [['host', new URL(server.endpoint).host]] as const,
      body: new Uint8Array(),
    };
    const options = { region: 'us-east-1', nowMs, expiresInSeconds };
    return { ...plain, rawQuery: presign(plain, credentials, options) };
  };

  test('has the session token in its query', async () => {
    const reply = await send(server.endpoint, presigned(session));
    expect([reply.status, reply.json.Account]).toEqual([200, '111122223333']);
  });

  test('is not valid longer than its session', async () => {
    const request = presigned(session, 7200);
    nowMs += HOUR_MS;
    expect(refusal(await send(server.endpoint, request))).toEqual(['ExpiredTokenException', 401]);
  });

  test('is refused if its session token is removed, changed, or moved to a header', async () => {
    const request = presigned(session);
    const sessionTokenPart = `X-Amz-Security-Token=${encodeURIComponent(session.sessionToken)}`;
    const without = { ...request, rawQuery: request.rawQuery.replace(`&${sessionTokenPart}`, '') };
    expect(without.rawQuery).not.toBe(request.rawQuery);
    expect(refusal(await send(server.endpoint, without))).toEqual(['UnrecognizedClientException', 401]);
    const changed = { ...request, rawQuery: request.rawQuery.replace(sessionTokenPart, `${sessionTokenPart}A`) };
    expect(refusal(await send(server.endpoint, changed))[1]).toBe(401);
    const moved = {
      ...without,
      headers: [...request.headers, ['x-amz-security-token', session.sessionToken] as const],
    };
    expect(refusal(await send(server.endpoint, moved))).toEqual(['InvalidSignatureException', 401]);
  });
});

describe('an operation without a signature', () => {
  const input = { RoleArn: 'arn:aws:iam::111122223333:role/none', RoleSessionName: 'job', WebIdentityToken: 'a.b.c' };
  const unsigned = (request: Request): Promise<Reply> =>
    send(server.endpoint, {
      method: request.method,
      rawPath: request.target,
      rawQuery: '',
      headers: [['host', new URL(server.endpoint).host], ...(request.headers ?? [])],
      body: Buffer.from(request.body ?? ''),
    });

  test('is only AssumeRoleWithWebIdentity, at both of its doors', async () => {
    expect(refusal(await unsigned(form('AssumeRoleWithWebIdentity', input)))).toEqual(['InvalidIdentityToken', 400]);
    const atRest = {
      method: 'POST',
      target: '/v1/sessions/assume-role-with-web-identity',
      headers: [['content-type', 'application/json']] as const,
      body: JSON.stringify(input),
    };
    expect(refusal(await unsigned(atRest))).toEqual(['InvalidIdentityTokenException', 422]);
    for (const request of [form('AssumeRole', input), form('GetCallerIdentity'), rest]) {
      expect(refusal(await unsigned(request))[0]).toMatch(/^MissingAuthenticationToken/);
    }
  });

  test('is validated before its identity token is verified, and unknown callers are not audited', async () => {
    const { WebIdentityToken: _, ...incomplete } = input;
    const reply = await unsigned(form('AssumeRoleWithWebIdentity', incomplete));
    expect(refusal(reply)).toEqual(['ValidationError', 400]);
    expect(reply.text).toContain('webIdentityToken');
    const noRole = await unsigned(
      form('AssumeRoleWithWebIdentity', { ...input, RoleArn: 'arn:aws:kms:::key/12345678' }),
    );
    expect(refusal(noRole)).toEqual(['ValidationError', 400]);
    const events = await server.root.rest('GET', '/v1/events?EventName=AssumeRoleWithWebIdentity', undefined, {
      nowMs,
    });
    expect(events.json.Events).toEqual([]);
  });
});
