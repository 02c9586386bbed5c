import { createDecipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  encodeExternalCiphertext,
  encodePkcs11Ciphertext,
  externalAdditionalData,
  parseExternalCiphertext,
  parsePkcs11Ciphertext,
  pkcs11AdditionalData,
  readCiphertextNames,
} from '@keystead/control-plane/domain/key-stores/key-store-ciphertext.ts';
import fc from 'fast-check';
import { fromHex } from '../../support/external-vectors.ts';

interface Frozen {
  readonly name: string;
  readonly keyId: string;
  readonly materialId: string;
  readonly key: string;
  readonly iv: string;
  readonly encryptionContext: Readonly<Record<string, string>>;
  readonly additionalData: string;
  readonly blob: string;
}
interface Vectors {
  readonly token: readonly (Frozen & { readonly plaintext: string })[];
  readonly external: readonly (Frozen & {
    readonly metadata: string;
    readonly ciphertext: string;
    readonly tag: string;
    readonly inner: string;
  })[];
}
const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../vectors/key-store-ciphertext.json', import.meta.url), 'utf8'),
);
const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');
const TAG_BYTES = 16;

describe('the ciphertext blob, version 2', () => {
  test.each(vectors.token)('is frozen: $name', ({ keyId, materialId, encryptionContext, ...frozen }) => {
    const parsed = parsePkcs11Ciphertext(fromHex(frozen.blob));
    if (!parsed) throw new Error('the blob is not read');
    expect(parsed).toMatchObject({ keyId, materialId });
    expect(hex(parsed.iv)).toBe(frozen.iv);
    const additionalData = pkcs11AdditionalData({ keyId, materialId }, parsed.iv, encryptionContext);
    expect(hex(additionalData)).toBe(frozen.additionalData);
    const decipher = createDecipheriv('aes-256-gcm', fromHex(frozen.key), parsed.iv)
      .setAAD(additionalData)
      .setAuthTag(parsed.sealed.subarray(-TAG_BYTES));
    const plaintext = Buffer.concat([decipher.update(parsed.sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
    expect(hex(plaintext)).toBe(frozen.plaintext);
    expect(hex(encodePkcs11Ciphertext(parsed))).toBe(frozen.blob);
  });
});

describe('the ciphertext blob, version 3', () => {
  test.each(vectors.external)('is frozen: $name', ({ keyId, materialId, encryptionContext, ...frozen }) => {
    const parsed = parseExternalCiphertext(fromHex(frozen.blob));
    if (!parsed) throw new Error('the blob is not read');
    expect(parsed).toMatchObject({ keyId, materialId });
    for (const field of ['iv', 'metadata', 'ciphertext', 'tag'] as const)
      expect(hex(parsed[field])).toBe(frozen[field]);
    expect(hex(externalAdditionalData({ keyId, materialId }, encryptionContext))).toBe(frozen.additionalData);
    expect(hex(encodeExternalCiphertext(parsed))).toBe(frozen.blob);
    expect(readCiphertextNames(fromHex(frozen.inner))).toMatchObject({ keyId, materialId });
  });

  test('has other additional data for another encryption context, key or material', () => {
    const names = { keyId: '1234abcd-12ab-34cd-56ef-1234567890ab', materialId: 'ab'.repeat(32) };
    const others = [
      externalAdditionalData(names, {}),
      externalAdditionalData(names, { a: 'b' }),
      externalAdditionalData({ ...names, materialId: 'cd'.repeat(32) }, {}),
      externalAdditionalData({ ...names, keyId: '99999999-12ab-34cd-56ef-1234567890ab' }, {}),
    ];
    expect(new Set(others.map(hex)).size).toBe(others.length);
  });
});

describe('reading a blob', () => {
  const blobs = [...vectors.token, ...vectors.external].map(({ blob }) => fromHex(blob));

  test('finds the names in every version, and nothing in bytes that are not a blob', () => {
    for (const { blob, keyId, materialId } of [...vectors.token, ...vectors.external]) {
      expect(readCiphertextNames(fromHex(blob))).toMatchObject({ keyId, materialId });
    }
    for (const version of [0, 4, 255]) {
      for (const blob of blobs) expect(readCiphertextNames(Buffer.from(blob).fill(version, 0, 1))).toBeUndefined();
    }
    expect(readCiphertextNames(new Uint8Array(0))).toBeUndefined();
  });

  test('never throws, for any bytes of any length', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.constantFrom(...blobs), fc.nat(400)).map(([blob, length]) => blob.subarray(0, length)),
      fc
        .tuple(fc.constantFrom(...blobs), fc.nat(70), fc.nat(255))
        .map(([blob, index, value]) => Buffer.from(blob).fill(value, index, index + 1)),
    );
    fc.assert(
      fc.property(bytes, (blob) => {
        for (const parse of [readCiphertextNames, parsePkcs11Ciphertext, parseExternalCiphertext]) parse(blob);
      }),
    );
  });

  test.each([
    ['an IV of 13 bytes', 50, 13],
    ['no IV', 50, 0],
    ['21 bytes of metadata', 51, 21],
    ['a key id of an unknown kind', 1, 2],
  ])('refuses a version 3 blob with %s', (_what, index, value) => {
    for (const { blob } of vectors.external) {
      expect(parseExternalCiphertext(Buffer.from(fromHex(blob)).fill(value, index, index + 1))).toBeUndefined();
    }
  });
});
