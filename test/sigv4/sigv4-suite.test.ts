import { join } from 'node:path';
import {
  checkDate,
  deriveSigningKey,
  parseAuthorization,
  presign,
  type SignableRequest,
  sign,
  signedText,
  type VerifierRules,
  verifySignature,
} from '@keystead/control-plane/sigv4/verify.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { describeWithVectors, vectorsDirectory } from '../support/external-vectors.ts';
import { readSuite, type SuiteCase } from './sigv4-suite.ts';

const rulesOf = (one: SuiteCase): VerifierRules => ({ ...one.rules, services: [one.service], mustBeSigned: [] });
const keyOf = (one: SuiteCase, date: string) =>
  deriveSigningKey(one.credentials.secretAccessKey, { date, region: one.region, service: one.service });

const edited = (request: SignableRequest, at: number, edit: (value: string) => string): SignableRequest => ({
  ...request,
  headers: request.headers.map(([name, value], i) => [name, i === at ? edit(value) : value]),
});

/** One digit or letter of `part` changed wherever the request states it. */
function replaced(request: SignableRequest, part: string): SignableRequest {
  const twisted = part.replace(/[a-z0-9](?!.*[a-z0-9])/, (last) => (last === '0' ? '1' : '0'));
  const inQuery = (text: string) => text.replaceAll(encodeURIComponent(part), encodeURIComponent(twisted));
  return {
    ...request,
    rawQuery: inQuery(request.rawQuery),
    headers: request.headers.map(([name, value]) => [name, value.replaceAll(part, twisted)]),
  };
}

describeWithVectors('the published Signature Version 4 suite', () => {
  const cases = readSuite(join(vectorsDirectory ?? '', 'sigv4'));

  test('is complete: every published case is here', () => {
    expect(cases.length).toBe(38);
    process.stdout.write(`Signature Version 4 suite: ${cases.length} cases run, in header and in query form
`);
  });

  for (const one of cases) {
    for (const form of ['header', 'query'] as const) {
      test(`${one.name}, ${form} form: canonical request, string to sign and signature are the published ones`, () => {
        const expected = one[form];
        const parsed = parseAuthorization(expected.signedRequest, rulesOf(one));
        const texts = signedText(parsed, expected.signedRequest, rulesOf(one));
        expect(texts.canonicalRequest).toBe(expected.canonicalRequest);
        expect(texts.stringToSign).toBe(expected.stringToSign);
        expect(Buffer.from(parsed.signature).toString('hex')).toBe(expected.signature);
        expect(() => checkDate(parsed, one.nowMs)).not.toThrow();
        verifySignature(parsed, expected.signedRequest, keyOf(one, parsed.date), rulesOf(one));
      });
    }

    test.each(['header', 'query'] as const)(`${one.name}, %s form: a change of any signed part is refused`, (form) => {
      const { signedRequest: request } = one[form];
      const verify = (candidate: SignableRequest) => {
        const parsed = parseAuthorization(candidate, rulesOf(one));
        checkDate(parsed, one.nowMs);
        verifySignature(parsed, candidate, keyOf(one, parsed.date), rulesOf(one));
      };
      const { signedHeaders } = parseAuthorization(request, rulesOf(one));
      const covered = request.headers.flatMap(([name], i) => (signedHeaders.includes(name.toLowerCase()) ? [i] : []));
      const candidates: SignableRequest[] = [
        { ...request, method: 'PUT' },
        { ...request, rawPath: `${request.rawPath}x` },
        { ...request, rawQuery: `${request.rawQuery}&x=1` },
        { ...request, body: Buffer.concat([request.body, Buffer.of(0)]) },
        ...covered.map((i) => edited(request, i, (value) => `${value}x`)),
        ...['20150830/', 'us-east-1', '/service', 'aws4_request', '0T1236', one[form].signature].map((part) =>
          replaced(request, part),
        ),
      ];
      for (const candidate of candidates) expect(() => verify(candidate)).toThrow(KmsError);
    });

    test(`${one.name}: our signer makes the published header signature`, () => {
      const headers = sign(one.request, one.credentials, { ...one, signBody: one.signBody });
      const authorization = headers.find(([name]) => name === 'Authorization')?.[1];
      expect(authorization).toContain(`Signature=${one.header.signature}`);
    });

    test(`${one.name}: our presigner makes the published query signature`, () => {
      expect(presign(one.request, one.credentials, one)).toContain(`X-Amz-Signature=${one.query.signature}`);
    });
  }
});
