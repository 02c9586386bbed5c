/** Keys of every family, in the HSM process. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MaterialOwner, WrappedMaterial } from '@keystead/control-plane/hsm/port/wrapped-material.ts';
import { decodeWith, encodeWith } from '@keystead/control-plane/hsm/process/codec.ts';
import {
  type Arguments,
  errorStatuses,
  type Result,
  STATUS_DEFECT,
  STATUS_OK,
  type VerbName,
  verbNames,
  verbs,
} from '@keystead/control-plane/hsm/process/protocol.ts';
import { type SupervisedHsm, startHsm } from '@keystead/control-plane/hsm/process/supervisor.ts';
import type { KeySpec } from '@keystead/provider-schema/vocabulary.ts';
import { pino } from 'pino';

let directory: string;
let hsm: SupervisedHsm;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-families-'));
  const seal = { kind: 'file' as const, path: join(directory, 'root.key') };
  hsm = await startHsm({ seal, directory, log: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await hsm.close();
  await rm(directory, { recursive: true });
});

const owner = (keySpec: KeySpec): MaterialOwner => ({
  accountId: '111122223333',
  domainRegion: 'eu-central-1',
  keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
  keySpec,
});
const keyOf = async (keySpec: KeySpec): Promise<WrappedMaterial> => ({
  ...owner(keySpec),
  ...(await hsm.generateKey(owner(keySpec))),
});
const message = Buffer.from('to whom it may concern');

describe('the HSM process', () => {
  test.each([
    ['RSA_2048', 'RSASSA_PSS_SHA_256', 'RAW', message],
    ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_512', 'DIGEST', Buffer.alloc(64, 1)],
    ['ECC_NIST_P384', 'ECDSA_SHA_384', 'DIGEST', Buffer.alloc(48, 1)],
    ['ECC_SECG_P256K1', 'ECDSA_SHA_256', 'RAW', message],
    ['ECC_NIST_EDWARDS25519', 'ED25519_PH_SHA_512', 'DIGEST', Buffer.alloc(64, 1)],
    ['ML_DSA_87', 'ML_DSA_SHAKE_256', 'RAW', message],
    ['ML_DSA_44', 'ML_DSA_SHAKE_256', 'EXTERNAL_MU', Buffer.alloc(64, 1)],
  ] as const)('signs and verifies with %s, %s, %s', async (keySpec, algorithm, messageType, signed) => {
    const request = { material: await keyOf(keySpec), algorithm, messageType, message: signed };
    const signature = Buffer.from(await hsm.sign(request));
    expect(await hsm.verify({ ...request, signature })).toBe(true);
    expect(await hsm.verify({ ...request, signature: signature.subarray(1) })).toBe(false);
  });

  test('encrypts and decrypts with RSA', async () => {
    const request = { material: await keyOf('RSA_2048'), algorithm: 'RSAES_OAEP_SHA_1' } as const;
    const ciphertext = await hsm.encryptAsymmetric({ ...request, plaintext: message });
    expect(await hsm.decryptAsymmetric({ ...request, ciphertext })).toEqual(message);
    const other = hsm.decryptAsymmetric({ ...request, algorithm: 'RSAES_OAEP_SHA_256', ciphertext });
    await expect(other).rejects.toMatchObject({ name: 'HsmError', kind: 'invalid-ciphertext' });
    const tooLong = hsm.encryptAsymmetric({ ...request, plaintext: Buffer.alloc(215) });
    await expect(tooLong).rejects.toMatchObject({ name: 'HsmError', kind: 'plaintext-too-long' });
  });

  test('moves a ciphertext from a symmetric key to an RSA key', async () => {
    const [source, destination] = [await keyOf('SYMMETRIC_DEFAULT'), await keyOf('RSA_2048')];
    const destinationAlgorithm = 'RSAES_OAEP_SHA_256';
    const ciphertextBlob = await hsm.encrypt({ material: source, plaintext: message, encryptionContext: {} });
    const contexts = { sourceEncryptionContext: {}, destinationEncryptionContext: {} };
    const ciphertext = await hsm.reEncrypt({ source, ciphertextBlob, destination, destinationAlgorithm, ...contexts });
    const opened = hsm.decryptAsymmetric({ material: destination, algorithm: destinationAlgorithm, ciphertext });
    expect(await opened).toEqual(message);
  });

  test('generates and verifies message authentication codes', async () => {
    const request = { material: await keyOf('HMAC_384'), algorithm: 'HMAC_SHA_384', message } as const;
    const mac = await hsm.mac(request);
    expect(await hsm.verifyMac({ ...request, mac })).toBe(true);
    expect(await hsm.verifyMac({ ...request, mac: Buffer.alloc(48) })).toBe(false);
    const other = hsm.mac({ ...request, algorithm: 'HMAC_SHA_256' });
    await expect(other).rejects.toMatchObject({ name: 'HsmError', kind: 'unsupported' });
  });

  test('agrees on a secret, returns public keys, and refuses invalid public keys', async () => {
    const [material, peer] = [await keyOf('ECC_NIST_P256'), await keyOf('ECC_NIST_P256')];
    const [ours, theirs] = [await hsm.publicKey(material), await hsm.publicKey(peer)];
    const shared = await hsm.deriveSharedSecret({ material, publicKey: theirs });
    expect(await hsm.deriveSharedSecret({ material: peer, publicKey: ours })).toEqual(shared);
    const stranger = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
    const publicKey = stranger.publicKey.export({ type: 'spki', format: 'der' });
    const refused = hsm.deriveSharedSecret({ material, publicKey });
    await expect(refused).rejects.toMatchObject({ name: 'HsmError', kind: 'invalid-public-key' });
  });

  test('encapsulates and decapsulates, and refuses a ciphertext of another length', async () => {
    const [material, another] = [await keyOf('ML_KEM_1024'), await keyOf('ML_KEM_1024')];
    const { sharedSecret, ciphertext } = await hsm.encapsulate({ material });
    expect(await hsm.decapsulate({ material, ciphertext })).toEqual(sharedSecret);
    const other = await hsm.decapsulate({ material: another, ciphertext });
    expect([other.length, Buffer.compare(other, sharedSecret) === 0]).toEqual([32, false]);
    const refused = hsm.decapsulate({ material, ciphertext: ciphertext.subarray(1) });
    await expect(refused).rejects.toMatchObject({ name: 'HsmError', kind: 'invalid-ciphertext' });
  });

  test('generates data key pairs', async () => {
    const material = await keyOf('SYMMETRIC_DEFAULT');
    const request = { material, keyPairSpec: 'RSA_4096', encryptionContext: { a: 'b' } } as const;
    const pair = await hsm.generateDataKeyPair({ ...request, withPlaintext: true });
    const ciphertextBlob = pair.privateKeyCiphertextBlob;
    const opened = await hsm.decrypt({ material, ciphertextBlob, encryptionContext: { a: 'b' } });
    expect(opened).toEqual(pair.privateKeyPlaintext);
    const publicKey = createPublicKey({ key: Buffer.from(pair.publicKey), format: 'der', type: 'spki' });
    expect(publicKey.asymmetricKeyDetails?.modulusLength).toBe(4096);
    expect(await hsm.generateDataKeyPair({ ...request, keyPairSpec: 'ECC_NIST_P256', withPlaintext: false })).toEqual({
      publicKey: expect.any(Uint8Array),
      privateKeyCiphertextBlob: expect.any(Uint8Array),
    });
  });

  test('answers and signs other requests while RSA keys are being generated', async () => {
    const material = await keyOf('ECC_NIST_P256');
    const finished: string[] = [];
    const noting = (name: string, work: Promise<unknown>) => work.then(() => finished.push(name));
    const making = ['RSA_4096', 'RSA_4096', 'RSA_4096', 'RSA_4096', 'RSA_4096'] as const;
    const made = making.map((keySpec) => noting('made', keyOf(keySpec)));
    const request = { material, algorithm: 'ECDSA_SHA_256', messageType: 'RAW', message } as const;
    await Promise.all([noting('signed', hsm.sign(request)), noting('random', hsm.random(16))]);
    expect(finished.filter((name) => name === 'made').length).toBeLessThan(making.length);
    await Promise.all(made);
  });
});

// Compared by name: the error that Node throws belongs to another realm than the test.
const rangeError = expect.objectContaining({ name: 'RangeError' });
const material: WrappedMaterial = { ...owner('RSA_2048'), materialId: 'ab'.repeat(32), wrapped: Buffer.alloc(60, 1) };
const bytes = Buffer.from('some bytes');

const examples: { readonly [Name in VerbName]?: readonly [Arguments<Name>, Result<Name>] } = {
  reEncrypt: [
    [
      {
        source: material,
        sourceAlgorithm: 'RSAES_OAEP_SHA_1',
        ciphertextBlob: bytes,
        sourceEncryptionContext: {},
        destination: material,
        destinationEncryptionContext: { a: 'b' },
      },
    ],
    bytes,
  ],
  encryptAsymmetric: [[{ material, algorithm: 'RSAES_OAEP_SHA_256', plaintext: bytes }], bytes],
  decryptAsymmetric: [[{ material, algorithm: 'RSAES_OAEP_SHA_1', ciphertext: bytes }], bytes],
  sign: [[{ material, algorithm: 'RSASSA_PSS_SHA_512', messageType: 'DIGEST', message: bytes }], bytes],
  verify: [
    [{ material, algorithm: 'ED25519_SHA_512', messageType: 'RAW', message: bytes, signature: Buffer.alloc(0) }],
    false,
  ],
  mac: [[{ material, algorithm: 'HMAC_SHA_224', message: bytes }], bytes],
  verifyMac: [[{ material, algorithm: 'HMAC_SHA_224', message: bytes, mac: bytes }], true],
  deriveSharedSecret: [[{ material, publicKey: bytes }], bytes],
  encapsulate: [[{ material }], { sharedSecret: bytes, ciphertext: Buffer.alloc(768, 2) }],
  decapsulate: [[{ material, ciphertext: bytes }], bytes],
  publicKey: [[material], bytes],
  generateDataKeyPair: [
    [{ material, keyPairSpec: 'ECC_NIST_P521', encryptionContext: {}, withPlaintext: true }],
    { publicKey: bytes, privateKeyCiphertextBlob: bytes, privateKeyPlaintext: bytes },
  ],
};

describe('the protocol', () => {
  test.each(Object.keys(examples) as VerbName[])(
    '%s arrives as it was sent, and nothing shorter or longer does',
    (name) => {
      const { arguments: args, result } = verbs[name] as (typeof verbs)['sign'];
      const [sent, answered] = examples[name] as unknown as readonly [Arguments<'sign'>, Result<'sign'>];
      const [request, answer] = [encodeWith(args, sent), encodeWith(result, answered)];
      expect(decodeWith(args, request)).toEqual(sent);
      expect(decodeWith(result, answer)).toEqual(answered);
      expect(() => decodeWith(args, request.subarray(0, -1))).toThrow(rangeError);
      expect(() => decodeWith(args, Buffer.concat([request, Buffer.of(0)]))).toThrow(rangeError);
    },
  );

  test('gives every verb and every status a number of its own', () => {
    const kinds = verbNames.map((name) => verbs[name].kind);
    expect(new Set(kinds).size).toBe(kinds.length);
    const statuses = [STATUS_OK, STATUS_DEFECT, ...Object.values(errorStatuses)];
    expect(new Set(statuses).size).toBe(statuses.length);
  });
});
