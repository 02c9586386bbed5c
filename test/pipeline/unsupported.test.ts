/** Features of AWS KMS that this service does not have are refused by name, on every operation that has them at AWS. */
import { messages } from '@keystead/provider-schema/errors.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import { shapeOf } from '@keystead/provider-schema/shapes/index.ts';
import { aKey } from '../support/a-key.ts';
import { openTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const Recipient = {
  KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
  AttestationDocument: Buffer.from('a COSE_Sign1 structure'),
} as const;
const refused = `UnsupportedOperationException: ${messages.recipient}`;

describe('Recipient', () => {
  test('is a member of these operations and no other', () => {
    const having = Object.values(operations).filter(({ input }) => {
      const shape = shapeOf(input);
      return shape.type === 'structure' && 'Recipient' in shape.members;
    });
    expect(having.map(({ name }) => name).sort()).toEqual([
      'Decrypt',
      'DeriveSharedSecret',
      'GenerateDataKey',
      'GenerateDataKeyPair',
      'GenerateRandom',
    ]);
  });

  test('is refused by each of them, and the answer is not plaintext instead', async () => {
    const { KeyId } = await aKey(controlPlane);
    const { KeyId: agreement } = await aKey(controlPlane, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' });
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext: Buffer.from('secret') });
    const { PublicKey } = await controlPlane.perform('GetPublicKey', { KeyId: agreement });
    expect(await controlPlane.refusal('Decrypt', { CiphertextBlob, Recipient })).toBe(refused);
    expect(await controlPlane.refusal('GenerateDataKey', { KeyId, KeySpec: 'AES_256', Recipient })).toBe(refused);
    expect(await controlPlane.refusal('GenerateDataKeyPair', { KeyId, KeyPairSpec: 'ECC_NIST_P256', Recipient })).toBe(
      refused,
    );
    expect(await controlPlane.refusal('GenerateRandom', { NumberOfBytes: 32, Recipient })).toBe(refused);
    const derive = {
      KeyId: agreement,
      PublicKey: PublicKey ?? new Uint8Array(),
      KeyAgreementAlgorithm: 'ECDH',
    } as const;
    expect(await controlPlane.refusal('DeriveSharedSecret', { ...derive, Recipient })).toBe(refused);
  });

  test('does not bypass a policy that requires attestation: the condition key is absent', async () => {
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'kms:*', Resource: '*' },
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'kms:Decrypt',
          Resource: '*',
          Condition: { StringNotEqualsIgnoreCase: { 'kms:RecipientAttestation:ImageSha384': 'ab'.repeat(48) } },
        },
      ],
    });
    const { KeyId } = await aKey(controlPlane, { Policy });
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext: Buffer.from('secret') });
    expect(await controlPlane.refusal('Decrypt', { CiphertextBlob, Recipient })).toMatch(/^AccessDeniedException/);
    expect(await controlPlane.refusal('Decrypt', { CiphertextBlob })).toMatch(/^AccessDeniedException/);
  });
});

test.each(['cn-north-1', 'cn-northwest-1'])('SM2 keys are refused in %s, with the reason', async (region) => {
  const create = { KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' } as const;
  expect(await controlPlane.refusal('CreateKey', create, { region })).toBe(
    'UnsupportedOperationException: KeySpec SM2 is not available: the cryptographic library of this service does not implement it.',
  );
});

test.each(['eu-west-1', 'us-gov-west-1'])('SM2 keys do not exist in %s', async (region) => {
  const create = { KeySpec: 'SM2', KeyUsage: 'ENCRYPT_DECRYPT' } as const;
  expect(await controlPlane.refusal('CreateKey', create, { region })).toBe(
    'UnsupportedOperationException: KeySpec SM2 is available in the China Regions only.',
  );
});

test.each(['cn-north-1', 'cn-northwest-1'])('ML-KEM keys and key pairs do not exist in %s', async (region) => {
  const create = { KeySpec: 'ML_KEM_768', KeyUsage: 'ENCAPSULATE_DECAPSULATE' } as const;
  expect(await controlPlane.refusal('CreateKey', create, { region })).toBe(
    'UnsupportedOperationException: KeySpec ML_KEM_768 is not available in the China Regions.',
  );
  const { KeyId } = await aKey(controlPlane, {}, { region });
  for (const operation of ['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext'] as const) {
    expect(await controlPlane.refusal(operation, { KeyId, KeyPairSpec: 'ML_KEM_512' }, { region })).toBe(
      'UnsupportedOperationException: KeyPairSpec ML_KEM_512 is not available in the China Regions.',
    );
  }
});
