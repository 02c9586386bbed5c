import {
  checkPrimeSync,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  generatePrimeSync,
  randomBytes,
  randomUUID,
} from 'node:crypto';
import { requireAbility } from '@keystead/control-plane/hsm/crypto/families.ts';
import { openImportToken, sealImportToken } from '@keystead/control-plane/hsm/crypto/import-token.ts';
import { RootKeys } from '@keystead/control-plane/hsm/crypto/root-keys.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import { HsmError } from '@keystead/control-plane/hsm/port/hsm-error.ts';
import type { ImportTarget } from '@keystead/control-plane/hsm/port/key-material.ts';
import { createSoftHsm } from '@keystead/control-plane/hsm/soft/soft-hsm.ts';
import { accountIdPattern } from '@keystead/provider-schema/arn.ts';
import type { KeySpec } from '@keystead/provider-schema/vocabulary.ts';
import {
  type RsaWrappingKeySpec,
  type WrappingAlgorithm,
  type WrappingChoice,
  wrappingChoice,
} from '@keystead/provider-schema/wrapping.ts';
import fc from 'fast-check';
import { opensslKey, someKeyMaterial, wrapKeyMaterial } from '../../support/key-import.ts';
import { runs } from '../../support/sizes.ts';
import { der } from './wycheproof.ts';

const rootKey = randomBytes(32);
const hsm = createSoftHsm(new SecretBytes(Buffer.from(rootKey)));
afterAll(() => hsm.close());

const algorithms = [
  'RSAES_OAEP_SHA_1',
  'RSAES_OAEP_SHA_256',
  'RSA_AES_KEY_WRAP_SHA_1',
  'RSA_AES_KEY_WRAP_SHA_256',
] as const satisfies readonly WrappingAlgorithm[];
const wrappingSpecs = ['RSA_2048', 'RSA_3072', 'RSA_4096'] as const;
const materialSpecs = [
  'SYMMETRIC_DEFAULT',
  'HMAC_224',
  'HMAC_256',
  'HMAC_384',
  'HMAC_512',
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'ECC_NIST_P256',
  'ECC_NIST_P384',
  'ECC_NIST_P521',
  'ECC_SECG_P256K1',
  'ECC_NIST_EDWARDS25519',
] as const satisfies readonly KeySpec[];

const nowMs = Date.UTC(2026, 0, 1);
const validToMs = nowMs + 86_400_000;

function aTarget(keySpec: KeySpec, change: Partial<ImportTarget['owner']> & { region?: string } = {}): ImportTarget {
  const { region = 'eu-west-1', ...owner } = change;
  return {
    owner: { accountId: '111122223333', domainRegion: 'eu-west-1', keyId: randomUUID(), keySpec, ...owner },
    region,
  };
}

/**
 * Wrapping keys take long to generate: only the tests about generating them do so, the others seal tokens with these.
 */
const wrappingKeys = new Map<RsaWrappingKeySpec, { readonly publicKey: Buffer; readonly privateKey: Buffer }>();
function wrappingKey(spec: RsaWrappingKeySpec) {
  const known = wrappingKeys.get(spec);
  if (known) return known;
  const made = generateKeyPairSync('rsa', {
    modulusLength: Number(spec.slice(4)),
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  wrappingKeys.set(spec, made);
  return made;
}

/** The result of generateImportParameters, with one of the keys above. */
function parameters(target: ImportTarget, wrapping: WrappingChoice) {
  const { publicKey, privateKey } = wrappingKey(wrapping.keySpec);
  const secret = new SecretBytes(Buffer.from(privateKey));
  const importToken = sealImportToken(
    RootKeys.first(new SecretBytes(Buffer.from(rootKey))),
    target,
    { wrapping, validToMs },
    secret,
  );
  return { publicKey, importToken };
}

/** Imports bytes of any kind into a key of this spec. */
function importing(keySpec: KeySpec, material: Uint8Array, target = aTarget(keySpec)) {
  const direct = material.length <= 446;
  const wrapping = {
    algorithm: direct ? 'RSAES_OAEP_SHA_256' : 'RSA_AES_KEY_WRAP_SHA_256',
    keySpec: 'RSA_4096',
  } as const;
  const { publicKey, importToken } = parameters(target, wrapping);
  const encryptedKeyMaterial = wrapKeyMaterial(material, publicKey, wrapping.algorithm);
  return hsm.importKey({ target, importToken, encryptedKeyMaterial, nowMs });
}

const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof HsmError ? error.kind : `defect: ${String(error)}`),
  );

