import { createHmac } from 'node:crypto';
import { Sha256 } from '@aws-crypto/sha256-js';
import {
  checkDate,
  deriveSigningKey,
  kmsRules,
  parseAuthorization,
  presign,
  type SignableRequest,
  sign,
  signedText,
  signRequest,
  verifySignature,
} from '@keystead/control-plane/sigv4/verify.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { notRegionNames, regionNames } from '../support/regions.ts';
import { runs } from '../support/sizes.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');
const MINUTE_MS = 60_000;
const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'not/a/real/secret' };
const session = { ...credentials, sessionToken: 'session-token==' };
const options = { region: 'eu-central-1', nowMs };

const plain: SignableRequest = {
  method: 'POST',
  rawPath: '/',
  rawQuery: '',
  headers: [
    ['Host', 'kms.example.test:8600'],
    ['Content-Type', 'application/x-amz-json-1.1'],
    ['X-Amz-Target', 'TrentService.Encrypt'],
  ],
  body: Buffer.from('{"KeyId":"alias/a","Plaintext":"AAEC"}'),
};

function signed(request = plain, by: typeof credentials & { sessionToken?: string } = credentials): SignableRequest {
  return { ...request, headers: sign(request, by, options) };
}

function presigned(
  request = plain,
  expiresInSeconds = 900,
  by: typeof credentials & { sessionToken?: string } = credentials,
): SignableRequest {
  return { ...request, rawQuery: presign(request, by, { ...options, expiresInSeconds }) };
}

/** All three steps of the verification, in the order of a door. */
function accept(
  request: SignableRequest,
  atMs = nowMs,
  secret = credentials.secretAccessKey,
  rules = kmsRules,
): string {
  const parsed = parseAuthorization(request, rules);
  checkDate(parsed, atMs);
  if (parsed.accessKeyId !== credentials.accessKeyId) throw new KmsError('UnrecognizedClientException');
  verifySignature(parsed, request, deriveSigningKey(secret, parsed), rules);
  return parsed.accessKeyId;
}

function refusal(act: () => unknown): { code: string; message: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof KmsError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('it was accepted');
}

/** Rethrows an error that is not a refusal. */
function isRefused(request: SignableRequest): boolean {
  try {
    accept(request);
    return false;
  } catch (error) {
    if (error instanceof KmsError) return true;
    throw error;
  }
}

type Edit = (headers: [string, string][]) => readonly (readonly [string, string])[];
const withHeaders = (request: SignableRequest, edit: Edit): SignableRequest => ({
  ...request,
  headers: edit(request.headers.map(([name, value]) => [name, value])),
});
const replaceIn =
  (name: string, from: string | RegExp, to: string): Edit =>
  (headers) =>
    headers.map(([n, v]) => [n, n.toLowerCase() === name ? v.replace(from, to) : v]);
const editAuthorization = (from: string | RegExp, to: string) =>
  withHeaders(signed(), replaceIn('authorization', from, to));

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

