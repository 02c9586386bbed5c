import { createHmac } from 'node:crypto';
import { Sha256 } from '@aws-crypto/sha256-js';
import {
  deriveSigningKey,
  kmsRules,
  parseAuthorization,
  type SignableRequest,
  sign,
  signedText,
  signRequest,
} from '@keystead/control-plane/sigv4/verify.ts';
import { messages } from '@keystead/provider-schema/errors.ts';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { notRegionNames, regionNames } from '../support/regions.ts';
import {
  accept,
  credentials,
  editAuthorization,
  MINUTE_MS,
  nowMs,
  options,
  plain,
  presigned,
  refusal,
  replaceIn,
  session,
  signed,
  withHeaders,
} from './signed-requests.ts';

describe('a signed request', () => {
  test('is accepted in header and in query form, with and without a session token', () => {
    expect(accept(signed())).toBe('AKIAEXAMPLE');
    expect(accept(signed(plain, session))).toBe('AKIAEXAMPLE');
    expect(accept(presigned())).toBe('AKIAEXAMPLE');
  });

  test('is accepted when it comes from signRequest, whose host is the URL’s', () => {
    const url = new URL('http://127.0.0.1:8600/v1/aliases/alias%2Fa?Limit=5&Marker=a%2Bb%20c');
    const headers = signRequest({
      method: 'GET',
      url,
      headers: { 'content-type': 'application/json' },
      body: Buffer.alloc(0),
      credentials,
      ...options,
    });
    expect(headers.host).toBeUndefined();
    const request = {
      method: 'GET',
      rawPath: url.pathname,
      rawQuery: url.search.slice(1),
      headers: [...Object.entries(headers), ['Host', '127.0.0.1:8600'] as const],
      body: Buffer.alloc(0),
    };
    expect(accept(request)).toBe('AKIAEXAMPLE');
  });

  test('can have its date in a Date header only', () => {
    const date = ['Date', 'Sun, 01 Mar 2026 12:00:00 GMT'] as const;
    const claim = (signature: string): SignableRequest => ({
      ...plain,
      headers: [
        ...plain.headers,
        date,
        [
          'Authorization',
          'AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260301/eu-central-1/kms/aws4_request,' +
            `SignedHeaders=content-type;date;host;x-amz-target,Signature=${signature}`,
        ],
      ],
    });
    const parsed = parseAuthorization(claim('0'.repeat(64)));
    const key = deriveSigningKey(credentials.secretAccessKey, parsed);
    const text = signedText(parsed, claim('')).stringToSign;
    expect(accept(claim(createHmac('sha256', key).update(text).digest('hex')))).toBe('AKIAEXAMPLE');
    expect(refusal(() => accept(claim('0'.repeat(64)))).message).toMatch(/does not match/);
  });

  test('is refused under another secret', () => {
    expect(refusal(() => accept(signed(), nowMs, 'another'))).toEqual({
      code: 'InvalidSignatureException',
      message: expect.stringMatching(
        /^The request signature we calculated does not match the signature you provided\./,
      ),
    });
  });
});

