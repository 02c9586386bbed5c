import { openImportToken, sealImportToken } from '@keystead/control-plane/hsm/crypto/import-token.ts';
import { type Generation, RootKeys } from '@keystead/control-plane/hsm/crypto/root-keys.ts';
import { openToken, sealToken } from '@keystead/control-plane/hsm/crypto/sealed-token.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import { materialBinding, rewrap, unwrap, wrap } from '@keystead/control-plane/hsm/crypto/wrapping.ts';
import { HsmError } from '@keystead/control-plane/hsm/port/hsm-error.ts';
import { createSoftHsm } from '@keystead/control-plane/hsm/soft/soft-hsm.ts';
import fc from 'fast-check';

const rootKey = (generation: number) => new SecretBytes(new Uint8Array(32).fill(generation));
const held = (...generations: readonly number[]): readonly Generation[] =>
  generations.map((generation) => ({ generation, rootKey: rootKey(generation) }));
/** As of an installation whose first root key is `rootKey(1)`. */
const rootKeys = (...generations: readonly number[]) =>
  new RootKeys(held(...generations), RootKeys.first(rootKey(1)).installation);
/** All of these are held, and the last one is in use. */
const using = (generation: number, ...generations: readonly number[]) => {
  const keys = rootKeys(...generations);
  expect(keys.use(generation)).toBe(true);
  return keys;
};

const owner = {
  accountId: '111122223333',
  domainRegion: 'eu-central-1',
  keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
  keySpec: 'SYMMETRIC_DEFAULT',
} as const;
const binding = materialBinding(owner, 'ab'.repeat(32));
const secretOf = (byte: number) => new SecretBytes(new Uint8Array(32).fill(byte));
const hexOf = (secret: SecretBytes) => secret.use((bytes) => Buffer.from(bytes).toString('hex'));
const NOW_MS = Date.UTC(2026, 0, 1);

