/** The HSM's operations with keys of every family, checked with their public keys only. */
import { execFileSync } from 'node:child_process';
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  publicEncrypt,
  randomBytes,
  sign as signWithOpenssl,
  verify as verifyWithOpenssl,
} from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Curve, curves, ecdsa } from '@keystead/control-plane/hsm/crypto/ecc.ts';
import { encodePkcs1, encodePss, matchesPss } from '@keystead/control-plane/hsm/crypto/emsa.ts';
import { mlDsaParameters } from '@keystead/control-plane/hsm/crypto/ml-dsa.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import type { Hsm } from '@keystead/control-plane/hsm/port/hsm.ts';
import { HsmError } from '@keystead/control-plane/hsm/port/hsm-error.ts';
import type { MaterialOwner, WrappedMaterial } from '@keystead/control-plane/hsm/port/wrapped-material.ts';
import { createSoftHsm } from '@keystead/control-plane/hsm/soft/soft-hsm.ts';
import { Gate } from '@keystead/control-plane/runtime/gate.ts';
import type { MacAlgorithmSpec, MessageType, SigningAlgorithmSpec } from '@keystead/provider-schema/generated/types.ts';
import type { KeySpec } from '@keystead/provider-schema/vocabulary.ts';
import { ed25519, ed25519ph } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { needs } from '../../support/needs.ts';

needs('openssl');

const hsm = createSoftHsm(new SecretBytes(Buffer.alloc(32, 1)));
const owner = (keySpec: KeySpec): MaterialOwner => ({
  accountId: '111122223333',
  domainRegion: 'eu-central-1',
  keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
  keySpec,
});

/** One key per spec for the whole file: generating an RSA key takes seconds. */
const keys = new Map<KeySpec, Promise<WrappedMaterial>>();
function keyOf(keySpec: KeySpec): Promise<WrappedMaterial> {
  const known = keys.get(keySpec);
  if (known) return known;
  const made = hsm.generateKey(owner(keySpec)).then((key) => ({ ...owner(keySpec), ...key }));
  keys.set(keySpec, made);
  return made;
}

async function publicKeyOf(keySpec: KeySpec): Promise<KeyObject> {
  const key = Buffer.from(await hsm.publicKey(await keyOf(keySpec)));
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

const kindOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no refusal',
    (error) => (error instanceof HsmError ? error.kind : error.constructor.name),
  );

const rsaAlgorithms = [
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
] as const;

