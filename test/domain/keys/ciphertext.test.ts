import {
  CIPHERTEXT_OVERHEAD_BYTES,
  type CiphertextHeader,
  decodeEncryptionContext,
  encodeCiphertextHeader,
  encodeEncryptionContext,
  parseCiphertextHeader,
} from '@keystead/control-plane/domain/keys/ciphertext.ts';
import fc from 'fast-check';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const keyId = fc.oneof(
  fc.uuid(),
  hex(32).map((digits) => `mrk-${digits}`),
);
const header: fc.Arbitrary<CiphertextHeader> = fc.record({
  keyId,
  materialId: hex(64),
  nonce: bytes(16),
  iv: bytes(12),
});
const contexts = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), { maxKeys: 5 });
const plain = {
  keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
  materialId: 'a'.repeat(64),
  nonce: new Uint8Array(16),
  iv: new Uint8Array(12),
};
/** A header and the fewest bytes after it that make a blob. */
const blobOf = (fields: CiphertextHeader, payloadBytes = 17) =>
  Buffer.concat([encodeCiphertextHeader(fields), Buffer.alloc(payloadBytes)]);

describe('the header of a ciphertext blob', () => {
  test('reads back as it was written, for single-Region and multi-Region keys', () => {
    fc.assert(
      fc.property(header, (fields) => {
        const parsed = parseCiphertextHeader(blobOf(fields));
        expect(parsed?.keyId).toBe(fields.keyId);
        expect(parsed?.materialId).toBe(fields.materialId);
        expect(Buffer.compare(parsed?.nonce ?? Buffer.of(), fields.nonce)).toBe(0);
        expect(Buffer.compare(parsed?.iv ?? Buffer.of(), fields.iv)).toBe(0);
      }),
    );
  });

  test('keeps a blob of 4096 bytes of plaintext within the 6144 bytes AWS allows', () => {
    expect(4096 + CIPHERTEXT_OVERHEAD_BYTES).toBeLessThanOrEqual(6144);
  });

  test('is not found in bytes of any other kind, and reading it never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const parsed = parseCiphertextHeader(noise);
        if (noise[0] !== 1) expect(parsed).toBeUndefined();
      }),
    );
    expect(parseCiphertextHeader(new Uint8Array(0))).toBeUndefined();
  });

  test('is refused in a blob of an unknown version or key id kind', () => {
    const blob = blobOf(plain);
    expect(parseCiphertextHeader(blob)).toBeDefined();
    expect(parseCiphertextHeader(blob.with(0, 2))).toBeUndefined();
    expect(parseCiphertextHeader(blob.with(1, 2))).toBeUndefined();
  });

  test('is refused in a blob too short to hold a byte of ciphertext, or too long for a plaintext of 4096 bytes', () => {
    expect(parseCiphertextHeader(blobOf(plain, 16))).toBeUndefined();
    expect(parseCiphertextHeader(blobOf(plain, 16 + 4096))).toBeDefined();
    expect(parseCiphertextHeader(blobOf(plain, 16 + 4097))).toBeUndefined();
  });

  test.each([
    ['an upper-case UUID', { ...plain, keyId: plain.keyId.toUpperCase() }],
    ['an alias name', { ...plain, keyId: 'alias/orders' }],
    ['a short multi-Region id', { ...plain, keyId: 'mrk-1234' }],
    ['a short material id', { ...plain, materialId: 'ab' }],
    ['a short nonce', { ...plain, nonce: new Uint8Array(15) }],
    ['a long IV', { ...plain, iv: new Uint8Array(13) }],
  ])('is not written for %s', (_, fields) => {
    expect(() => encodeCiphertextHeader(fields)).toThrow(RangeError);
  });
});

describe('the encoding of an encryption context', () => {
  test('is four zero bytes when the context is empty', () => {
    expect(Buffer.from(encodeEncryptionContext({})).toString('hex')).toBe('00000000');
  });

  test('is injective: every encoded context can be read back', () => {
    fc.assert(
      fc.property(contexts, (context) =>
        expect(decodeEncryptionContext(encodeEncryptionContext(context))).toEqual(context),
      ),
    );
  });

  test('differs where plain concatenation would be the same', () => {
    const encoded = [{ ab: 'c' }, { a: 'bc' }, { a: 'b', c: '' }, { abc: '' }, { '': 'abc' }].map((context) =>
      Buffer.from(encodeEncryptionContext(context)).toString('hex'),
    );
    expect(new Set(encoded).size).toBe(encoded.length);
  });

  test('does not depend on the order of members', () => {
    fc.assert(
      fc.property(contexts, (context) => {
        const reversed = Object.fromEntries(Object.entries(context).reverse());
        expect(encodeEncryptionContext(reversed)).toEqual(encodeEncryptionContext(context));
      }),
    );
  });

  test('sorts by the bytes of UTF-8, where UTF-16 would sort differently', () => {
    const encoded = Buffer.from(encodeEncryptionContext({ '\u{1f511}': '', '\uff5e': '' }));
    expect(encoded.indexOf('\uff5e')).toBeLessThan(encoded.indexOf('\u{1f511}'));
  });

  test('carries the member __proto__ like any other', () => {
    const context = JSON.parse('{"__proto__":"x"}');
    expect(Object.entries(decodeEncryptionContext(encodeEncryptionContext(context)))).toEqual([['__proto__', 'x']]);
  });

  test('refuses an unpaired surrogate, which has no UTF-8 form', () => {
    expect(() => encodeEncryptionContext({ a: '\ud800' })).toThrow(RangeError);
    expect(() => encodeEncryptionContext({ '\udc00': 'a' })).toThrow(RangeError);
  });

  test.each([
    ['members out of order', '00000002' + '0000000162' + '00000000' + '0000000161' + '00000000'],
    ['a member twice', '00000002' + '0000000161' + '00000000' + '0000000161' + '00000000'],
    ['bytes after the last member', '0000000000'],
    ['a length beyond the end', '00000001' + '000000ff61'],
    ['a count beyond the end', 'ffffffff'],
    ['broken UTF-8', '00000001' + '00000001ff' + '00000000'],
    ['nothing at all', ''],
  ])('is not read from %s', (_, encoded) => {
    expect(() => decodeEncryptionContext(Buffer.from(encoded, 'hex'))).toThrow(
      expect.objectContaining({ name: 'RangeError' }),
    );
  });
});