describe('generations of the root key', () => {
  test('open what any of them wrapped and sealed, and nothing of one that is not held', () => {
    const generations = fc.uniqueArray(fc.integer({ min: 1, max: 0xffff }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(generations, (unordered) => {
        const all = unordered.toSorted((a, b) => a - b);
        const made = all.map((generation) => {
          const keys = using(generation, ...all);
          return {
            generation,
            wrapped: wrap(keys, binding, secretOf(generation)),
            token: sealToken(keys, 'session', Buffer.from('content'), NOW_MS),
            marker: sealToken(keys, 'marker', Buffer.from('content'), NOW_MS),
          };
        });
        for (const missing of [undefined, ...all.slice(0, -1)]) {
          const keys = rootKeys(...all.filter((generation) => generation !== missing));
          for (const { generation, wrapped, token, marker } of made) {
            if (generation === missing) {
              expect(() => unwrap(keys, binding, wrapped)).toThrow(`needs generation ${missing} of the root key`);
              expect(openToken(keys, 'session', token, NOW_MS)).toBeUndefined();
              expect(openToken(keys, 'marker', marker, NOW_MS)).toBeUndefined();
            } else {
              expect(hexOf(unwrap(keys, binding, wrapped))).toBe(hexOf(secretOf(generation)));
              expect(Buffer.from(openToken(keys, 'session', token, NOW_MS) ?? []).toString()).toBe('content');
              expect(Buffer.from(openToken(keys, 'marker', marker, NOW_MS) ?? []).toString()).toBe('content');
            }
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test('do not open what claims to be of another generation', () => {
    const keys = using(2, 1, 2);
    const wrapped = Buffer.from(wrap(keys, binding, secretOf(7)));
    wrapped.writeUInt32BE(1, 1);
    expect(() => unwrap(keys, binding, wrapped)).toThrow(HsmError);
    const token = Buffer.from(sealToken(keys, 'grant', Buffer.from('content'), NOW_MS));
    token.writeUInt32BE(1, 1);
    expect(openToken(keys, 'grant', token, NOW_MS)).toBeUndefined();
  });

  test('import tokens of an older generation are accepted', () => {
    const target = { owner, region: 'eu-central-1' };
    const header = { wrapping: { algorithm: 'RSAES_OAEP_SHA_256', keySpec: 'RSA_2048' }, validToMs: NOW_MS } as const;
    const importToken = sealImportToken(rootKeys(1), target, header, secretOf(3));
    expect(hexOf(openImportToken(using(2, 1, 2), target, importToken).privateKey)).toBe(hexOf(secretOf(3)));
    expect(() => openImportToken(rootKeys(2), target, importToken)).toThrow(HsmError);
  });

  test('are taken into use in one direction only', () => {
    const keys = rootKeys(1, 2, 3);
    expect(keys.inUse.generation).toBe(1);
    expect(keys.use(4)).toBe(false);
    expect(keys.inUse.generation).toBe(1);
    expect(keys.use(3)).toBe(true);
    expect(keys.use(1)).toBe(true);
    expect(keys.inUse.generation).toBe(3);
    expect(wrap(keys, binding, secretOf(1)).subarray(1, 5)).toEqual(Buffer.of(0, 0, 0, 3));
  });

  test('wrap again under the one in use, bound as before', () => {
    const keys = using(2, 1, 2);
    const again = rewrap(keys, binding, wrap(rootKeys(1), binding, secretOf(5)));
    expect(hexOf(unwrap(rootKeys(2), binding, again))).toBe(hexOf(secretOf(5)));
    expect(() => unwrap(rootKeys(2), materialBinding(owner, 'cd'.repeat(32)), again)).toThrow(HsmError);
    expect(() => rewrap(keys, materialBinding(owner, 'cd'.repeat(32)), again)).toThrow(HsmError);
  });

  test('leave the identity of the installation as it is: fingerprint and checkpoint key are of the first one', async () => {
    const [first, rotated] = [createSoftHsm(rootKey(1)), createSoftHsm(rootKeys(2, 3))];
    expect(await rotated.rootKeyFingerprint()).toBe(await first.rootKeyFingerprint());
    expect(await rotated.checkpointPublicKey()).toEqual(await first.checkpointPublicKey());
  });
});

describe('an update of the generations from the stored root key', () => {
  test('adds later ones, and removes old ones, keeping the one in use', () => {
    const keys = using(2, 1, 2);
    expect(keys.update(rootKeys(1, 2, 3))).toBeUndefined();
    expect(keys.generations.map(({ generation }) => generation)).toEqual([1, 2, 3]);
    expect(keys.inUse.generation).toBe(2);
    const old = keys.find(1);
    expect(keys.update(rootKeys(2, 3))).toBeUndefined();
    expect(keys.find(1)).toBeUndefined();
    expect(() => old?.use(() => undefined)).toThrow('wiped');
    expect(hexOf(unwrap(keys, binding, wrap(using(3, 2, 3), binding, secretOf(4))))).toBe(hexOf(secretOf(4)));
  });

  test.each([
    ['of another installation', () => RootKeys.first(rootKey(9)), 'it is another root key'],
    ['without the newest generation', () => rootKeys(1, 2), 'it lacks generation 3, which this HSM holds'],
    ['without the generation in use', () => rootKeys(3), 'it lacks generation 2, which is in use'],
    [
      'with another key for a generation',
      () =>
        new RootKeys([...held(1, 2), { generation: 3, rootKey: rootKey(8) }], RootKeys.first(rootKey(1)).installation),
      'its generation 3 is another one than the one that this HSM holds',
    ],
  ])('is refused for one %s', (_name, read, problem) => {
    const keys = using(2, 1, 2, 3);
    expect(keys.update(read())).toBe(problem);
    expect(keys.generations.map(({ generation }) => generation)).toEqual([1, 2, 3]);
    expect(hexOf(unwrap(keys, binding, wrap(rootKeys(1), binding, secretOf(4))))).toBe(hexOf(secretOf(4)));
  });
});

describe('rewrap of the HSM', () => {
  test('wraps every kind of secret again, and says which it could not open', async () => {
    const before = createSoftHsm(rootKeys(1));
    const secretOwner = { accountId: '111122223333', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' };
    const keyStore = { accountId: '111122223333', keyStoreId: 'cks-1234567890abcdef0' };
    const { materialId, wrapped } = await before.generateKey(owner);
    const { secret, wrapped: wrappedSecret } = await before.generateSecret(secretOwner);
    const wrappedPassword = await before.wrapKeyStorePassword(keyStore, secret);
    const hsm = createSoftHsm(using(2, 1, 2));
    const results = await hsm.rewrap([
      { kind: 'key-material', ...owner, materialId, wrapped },
      { kind: 'access-key-secret', ...secretOwner, wrapped: wrappedSecret },
      { kind: 'key-store-password', ...keyStore, wrapped: wrappedPassword },
      { kind: 'pkcs11-key', ...owner, materialId, wrapped },
      { kind: 'key-material', ...owner, materialId, wrapped: Buffer.alloc(60, 1) },
    ]);
    expect(results.map((result) => result.wrapped?.subarray(0, 5))).toEqual([
      ...Array(3).fill(Buffer.of(1, 0, 0, 0, 2)),
      undefined,
      undefined,
    ]);
    const after = createSoftHsm(rootKeys(2));
    const request = { encryptionContext: {}, plaintext: Buffer.from('data') };
    const ciphertextBlob = await before.encrypt({ ...request, material: { ...owner, materialId, wrapped } });
    const material = { ...owner, materialId, wrapped: results[0]?.wrapped ?? Buffer.of() };
    expect(Buffer.from(await after.decrypt({ ...request, ciphertextBlob, material })).toString()).toBe('data');
    const login = { ...keyStore, clusterId: 'cluster', wrappedPassword: results[2]?.wrapped ?? Buffer.of() };
    expect(await after.isKeyStorePassword(login, secret)).toBe(true);
    const scope = { date: new Date().toISOString().slice(0, 10).replaceAll('-', ''), region: 'r', service: 'kms' };
    const signingKey = (by: typeof after, own: Uint8Array) =>
      by.deriveSigningKey({ secret: { ...secretOwner, wrapped: own }, ...scope });
    expect(await signingKey(after, results[1]?.wrapped ?? Buffer.of())).toEqual(
      await signingKey(before, wrappedSecret),
    );
  });
});