/** Maximum length of a signature in bytes; only ECDSA signatures can be shorter. */
const schemes: readonly {
  readonly keySpec: KeySpec;
  readonly algorithms: readonly SigningAlgorithmSpec[];
  readonly bytes: number;
}[] = [
  { keySpec: 'RSA_2048', algorithms: rsaAlgorithms, bytes: 256 },
  { keySpec: 'RSA_3072', algorithms: rsaAlgorithms, bytes: 384 },
  { keySpec: 'RSA_4096', algorithms: rsaAlgorithms, bytes: 512 },
  { keySpec: 'ECC_NIST_P256', algorithms: ['ECDSA_SHA_256'], bytes: 72 },
  { keySpec: 'ECC_NIST_P384', algorithms: ['ECDSA_SHA_384'], bytes: 104 },
  { keySpec: 'ECC_NIST_P521', algorithms: ['ECDSA_SHA_512'], bytes: 139 },
  { keySpec: 'ECC_SECG_P256K1', algorithms: ['ECDSA_SHA_256'], bytes: 72 },
  { keySpec: 'ECC_NIST_EDWARDS25519', algorithms: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'], bytes: 64 },
  { keySpec: 'ML_DSA_44', algorithms: ['ML_DSA_SHAKE_256'], bytes: 2420 },
  { keySpec: 'ML_DSA_65', algorithms: ['ML_DSA_SHAKE_256'], bytes: 3309 },
  { keySpec: 'ML_DSA_87', algorithms: ['ML_DSA_SHAKE_256'], bytes: 4627 },
];

const messageTypes: Readonly<Record<string, readonly MessageType[]>> = {
  ED25519_SHA_512: ['RAW'],
  ED25519_PH_SHA_512: ['DIGEST'],
  ML_DSA_SHAKE_256: ['RAW', 'EXTERNAL_MU'],
};
const typesOf = (algorithm: SigningAlgorithmSpec): readonly MessageType[] =>
  messageTypes[algorithm] ?? ['RAW', 'DIGEST'];

const hashOf = (algorithm: SigningAlgorithmSpec) => `sha${algorithm.slice(-3)}`;
const text = Buffer.from('to whom it may concern');
function messageFor(algorithm: SigningAlgorithmSpec, messageType: MessageType): Buffer {
  if (messageType === 'RAW') return text;
  return messageType === 'EXTERNAL_MU' ? Buffer.alloc(64, 7) : createHash(hashOf(algorithm)).update(text).digest();
}

const everyWay = schemes.flatMap(({ algorithms, ...rest }) =>
  algorithms.flatMap((algorithm) => typesOf(algorithm).map((messageType) => ({ ...rest, algorithm, messageType }))),
);

describe('signatures', () => {
  test.each(everyWay)('$keySpec, $algorithm, $messageType: verify, and others do not', async (way) => {
    const { keySpec, algorithm, messageType, bytes } = way;
    const request = {
      material: await keyOf(keySpec),
      algorithm,
      messageType,
      message: messageFor(algorithm, messageType),
    };
    const signature = Buffer.from(await hsm.sign(request));
    if (algorithm.startsWith('ECDSA')) expect(signature.length).toBeLessThanOrEqual(bytes);
    else expect(signature).toHaveLength(bytes);
    expect(await hsm.verify({ ...request, signature })).toBe(true);

    const flippedMessage = Buffer.from(request.message);
    flippedMessage[0] = (flippedMessage[0] ?? 0) ^ 1;
    const wrong = [
      signature.subarray(1),
      signature.subarray(0, -1),
      Buffer.concat([signature, Buffer.of(0)]),
      Buffer.concat([Buffer.of(0), signature]),
      Buffer.alloc(0),
      Buffer.alloc(bytes),
      Buffer.alloc(bytes, 0xff),
      randomBytes(bytes),
    ];
    for (const other of wrong) expect(await hsm.verify({ ...request, signature: other })).toBe(false);
    expect(await hsm.verify({ ...request, message: flippedMessage, signature })).toBe(false);
  });

  const fewBytes = everyWay.filter(({ bytes, keySpec }) => bytes <= 139 || keySpec === 'RSA_2048');
  test.each(fewBytes)('$keySpec, $algorithm, $messageType: do not verify with any byte changed', async (way) => {
    const { keySpec, algorithm, messageType } = way;
    const request = {
      material: await keyOf(keySpec),
      algorithm,
      messageType,
      message: messageFor(algorithm, messageType),
    };
    const signature = Buffer.from(await hsm.sign(request));
    for (let index = 0; index < signature.length; index++) {
      const flipped = Buffer.from(signature);
      flipped[index] = (flipped[index] ?? 0) ^ (1 << (index % 8));
      expect(await hsm.verify({ ...request, signature: flipped })).toBe(false);
    }
  });

  const overBoth = everyWay
    .filter(({ messageType }) => messageType === 'DIGEST')
    .filter(({ algorithm }) => algorithm !== 'ED25519_PH_SHA_512');
  test.each(overBoth)('$keySpec, $algorithm: are the same over a message and over its digest', async (way) => {
    const { keySpec, algorithm } = way;
    const asked = { material: await keyOf(keySpec), algorithm };
    const raw = { ...asked, messageType: 'RAW', message: messageFor(algorithm, 'RAW') } as const;
    const digest = { ...asked, messageType: 'DIGEST', message: messageFor(algorithm, 'DIGEST') } as const;
    expect(await hsm.verify({ ...raw, signature: await hsm.sign(digest) })).toBe(true);
    expect(await hsm.verify({ ...digest, signature: await hsm.sign(raw) })).toBe(true);
  });

  test('Ed25519ph hashes the given digest again', async () => {
    const material = await keyOf('ECC_NIST_EDWARDS25519');
    const message = createHash('sha512').update(text).digest();
    const request = { material, algorithm: 'ED25519_PH_SHA_512', messageType: 'DIGEST', message } as const;
    const signature = await hsm.sign(request);
    const point = (await hsm.publicKey(material)).subarray(-32);
    expect(ed25519ph.verify(signature, message, point)).toBe(true);
    expect(ed25519ph.verify(signature, text, point)).toBe(false);
    expect(await hsm.verify({ ...request, algorithm: 'ED25519_SHA_512', messageType: 'RAW', signature })).toBe(false);
  });

  test('an external mu is the value of FIPS 204 for a message with an empty context', async () => {
    const material = await keyOf('ML_DSA_65');
    const publicKey = (await hsm.publicKey(material)).subarray(-1952);
    const shake = (...parts: Uint8Array[]) =>
      parts.reduce((hash, part) => hash.update(part), createHash('shake256', { outputLength: 64 })).digest();
    const mu = shake(shake(publicKey), Buffer.of(0, 0), text);
    const asked = { material, algorithm: 'ML_DSA_SHAKE_256' } as const;
    const byMu = await hsm.sign({ ...asked, messageType: 'EXTERNAL_MU', message: mu });
    expect(await hsm.verify({ ...asked, messageType: 'RAW', message: text, signature: byMu })).toBe(true);
    const byMessage = await hsm.sign({ ...asked, messageType: 'RAW', message: text });
    expect(await hsm.verify({ ...asked, messageType: 'EXTERNAL_MU', message: mu, signature: byMessage })).toBe(true);
  });

  test.each(everyWay.filter(({ messageType }) => messageType !== 'RAW'))(
    '$keySpec, $algorithm, $messageType: a digest or mu of another length is refused',
    async ({ keySpec, algorithm, messageType }) => {
      const material = await keyOf(keySpec);
      const { length } = messageFor(algorithm, messageType);
      for (const message of [Buffer.alloc(length - 1), Buffer.alloc(length + 1)]) {
        expect(await kindOf(hsm.sign({ material, algorithm, messageType, message }))).toBe('RangeError');
        const signature = Buffer.alloc(64);
        expect(await kindOf(hsm.verify({ material, algorithm, messageType, message, signature }))).toBe('RangeError');
      }
    },
  );
});

describe('the openssl command', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'keystead-openssl-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  /** Gets only the public key, the message and the signature. */
  function opensslVerifies(publicKey: KeyObject, signature: Uint8Array, ...options: readonly string[]): boolean {
    const [keyPath, textPath, signaturePath] = ['key.pem', 'text', 'signature'].map((name) => join(directory, name));
    if (!keyPath || !textPath || !signaturePath) throw new Error('the temporary files have no paths');
    writeFileSync(keyPath, publicKey.export({ type: 'spki', format: 'pem' }));
    writeFileSync(textPath, text);
    writeFileSync(signaturePath, signature);
    const files = ['-pubin', '-inkey', keyPath, '-in', textPath, '-sigfile', signaturePath];
    const said = execFileSync('openssl', ['pkeyutl', '-verify', '-rawin', ...files, ...options]).toString();
    return said.includes('Verified Successfully');
  }

  const pss = ['-pkeyopt', 'rsa_padding_mode:pss', '-pkeyopt', 'rsa_pss_saltlen:digest'];
  const optionsOf = (algorithm: SigningAlgorithmSpec): string[] => {
    if (algorithm === 'ED25519_SHA_512') return [];
    return ['-digest', hashOf(algorithm), ...(algorithm.includes('PSS') ? pss : [])];
  };
  const known = everyWay.filter(({ algorithm }) => !/^ML_DSA|_PH_/.test(algorithm));
  test.each(known)('verifies $keySpec, $algorithm, $messageType with only the public key', async (way) => {
    const { keySpec, algorithm, messageType } = way;
    const message = messageFor(algorithm, messageType);
    const signature = await hsm.sign({ material: await keyOf(keySpec), algorithm, messageType, message });
    expect(opensslVerifies(await publicKeyOf(keySpec), signature, ...optionsOf(algorithm))).toBe(true);
  });
});

