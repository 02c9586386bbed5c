/**
 * The AWS SDK's own signer is the oracle; the control plane's verifier meets the same signatures in the end-to-end
 * tests.
 */
import { Sha256 } from '@aws-crypto/sha256-js';
import { type SignableRequest, sign } from '@keystead/provider/client/sigv4.ts';
import { uriEncode } from '@keystead/provider-schema/rest-call.ts';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';

const now = new Date('2026-03-14T15:09:26.535Z');
const scope = { region: 'eu-central-1', service: 'kms' };

async function signatureOfSdk(
  request: SignableRequest,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
): Promise<string | undefined> {
  const signer = new SignatureV4({ credentials, ...scope, sha256: Sha256, applyChecksum: false });
  const query: Record<string, string[]> = Object.create(null);
  for (const [name, value] of request.url.searchParams) query[name] = [...(query[name] ?? []), value];
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: request.url.protocol,
      hostname: request.url.hostname,
      path: request.url.pathname,
      query,
      headers: { ...request.headers, host: request.url.host },
      body: request.body,
    },
    { signingDate: now },
  );
  return signed.headers.authorization;
}

const credentials = fc.record(
  {
    accessKeyId: fc.stringMatching(/^AKIA[A-Z2-7]{16}$/),
    secretAccessKey: fc.string(),
    sessionToken: fc.string({ minLength: 1 }),
  },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
);
const pathSegment = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text !== '.' && text !== '..');

test('signs any request as the AWS SDK does', async () => {
  await fc.assert(
    fc.asyncProperty(
      credentials,
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
      fc.array(pathSegment, { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' })), { maxLength: 4 }),
      fc.string({ unit: 'grapheme' }),
      async (who, method, segments, query, body) => {
        const url = new URL(`http://127.0.0.1:8600/v1/${segments.map(uriEncode).join('/')}`);
        url.search = query.map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`).join('&');
        const headers = { 'content-type': 'application/json', 'idempotency-key': 'a  b' };
        const request = { method, url, headers, body };
        const signed = sign(request, who, scope, now);
        expect(signed.authorization).toBe(await signatureOfSdk(request, who));
      },
    ),
    { numRuns: 200 },
  );
});

test('adds the session token to what is signed', () => {
  const url = new URL('http://localhost/v1/keys');
  const signed = sign(
    { method: 'GET', url, headers: {}, body: '' },
    { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' },
    scope,
    now,
  );
  expect(signed['x-amz-security-token']).toBe('token');
  expect(signed.authorization).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token');
});

test('the signature changes with the body, the Region and the second', () => {
  const url = new URL('http://localhost/v1/keys');
  const who = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
  const of = (body: string, region: string, at: Date) =>
    sign({ method: 'POST', url, headers: {}, body }, who, { region, service: 'kms' }, at).authorization;
  const second = new Date(now.getTime() + 1000);
  const all = [
    of('{}', 'us-east-1', now),
    of('{ }', 'us-east-1', now),
    of('{}', 'us-east-2', now),
    of('{}', 'us-east-1', second),
  ];
  expect(new Set(all).size).toBe(4);
});
