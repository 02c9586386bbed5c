import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { OpenedCache } from '@keystead/control-plane/hsm/crypto/opened-cache.ts';
import { RootKeys } from '@keystead/control-plane/hsm/crypto/root-keys.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import {
  type Binding,
  materialBinding,
  passwordBinding,
  pkcs11KeyBinding,
  secretBinding,
  unwrap,
  wrap,
  wrapWith,
} from '@keystead/control-plane/hsm/crypto/wrapping.ts';
import { HsmError } from '@keystead/control-plane/hsm/port/hsm-error.ts';
import type { MaterialOwner } from '@keystead/control-plane/hsm/port/wrapped-material.ts';
import { createSoftHsm } from '@keystead/control-plane/hsm/soft/soft-hsm.ts';
import fc from 'fast-check';
import { fromHex } from '../../support/external-vectors.ts';

interface WrappedVectors {
  readonly cases: readonly {
    readonly name: string;
    readonly kind: 'material' | 'secret' | 'token-key' | 'password';
    readonly rootKey: string;
    readonly owner: MaterialOwner & { readonly accessKeyId: string; readonly keyStoreId?: string };
    readonly materialId: string;
    readonly nonce: string;
    readonly secret: string;
    readonly wrapped: string;
    /** SPKI, for private keys. */
    readonly publicKey?: string;
  }[];
}
const vectors: WrappedVectors = JSON.parse(
  readFileSync(new URL('../../vectors/wrapped-v1.json', import.meta.url), 'utf8'),
);

const rootKey = RootKeys.first(new SecretBytes(Buffer.alloc(32, 9)));
const owner: MaterialOwner = {
  accountId: '111122223333',
  domainRegion: 'eu-central-1',
  keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
  keySpec: 'SYMMETRIC_DEFAULT',
};
const materialId = 'ab'.repeat(32);
const binding = materialBinding(owner, materialId);
const material = () => new SecretBytes(Buffer.alloc(32, 5));
const hexOf = (secret: SecretBytes) => secret.use((bytes) => Buffer.from(bytes).toString('hex'));
const invalidMaterial = expect.objectContaining({ constructor: HsmError, kind: 'invalid-material' });

describe('the wrapped layout, version 1', () => {
  test.each(vectors.cases)('is frozen: $name', ({ kind, rootKey, owner, materialId, nonce, secret, wrapped }) => {
    const bound = {
      material: materialBinding(owner, materialId),
      secret: secretBinding(owner),
      'token-key': pkcs11KeyBinding(owner, materialId),
      password: passwordBinding({ keyStoreId: '', ...owner }),
    }[kind];
    const root = RootKeys.first(new SecretBytes(fromHex(rootKey)));
    const again = wrapWith(root, bound, new SecretBytes(fromHex(secret)), fromHex(nonce));
    expect(Buffer.from(again).toString('hex')).toBe(wrapped);
    expect(hexOf(unwrap(root, bound, fromHex(wrapped)))).toBe(secret);
  });

  const withPublicKeys = vectors.cases.filter(({ publicKey }) => publicKey !== undefined);
  test.each(withPublicKeys)('contains the private key of the frozen public key: $name', async (frozen) => {
    const hsm = createSoftHsm(new SecretBytes(fromHex(frozen.rootKey)));
    const material = { ...frozen.owner, materialId: frozen.materialId, wrapped: fromHex(frozen.wrapped) };
    expect(Buffer.from(await hsm.publicKey(material)).toString('hex')).toBe(frozen.publicKey);
  });
});