describe('OpenSSL and noble', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

  test.each(Object.values(curves))('verify each other’s ECDSA signatures over $name', async (curve: Curve) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve.name });
    const material = new SecretBytes(privateKey.export({ type: 'pkcs8', format: 'der' }));
    const { DIGEST } = ecdsa(curve);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (message) => {
        const digest = createHash(curve.hash).update(message).digest();
        const byNoble = await DIGEST.sign(material, digest);
        expect(verifyWithOpenssl(curve.hash, message, publicKey, byNoble)).toBe(true);
        expect(DIGEST.verify(publicKey, digest, signWithOpenssl(curve.hash, message, privateKey))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test('compute the same Ed25519 signature', () => {
    fc.assert(
      fc.property(bytes(32), fc.uint8Array({ maxLength: 200 }), (seed, message) => {
        const head = Buffer.from('302e020100300506032b657004220420', 'hex');
        const key = createPrivateKey({ key: Buffer.concat([head, seed]), format: 'der', type: 'pkcs8' });
        expect(Buffer.compare(signWithOpenssl(null, message, key), ed25519.sign(message, seed))).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test.each(Object.entries(mlDsaParameters))('verify each other’s signatures with %s', async (name, { noble }) => {
    const { privateKey, publicKey } = generateKeyPairSync(name.replace('mlDsa', 'ml-dsa-') as 'ml-dsa-44');
    const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(22);
    const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
    // SEQUENCE { 0, algorithm, OCTET STRING { SEQUENCE { OCTET STRING seed, OCTET STRING expanded key } } }
    const seed = pkcs8.subarray(30, 62);
    const { secretKey, publicKey: ofNoble } = noble.keygen(seed);
    expect(Buffer.compare(ofNoble, point)).toBe(0);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
        expect(verifyWithOpenssl(null, message, publicKey, noble.sign(message, secretKey))).toBe(true);
        expect(noble.verify(signWithOpenssl(null, message, privateKey), message, point)).toBe(true);
      }),
      { numRuns: 5 },
    );
  });
});

describe('encodings for RSA signatures', () => {
  const digest = Buffer.alloc(32, 3);

  test('PKCS #1 v1.5 has the layout of RFC 8017 section 9.2', () => {
    const expected = `0001${'ff'.repeat(202)}003031300d060960864801650304020105000420${digest.toString('hex')}`;
    expect(Buffer.from(encodePkcs1('sha256', digest, 256)).toString('hex')).toBe(expected);
  });

  test('PSS recognizes its own encoding, and not one that differs in a bit', () => {
    const encoded = Buffer.from(encodePss('sha256', digest, randomBytes(32), 256));
    expect(matchesPss('sha256', digest, encoded)).toBe(true);
    for (let bit = 0; bit < 8 * encoded.length; bit++) {
      const flipped = Buffer.from(encoded);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(matchesPss('sha256', digest, flipped)).toBe(false);
    }
  });

  test('PSS does not recognize a salt of another length', () => {
    for (const length of [0, 20, 31, 33, 64]) {
      expect(matchesPss('sha256', digest, encodePss('sha256', digest, randomBytes(length), 256))).toBe(false);
    }
  });
});

describe('RSA-OAEP', () => {
  const limits = [
    { keySpec: 'RSA_2048', algorithm: 'RSAES_OAEP_SHA_1', limit: 214, bytes: 256 },
    { keySpec: 'RSA_2048', algorithm: 'RSAES_OAEP_SHA_256', limit: 190, bytes: 256 },
    { keySpec: 'RSA_3072', algorithm: 'RSAES_OAEP_SHA_1', limit: 342, bytes: 384 },
    { keySpec: 'RSA_3072', algorithm: 'RSAES_OAEP_SHA_256', limit: 318, bytes: 384 },
    { keySpec: 'RSA_4096', algorithm: 'RSAES_OAEP_SHA_1', limit: 470, bytes: 512 },
    { keySpec: 'RSA_4096', algorithm: 'RSAES_OAEP_SHA_256', limit: 446, bytes: 512 },
  ] as const;

  test.each(limits)(
    '$keySpec, $algorithm: takes $limit bytes and no more',
    async ({ keySpec, algorithm, limit, bytes }) => {
      const material = await keyOf(keySpec);
      const plaintext = randomBytes(limit);
      const ciphertext = await hsm.encryptAsymmetric({ material, algorithm, plaintext });
      expect(ciphertext).toHaveLength(bytes);
      expect(await hsm.decryptAsymmetric({ material, algorithm, ciphertext })).toEqual(plaintext);
      const tooLong = hsm.encryptAsymmetric({ material, algorithm, plaintext: randomBytes(limit + 1) });
      expect(await kindOf(tooLong)).toBe('plaintext-too-long');
    },
  );

  test('decrypts ciphertexts that others encrypted with the public key', async () => {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const ciphertext = publicEncrypt({ key: await publicKeyOf('RSA_2048'), padding, oaepHash: 'sha256' }, text);
    const opened = await hsm.decryptAsymmetric({
      material: await keyOf('RSA_2048'),
      algorithm: 'RSAES_OAEP_SHA_256',
      ciphertext,
    });
    expect(opened).toEqual(text);
  });

  test('fails with one indistinguishable error for any changed byte, length, hash or key', async () => {
    const [material, other] = [await keyOf('RSA_2048'), await keyOf('RSA_3072')];
    const algorithm = 'RSAES_OAEP_SHA_256';
    const ciphertext = Buffer.from(await hsm.encryptAsymmetric({ material, algorithm, plaintext: text }));
    const flips = Array.from({ length: 32 }, (_, index) => {
      const flipped = Buffer.from(ciphertext);
      flipped[8 * index] = (flipped[8 * index] ?? 0) ^ (1 << (index % 8));
      return { material, algorithm, ciphertext: flipped } as const;
    });
    const attempts: Parameters<Hsm['decryptAsymmetric']>[0][] = [
      ...flips,
      { material, algorithm: 'RSAES_OAEP_SHA_1', ciphertext },
      { material: other, algorithm, ciphertext },
      { material, algorithm, ciphertext: ciphertext.subarray(1) },
      { material, algorithm, ciphertext: Buffer.alloc(256, 0xff) },
      { material, algorithm, ciphertext: Buffer.alloc(0) },
    ];
    const errors = await Promise.all(attempts.map((attempt) => hsm.decryptAsymmetric(attempt).catch((error) => error)));
    const seen = new Set(errors.map(({ name, kind, message }) => JSON.stringify({ name, kind, message })));
    expect([...seen]).toEqual([expect.stringContaining('"kind":"invalid-ciphertext"')]);
  });

  test('a ciphertext can be re-encrypted between symmetric and RSA keys', async () => {
    const [symmetric, rsa] = [await keyOf('SYMMETRIC_DEFAULT'), await keyOf('RSA_2048')];
    const algorithm = 'RSAES_OAEP_SHA_256';
    const encryptionContext = { Department: 'finance' };
    const blob = await hsm.encrypt({ material: symmetric, plaintext: text, encryptionContext });
    const toRsa = await hsm.reEncrypt({
      source: symmetric,
      ciphertextBlob: blob,
      sourceEncryptionContext: encryptionContext,
      destination: rsa,
      destinationAlgorithm: algorithm,
      destinationEncryptionContext: {},
    });
    expect(await hsm.decryptAsymmetric({ material: rsa, algorithm, ciphertext: toRsa })).toEqual(text);
    const back = await hsm.reEncrypt({
      source: rsa,
      sourceAlgorithm: algorithm,
      ciphertextBlob: toRsa,
      sourceEncryptionContext: {},
      destination: symmetric,
      destinationEncryptionContext: encryptionContext,
    });
    expect(await hsm.decrypt({ material: symmetric, ciphertextBlob: back, encryptionContext })).toEqual(text);
  });

  test('an empty plaintext, or one that is too long for the destination, cannot be re-encrypted', async () => {
    const [symmetric, rsa] = [await keyOf('SYMMETRIC_DEFAULT'), await keyOf('RSA_2048')];
    const algorithm = 'RSAES_OAEP_SHA_256';
    const contexts = { sourceEncryptionContext: {}, destinationEncryptionContext: {} };
    const long = await hsm.encrypt({ material: symmetric, plaintext: randomBytes(191), encryptionContext: {} });
    const moving = { ...contexts, source: symmetric, destination: rsa, destinationAlgorithm: algorithm } as const;
    expect(await kindOf(hsm.reEncrypt({ ...moving, ciphertextBlob: long }))).toBe('plaintext-too-long');
    const ciphertextBlob = await hsm.encryptAsymmetric({ material: rsa, algorithm, plaintext: Buffer.alloc(0) });
    const empty = {
      ...contexts,
      source: rsa,
      sourceAlgorithm: algorithm,
      ciphertextBlob,
      destination: symmetric,
    } as const;
    expect(await kindOf(hsm.reEncrypt(empty))).toBe('invalid-ciphertext');
  });
});

const macs: readonly { readonly keySpec: KeySpec; readonly algorithm: MacAlgorithmSpec; readonly bytes: number }[] = [
  { keySpec: 'HMAC_224', algorithm: 'HMAC_SHA_224', bytes: 28 },
  { keySpec: 'HMAC_256', algorithm: 'HMAC_SHA_256', bytes: 32 },
  { keySpec: 'HMAC_384', algorithm: 'HMAC_SHA_384', bytes: 48 },
  { keySpec: 'HMAC_512', algorithm: 'HMAC_SHA_512', bytes: 64 },
];

describe('message authentication', () => {
  test.each(macs)('$keySpec: $bytes bytes, the same each time, which verify, and others do not', async (way) => {
    const { keySpec, algorithm, bytes } = way;
    const request = { material: await keyOf(keySpec), algorithm, message: text };
    const mac = Buffer.from(await hsm.mac(request));
    expect(mac).toHaveLength(bytes);
    expect(await hsm.mac(request)).toEqual(mac);
    expect(await hsm.verifyMac({ ...request, mac })).toBe(true);
    for (let index = 0; index < mac.length; index++) {
      const flipped = Buffer.from(mac);
      flipped[index] = (flipped[index] ?? 0) ^ (1 << (index % 8));
      expect(await hsm.verifyMac({ ...request, mac: flipped })).toBe(false);
    }
    for (const other of [mac.subarray(1), mac.subarray(0, -1), Buffer.concat([mac, Buffer.of(0)]), Buffer.alloc(0)]) {
      expect(await hsm.verifyMac({ ...request, mac: other })).toBe(false);
    }
    expect(await hsm.verifyMac({ ...request, message: Buffer.from('other'), mac })).toBe(false);
  });
});

describe('key agreement', () => {
  const agreements = [
    { keySpec: 'ECC_NIST_P256', name: 'prime256v1', bytes: 32 },
    { keySpec: 'ECC_NIST_P384', name: 'secp384r1', bytes: 48 },
    { keySpec: 'ECC_NIST_P521', name: 'secp521r1', bytes: 66 },
  ] as const;

  test.each(agreements)('$keySpec: both sides derive the same $bytes bytes', async ({ keySpec, name, bytes }) => {
    const peer = generateKeyPairSync('ec', { namedCurve: name });
    const publicKey = peer.publicKey.export({ type: 'spki', format: 'der' });
    const shared = await hsm.deriveSharedSecret({ material: await keyOf(keySpec), publicKey });
    expect(shared).toHaveLength(bytes);
    expect(shared).toEqual(diffieHellman({ privateKey: peer.privateKey, publicKey: await publicKeyOf(keySpec) }));
  });

  test('refuses a public key of another curve, off the curve, of another kind, or malformed', async () => {
    const material = await keyOf('ECC_NIST_P256');
    const export_ = (key: KeyObject) => key.export({ type: 'spki', format: 'der' });
    const good = export_(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey);
    const offCurve = Buffer.from(good);
    offCurve[offCurve.length - 1] = (offCurve.at(-1) ?? 0) ^ 1;
    const explicit = generateKeyPairSync('ec', { namedCurve: 'prime256v1', paramEncoding: 'explicit' }).publicKey;
    const strangers = [
      export_(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey),
      export_(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey),
      export_(generateKeyPairSync('x25519').publicKey),
      await hsm.publicKey(await keyOf('RSA_2048')),
      export_(explicit),
      offCurve,
      good.subarray(0, -1),
      Buffer.concat([good, Buffer.of(0)]),
      good.subarray(-65),
      randomBytes(91),
      Buffer.alloc(0),
    ];
    for (const publicKey of strangers) {
      expect(await kindOf(hsm.deriveSharedSecret({ material, publicKey }))).toBe('invalid-public-key');
    }
  });
});

describe('public keys', () => {
  test.each([
    ['RSA_2048', 294],
    ['RSA_3072', 422],
    ['RSA_4096', 550],
    ['ECC_NIST_P256', 91],
    ['ECC_NIST_P384', 120],
    ['ECC_NIST_P521', 158],
    ['ECC_SECG_P256K1', 88],
    ['ECC_NIST_EDWARDS25519', 44],
    ['ML_DSA_44', 1334],
    ['ML_DSA_65', 1974],
    ['ML_DSA_87', 2614],
    ['ML_KEM_512', 822],
    ['ML_KEM_768', 1206],
    ['ML_KEM_1024', 1590],
  ] as const)('%s: an SPKI of %i bytes, always the same one', async (keySpec, bytes) => {
    const material = await keyOf(keySpec);
    const publicKey = await hsm.publicKey(material);
    expect(publicKey).toHaveLength(bytes);
    expect(await createSoftHsm(new SecretBytes(Buffer.alloc(32, 1))).publicKey(material)).toEqual(publicKey);
  });

  test('of RSA have the exponent 65537', async () => {
    const { asymmetricKeyDetails } = await publicKeyOf('RSA_2048');
    expect(asymmetricKeyDetails).toEqual({ modulusLength: 2048, publicExponent: 65537n });
  });
});

describe('data key pairs', () => {
  const specs = [
    'RSA_2048',
    'RSA_3072',
    'RSA_4096',
    'ECC_NIST_P256',
    'ECC_NIST_P384',
    'ECC_NIST_P521',
    'ECC_SECG_P256K1',
    'ECC_NIST_EDWARDS25519',
    'ML_KEM_512',
    'ML_KEM_768',
    'ML_KEM_1024',
  ] as const;
  const encryptionContext = { Department: 'finance' };

  test.each(specs)(
    '%s: the private half comes encrypted and in plaintext, and belongs to the public one',
    async (spec) => {
      const material = await keyOf('SYMMETRIC_DEFAULT');
      const request = { material, keyPairSpec: spec, encryptionContext };
      const pair = await hsm.generateDataKeyPair({ ...request, withPlaintext: true });
      const ciphertextBlob = pair.privateKeyCiphertextBlob;
      const opened = Buffer.from(await hsm.decrypt({ material, ciphertextBlob, encryptionContext }));
      expect(opened).toEqual(Buffer.from(pair.privateKeyPlaintext ?? []));
      const privateKey = createPrivateKey({ key: opened, format: 'der', type: 'pkcs8' });
      const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
      expect(Buffer.from(pair.publicKey)).toEqual(publicKey);
    },
  );

  test('are returned without plaintext when it was not requested', async () => {
    const request = {
      material: await keyOf('SYMMETRIC_DEFAULT'),
      keyPairSpec: 'ECC_NIST_P256',
      encryptionContext,
    } as const;
    const pair = await hsm.generateDataKeyPair({ ...request, withPlaintext: false });
    expect(pair).not.toHaveProperty('privateKeyPlaintext');
  });

  test.each(['SYMMETRIC_DEFAULT', 'HMAC_256', 'ML_DSA_44', 'SM2', 'constructor'] as KeySpec[])(
    'are refused for %s',
    async (keyPairSpec) => {
      const material = await keyOf('SYMMETRIC_DEFAULT');
      const pair = hsm.generateDataKeyPair({ material, keyPairSpec, encryptionContext, withPlaintext: true });
      expect(await kindOf(pair)).toBe('unsupported');
    },
  );
});

describe('a key is refused for operations that its family does not support', () => {
  const uses = (material: WrappedMaterial): Readonly<Record<string, () => Promise<unknown>>> => ({
    encrypt: () => hsm.encrypt({ material, plaintext: text, encryptionContext: {} }),
    encryptAsymmetric: () => hsm.encryptAsymmetric({ material, algorithm: 'RSAES_OAEP_SHA_256', plaintext: text }),
    sign: () => hsm.sign({ material, algorithm: 'ML_DSA_SHAKE_256', messageType: 'RAW', message: text }),
    mac: () => hsm.mac({ material, algorithm: 'HMAC_SHA_256', message: text }),
    deriveSharedSecret: async () =>
      hsm.deriveSharedSecret({ material, publicKey: await hsm.publicKey(await keyOf('ECC_NIST_P256')) }),
    encapsulate: () => hsm.encapsulate({ material }),
    decapsulate: () => hsm.decapsulate({ material, ciphertext: Buffer.alloc(1088) }),
    publicKey: () => hsm.publicKey(material),
  });
  test.each([
    ['SYMMETRIC_DEFAULT', ['encrypt']],
    ['RSA_2048', ['encryptAsymmetric', 'publicKey']],
    ['ECC_NIST_P256', ['deriveSharedSecret', 'publicKey']],
    ['ECC_SECG_P256K1', ['publicKey']],
    ['ECC_NIST_EDWARDS25519', ['publicKey']],
    ['HMAC_256', ['mac']],
    ['HMAC_384', []],
    ['ML_DSA_44', ['sign', 'publicKey']],
    ['ML_KEM_768', ['encapsulate', 'decapsulate', 'publicKey']],
  ] as const)('%s does %j and nothing else', async (keySpec, does) => {
    const asked = Object.entries(uses(await keyOf(keySpec)));
    const answers = await Promise.all(asked.map(async ([use, ask]) => [use, await kindOf(ask())]));
    const expected = asked.map(([use]) => [use, does.some((name) => name === use) ? 'no refusal' : 'unsupported']);
    expect(answers).toEqual(expected);
  });

  test.each([
    ['RSA_2048', 'ECDSA_SHA_256', 'RAW'],
    ['RSA_2048', 'RSASSA_PSS_SHA_256', 'EXTERNAL_MU'],
    ['ECC_NIST_P256', 'ECDSA_SHA_384', 'RAW'],
    ['ECC_NIST_P256', 'toString', 'RAW'],
    ['ECC_NIST_P256', 'ECDSA_SHA_256', 'constructor'],
    ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', 'DIGEST'],
    ['ECC_NIST_EDWARDS25519', 'ED25519_PH_SHA_512', 'RAW'],
    ['ML_DSA_44', 'ML_DSA_SHAKE_256', 'DIGEST'],
  ] as [KeySpec, SigningAlgorithmSpec, MessageType][])('%s: %s with %s', async (keySpec, algorithm, messageType) => {
    const request = { material: await keyOf(keySpec), algorithm, messageType, message: Buffer.alloc(64) };
    expect(await kindOf(hsm.sign(request))).toBe('unsupported');
    expect(await kindOf(hsm.verify({ ...request, signature: Buffer.alloc(64) }))).toBe('unsupported');
  });

  test('and its material cannot be unwrapped for another spec', async () => {
    const material = { ...(await keyOf('ECC_NIST_P256')), keySpec: 'ECC_SECG_P256K1' } as const;
    expect(await kindOf(hsm.publicKey(material))).toBe('invalid-material');
  });
});

test('keys stay usable with a cache of one entry', async () => {
  const small = createSoftHsm(new SecretBytes(Buffer.alloc(32, 1)), { cacheCapacity: 1 });
  const specs = ['RSA_2048', 'ECC_NIST_P256', 'ML_DSA_44', 'ECC_NIST_EDWARDS25519'] as const;
  const algorithms = ['RSASSA_PSS_SHA_256', 'ECDSA_SHA_256', 'ML_DSA_SHAKE_256', 'ED25519_SHA_512'] as const;
  const requests = await Promise.all(
    specs.map(async (keySpec, index) => {
      const algorithm = algorithms[index] ?? 'ECDSA_SHA_256';
      return { material: await keyOf(keySpec), algorithm, messageType: 'RAW', message: text } as const;
    }),
  );
  const all = [...requests, ...requests, ...requests];
  const signatures = await Promise.all(all.map((request) => small.sign(request)));
  const verified = all.map((request, index) => hsm.verify({ ...request, signature: signatures[index] ?? Buffer.of() }));
  expect(await Promise.all(verified)).toEqual(all.map(() => true));
});

test('a gate runs as many tasks at once as its capacity, in order, also after failures', async () => {
  const gate = new Gate(2);
  const events: string[] = [];
  let running = 0;
  const work = (name: string) =>
    gate.run(async () => {
      events.push(name);
      running++;
      expect(running).toBeLessThanOrEqual(2);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      if (name === 'b') throw new Error('b failed');
      return name;
    });
  const results = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map(work));
  expect(events).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
});
