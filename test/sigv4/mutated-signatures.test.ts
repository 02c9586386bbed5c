/** No changed request and no changed signature is accepted. */
import type { SignableRequest } from '@keystead/control-plane/sigv4/verify.ts';
import fc from 'fast-check';
import { runs } from '../support/sizes.ts';
import { accept, editAuthorization, isRefused, plain, presigned, refusal, session, signed } from './signed-requests.ts';

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