describe('mutations', () => {
  const rich: SignableRequest = {
    ...plain,
    rawPath: '/v1/keys/alias%2Fa',
    rawQuery: 'Limit=5&Marker=a%2Bb%20c&Empty',
  };
  /** Changes one character of a text to another printable one. */
  const change = (text: string, at: number, to: string) => {
    const i = text.length === 0 ? 0 : at % text.length;
    return text.slice(0, i) + to + text.slice(i + 1);
  };
  const printable = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
  const place = fc.nat(4096);

  type Mutate = (request: SignableRequest, at: number, to: string) => SignableRequest;
  const mutations: Readonly<Record<string, Mutate>> = {
    method: (r, at, to) => ({ ...r, method: change(r.method, at, to) }),
    path: (r, at, to) => ({ ...r, rawPath: change(r.rawPath, at, to) }),
    query: (r, at, to) => ({ ...r, rawQuery: change(r.rawQuery, at, to) }),
    body: (r, at, to) => ({ ...r, body: Buffer.from(change(Buffer.from(r.body).toString(), at, to)) }),
    truncatedBody: (r, at) => ({ ...r, body: r.body.subarray(0, at % r.body.length) }),
    headerValue: (r, at, to) => ({
      ...r,
      headers: r.headers.map(([n, v], i) => [n, i === at % r.headers.length ? change(v, Math.floor(at / 7), to) : v]),
    }),
    headerName: (r, at, to) => ({
      ...r,
      headers: r.headers.map(([n, v], i) => [i === at % r.headers.length ? change(n, Math.floor(at / 7), to) : n, v]),
    }),
    droppedHeader: (r, at) => ({ ...r, headers: r.headers.filter((_h, i) => i !== at % r.headers.length) }),
  };

  /** What is signed, without differences that do not change its meaning. */
  const meaning = (r: SignableRequest) => {
    const query = [...new URLSearchParams(r.rawQuery)].map((pair) => JSON.stringify(pair)).sort();
    const headers = r.headers.map(([n, v]) => `${n.toLowerCase()}:${v.trim()}`).sort();
    return JSON.stringify([r.method, r.rawPath, query, headers, Buffer.from(r.body).toString('hex')]);
  };

  for (const [form, original] of [
    ['header', signed(rich)],
    ['query', presigned(rich)],
  ] as const) {
    test.each(Object.entries(mutations))(`a change of the %s is never accepted, ${form} form`, (_name, mutate) => {
      fc.assert(
        fc.property(place, printable, (at, to) => {
          const mutated = mutate(original, at, to);
          if (meaning(mutated) === meaning(original)) return true;
          // A broken signature can be refused at any step, but must not be accepted or cause a crash.
          return isRefused(mutated);
        }),
        { numRuns: runs(400, 6_250) },
      );
    });
  }

  test(`of ${runs(2_000, 100_000)} mutated signatures none is accepted`, () => {
    const originals = [signed(rich), presigned(rich), signed(rich, session), presigned(rich, 900, session)];
    const hexOf = (request: SignableRequest) =>
      /Signature=([0-9a-f]{64})/.exec(
        [request.rawQuery, ...request.headers.map(([, value]) => value)].join(' '),
      )?.[1] ?? '';
    /**
     * Flipped bits, changed or swapped digits, rotated, cut off or longer text, capitals, a part of another signature.
     */
    const changes: Readonly<Record<string, (hex: string, random: readonly number[]) => string>> = {
      bits: (hex, random) => {
        const bytes = Buffer.from(hex, 'hex');
        for (const bit of random) bytes[(bit >> 3) & 31] = (bytes[(bit >> 3) & 31] ?? 0) ^ (1 << (bit & 7));
        return bytes.toString('hex');
      },
      digit: (hex, [at = 0, digit = 0]) => hex.slice(0, at & 63) + (digit & 15).toString(16) + hex.slice((at & 63) + 1),
      rotated: (hex, [by = 1]) => hex.slice(by & 63) + hex.slice(0, by & 63),
      swapped: (hex, [a = 0, b = 1]) => {
        const digits = [...hex];
        [digits[a & 63], digits[b & 63]] = [digits[b & 63] ?? '', digits[a & 63] ?? ''];
        return digits.join('');
      },
      cut: (hex, [at = 1]) => hex.slice(0, at & 63),
      grown: (hex, [digit = 0]) => hex + (digit & 15).toString(16),
      capitals: (hex) => hex.toUpperCase(),
      mixed: (hex, [at = 1]) => hex.slice(0, at & 63) + hexOf(originals[at & 3] ?? plain).slice(at & 63),
    };
    let tried = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...originals),
        fc.constantFrom(...Object.values(changes)),
        fc.array(fc.nat(0xffff), { minLength: 2, maxLength: 6 }),
        (original, change, random) => {
          const hex = hexOf(original);
          const mutated = change(hex, random);
          fc.pre(mutated !== hex);
          tried += 1;
          const forged: SignableRequest = {
            ...original,
            rawQuery: original.rawQuery.replace(hex, mutated),
            headers: original.headers.map(([name, value]) => [name, value.replace(hex, mutated)]),
          };
          return isRefused(forged);
        },
      ),
      { numRuns: runs(2_000, 100_000) },
    );
    expect(tried).toBe(runs(2_000, 100_000));
  });

  test('every single bit of the signature counts', () => {
    const hex =
      /Signature=([0-9a-f]{64})/.exec(signed().headers.find(([n]) => n === 'Authorization')?.[1] ?? '')?.[1] ?? '';
    for (let bit = 0; bit < 256; bit++) {
      const bytes = Buffer.from(hex, 'hex');
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(refusal(() => accept(editAuthorization(hex, bytes.toString('hex')))).code).toBe(
        'InvalidSignatureException',
      );
    }
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
