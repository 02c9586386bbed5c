import { aKey } from '../../support/a-key.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const Plaintext = Buffer.from('attack at dawn');

async function sealed(KeyId: string, EncryptionContext?: Record<string, string>): Promise<Uint8Array> {
  const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext, EncryptionContext });
  if (!CiphertextBlob) throw new Error('no ciphertext');
  return CiphertextBlob;
}

test('a key decrypts what it encrypted, and the ciphertext names the key', async () => {
  const key = await aKey(controlPlane);
  const CiphertextBlob = await sealed(key.KeyId, { Department: 'finance' });
  const answer = await controlPlane.perform('Decrypt', {
    CiphertextBlob,
    EncryptionContext: { Department: 'finance' },
  });
  expect(Buffer.from(answer.Plaintext ?? []).toString()).toBe('attack at dawn');
  expect(answer).toMatchObject({
    KeyId: key.Arn,
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    KeyMaterialId: key.CurrentKeyMaterialId,
  });
});

test('Encrypt shows its material only in the record, and records do not contain the plaintext', async () => {
  const key = await aKey(controlPlane);
  const answer = await controlPlane.perform('Encrypt', { KeyId: key.KeyId, Plaintext });
  expect(answer).not.toHaveProperty('KeyMaterialId');
  const [event] = await controlPlane.events('Encrypt');
  expect(event).toMatchObject({
    responseElements: null,
    additionalEventData: { keyMaterialId: key.CurrentKeyMaterialId },
  });
  expect(JSON.stringify(event)).not.toContain(Plaintext.toString('base64'));
});

describe('Decrypt refuses without saying why', () => {
  test.each<[string, (blob: Uint8Array) => object]>([
    ['another encryption context', (blob) => ({ CiphertextBlob: blob, EncryptionContext: { a: '2' } })],
    ['no encryption context', (blob) => ({ CiphertextBlob: blob })],
    [
      'a flipped bit',
      (blob) => ({
        CiphertextBlob: Uint8Array.from(blob, (b, i) => (i === blob.length - 1 ? b ^ 1 : b)),
        EncryptionContext: { a: '1' },
      }),
    ],
    [
      'a material the key never had',
      (blob) => ({
        CiphertextBlob: Uint8Array.from(blob, (b, i) => (i === 20 ? b ^ 1 : b)),
        EncryptionContext: { a: '1' },
      }),
    ],
    ['a ciphertext cut short', (blob) => ({ CiphertextBlob: blob.slice(0, 40), EncryptionContext: { a: '1' } })],
    ['something else entirely', () => ({ CiphertextBlob: Buffer.from('x') })],
  ])('%s', async (_what, input) => {
    const { KeyId } = await aKey(controlPlane);
    const blob = await sealed(KeyId, { a: '1' });
    for (const named of [{}, { KeyId }]) {
      expect(await controlPlane.refusal('Decrypt', { ...input(blob), ...named })).toBe('InvalidCiphertextException: ');
    }
  });
});

test('a key that the ciphertext does not name is refused as the incorrect key', async () => {
  const [key, other] = [await aKey(controlPlane), await aKey(controlPlane)];
  expect(await controlPlane.refusal('Decrypt', { CiphertextBlob: await sealed(key.KeyId), KeyId: other.KeyId })).toBe(
    'IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation.',
  );
});