describe('a request without usable credentials', () => {
  test('that has none at all is refused: MissingAuthenticationTokenException', () => {
    expect(refusal(() => accept(plain))).toEqual({
      code: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    });
  });

  test('that lacks parts is refused: IncompleteSignatureException names exactly those', () => {
    const lacking = withHeaders(editAuthorization(/SignedHeaders=[^,]*, /, ''), (headers) =>
      headers.filter(([name]) => name !== 'X-Amz-Date'),
    );
    const { code, message } = refusal(() => accept(lacking));
    expect(code).toBe('IncompleteSignatureException');
    expect(message).toMatch(
      /^Authorization header requires 'SignedHeaders' parameter\. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header\. Authorization=AWS4-HMAC-SHA256 /,
    );
    expect(message).not.toContain("'Credential'");
  });

  test('of another scheme is refused: every part is missing, and the signature is not repeated', () => {
    const bearer = withHeaders(signed(), replaceIn('authorization', /.*/, 'Bearer Signature=abc'));
    const { code, message } = refusal(() => accept(bearer));
    expect(code).toBe('IncompleteSignatureException');
    expect(message).toContain("'Credential' parameter. Authorization header requires 'Signature' parameter.");
    expect(message).not.toContain('abc');
  });

  const broken: readonly (readonly [title: string, request: SignableRequest, code: string, text: RegExp])[] = [
    [
      'an unknown algorithm',
      editAuthorization('AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA1'),
      'IncompleteSignatureException',
      /algorithm/,
    ],
    [
      'a part without an equal sign',
      editAuthorization('Signature=', 'Signature'),
      'IncompleteSignatureException',
      /key=value/,
    ],
    [
      'a part twice',
      editAuthorization('Signature=', 'Signature=0, Signature='),
      'IncompleteSignatureException',
      /more than one/,
    ],
    [
      'a credential of four parts',
      editAuthorization('/aws4_request', ''),
      'IncompleteSignatureException',
      /exactly 5 slash-delimited/,
    ],
    ['an empty access key id', editAuthorization('AKIAEXAMPLE', ''), 'IncompleteSignatureException', /exactly 5/],
    [
      'another service',
      editAuthorization('/kms/', '/s3/'),
      'InvalidSignatureException',
      /^Credential should be scoped to correct service: 'kms'\.$/,
    ],
    [
      'a Region that does not exist',
      editAuthorization('eu-central-1', 'nowhere'),
      'InvalidSignatureException',
      /^Credential should be scoped to a valid region, not 'nowhere'\.$/,
    ],
    [
      'another terminator',
      editAuthorization('aws4_request', 'aws5_request'),
      'InvalidSignatureException',
      /valid terminator: 'aws4_request', not 'aws5_request'/,
    ],
    [
      'another scope date',
      editAuthorization('20260301', '20260228'),
      'InvalidSignatureException',
      /^Date in Credential scope does not match/,
    ],
    [
      'a signature that is not hex',
      editAuthorization(/Signature=../, 'Signature=zz'),
      'InvalidSignatureException',
      /does not match/,
    ],
    [
      'a short signature',
      editAuthorization(/Signature=../, 'Signature='),
      'InvalidSignatureException',
      /does not match/,
    ],
    [
      'unsorted signed headers',
      editAuthorization('content-type;host', 'host;content-type'),
      'InvalidSignatureException',
      /sorted/,
    ],
    ['an unsigned host', editAuthorization('host;', ''), 'InvalidSignatureException', /'Host'/],
    ['an unsigned date', editAuthorization('x-amz-date;', ''), 'InvalidSignatureException', /'X-Amz-Date'/],
    ['an unsigned target', editAuthorization(';x-amz-target', ''), 'InvalidSignatureException', /'x-amz-target'/],
    [
      'a signed header that is not there',
      editAuthorization('host;', 'host;if-match;'),
      'InvalidSignatureException',
      /'if-match' is not in the request/,
    ],
    [
      'a date that rolls over',
      withHeaders(signed(), replaceIn('x-amz-date', '0301', '0231')),
      'IncompleteSignatureException',
      /ISO-8601/,
    ],
    [
      'a second host',
      withHeaders(signed(), (h) => [...h, ['host', 'other']]),
      'InvalidSignatureException',
      /'host' must not appear more than once/,
    ],
    [
      'a second target',
      withHeaders(signed(), (h) => [['x-amz-target', 'TrentService.ListKeys'], ...h]),
      'InvalidSignatureException',
      /more than once/,
    ],
    [
      'a second Authorization',
      withHeaders(signed(), (h) => [...h, ['authorization', 'x']]),
      'InvalidSignatureException',
      /more than once/,
    ],
    [
      'an unsigned session token',
      withHeaders(signed(), (h) => [...h, ['X-Amz-Security-Token', 't']]),
      'InvalidSignatureException',
      /'x-amz-security-token'/,
    ],
    [
      'an unsigned payload',
      signed({ ...plain, headers: [...plain.headers, ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD']] }),
      'InvalidSignatureException',
      /^UNSIGNED-PAYLOAD is not supported/,
    ],
    [
      'a payload signed in chunks',
      signed({ ...plain, headers: [...plain.headers, ['x-amz-content-sha256', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD']] }),
      'InvalidSignatureException',
      /^STREAMING-AWS4-HMAC-SHA256-PAYLOAD is not supported: sign the SHA-256 of the request's body\.$/,
    ],
    [
      'another body’s hash',
      signed({ ...plain, headers: [...plain.headers, ['x-amz-content-sha256', '0'.repeat(64)]] }),
      'InvalidSignatureException',
      /x-amz-content-sha256/,
    ],
    [
      'both forms at once',
      { ...signed(), rawQuery: presigned().rawQuery },
      'InvalidSignatureException',
      /Only one auth mechanism/,
    ],
    [
      'a query without an expiry',
      { ...plain, rawQuery: presigned().rawQuery.replace(/&X-Amz-Expires=\d+/, '') },
      'IncompleteSignatureException',
      /X-Amz-Expires/,
    ],
    [
      'a query parameter twice',
      { ...plain, rawQuery: `${presigned().rawQuery}&X-Amz-Date=20260301T120000Z` },
      'InvalidSignatureException',
      /more than once/,
    ],
    ['an expiry of more than a week', presigned(plain, 604_801), 'InvalidSignatureException', /604800/],
    ['an expiry of zero seconds', presigned(plain, 0), 'InvalidSignatureException', /604800/],
  ];

  test.each(broken)('%s is refused', (_title, request, code, text) => {
    expect(refusal(() => accept(request))).toEqual({ code, message: expect.stringMatching(text) });
  });

  test('that leaves a header unsigned on which this door acts is refused', () => {
    const rules = { ...kmsRules, mustBeSigned: ['idempotency-key'] };
    const key = ['Idempotency-Key', 'k1'] as const;
    const late = withHeaders(signed(), (headers) => [...headers, key]);
    expect(accept(late)).toBe('AKIAEXAMPLE');
    expect(refusal(() => accept(late, nowMs, credentials.secretAccessKey, rules)).message).toContain(
      "'idempotency-key'",
    );
    const early = signed({ ...plain, headers: [...plain.headers, key] });
    expect(accept(early, nowMs, credentials.secretAccessKey, rules)).toBe('AKIAEXAMPLE');
  });
});

describe('the date of a signature', () => {
  /** Two digits that are often just inside or outside what a date can have. */
  const digits = (max: number) => fc.integer({ min: 0, max: max + 3 }).map((part) => String(part).padStart(2, '0'));
  const parts = fc.tuple(
    fc.integer({ min: 1970, max: 2100 }),
    digits(12),
    digits(31),
    digits(24),
    digits(59),
    digits(59),
  );

  test('is read exactly where it is the basic form of a moment that exists', () => {
    fc.assert(
      fc.property(parts, ([year, month, day, hour, minute, second]) => {
        const text = `${year}${month}${day}T${hour}${minute}${second}Z`;
        const moment = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
        const again = Number.isNaN(moment.getTime()) ? '' : moment.toISOString().replace(/[-:]|\.\d{3}/g, '');
        const request = withHeaders(signed(), replaceIn('x-amz-date', /^.*$/, text));
        const read = () => parseAuthorization(request);
        if (again === text) expect(read()).toMatchObject({ timestamp: text, signedAtMs: moment.getTime() });
        else expect(refusal(read).code).toBe('IncompleteSignatureException');
      }),
      { numRuns: 500 },
    );
  });
});

describe('the window of a signature', () => {
  test('is five minutes before and after its date, and the message names the times', () => {
    expect(accept(signed(), nowMs + 5 * MINUTE_MS)).toBe('AKIAEXAMPLE');
    expect(accept(signed(), nowMs - 5 * MINUTE_MS)).toBe('AKIAEXAMPLE');
    expect(refusal(() => accept(signed(), nowMs + 5 * MINUTE_MS + 1000))).toEqual({
      code: 'InvalidSignatureException',
      message: 'Signature expired: 20260301T120000Z is now earlier than 20260301T120001Z (20260301T120501Z - 5 min.)',
    });
    expect(refusal(() => accept(signed(), nowMs - 5 * MINUTE_MS - 1000))).toEqual({
      code: 'InvalidSignatureException',
      message:
        'Signature not yet current: 20260301T120000Z is still later than 20260301T115959Z (20260301T115459Z + 5 min.)',
    });
  });

  test('of a presigned request ends with its expiry', () => {
    expect(accept(presigned(plain, 900), nowMs + 900_000)).toBe('AKIAEXAMPLE');
    expect(refusal(() => accept(presigned(plain, 900), nowMs + 901_000)).message).toMatch(/^Signature expired: /);
    expect(refusal(() => accept(presigned(), nowMs - 5 * MINUTE_MS - 1000)).message).toMatch(/^Signature not yet/);
  });
});

describe('an independent signer', () => {
  const signer = (service = 'kms') =>
    new SignatureV4({
      credentials: session,
      region: 'eu-central-1',
      service,
      sha256: Sha256,
    });
  const asSmithy = (request: SignableRequest) => ({
    method: request.method,
    protocol: 'http:',
    hostname: 'kms.example.test',
    port: 8600,
    path: request.rawPath,
    query: Object.fromEntries(new URLSearchParams(request.rawQuery)),
    headers: Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(request.body),
  });

  test('makes signatures that are accepted, whatever path, query, headers and body', async () => {
    const word = fc.stringMatching(/^[A-Za-z0-9 +%&=*~._-]{1,12}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.stringMatching(/^[A-Za-z0-9:_~-]{1,10}$/), { maxLength: 4 }),
        fc.dictionary(word, word, { maxKeys: 4, noNullPrototype: true }),
        fc.string({ unit: 'binary', maxLength: 60 }),
        async (segments, query, body) => {
          const request: SignableRequest = {
            ...plain,
            rawPath: `/${segments.map(encodeURIComponent).join('/')}`,
            rawQuery: Object.entries(query)
              .map(([n, v]) => `${encodeURIComponent(n)}=${encodeURIComponent(v)}`)
              .join('&'),
            body: Buffer.from(body),
          };
          const done = await signer().sign(asSmithy(request), { signingDate: new Date(nowMs) });
          expect(accept({ ...request, headers: Object.entries(done.headers) })).toBe('AKIAEXAMPLE');
        },
      ),
      { numRuns: 150 },
    );
  });

  test('makes presigned requests that are accepted', async () => {
    const done = await signer().presign(asSmithy({ ...plain, headers: [['Host', 'kms.example.test:8600']] }), {
      signingDate: new Date(nowMs),
      expiresIn: 600,
    });
    const rawQuery = Object.entries(done.query ?? {})
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
      .join('&');
    expect(accept({ ...plain, rawQuery, headers: [['Host', 'kms.example.test:8600']] })).toBe('AKIAEXAMPLE');
  });

  test('that signs for another service is refused', async () => {
    const done = await signer('s3').sign(asSmithy(plain), { signingDate: new Date(nowMs) });
    expect(refusal(() => accept({ ...plain, headers: Object.entries(done.headers) })).message).toContain("'kms'");
  });
});

describe('the Region of a credential scope', () => {
  const scoped = (region: string) => ({ ...plain, headers: sign(plain, credentials, { ...options, region }) });

  test.each(regionNames)('can be %s', (region) => {
    expect(parseAuthorization(scoped(region), kmsRules).region).toBe(region);
  });

  // In a name with white space, the header's own rules for white space would apply first.
  test.each(notRegionNames.filter((name) => !/\s/.test(name)))('cannot be %j', (region) => {
    expect(() => parseAuthorization(scoped(region), kmsRules)).toThrow(messages.wrongRegion(region));
  });
});

describe('an Authorization header that differs from an earlier one in its signature alone', () => {
  const headerOf = (request: SignableRequest) =>
    request.headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '';
  const withHeader = (request: SignableRequest, value: string): SignableRequest => ({
    ...request,
    headers: request.headers.map(([name, old]) => [name, name.toLowerCase() === 'authorization' ? value : old]),
  });

  test('is read as the first was, with its own signature', () => {
    const first = signed();
    const other = signed({ ...plain, body: Buffer.from('{}') });
    const [before, after] = [parseAuthorization(first), parseAuthorization(other)];
    expect({ ...after, signature: before.signature }).toEqual(before);
    expect(after.signature).not.toEqual(before.signature);
    expect(accept(first)).toBe(credentials.accessKeyId);
    expect(accept(other)).toBe(credentials.accessKeyId);
  });

  test.each(['c'.repeat(63), `${'c'.repeat(63)}G`, `${'c'.repeat(40)},Credential=a/b/c/d/e`.padEnd(64, 'f')])(
    'is refused when that is not a signature: %s',
    (signature) => {
      const first = signed();
      parseAuthorization(first);
      const changed = withHeader(first, headerOf(first).replace(/[0-9a-f]{64}$/, signature));
      expect(() => parseAuthorization(changed)).toThrow();
    },
  );

  test('is held against the rules that it is read by', () => {
    const first = signed();
    parseAuthorization(first);
    const rules = { ...kmsRules, services: ['sts'] };
    expect(() => parseAuthorization(first, rules)).toThrow(/scoped/i);
    expect(() =>
      parseAuthorization({ ...first, headers: first.headers.filter(([name]) => name.toLowerCase() !== 'x-amz-date') }),
    ).toThrow(/X-Amz-Date/);
  });
});