/** Checks that the imported key gives the same results as the original material. */
async function proves(target: ImportTarget, imported: { materialId: string; wrapped: Uint8Array }, material: Buffer) {
  const wrapped = { ...target.owner, ...imported };
  const { keySpec } = target.owner;
  if (keySpec === 'SYMMETRIC_DEFAULT') {
    const encryptionContext = { a: 'b' };
    const ciphertextBlob = await hsm.encrypt({ material: wrapped, plaintext: Buffer.from('x'), encryptionContext });
    return Buffer.from(await hsm.decrypt({ material: wrapped, ciphertextBlob, encryptionContext })).equals(
      Buffer.from('x'),
    );
  }
  if (keySpec.startsWith('HMAC')) {
    const { createHmac } = await import('node:crypto');
    const bits = keySpec.slice(5) as '224' | '256' | '384' | '512';
    const mac = await hsm.mac({ material: wrapped, algorithm: `HMAC_SHA_${bits}`, message: Buffer.from('x') });
    return createHmac(`sha${bits}`, material).update('x').digest().equals(mac);
  }
  const own = createPublicKey(createPrivateKey({ key: material, format: 'der', type: 'pkcs8' }));
  return own.export({ type: 'spki', format: 'der' }).equals(Buffer.from(await hsm.publicKey(wrapped)));
}

describe('material that openssl wrapped is imported', () => {
  const material = new Map<KeySpec, Buffer>();
  const materialOf = (spec: KeySpec) => {
    const made = material.get(spec) ?? someKeyMaterial(spec);
    material.set(spec, made);
    return made;
  };

  test.each(materialSpecs)('of spec %s, with every algorithm and wrapping key that can wrap it', async (spec) => {
    const ids = new Set<string>();
    const keyId = randomUUID();
    for (const algorithm of algorithms) {
      for (const wrappingSpec of wrappingSpecs) {
        const wrapping = wrappingChoice(spec, algorithm, wrappingSpec);
        if (!wrapping) continue;
        const target = aTarget(spec, { keyId });
        const { publicKey, importToken } = parameters(target, wrapping);
        const encryptedKeyMaterial = wrapKeyMaterial(materialOf(spec), publicKey, algorithm);
        const imported = await hsm.importKey({ target, importToken, encryptedKeyMaterial, nowMs });
        expect(imported.materialId).toMatch(/^[0-9a-f]{64}$/);
        expect(await proves(target, imported, materialOf(spec))).toBe(true);
        ids.add(imported.materialId);
      }
    }
    expect(ids.size).toBe(1);
  });
});

test('an HSM generates a new wrapping key of the requested size each time, and imports material wrapped under it', async () => {
  const target = aTarget('SYMMETRIC_DEFAULT');
  const material = randomBytes(32);
  const seen = new Set<string>();
  for (const keySpec of wrappingSpecs) {
    const wrapping = { algorithm: 'RSAES_OAEP_SHA_256', keySpec } as const;
    const { publicKey, importToken } = await hsm.generateImportParameters({ target, wrapping, validToMs });
    expect(createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }).asymmetricKeyDetails).toEqual({
      modulusLength: Number(keySpec.slice(4)),
      publicExponent: 65537n,
    });
    const encryptedKeyMaterial = wrapKeyMaterial(material, publicKey, wrapping.algorithm);
    const { materialId } = await hsm.importKey({ target, importToken, encryptedKeyMaterial, nowMs });
    seen.add(`${Buffer.from(publicKey).toString('hex')}`);
    expect(materialId).toBe((await importing('SYMMETRIC_DEFAULT', material, target)).materialId);
  }
  expect(seen.size).toBe(3);
});

