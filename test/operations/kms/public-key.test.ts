import { createPublicKey } from 'node:crypto';
import { algorithmsOf, keySpecRow, keySpecs } from '@keystead/provider-schema/key-specs.ts';
import type { KeySpec, KeyUsage } from '@keystead/provider-schema/vocabulary.ts';
import { aKey } from '../../support/a-key.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

/** The length of a SubjectPublicKeyInfo of each spec. */
const spkiLengths: Readonly<Partial<Record<KeySpec, number>>> = {
  RSA_2048: 294,
  RSA_3072: 422,
  RSA_4096: 550,
  ECC_NIST_P256: 91,
  ECC_NIST_P384: 120,
  ECC_NIST_P521: 158,
  ECC_SECG_P256K1: 88,
  ECC_NIST_EDWARDS25519: 44,
  ML_DSA_44: 1334,
  ML_DSA_65: 1974,
  ML_DSA_87: 2614,
  ML_KEM_512: 822,
  ML_KEM_768: 1206,
  ML_KEM_1024: 1590,
};
const members = {
  ENCRYPT_DECRYPT: 'EncryptionAlgorithms',
  SIGN_VERIFY: 'SigningAlgorithms',
  KEY_AGREEMENT: 'KeyAgreementAlgorithms',
  ENCAPSULATE_DECAPSULATE: 'EncapsulationAlgorithms',
} as const;
const pairs = (Object.keys(keySpecs) as KeySpec[])
  .filter((spec) => spec !== 'SM2' && keySpecRow(spec).type === 'asymmetric')
  .flatMap((spec) => Object.keys(keySpecRow(spec).algorithms).map((usage) => [spec, usage as KeyUsage] as const));

test.each(pairs)('%s for %s shows its public key, its usage and its algorithms', async (KeySpec, KeyUsage) => {
  const { KeyId, Arn } = await aKey(controlPlane, { KeySpec, KeyUsage });
  const answer = await controlPlane.perform('GetPublicKey', { KeyId });
  expect(answer).toEqual({
    KeyId: Arn,
    PublicKey: expect.anything(),
    KeySpec,
    CustomerMasterKeySpec: KeySpec,
    KeyUsage,
    [members[KeyUsage as keyof typeof members]]: algorithmsOf(KeySpec, KeyUsage),
  });
  const spki = Buffer.from(answer.PublicKey ?? []);
  expect(spki).toHaveLength(spkiLengths[KeySpec] ?? 0);
  const read = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  expect(read.export({ format: 'der', type: 'spki' })).toEqual(spki);
  const again = await controlPlane.perform('GetPublicKey', { KeyId });
  expect(Buffer.from(again.PublicKey ?? [])).toEqual(spki);
});

test('an alias names the key, and the record names both', async () => {
  const { KeyId, Arn } = await aKey(controlPlane, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  await controlPlane.perform('CreateAlias', { AliasName: 'alias/public', TargetKeyId: KeyId });
  expect((await controlPlane.perform('GetPublicKey', { KeyId: 'alias/public' })).KeyId).toBe(Arn);
  const [event] = await controlPlane.events('GetPublicKey');
  expect(event).toMatchObject({
    requestParameters: { keyId: 'alias/public' },
    responseElements: null,
    resources: [{ ARN: Arn }],
  });
});