describe('a symmetric ciphertext with a key that cannot have made it is refused as of the incorrect key', () => {
  const refusal =
    'IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation.';

  test.each([
    ['RSA_2048', 'ENCRYPT_DECRYPT'],
    ['RSA_2048', 'SIGN_VERIFY'],
    ['ECC_NIST_P256', 'SIGN_VERIFY'],
    ['ECC_NIST_P256', 'KEY_AGREEMENT'],
    ['HMAC_256', 'GENERATE_VERIFY_MAC'],
  ] as const)('%s, %s', async (KeySpec, KeyUsage) => {
    const { KeyId: symmetric } = await aKey(controlPlane);
    const { KeyId, Arn } = await aKey(controlPlane, { KeySpec, KeyUsage });
    const CiphertextBlob = await sealed(symmetric);
    const decrypt = { CiphertextBlob, KeyId };
    const reEncrypt = { CiphertextBlob, SourceKeyId: KeyId, DestinationKeyId: symmetric };
    expect(await controlPlane.refusal('Decrypt', decrypt)).toBe(refusal);
    expect(await controlPlane.refusal('ReEncrypt', reEncrypt)).toBe(refusal);
    await controlPlane.perform('DisableKey', { KeyId });
    const disabled = `DisabledException: ${Arn} is disabled.`;
    expect(await controlPlane.refusal('Decrypt', decrypt)).toBe(disabled);
    expect(await controlPlane.refusal('ReEncrypt', reEncrypt)).toBe(disabled);
  });

  test('but a named algorithm, or a dry run without the ciphertext, is about the usage', async () => {
    const { KeyId: symmetric } = await aKey(controlPlane);
    const { KeyId, Arn } = await aKey(controlPlane, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const wrongUsage = `InvalidKeyUsageException: ${Arn} key usage is GENERATE_VERIFY_MAC which is not valid for Decrypt.`;
    const input = { CiphertextBlob: await sealed(symmetric), KeyId };
    const named = { ...input, EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' } as const;
    expect(await controlPlane.refusal('Decrypt', named)).toBe(wrongUsage);
    const dry = { ...input, DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT'] } as const;
    expect(await controlPlane.refusal('Decrypt', dry)).toBe(wrongUsage);
  });
});

test('an algorithm of other keys is refused', async () => {
  const { KeyId } = await aKey(controlPlane);
  expect(await controlPlane.refusal('Encrypt', { KeyId, Plaintext, EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' })).toBe(
    'InvalidKeyUsageException: Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT.',
  );
});

test('a disabled key neither encrypts nor decrypts', async () => {
  const { KeyId, Arn } = await aKey(controlPlane);
  const CiphertextBlob = await sealed(KeyId);
  await controlPlane.perform('DisableKey', { KeyId });
  const disabled = `DisabledException: ${Arn} is disabled.`;
  expect(await controlPlane.refusal('Encrypt', { KeyId, Plaintext })).toBe(disabled);
  expect(await controlPlane.refusal('Decrypt', { CiphertextBlob })).toBe(disabled);
  expect(await controlPlane.refusal('GenerateDataKey', { KeyId, KeySpec: 'AES_256' })).toBe(disabled);
});

test('ReEncrypt moves a ciphertext to another key without showing its plaintext', async () => {
  const [from, to] = [await aKey(controlPlane), await aKey(controlPlane)];
  const answer = await controlPlane.perform('ReEncrypt', {
    CiphertextBlob: await sealed(from.KeyId, { a: '1' }),
    SourceEncryptionContext: { a: '1' },
    DestinationKeyId: to.KeyId,
    DestinationEncryptionContext: { b: '2' },
  });
  expect(answer).toMatchObject({
    SourceKeyId: from.Arn,
    KeyId: to.Arn,
    SourceKeyMaterialId: from.CurrentKeyMaterialId,
    DestinationKeyMaterialId: to.CurrentKeyMaterialId,
  });
  expect(answer).not.toHaveProperty('Plaintext');
  const opened = await controlPlane.perform('Decrypt', {
    CiphertextBlob: answer.CiphertextBlob,
    KeyId: to.KeyId,
    EncryptionContext: { b: '2' },
  });
  expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
  const [event] = await controlPlane.events('ReEncrypt');
  expect(event?.resources?.map((resource) => resource.ARN)).toEqual([from.Arn, to.Arn]);
});

describe('a dry run', () => {
  test('refuses what the real call would refuse', async () => {
    const { KeyId } = await aKey(controlPlane);
    const CiphertextBlob = await sealed(KeyId);
    expect(await controlPlane.refusal('Decrypt', { CiphertextBlob, DryRun: true })).toContain(
      'DryRunOperationException',
    );
    expect(await controlPlane.refusal('Decrypt', { CiphertextBlob, EncryptionContext: { x: 'y' }, DryRun: true })).toBe(
      'InvalidCiphertextException: ',
    );
  });

  test('can test authorization alone', async () => {
    const { KeyId } = await aKey(controlPlane);
    const input = { KeyId, DryRunModifiers: ['IGNORE_CIPHERTEXT'] } as const;
    expect(await controlPlane.refusal('Decrypt', { ...input, DryRun: true })).toContain('DryRunOperationException');
    expect(await controlPlane.refusal('Decrypt', input)).toContain('ValidationException');
    expect(await controlPlane.refusal('Decrypt', { KeyId, DryRun: true })).toContain('ValidationException');
  });
});

describe('data keys', () => {
  test.each([
    [{ KeySpec: 'AES_128' }, 16],
    [{ KeySpec: 'AES_256' }, 32],
    [{ NumberOfBytes: 1024 }, 1024],
  ] as const)('%j makes %d bytes, returned in plaintext and encrypted', async (length, bytes) => {
    const key = await aKey(controlPlane);
    const answer = await controlPlane.perform('GenerateDataKey', {
      KeyId: key.KeyId,
      ...length,
      EncryptionContext: { a: '1' },
    });
    expect(answer.Plaintext).toHaveLength(bytes);
    expect(answer).toMatchObject({ KeyId: key.Arn, KeyMaterialId: key.CurrentKeyMaterialId });
    const opened = await controlPlane.perform('Decrypt', {
      CiphertextBlob: answer.CiphertextBlob,
      EncryptionContext: { a: '1' },
    });
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Buffer.from(answer.Plaintext ?? []));
  });

  test('are returned only encrypted, on request', async () => {
    const { KeyId } = await aKey(controlPlane);
    const answer = await controlPlane.perform('GenerateDataKeyWithoutPlaintext', { KeyId, KeySpec: 'AES_256' });
    expect(answer).not.toHaveProperty('Plaintext');
    expect((await controlPlane.perform('Decrypt', { CiphertextBlob: answer.CiphertextBlob })).Plaintext).toHaveLength(
      32,
    );
  });

  test.each([{}, { KeySpec: 'AES_256', NumberOfBytes: 32 }] as const)('%j is not one length', async (length) => {
    const { KeyId } = await aKey(controlPlane);
    expect(await controlPlane.refusal('GenerateDataKey', { KeyId, ...length })).toBe(
      'ValidationException: Please specify either number of bytes or key spec.',
    );
  });
});

test('random bytes have the requested number, and the number is required', async () => {
  expect((await controlPlane.perform('GenerateRandom', { NumberOfBytes: 1024 })).Plaintext).toHaveLength(1024);
  expect(await controlPlane.refusal('GenerateRandom', {})).toBe('ValidationException: NumberOfBytes is required.');
  expect(await controlPlane.refusal('GenerateRandom', { NumberOfBytes: 1025 })).toContain('less than or equal to 1024');
});