describe('the id of imported material', () => {
  test('is the same for the same bytes in every Region of a key, and different for another key', async () => {
    const material = randomBytes(32);
    const keyId = `mrk-${randomBytes(16).toString('hex')}`;
    const here = await importing('SYMMETRIC_DEFAULT', material, aTarget('SYMMETRIC_DEFAULT', { keyId }));
    const there = await importing(
      'SYMMETRIC_DEFAULT',
      material,
      aTarget('SYMMETRIC_DEFAULT', { keyId, region: 'us-east-1' }),
    );
    const elsewhere = await importing('SYMMETRIC_DEFAULT', material);
    const different = await importing('SYMMETRIC_DEFAULT', randomBytes(32), aTarget('SYMMETRIC_DEFAULT', { keyId }));
    expect(there.materialId).toBe(here.materialId);
    expect(new Set([here.materialId, elsewhere.materialId, different.materialId]).size).toBe(3);
  });

  test('of a private key does not depend on whether the PKCS#8 includes the public key', async () => {
    const keyId = randomUUID();
    const whole = opensslKey(['EC', '-pkeyopt', 'ec_paramgen_curve:P-256']);
    const key = createPrivateKey({ key: whole, format: 'der', type: 'pkcs8' });
    const d = Buffer.from(String(key.export({ format: 'jwk' }).d), 'base64url');
    // RFC 5915 section 3 without its optional members, in PKCS#8.
    const bare = Buffer.concat([
      Buffer.from('3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420', 'hex'),
      d,
    ]);
    const target = aTarget('ECC_NIST_P256', { keyId });
    const one = await importing('ECC_NIST_P256', whole, target);
    expect((await importing('ECC_NIST_P256', bare, target)).materialId).toBe(one.materialId);
  });
});

describe('an import token', () => {
  const choices = algorithms.flatMap((algorithm) => wrappingSpecs.map((keySpec) => ({ algorithm, keySpec })));
  const secretOf = (bytes: Uint8Array) => new SecretBytes(Buffer.from(bytes));
  const rootKeysOf = (bytes: Uint8Array) => RootKeys.first(secretOf(bytes));
  const aHeader = fc.record({
    wrapping: fc.constantFrom(...choices),
    validToMs: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  });
  const someTarget = fc.record({
    region: fc.constantFrom('eu-west-1', 'us-east-1', ''),
    owner: fc.record({
      accountId: fc.stringMatching(new RegExp(`^${accountIdPattern}$`)),
      domainRegion: fc.constantFrom('eu-west-1', 'us-east-1'),
      keyId: fc.uuid(),
      keySpec: fc.constantFrom(...materialSpecs),
    }),
  });

  test('opens to its contents, but only for its own key', () => {
    fc.assert(
      fc.property(
        aHeader,
        someTarget,
        someTarget,
        fc.uint8Array({ minLength: 1, maxLength: 2500 }),
        (header, target, other, bytes) => {
          const importToken = sealImportToken(rootKeysOf(rootKey), target, header, secretOf(bytes));
          const { privateKey, ...opened } = openImportToken(rootKeysOf(rootKey), target, importToken);
          expect(opened).toEqual(header);
          expect(privateKey.use((secret) => Buffer.from(secret).equals(bytes))).toBe(true);
          const { domainRegion: _, ...names } = other.owner;
          const isSame =
            JSON.stringify({ ...target.owner, ...names, region: other.region }) ===
            JSON.stringify({ ...target.owner, region: target.region });
          if (!isSame) expect(() => openImportToken(rootKeysOf(rootKey), other, importToken)).toThrow(HsmError);
          expect(() => openImportToken(rootKeysOf(randomBytes(32)), target, importToken)).toThrow(HsmError);
        },
      ),
      { numRuns: runs(100, 2000) },
    );
  });

  test('does not open when a byte is changed, missing or added', () => {
    const target = aTarget('SYMMETRIC_DEFAULT');
    const header = { wrapping: { algorithm: 'RSAES_OAEP_SHA_256', keySpec: 'RSA_2048' }, validToMs } as const;
    const importToken = sealImportToken(rootKeysOf(rootKey), target, header, secretOf(randomBytes(40)));
    const opens = (bytes: Uint8Array) => {
      try {
        openImportToken(rootKeysOf(rootKey), target, bytes);
        return true;
      } catch (error) {
        expect(error).toMatchObject({ kind: 'invalid-import-token' });
        return false;
      }
    };
    expect(opens(importToken)).toBe(true);
    for (let at = 0; at < importToken.length; at++) {
      for (const bit of [1, 0x80]) {
        const changed = Buffer.from(importToken);
        changed[at] = (changed[at] ?? 0) ^ bit;
        expect(opens(changed)).toBe(false);
      }
      expect(opens(importToken.subarray(0, at))).toBe(false);
    }
    expect(opens(Buffer.concat([importToken, Buffer.of(0)]))).toBe(false);
  });

  test('does not reveal its private key, and differs each time', () => {
    const target = aTarget('SYMMETRIC_DEFAULT');
    const { importToken } = parameters(target, { algorithm: 'RSAES_OAEP_SHA_256', keySpec: 'RSA_2048' });
    const { privateKey } = wrappingKey('RSA_2048');
    for (let at = 0; at + 16 <= privateKey.length; at += 16) {
      expect(Buffer.from(importToken).includes(privateKey.subarray(at, at + 16))).toBe(false);
    }
    const again = parameters(target, { algorithm: 'RSAES_OAEP_SHA_256', keySpec: 'RSA_2048' });
    expect(Buffer.from(again.importToken).equals(Buffer.from(importToken))).toBe(false);
  });
});

