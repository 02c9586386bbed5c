import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { aKey } from '../../support/a-key.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const specs = [
  ['RSA_2048', 'rsa', { modulusLength: 2048, publicExponent: 65537n }],
  ['RSA_3072', 'rsa', { modulusLength: 3072, publicExponent: 65537n }],
  ['RSA_4096', 'rsa', { modulusLength: 4096, publicExponent: 65537n }],
  ['ECC_NIST_P256', 'ec', { namedCurve: 'prime256v1' }],
  ['ECC_NIST_P384', 'ec', { namedCurve: 'secp384r1' }],
  ['ECC_NIST_P521', 'ec', { namedCurve: 'secp521r1' }],
  ['ECC_SECG_P256K1', 'ec', { namedCurve: 'secp256k1' }],
  ['ECC_NIST_EDWARDS25519', 'ed25519', {}],
  ['ML_KEM_512', 'ml-kem-512', {}],
  ['ML_KEM_768', 'ml-kem-768', {}],
  ['ML_KEM_1024', 'ml-kem-1024', {}],
] as const;
const EncryptionContext = { Department: 'finance' };

describe.each(specs)('a data key pair of spec %s', (KeyPairSpec, type, details) => {
  test('has matching halves, and its private half can be decrypted', async () => {
    const key = await aKey(controlPlane);
    const answer = await controlPlane.perform('GenerateDataKeyPair', {
      KeyId: key.KeyId,
      KeyPairSpec,
      EncryptionContext,
    });
    expect(answer).toMatchObject({ KeyId: key.Arn, KeyPairSpec, KeyMaterialId: key.CurrentKeyMaterialId });
    const pkcs8 = Buffer.from(answer.PrivateKeyPlaintext ?? []);
    const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    expect(privateKey.asymmetricKeyType).toBe(type);
    expect(privateKey.asymmetricKeyDetails ?? {}).toMatchObject(details);
    // As a seed, whose length says nothing about the spec.
    if (KeyPairSpec.startsWith('ML_KEM')) expect(pkcs8).toHaveLength(86);
    const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
    expect(Buffer.from(answer.PublicKey ?? [])).toEqual(spki);
    const opened = await controlPlane.perform('Decrypt', {
      CiphertextBlob: answer.PrivateKeyCiphertextBlob,
      EncryptionContext,
    });
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(pkcs8);
  });

  test('is returned without its private half in plaintext, on request', async () => {
    const { KeyId } = await aKey(controlPlane);
    const answer = await controlPlane.perform('GenerateDataKeyPairWithoutPlaintext', { KeyId, KeyPairSpec });
    expect(answer).not.toHaveProperty('PrivateKeyPlaintext');
    const { Plaintext } = await controlPlane.perform('Decrypt', { CiphertextBlob: answer.PrivateKeyCiphertextBlob });
    const privateKey = createPrivateKey({ key: Buffer.from(Plaintext ?? []), format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
    expect(Buffer.from(answer.PublicKey ?? [])).toEqual(spki);
  });
});

test('two pairs are never equal', async () => {
  const { KeyId } = await aKey(controlPlane);
  const pairs = await Promise.all(
    Array.from({ length: 4 }, () =>
      controlPlane.perform('GenerateDataKeyPair', { KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
    ),
  );
  const hashes = pairs.map(({ PublicKey = Buffer.of() }) => createHash('sha256').update(PublicKey).digest('hex'));
  expect(new Set(hashes).size).toBe(4);
});

test('SM2 pairs and answers to enclaves are refused by name', async () => {
  const { KeyId } = await aKey(controlPlane);
  expect(await controlPlane.refusal('GenerateDataKeyPair', { KeyId, KeyPairSpec: 'SM2' })).toBe(
    'UnsupportedOperationException: KeyPairSpec SM2 is available in the China Regions only.',
  );
  expect(await controlPlane.refusal('GenerateDataKeyPairWithoutPlaintext', { KeyId, KeyPairSpec: 'SM2' })).toBe(
    'UnsupportedOperationException: KeyPairSpec SM2 is available in the China Regions only.',
  );
  const input = { KeyId, KeyPairSpec: 'ECC_NIST_P256', Recipient: {} } as const;
  expect(await controlPlane.refusal('GenerateDataKeyPair', input)).toBe(
    'UnsupportedOperationException: Recipient is not supported: this service does not verify attestation documents.',
  );
});

test('a disabled key does not make pairs, and a dry run does not show one', async () => {
  const { KeyId, Arn } = await aKey(controlPlane);
  const input = { KeyId, KeyPairSpec: 'ECC_NIST_P256' } as const;
  for (const operation of ['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext'] as const) {
    expect(await controlPlane.refusal(operation, { ...input, DryRun: true })).toContain('DryRunOperationException');
  }
  await controlPlane.perform('DisableKey', { KeyId });
  expect(await controlPlane.refusal('GenerateDataKeyPair', input)).toBe(`DisabledException: ${Arn} is disabled.`);
});

test('the record names spec, context and material, and contains neither half of the pair', async () => {
  const key = await aKey(controlPlane);
  await controlPlane.perform('GenerateDataKeyPair', {
    KeyId: key.KeyId,
    KeyPairSpec: 'ECC_NIST_P256',
    EncryptionContext,
  });
  const [event] = await controlPlane.events('GenerateDataKeyPair');
  expect(event).toMatchObject({
    responseElements: null,
    additionalEventData: { keyMaterialId: key.CurrentKeyMaterialId },
  });
  expect(event?.requestParameters).toEqual({
    keyId: key.KeyId,
    keyPairSpec: 'ECC_NIST_P256',
    encryptionContext: EncryptionContext,
  });
});
