/**
 * The AWS SDK for JavaScript against a running server, for every spec and algorithm of asymmetric and HMAC keys. Node's
 * crypto and the `openssl` command check the server's signatures and ciphertexts, with only the answer to GetPublicKey.
 */
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  decapsulate,
  diffieHellman,
  encapsulate,
  generateKeyPairSync,
  type KeyObject,
  publicEncrypt,
  sign,
  verify,
} from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DecapsulateCommand,
  DecryptCommand,
  DeriveSharedSecretCommand,
  EncapsulateCommand,
  EncryptCommand,
  GenerateDataKeyPairCommand,
  GenerateMacCommand,
  GetPublicKeyCommand,
  InvalidCiphertextException,
  InvalidKeyUsageException,
  type KeySpec,
  KMSClient,
  KMSInvalidMacException,
  KMSInvalidSignatureException,
  ReEncryptCommand,
  SignCommand,
  type SigningAlgorithmSpec,
  UnsupportedOperationException,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';
import { ed25519 } from '@noble/curves/ed25519.js';
import { ml_kem512, ml_kem768, ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import { needs } from '../support/needs.ts';
import { run, startServer, type TestServer } from '../support/server.ts';

needs('openssl');

let server: TestServer;
let kms: KMSClient;
let directory: string;
const keys = new Map<string, Promise<string>>();

beforeAll(async () => {
  server = await startServer();
  kms = new KMSClient({ region: 'us-east-1', endpoint: server.endpoint, credentials: server.credentials });
  directory = await mkdtemp(join(tmpdir(), 'keystead-openssl-'));
});

afterAll(async () => {
  kms?.destroy();
  await server?.stop();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

/** One key of each kind, made on first use. */
function keyOf(KeySpec: KeySpec, KeyUsage: CreateKeyCommandInput['KeyUsage']): Promise<string> {
  const name = `${KeySpec} ${KeyUsage}`;
  const key = keys.get(name) ?? newKey({ KeySpec, KeyUsage });
  keys.set(name, key);
  return key;
}

async function newKey(input: CreateKeyCommandInput): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
  if (KeyMetadata?.KeyId === undefined) throw new Error('the answer does not name a key');
  return KeyMetadata.KeyId;
}

async function publicKeyOf(KeyId: string): Promise<KeyObject> {
  const { PublicKey = Buffer.of() } = await kms.send(new GetPublicKeyCommand({ KeyId }));
  return createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
}

const Message = Buffer.from('attack at dawn');
const digestOf = (bits: string) => createHash(`sha${bits}`).update(Message).digest();

const rsaAlgorithms = ['RSASSA_PKCS1_V1_5', 'RSASSA_PSS'].flatMap((scheme) =>
  ['256', '384', '512'].map((bits) => `${scheme}_SHA_${bits}` as SigningAlgorithmSpec),
);
const signers: readonly (readonly [KeySpec, SigningAlgorithmSpec])[] = [
  ...(['RSA_2048', 'RSA_3072', 'RSA_4096'] as const).flatMap((spec) =>
    rsaAlgorithms.map((algorithm) => [spec, algorithm] as const),
  ),
  ['ECC_NIST_P256', 'ECDSA_SHA_256'],
  ['ECC_NIST_P384', 'ECDSA_SHA_384'],
  ['ECC_NIST_P521', 'ECDSA_SHA_512'],
  ['ECC_SECG_P256K1', 'ECDSA_SHA_256'],
  ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512'],
  ['ML_DSA_44', 'ML_DSA_SHAKE_256'],
  ['ML_DSA_65', 'ML_DSA_SHAKE_256'],
  ['ML_DSA_87', 'ML_DSA_SHAKE_256'],
];

const bitsOf = (algorithm: string) => /\d+$/.exec(algorithm)?.[0] ?? '';
const padding = (algorithm: string) =>
  algorithm.startsWith('RSASSA_PSS')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : {};

/** Whether Node verifies the signature over the message itself. */
function isVerified(key: KeyObject, algorithm: SigningAlgorithmSpec, signature: Uint8Array): boolean {
  const hash = /^(RSASSA|ECDSA)/.test(algorithm) ? `sha${bitsOf(algorithm)}` : null;
  return verify(hash, Message, { key, ...padding(algorithm) }, signature);
}

describe.each(signers)('%s with %s', (spec, SigningAlgorithm) => {
  test('makes signatures that Node verifies with the public key alone, and verifies them itself', async () => {
    const KeyId = await keyOf(spec, 'SIGN_VERIFY');
    const publicKey = await publicKeyOf(KeyId);
    const input = { KeyId, Message, SigningAlgorithm };
    const { Signature = Buffer.of() } = await kms.send(new SignCommand(input));
    expect(isVerified(publicKey, SigningAlgorithm, Signature)).toBe(true);
    expect((await kms.send(new VerifyCommand({ ...input, Signature }))).SignatureValid).toBe(true);
    const other = { ...input, Message: Buffer.from('attack at dusk'), Signature };
    await expect(kms.send(new VerifyCommand(other))).rejects.toThrow(KMSInvalidSignatureException);
    if (!/^(RSASSA|ECDSA)/.test(SigningAlgorithm)) return;
    const digest = { ...input, Message: digestOf(bitsOf(SigningAlgorithm)), MessageType: 'DIGEST' } as const;
    const hashed = await kms.send(new SignCommand(digest));
    expect(isVerified(publicKey, SigningAlgorithm, hashed.Signature ?? Buffer.of())).toBe(true);
  });
});

/** RFC 8032 section 5.1.7 with the prefix of Ed25519ph, written out: [S]B = R + [k]A. */
function isPrehashVerified(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const sha512 = (...parts: Uint8Array[]) => createHash('sha512').update(Buffer.concat(parts)).digest();
  const littleEndian = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  const { Point } = ed25519;
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  const dom2 = Buffer.concat([Buffer.from('SigEd25519 no Ed25519 collisions'), Buffer.of(1, 0)]);
  const k = littleEndian(sha512(dom2, r, publicKey, sha512(message))) % Point.Fn.ORDER;
  return Point.BASE.multiply(littleEndian(s)).equals(Point.fromBytes(r).add(Point.fromBytes(publicKey).multiply(k)));
}

test('Ed25519ph signs as RFC 8032 says', async () => {
  const KeyId = await keyOf('ECC_NIST_EDWARDS25519', 'SIGN_VERIFY');
  const publicKey = (await publicKeyOf(KeyId)).export({ format: 'der', type: 'spki' }).subarray(-32);
  // The service hashes the given digest again: for Ed25519ph, the digest is the message.
  const digest = digestOf('512');
  const input = { KeyId, Message: digest, MessageType: 'DIGEST', SigningAlgorithm: 'ED25519_PH_SHA_512' } as const;
  const { Signature = Buffer.of() } = await kms.send(new SignCommand(input));
  expect(isPrehashVerified(publicKey, digest, Signature)).toBe(true);
  expect((await kms.send(new VerifyCommand({ ...input, Signature }))).SignatureValid).toBe(true);
});

/** Names that the installed openssl can sign with: ML-DSA since 3.5. */
async function opensslSigns(name: string): Promise<boolean> {
  const { stdout } = await run('openssl', ['list', '-signature-algorithms']);
  return stdout.includes(name);
}

/** Files for the openssl command: the public key, a message and its signature. */
async function signedFiles(spec: KeySpec, SigningAlgorithm: SigningAlgorithmSpec) {
  const KeyId = await keyOf(spec, 'SIGN_VERIFY');
  const { PublicKey = Buffer.of() } = await kms.send(new GetPublicKeyCommand({ KeyId }));
  const { Signature = Buffer.of() } = await kms.send(new SignCommand({ KeyId, Message, SigningAlgorithm }));
  const path = (name: string) => join(directory, `${spec}.${SigningAlgorithm}.${name}`);
  await writeFile(path('der'), PublicKey);
  await writeFile(path('signature'), Signature);
  await writeFile(path('message'), Message);
  await writeFile(path('other'), 'attack at dusk');
  return path;
}

describe('openssl verifies with the answer to GetPublicKey alone', () => {
  const digested = signers.filter(([, algorithm]) => /^(RSASSA|ECDSA)/.test(algorithm));
  const pss = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest'];

  test.each(digested)('%s with %s', async (spec, algorithm) => {
    const path = await signedFiles(spec, algorithm);
    const options = algorithm.startsWith('RSASSA_PSS') ? pss : [];
    const how = [`-sha${bitsOf(algorithm)}`, '-keyform', 'DER', '-verify', path('der'), ...options];
    const judge = (file: string) => run('openssl', ['dgst', ...how, '-signature', path('signature'), path(file)]);
    expect((await judge('message')).stdout.trim()).toBe('Verified OK');
    expect((await judge('other')).stdout.trim()).not.toBe('Verified OK');
  });

  test.each([
    ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', 'ED25519'],
    ['ML_DSA_44', 'ML_DSA_SHAKE_256', 'ML-DSA-44'],
    ['ML_DSA_65', 'ML_DSA_SHAKE_256', 'ML-DSA-65'],
    ['ML_DSA_87', 'ML_DSA_SHAKE_256', 'ML-DSA-87'],
  ] as const)('%s with %s, if the installed openssl has %s', async (spec, algorithm, name) => {
    if (!(await opensslSigns(name))) {
      // Node's own OpenSSL, which is newer, has verified the same signatures above.
      const { stdout } = await run('openssl', ['version']);
      process.stdout.write(`${stdout.trim()} has no ${name}: its signatures are judged by Node's OpenSSL alone\n`);
      expect(name).toMatch(/^ML-DSA/);
      return;
    }
    const path = await signedFiles(spec, algorithm);
    const how = ['-verify', '-pubin', '-keyform', 'DER', '-inkey', path('der'), '-rawin'];
    const judge = (file: string) =>
      run('openssl', ['pkeyutl', ...how, '-sigfile', path('signature'), '-in', path(file)]);
    expect((await judge('message')).stdout).toContain('Signature Verified Successfully');
    expect((await judge('other')).code).not.toBe(0);
  });
});

describe.each(['RSA_2048', 'RSA_3072', 'RSA_4096'] as const)('%s', (spec) => {
  test.each([
    ['RSAES_OAEP_SHA_1', 'sha1'],
    ['RSAES_OAEP_SHA_256', 'sha256'],
  ] as const)('decrypts with %s a ciphertext made with its public key', async (EncryptionAlgorithm, oaepHash) => {
    const KeyId = await keyOf(spec, 'ENCRYPT_DECRYPT');
    const key = await publicKeyOf(KeyId);
    const mode = constants.RSA_PKCS1_OAEP_PADDING;
    const CiphertextBlob = publicEncrypt({ key, padding: mode, oaepHash }, Message);
    const opened = await kms.send(new DecryptCommand({ KeyId, CiphertextBlob, EncryptionAlgorithm }));
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Message);
    const made = await kms.send(new EncryptCommand({ KeyId, Plaintext: Message, EncryptionAlgorithm }));
    const own = { KeyId, CiphertextBlob: made.CiphertextBlob, EncryptionAlgorithm };
    expect(Buffer.from((await kms.send(new DecryptCommand(own))).Plaintext ?? [])).toEqual(Message);
    const unnamed = new DecryptCommand({ CiphertextBlob, EncryptionAlgorithm });
    await expect(kms.send(unnamed)).rejects.toThrow(InvalidCiphertextException);
  });

  // RFC 8017 section 7.1.1: the modulus less twice the hash and two bytes.
  const limits = { RSA_2048: [214, 190], RSA_3072: [342, 318], RSA_4096: [470, 446] }[spec];
  test.each([
    ['RSAES_OAEP_SHA_1', 'sha1', limits[0] ?? 0],
    ['RSAES_OAEP_SHA_256', 'sha256', limits[1] ?? 0],
  ] as const)(
    'decrypts with %s what openssl encrypted with %s, up to %d bytes',
    async (EncryptionAlgorithm, hash, most) => {
      const KeyId = await keyOf(spec, 'ENCRYPT_DECRYPT');
      const { PublicKey = Buffer.of() } = await kms.send(new GetPublicKeyCommand({ KeyId }));
      const path = (name: string) => join(directory, `${spec}.${hash}.${name}`);
      await writeFile(path('der'), PublicKey);
      await writeFile(path('longest'), Buffer.alloc(most, 7));
      await writeFile(path('longer'), Buffer.alloc(most + 1, 7));
      const oaep = ['rsa_padding_mode:oaep', `rsa_oaep_md:${hash}`, `rsa_mgf1_md:${hash}`];
      const how = ['-encrypt', '-pubin', '-keyform', 'DER', '-inkey', path('der')];
      const options = oaep.flatMap((option) => ['-pkeyopt', option]);
      const seal = (name: string) =>
        run('openssl', ['pkeyutl', ...how, ...options, '-in', path(name), '-out', path('sealed')]);
      expect(await seal('longest')).toMatchObject({ code: 0 });
      const sealed = { KeyId, CiphertextBlob: await readFile(path('sealed')), EncryptionAlgorithm };
      expect(Buffer.from((await kms.send(new DecryptCommand(sealed))).Plaintext ?? [])).toEqual(Buffer.alloc(most, 7));
      expect((await seal('longer')).code).not.toBe(0);

      const own = { KeyId, EncryptionAlgorithm };
      await kms.send(new EncryptCommand({ ...own, Plaintext: Buffer.alloc(most) }));
      await expect(kms.send(new EncryptCommand({ ...own, Plaintext: Buffer.alloc(most + 1) }))).rejects.toMatchObject({
        name: 'ValidationException',
        message: `Algorithm ${EncryptionAlgorithm} and key spec ${spec} cannot encrypt data larger than ${most} bytes.`,
      });
    },
  );
});

test('a ciphertext under a public key is re-encrypted to a symmetric key, and back, inside the server', async () => {
  const [rsa, symmetric] = [await keyOf('RSA_2048', 'ENCRYPT_DECRYPT'), await newKey({})];
  const algorithm = 'RSAES_OAEP_SHA_256';
  const sealed = publicEncrypt({ key: await publicKeyOf(rsa), oaepHash: 'sha256' }, Message);
  const inside = await kms.send(
    new ReEncryptCommand({
      CiphertextBlob: sealed,
      SourceKeyId: rsa,
      SourceEncryptionAlgorithm: algorithm,
      DestinationKeyId: symmetric,
      DestinationEncryptionContext: { from: 'outside' },
    }),
  );
  const opened = await kms.send(
    new DecryptCommand({ CiphertextBlob: inside.CiphertextBlob, EncryptionContext: { from: 'outside' } }),
  );
  expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Message);
  const back = await kms.send(
    new ReEncryptCommand({
      CiphertextBlob: inside.CiphertextBlob,
      SourceEncryptionContext: { from: 'outside' },
      DestinationKeyId: rsa,
      DestinationEncryptionAlgorithm: algorithm,
    }),
  );
  const again = { KeyId: rsa, CiphertextBlob: back.CiphertextBlob, EncryptionAlgorithm: algorithm } as const;
  expect(Buffer.from((await kms.send(new DecryptCommand(again))).Plaintext ?? [])).toEqual(Message);
  const big = await kms.send(new EncryptCommand({ KeyId: symmetric, Plaintext: Buffer.alloc(191) }));
  const tooBig = {
    CiphertextBlob: big.CiphertextBlob,
    DestinationKeyId: rsa,
    DestinationEncryptionAlgorithm: algorithm,
  };
  await expect(
    kms.send(new ReEncryptCommand({ ...tooBig, DestinationEncryptionAlgorithm: algorithm })),
  ).rejects.toThrow('Algorithm RSAES_OAEP_SHA_256 and key spec RSA_2048 cannot encrypt data larger than 190 bytes.');
});