describe('an import is refused', () => {
  const wrapping = { algorithm: 'RSAES_OAEP_SHA_256', keySpec: 'RSA_2048' } as const;
  const target = aTarget('SYMMETRIC_DEFAULT');
  const material = randomBytes(32);
  const wrapped = () => {
    const { publicKey, importToken } = parameters(target, wrapping);
    return {
      target,
      importToken,
      encryptedKeyMaterial: wrapKeyMaterial(material, publicKey, wrapping.algorithm),
      nowMs,
    };
  };

  test('from the moment its token expires', async () => {
    const request = wrapped();
    expect(await kindOf(hsm.importKey({ ...request, nowMs: validToMs - 1 }))).toBe('accepted');
    expect(await kindOf(hsm.importKey({ ...request, nowMs: validToMs }))).toBe('expired-import-token');
  });

  test.each([
    ['another key', aTarget('SYMMETRIC_DEFAULT')],
    ['another Region', { ...target, region: 'us-east-1' }],
    ['another account', { ...target, owner: { ...target.owner, accountId: '444455556666' } }],
    ['another key spec', { ...target, owner: { ...target.owner, keySpec: 'HMAC_256' as const } }],
  ])('when its token is for %s', async (_, other) => {
    expect(await kindOf(hsm.importKey({ ...wrapped(), target: other }))).toBe('invalid-import-token');
  });

  test('when the material is wrapped under the public key of another call, or by another algorithm', async () => {
    const other = await hsm.generateImportParameters({ target, wrapping, validToMs });
    const crossed = { ...wrapped(), importToken: other.importToken };
    expect(await kindOf(hsm.importKey(crossed))).toBe('invalid-ciphertext');
    const { publicKey } = wrappingKey('RSA_2048');
    for (const algorithm of ['RSAES_OAEP_SHA_1', 'RSA_AES_KEY_WRAP_SHA_256'] as const) {
      const encryptedKeyMaterial = wrapKeyMaterial(material, publicKey, algorithm);
      expect(await kindOf(hsm.importKey({ ...wrapped(), encryptedKeyMaterial }))).toBe('invalid-ciphertext');
    }
  });

  test.each(['RSAES_OAEP_SHA_256', 'RSA_AES_KEY_WRAP_SHA_256'] as const)(
    'when any byte of material wrapped with %s is changed, missing or added',
    async (algorithm) => {
      const into = aTarget('ECC_NIST_P256');
      const { publicKey, importToken } = parameters(into, { algorithm, keySpec: 'RSA_2048' });
      const whole = wrapKeyMaterial(someKeyMaterial('ECC_NIST_P256'), publicKey, algorithm);
      const attempt = (encryptedKeyMaterial: Uint8Array) =>
        kindOf(hsm.importKey({ target: into, importToken, encryptedKeyMaterial, nowMs }));
      expect(await attempt(whole)).toBe('accepted');
      for (let at = 0; at < whole.length; at++) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
        expect([at, await attempt(changed)]).toEqual([at, 'invalid-ciphertext']);
      }
      const lengths = [0, 1, 255, 256, 257, 264, 272, whole.length - 8, whole.length - 1];
      for (const length of lengths.filter((shorter) => shorter < whole.length)) {
        expect([length, await attempt(whole.subarray(0, length))]).toEqual([length, 'invalid-ciphertext']);
      }
      expect(await attempt(Buffer.concat([whole, Buffer.alloc(8)]))).toBe('invalid-ciphertext');
    },
  );

  test('when the intermediate AES key does not have 256 bits', async () => {
    const { createCipheriv, publicEncrypt, constants } = await import('node:crypto');
    const into = aTarget('ECC_NIST_P256');
    const { publicKey, importToken } = parameters(into, { algorithm: 'RSA_AES_KEY_WRAP_SHA_256', keySpec: 'RSA_2048' });
    const privateKey = someKeyMaterial('ECC_NIST_P256');
    const kindWith = async (lengthInBytes: number) => {
      const aesKey = randomBytes(lengthInBytes);
      const cipher = createCipheriv(`id-aes${8 * lengthInBytes}-wrap-pad`, aesKey, Buffer.from('a65959a6', 'hex'));
      const key = {
        key: publicKey,
        format: 'der',
        type: 'spki',
        padding: constants.RSA_PKCS1_OAEP_PADDING,
        oaepHash: 'sha256',
      } as const;
      const encryptedKeyMaterial = Buffer.concat([
        publicEncrypt(key, aesKey),
        cipher.update(privateKey),
        cipher.final(),
      ]);
      return kindOf(hsm.importKey({ target: into, importToken, encryptedKeyMaterial, nowMs }));
    };
    expect(await kindWith(32)).toBe('accepted');
    expect(await kindWith(16)).toBe('invalid-ciphertext');
    expect(await kindWith(24)).toBe('invalid-ciphertext');
  });
});