describe('wrapped material', () => {
  const wrapped = wrap(rootKey, binding, material());

  test('is unwrapped for its owner and differs each time', () => {
    expect(hexOf(unwrap(rootKey, binding, wrapped))).toBe('05'.repeat(32));
    expect(Buffer.compare(wrapped, wrap(rootKey, binding, material()))).not.toBe(0);
  });

  test.each<[string, Binding]>([
    ['account', materialBinding({ ...owner, accountId: '444455556666' }, materialId)],
    ['Region', materialBinding({ ...owner, domainRegion: 'us-east-1' }, materialId)],
    ['key', materialBinding({ ...owner, keyId: '00000000-12ab-34cd-56ef-1234567890ab' }, materialId)],
    ['key spec', materialBinding({ ...owner, keySpec: 'HMAC_256' }, materialId)],
    ['material id', materialBinding(owner, 'cd'.repeat(32))],
    ['kind of secret', secretBinding({ accountId: owner.accountId, accessKeyId: owner.keyId })],
  ])('cannot be unwrapped for another %s', (_, other) => {
    expect(() => unwrap(rootKey, other, wrapped)).toThrow(invalidMaterial);
  });

  test('cannot be unwrapped with another root key', () => {
    expect(() => unwrap(RootKeys.first(new SecretBytes(Buffer.alloc(32, 8))), binding, wrapped)).toThrow(
      invalidMaterial,
    );
  });

  test('cannot be unwrapped with any bit flipped, or when it is too short or too long', () => {
    fc.assert(
      fc.property(fc.nat(wrapped.length - 1), fc.nat(7), (index, bit) => {
        const flipped = Buffer.from(wrapped);
        flipped[index] = (flipped[index] ?? 0) ^ (1 << bit);
        expect(() => unwrap(rootKey, binding, flipped)).toThrow(invalidMaterial);
      }),
    );
    for (let length = 0; length < wrapped.length; length++) {
      expect(() => unwrap(rootKey, binding, wrapped.subarray(0, length))).toThrow(invalidMaterial);
    }
    expect(() => unwrap(rootKey, binding, Buffer.concat([wrapped, Buffer.of(0)]))).toThrow(invalidMaterial);
  });
});

describe('the cache of unwrapped secrets', () => {
  const entry = (index: number) => {
    const bound = materialBinding(owner, index.toString(16).padStart(64, '0'));
    return [bound, wrap(rootKey, bound, material())] as const;
  };

  test('unwraps the same bytes once', () => {
    const cache = new OpenedCache(rootKey, 2);
    const first = entry(1);
    expect(cache.open(...first)).toBe(cache.open(...first));
  });

  test('stays within its capacity and wipes the secret unused for longest', () => {
    const cache = new OpenedCache(rootKey, 2);
    const [first, second, third] = [entry(1), entry(2), entry(3)];
    const opened = [cache.open(...first), cache.open(...second)] as const;
    cache.open(...first);
    cache.open(...third);
    expect(cache.size).toBe(2);
    expect(hexOf(opened[0])).toBe('05'.repeat(32));
    expect(() => hexOf(opened[1])).toThrow('wiped');
    expect(hexOf(cache.open(...second))).toBe('05'.repeat(32));
  });

  test('does not return the secret of one owner to another', () => {
    const cache = new OpenedCache(rootKey, 2);
    const [bound, wrapped] = entry(1);
    cache.open(bound, wrapped);
    expect(() => cache.open(entry(2)[0], wrapped)).toThrow(invalidMaterial);
    expect(cache.size).toBe(1);
  });

  test('wipes only the secrets that were not used for some minutes', () => {
    jest.useFakeTimers();
    try {
      const cache = new OpenedCache(rootKey, 3);
      const [idle, busy] = [entry(1), entry(2)];
      const opened = [cache.open(...idle), cache.open(...busy)] as const;
      for (let minute = 0; minute < 5; minute += 1) {
        jest.advanceTimersByTime(60_000);
        expect(cache.open(...busy)).toBe(opened[1]);
      }
      expect(cache.size).toBe(1);
      expect(() => hexOf(opened[0])).toThrow('wiped');
      expect(hexOf(cache.open(...idle))).toBe('05'.repeat(32));
      cache.clear();
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  test('wipes everything when it is cleared', () => {
    const cache = new OpenedCache(rootKey, 2);
    const opened = cache.open(...entry(1));
    cache.clear();
    expect(cache.size).toBe(0);
    expect(() => hexOf(opened)).toThrow('wiped');
  });
});