test.each([
  ['HMAC_224', 'HMAC_SHA_224', 28],
  ['HMAC_256', 'HMAC_SHA_256', 32],
  ['HMAC_384', 'HMAC_SHA_384', 48],
  ['HMAC_512', 'HMAC_SHA_512', 64],
] as const)('%s makes %s of %d bytes and verifies it', async (spec, MacAlgorithm, length) => {
  const KeyId = await keyOf(spec, 'GENERATE_VERIFY_MAC');
  const input = { KeyId, Message, MacAlgorithm };
  const { Mac = Buffer.of() } = await kms.send(new GenerateMacCommand(input));
  expect(Mac).toHaveLength(length);
  expect((await kms.send(new VerifyMacCommand({ ...input, Mac }))).MacValid).toBe(true);
  const wrong = new VerifyMacCommand({ ...input, Mac: Mac.slice(1) });
  await expect(kms.send(wrong)).rejects.toThrow(KMSInvalidMacException);
  await expect(kms.send(new GetPublicKeyCommand({ KeyId }))).rejects.toThrow(UnsupportedOperationException);
});

test.each([
  ['ECC_NIST_P256', 'prime256v1'],
  ['ECC_NIST_P384', 'secp384r1'],
  ['ECC_NIST_P521', 'secp521r1'],
] as const)('%s and a peer on %s agree on a secret', async (spec, namedCurve) => {
  const KeyId = await keyOf(spec, 'KEY_AGREEMENT');
  const peer = generateKeyPairSync('ec', { namedCurve });
  const PublicKey = peer.publicKey.export({ format: 'der', type: 'spki' });
  const input = { KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey } as const;
  const { SharedSecret = Buffer.of() } = await kms.send(new DeriveSharedSecretCommand(input));
  const publicKey = await publicKeyOf(KeyId);
  expect(Buffer.from(SharedSecret)).toEqual(diffieHellman({ privateKey: peer.privateKey, publicKey }));
  const stranger = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey;
  const elsewhere = { ...input, PublicKey: stranger.export({ format: 'der', type: 'spki' }) };
  await expect(kms.send(new DeriveSharedSecretCommand(elsewhere))).rejects.toMatchObject({
    // AWS gives no text here, and the SDK puts this in its place.
    name: 'ValidationException',
    message: 'UnknownError',
  });
});