/** A private key of any two factors, with all its other numbers correct (RFC 8017 section 3.2). */
function rsaKeyOf(p: bigint, q: bigint): Buffer {
  const e = 65537n;
  const inverse = (a: bigint, n: bigint): bigint => {
    let [r, nextR, t, nextT] = [n, a % n, 0n, 1n];
    while (nextR !== 0n) [r, nextR, t, nextT] = [nextR, r % nextR, nextT, t - (r / nextR) * nextT];
    return ((t % n) + n) % n;
  };
  const d = inverse(e, (p - 1n) * (q - 1n));
  const text = (number: bigint) => {
    const hex = number.toString(16);
    return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
  };
  const numbers = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const members = Object.entries(numbers).map(([name, number]) => [name, text(number)]);
  const key = createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(members) }, format: 'jwk' });
  return key.export({ type: 'pkcs8', format: 'der' });
}

describe('bytes that are not key material of the spec are refused', () => {
  const refused = async (spec: KeySpec, material: Uint8Array) =>
    expect(await kindOf(importing(spec, material))).toBe('incorrect-key-material');

  test.each([1, 16, 31, 33, 64])('a symmetric key of %d bytes', async (length) => {
    await refused('SYMMETRIC_DEFAULT', randomBytes(length));
  });

  test.each([
    ['HMAC_224', 28, 64],
    ['HMAC_256', 32, 64],
    ['HMAC_384', 48, 128],
    ['HMAC_512', 64, 128],
  ] as const)('an %s key of less than %d bytes or more than %d', async (spec, min, max) => {
    for (const length of [min - 1, max + 1]) await refused(spec, randomBytes(length));
    for (const length of [min, max]) expect(await kindOf(importing(spec, randomBytes(length)))).toBe('accepted');
  });

  test('an RSA key of another size, or of another kind of key', async () => {
    for (const spec of ['RSA_3072', 'ECC_NIST_P256'] as const) {
      await refused('RSA_2048', someKeyMaterial(spec));
      await refused(spec, someKeyMaterial('RSA_2048'));
    }
    await refused('RSA_2048', opensslKey(['RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048']));
    await refused('RSA_2048', opensslKey(['RSA', '-pkeyopt', 'rsa_keygen_bits:2056']));
  });

  test('an RSA key with the public exponent 3', async () => {
    await refused(
      'RSA_2048',
      opensslKey(['RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-pkeyopt', 'rsa_keygen_pubexp:3']),
    );
  });

  test('an RSA key of more than two primes', async () => {
    await refused(
      'RSA_2048',
      opensslKey(['RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-pkeyopt', 'rsa_keygen_primes:3']),
    );
  });

  test('an RSA key with factors of different lengths, close to each other, or not prime', async () => {
    const prime = (bits: number) => generatePrimeSync(bits, { bigint: true });
    const after = (first: bigint) => {
      let next = first + 2n;
      while (!checkPrimeSync(next)) next += 2n;
      return next;
    };
    /** Sets the top bits like OpenSSL does in primes, so that the modulus has its full length. */
    const compositeOf = (bits: number) => {
      let odd = prime(bits) - 2n;
      while (checkPrimeSync(odd) || (odd - 1n) % 65537n === 0n) odd -= 2n;
      return odd;
    };
    const p = prime(1024);
    expect(await kindOf(importing('RSA_2048', rsaKeyOf(p, prime(1024))))).toBe('accepted');
    await refused('RSA_2048', rsaKeyOf(prime(1023), prime(1025)));
    await refused('RSA_2048', rsaKeyOf(p, after(p)));
    await refused('RSA_2048', rsaKeyOf(p, compositeOf(1024)));
  });

  test('an RSA key in which one number does not fit the others', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = privateKey.export({ format: 'jwk' });
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const) {
      const bytes = Buffer.from(String(jwk[member]), 'base64url');
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 2;
      const bad = createPrivateKey({ key: { ...jwk, [member]: bytes.toString('base64url') }, format: 'jwk' });
      await refused('RSA_2048', bad.export({ type: 'pkcs8', format: 'der' }));
    }
  });

  test('an elliptic curve key of another curve', async () => {
    const specs = [
      'ECC_NIST_P256',
      'ECC_NIST_P384',
      'ECC_NIST_P521',
      'ECC_SECG_P256K1',
      'ECC_NIST_EDWARDS25519',
    ] as const;
    for (const spec of specs) {
      const material = someKeyMaterial(spec);
      for (const other of specs) if (other !== spec) await refused(other, material);
    }
  });

  test.each([
    ['P-256', 'ECC_NIST_P256', 36, 32],
    ['P-384', 'ECC_NIST_P384', 35, 48],
    ['P-521', 'ECC_NIST_P521', 35, 66],
    ['secp256k1', 'ECC_SECG_P256K1', 33, 32],
  ] as const)(
    'a %s key with a scalar out of range, or with the public key of another',
    async (_curve, spec, offset, length) => {
      for (const filler of [0x00, 0xff]) {
        const key = someKeyMaterial(spec);
        key.fill(filler, offset, offset + length);
        await refused(spec, key);
      }
      const [one, other] = [someKeyMaterial(spec), someKeyMaterial(spec)];
      await refused(spec, Buffer.concat([one.subarray(0, -2 * length), other.subarray(-2 * length)]));
      const offCurve = Buffer.from(one);
      offCurve[offCurve.length - 1] = (offCurve.at(-1) ?? 0) ^ 1;
      await refused(spec, offCurve);
    },
  );

  test('an Ed25519 key with the public key of another', async () => {
    const key = someKeyMaterial('ECC_NIST_EDWARDS25519');
    const publicKeyOf = (pkcs8: Buffer) =>
      createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }))
        .export({ type: 'spki', format: 'der' })
        .subarray(-32);
    // RFC 8410 section 10.3: version 2 has the public key at its end.
    const withPublicKey = (publicKey: Buffer) =>
      Buffer.concat([Buffer.from('3051020101', 'hex'), key.subarray(5), Buffer.from('812100', 'hex'), publicKey]);
    const target = aTarget('ECC_NIST_EDWARDS25519');
    const bare = await importing('ECC_NIST_EDWARDS25519', key, target);
    const whole = await importing('ECC_NIST_EDWARDS25519', withPublicKey(publicKeyOf(key)), target);
    expect(whole.materialId).toBe(bare.materialId);
    const other = publicKeyOf(someKeyMaterial('ECC_NIST_EDWARDS25519'));
    await refused('ECC_NIST_EDWARDS25519', withPublicKey(other));
  });

  test('a key with explicit curve parameters instead of the name of the curve', async () => {
    const curve = ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-pkeyopt', 'ec_param_enc:explicit'];
    await refused('ECC_NIST_P256', opensslKey(curve));
  });

  test('a private key that is truncated, followed by other bytes, or in another form', async () => {
    const key = someKeyMaterial('ECC_NIST_P256');
    await refused('ECC_NIST_P256', key.subarray(0, -1));
    await refused('ECC_NIST_P256', Buffer.concat([key, Buffer.of(0)]));
    await refused('ECC_NIST_P256', randomBytes(138));
    await refused('ECC_NIST_P256', Buffer.of(0x30));
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    await refused('RSA_2048', rsa.export({ type: 'pkcs1', format: 'der' }));
    await refused('RSA_2048', Buffer.from(rsa.export({ type: 'pkcs8', format: 'pem' })));
    const ec = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    await refused('ECC_NIST_P256', ec.export({ type: 'sec1', format: 'der' }));
    const locked = ec.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'x' });
    await refused('ECC_NIST_P256', locked);
  });

  test('an RSA key without its factors', async () => {
    const integer = (bytes: Uint8Array) =>
      der(0x02, (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes]));
    const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    const given = [jwk.n, jwk.e, jwk.d].map((text) => integer(Buffer.from(String(text), 'base64url')));
    const none = Array.from({ length: 5 }, () => integer(Buffer.of(0)));
    const rsaKey = der(0x30, Buffer.concat([integer(Buffer.of(0)), ...given, ...none]));
    const algorithm = Buffer.from('300d06092a864886f70d0101010500', 'hex');
    await refused('RSA_2048', der(0x30, Buffer.concat([integer(Buffer.of(0)), algorithm, der(0x04, rsaKey)])));
  });

  test('any bytes: they are imported or refused with the one error', async () => {
    const specs = materialSpecs.filter((spec) => /^(RSA_2048|ECC)/.test(spec));
    const keys = new Map(specs.map((spec) => [spec, someKeyMaterial(spec)]));
    const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...specs),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        async (spec, changes) => {
          const bytes = Buffer.from(keys.get(spec) ?? []);
          for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
          const accepted = (async () => requireAbility(spec, 'accept')(new SecretBytes(bytes)))();
          expect(['accepted', 'incorrect-key-material']).toContain(await kindOf(accepted));
        },
      ),
      { numRuns: runs(300, 5_000) },
    );
  });

  test('any bytes for a key spec without import', async () => {
    expect(await kindOf(importing('ML_DSA_44', randomBytes(32)))).toBe('unsupported');
    expect(await kindOf(importing('ML_KEM_512', randomBytes(64)))).toBe('unsupported');
  });
});
