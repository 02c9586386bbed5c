import { randomBytes } from 'node:crypto';
import { unwrapWithPadding } from '@keystead/control-plane/hsm/crypto/aes-kwp.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import { aeskwp } from '@noble/ciphers/aes.js';
import fc from 'fast-check';
import {
  describeWithVectors,
  fromHex,
  readWycheproof,
  runWycheproof,
  type WycheproofCase,
} from '../../support/external-vectors.ts';
import { runs } from '../../support/sizes.ts';
import { attempt } from './wycheproof.ts';

const unwrapped = (key: Uint8Array, wrapped: Uint8Array) =>
  attempt(() => unwrapWithPadding(new SecretBytes(Buffer.from(key)), wrapped).useOnce((bytes) => Buffer.from(bytes)));

describeWithVectors('Wycheproof AES-KWP', () => {
  interface Group {
    readonly keySize: number;
  }
  interface Case extends WycheproofCase {
    readonly key: string;
    readonly msg: string;
    readonly ct: string;
  }

  test('every case has the published result', () => {
    const file = readWycheproof<Group, Case>('aes_kwp_test.json');
    const { counts, misjudged } = runWycheproof('AES-KWP', file, ({ key, msg, ct }) => {
      return unwrapped(fromHex(key), fromHex(ct))?.toString('hex') === msg;
    });
    expect(misjudged).toEqual([]);
    expect(counts.valid + counts.invalid + counts.acceptable).toBe(file.numberOfTests);
  });
});

test.each([
  ['138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a', 'c37b7e6492584340bed12207808941155068f738'],
  ['afbeb0f07dfbf5419200f2ccb50bb24f', '466f7250617369'],
])('the example %s of RFC 5649 section 6 is unwrapped', (wrapped, expected) => {
  const key = fromHex('5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8');
  expect(unwrapped(key, fromHex(wrapped))?.toString('hex')).toBe(expected);
});

const aKey = fc.constantFrom(16, 24, 32).chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));

test('a key wrapped by noble is unwrapped, and a changed one is refused', () => {
  fc.assert(
    fc.property(
      aKey,
      fc.uint8Array({ minLength: 1, maxLength: 600 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (key, secret, at, flip) => {
        const wrapped = aeskwp(key).encrypt(secret);
        expect(unwrapped(key, wrapped)).toEqual(Buffer.from(secret));
        const changed = Uint8Array.from(wrapped);
        const position = at % changed.length;
        changed[position] = (changed[position] ?? 0) ^ flip;
        expect(unwrapped(key, changed)).toBeUndefined();
        expect(unwrapped(randomBytes(key.length), wrapped)).toBeUndefined();
      },
    ),
    { numRuns: runs(200, 5000) },
  );
});

test('input is refused if it is shorter than two semiblocks or ends within one', () => {
  const key = randomBytes(32);
  for (const length of [0, 1, 7, 8, 9, 15, 17, 23, 25])
    expect([length, unwrapped(key, randomBytes(length))]).toEqual([length, undefined]);
});