test.each([
  ['ML_KEM_512', ml_kem512],
  ['ML_KEM_768', ml_kem768],
  ['ML_KEM_1024', ml_kem1024],
] as const)('%s derives the secret that a sender encapsulates with Node or noble', async (spec, noble) => {
  const KeyId = await keyOf(spec, 'ENCAPSULATE_DECAPSULATE');
  const named = { KeyId, EncapsulationAlgorithm: 'ML_KEM' } as const;
  const derive = async (SharedSecretCiphertextBlob: Uint8Array) =>
    Buffer.from((await kms.send(new DecapsulateCommand({ ...named, SharedSecretCiphertextBlob }))).SharedSecret ?? []);
  const publicKey = await publicKeyOf(KeyId);
  const byNode = encapsulate(publicKey);
  expect(await derive(byNode.ciphertext)).toEqual(byNode.sharedKey);
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-(noble.lengths.publicKey ?? 0));
  const byNoble = noble.encapsulate(Uint8Array.from(raw));
  expect(await derive(byNoble.cipherText)).toEqual(Buffer.from(byNoble.sharedSecret));
  const changed = Buffer.from(byNode.ciphertext);
  changed[0] = (changed[0] ?? 0) ^ 1;
  const other = await derive(changed);
  expect([other.length, other.equals(byNode.sharedKey)]).toEqual([32, false]);
});

