/** The Query door of a running server: services of signatures, and hostile input. */
import { presign } from '@keystead/control-plane/sigv4/verify.ts';
import { DOMParser } from '@xmldom/xmldom';
import fc from 'fast-check';
import { type Reply, type Request, type Signing, send, signed } from '../support/calls.ts';
import { type InProcessServer, startInProcess } from '../support/in-process-server.ts';
import { runs } from '../support/sizes.ts';

let server: InProcessServer;
beforeAll(async () => {
  server = await startInProcess();
});
afterAll(async () => {
  await server?.stop();
});

const form = (body: string | Uint8Array): Request => ({
  method: 'POST',
  target: '/',
  headers: [['content-type', 'application/x-www-form-urlencoded; charset=utf-8']],
  body,
});

const ask = (request: Request, more: Partial<Signing> = {}): Promise<Reply> =>
  send(
    server.endpoint,
    signed(server.endpoint, request, { credentials: server.root.credentials, service: 'iam', ...more }),
  );

/** Code, status and text of a refusal; fails unless the reply is a refusal in well-formed XML. */
function refusal({ status, text, headers }: Reply): readonly [code: string, status: number, message: string] {
  expect(headers['content-type']).toBe('text/xml');
  const faults: string[] = [];
  const onError = (level: string, message: string) => (level === 'warning' ? undefined : faults.push(message));
  const root = new DOMParser({ onError }).parseFromString(text, 'text/xml').documentElement;
  expect([faults, root?.tagName]).toEqual([[], 'ErrorResponse']);
  const inside = (name: string) => root?.getElementsByTagName(name).item(0)?.textContent ?? '';
  expect(inside('RequestId')).toMatch(/^[0-9a-f-]{36}$/);
  return [inside('Code'), status, inside('Message')];
}

const listUsers = 'Action=ListUsers&Version=2010-05-08';
const getCallerIdentity = 'Action=GetCallerIdentity&Version=2011-06-15';

describe('a signature', () => {
  test('for the service of the operation is accepted, with any Region', async () => {
    expect((await ask(form(listUsers))).status).toBe(200);
    expect((await ask(form(listUsers), { region: 'eu-central-1' })).status).toBe(200);
    expect((await ask(form(getCallerIdentity), { service: 'sts' })).status).toBe(200);
  });

  test('for another service is refused', async () => {
    for (const service of ['kms', 'sts', 's3']) {
      expect(refusal(await ask(form(listUsers), { service }))).toEqual([
        'SignatureDoesNotMatch',
        403,
        "Credential should be scoped to correct service: 'iam'.",
      ]);
    }
    expect(refusal(await ask(form(getCallerIdentity)))[0]).toBe('SignatureDoesNotMatch');
    const kms = await server.root.aws('ListKeys', {}, { service: 'iam' });
    expect([kms.status, kms.code]).toEqual([400, 'InvalidSignatureException']);
  });

  test('in the query, presigned, is accepted for a GET and refused for any other request', async () => {
    const unsigned = {
      method: 'GET',
      rawPath: '/',
      rawQuery: getCallerIdentity,
      headers: [['host', new URL(server.endpoint).host]] as const,
      body: Buffer.alloc(0),
    };
    const options = { region: 'us-east-1', service: 'sts', nowMs: Date.now(), expiresInSeconds: 60 };
    const rawQuery = presign(unsigned, server.root.credentials, options);
    expect((await send(server.endpoint, { ...unsigned, rawQuery })).text).toContain('<Account>111122223333</Account>');
    const other = rawQuery.replace('GetCallerIdentity', 'GetSessionToken');
    expect(refusal(await send(server.endpoint, { ...unsigned, rawQuery: other }))[0]).toBe('SignatureDoesNotMatch');
  });

  test('that is missing or by an unknown access key is refused with IAM’s codes', async () => {
    const bare = { method: 'POST', rawPath: '/', rawQuery: '', body: Buffer.from(listUsers) };
    const host = ['host', new URL(server.endpoint).host] as const;
    const contentType = ['content-type', 'application/x-www-form-urlencoded'] as const;
    expect(refusal(await send(server.endpoint, { ...bare, headers: [host, contentType] }))).toEqual([
      'MissingAuthenticationToken',
      403,
      'Missing Authentication Token',
    ]);
    const nobody = { accessKeyId: 'AKIAABCDEFGHIJKLMNOP', secretAccessKey: 'x'.repeat(40) };
    expect(refusal(await ask(form(listUsers), { credentials: nobody })).slice(0, 2)).toEqual([
      'InvalidClientTokenId',
      403,
    ]);
  });
});

describe('hostile input', () => {
  test('is refused with XML that a parser can read, and never causes an internal error', async () => {
    const piece = fc.constantFrom(
      ...[
        'Action=CreateUser',
        'Version=2010-05-08',
        'UserName=',
        'Tags.member.1.Key=',
        'Tags=',
        'Tags.member.1=x',
        '&',
        '=',
      ],
      ...['Tags.member.0.Key=a', 'Tags.member.99999999999.Key=a', '%', '%00', '__proto__=1', 'MaxItems=NaN', '<&>'],
    );
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.array(piece, { maxLength: 12 }).map((pieces) => Buffer.from(pieces.join('&'))),
    );
    await fc.assert(
      fc.asyncProperty(body, async (bytes) => {
        const [code, status] = refusal(await ask(form(bytes)));
        expect(code).toMatch(/^(MissingAction|InvalidAction|MalformedQueryString|ValidationError|MalformedInput)$/);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: runs(150, 5000) },
    );
  });

  test('is handled at any depth and length', async () => {
    const deep = `${listUsers}&${'a.'.repeat(50_000)}b=1`;
    expect((await ask(form(deep))).status).toBe(200);
    const many = `${listUsers}&${Array.from({ length: 5000 }, (_, i) => `p${i}=`).join('&')}`;
    expect(refusal(await ask(form(many))).slice(0, 2)).toEqual(['MalformedQueryString', 404]);
    const large = `${listUsers}&UserName=${'a'.repeat(1_100_000)}`;
    expect(refusal(await ask(form(large)))[1]).toBe(413);
    expect(server.log()).toBe('');
  });
});