test.each(['ML_KEM_512', 'ML_KEM_768', 'ML_KEM_1024'] as const)(
  'a data key pair of spec %s derives in Node what its own public key encapsulates',
  async (KeyPairSpec) => {
    const KeyId = await newKey({});
    const pair = await kms.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec }));
    const key = Buffer.from(pair.PrivateKeyPlaintext ?? []);
    const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    const der = Buffer.from(pair.PublicKey ?? []);
    const { sharedKey, ciphertext } = encapsulate(createPublicKey({ key: der, format: 'der', type: 'spki' }));
    expect(decapsulate(privateKey, ciphertext)).toEqual(sharedKey);
  },
);

test('what Encapsulate makes, Decapsulate derives', async () => {
  const named = {
    KeyId: await keyOf('ML_KEM_768', 'ENCAPSULATE_DECAPSULATE'),
    EncapsulationAlgorithm: 'ML_KEM',
  } as const;
  const { SharedSecret, SharedSecretCiphertextBlob } = await kms.send(new EncapsulateCommand(named));
  const derived = await kms.send(new DecapsulateCommand({ ...named, SharedSecretCiphertextBlob }));
  expect(derived.SharedSecret).toEqual(SharedSecret);
});

test.each([
  ['RSA_2048', 'sha256'],
  ['ECC_NIST_P256', 'sha256'],
  ['ECC_NIST_P384', 'sha384'],
  ['ECC_NIST_P521', 'sha512'],
  ['ECC_SECG_P256K1', 'sha256'],
  ['ECC_NIST_EDWARDS25519', null],
] as const)('a data key pair of spec %s signs and verifies in Node', async (KeyPairSpec, hash) => {
  const KeyId = await newKey({});
  const pair = await kms.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec }));
  const opened = await kms.send(new DecryptCommand({ CiphertextBlob: pair.PrivateKeyCiphertextBlob }));
  const pkcs8 = Buffer.from(opened.Plaintext ?? []);
  expect(pkcs8).toEqual(Buffer.from(pair.PrivateKeyPlaintext ?? []));
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey({ key: Buffer.from(pair.PublicKey ?? []), format: 'der', type: 'spki' });
  expect(verify(hash, Message, publicKey, sign(hash, Message, privateKey))).toBe(true);
});

test('a key of the wrong kind is refused with a typed exception', async () => {
  const KeyId = await keyOf('ECC_NIST_P256', 'SIGN_VERIFY');
  const wrong = new SignCommand({ KeyId, Message, SigningAlgorithm: 'RSASSA_PSS_SHA_256' });
  await expect(kms.send(wrong)).rejects.toThrow(InvalidKeyUsageException);
  await expect(kms.send(new EncryptCommand({ KeyId, Plaintext: Message }))).rejects.toThrow(InvalidKeyUsageException);
});
