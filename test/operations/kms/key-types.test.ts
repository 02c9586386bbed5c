/** Each type of key and the operations it supports, tested against the developer guide's key type reference. */
import { createPublicKey } from 'node:crypto';
import type { CreateKeyRequest, KeyUsageType } from '@keystead/provider-schema/generated/types.ts';
import { keySpecRow, keySpecs } from '@keystead/provider-schema/key-specs.ts';
import type { KeySpec, KeyUsage } from '@keystead/provider-schema/vocabulary.ts';
import { aKey } from '../../support/a-key.ts';
import { openTestControlPlane, type TestControlPlane } from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const allUsages = [
  'ENCRYPT_DECRYPT',
  'SIGN_VERIFY',
  'GENERATE_VERIFY_MAC',
  'KEY_AGREEMENT',
  'ENCAPSULATE_DECAPSULATE',
] as const;
const specs = (Object.keys(keySpecs) as KeySpec[]).filter((spec) => spec !== 'SM2');
const pairs = specs.flatMap((spec) => allUsages.map((usage) => [spec, usage] as const));
const allowed = pairs.filter(([spec, usage]) => keySpecRow(spec).algorithms[usage]);
const forbidden = pairs.filter(([spec, usage]) => !keySpecRow(spec).algorithms[usage]);

const listMembers = {
  ENCRYPT_DECRYPT: 'EncryptionAlgorithms',
  SIGN_VERIFY: 'SigningAlgorithms',
  GENERATE_VERIFY_MAC: 'MacAlgorithms',
  KEY_AGREEMENT: 'KeyAgreementAlgorithms',
  ENCAPSULATE_DECAPSULATE: 'EncapsulationAlgorithms',
} as const;

const typeOf = (spec: KeySpec) => keySpecRow(spec).type;

describe('a key can be made', () => {
  test('in 25 pairs of spec and usage', () => {
    expect(allowed).toHaveLength(25);
  });

  test.each(allowed)('%s for %s, and says so', async (KeySpec, KeyUsage) => {
    const key = await aKey(controlPlane, { KeySpec, KeyUsage });
    expect(key).toMatchObject({ KeySpec, CustomerMasterKeySpec: KeySpec, KeyUsage, KeyState: 'Enabled' });
    for (const [usage, member] of Object.entries(listMembers)) {
      if (usage === KeyUsage) expect(key[member]).toEqual(keySpecRow(KeySpec).algorithms[KeyUsage]);
      else expect(key).not.toHaveProperty(member);
    }
    expect('CurrentKeyMaterialId' in key).toBe(typeOf(KeySpec) === 'symmetric');
    expect((await controlPlane.perform('DescribeKey', { KeyId: key.KeyId })).KeyMetadata).toEqual(key);
  });

  test('with the deprecated name of its spec', async () => {
    const key = await aKey(controlPlane, { CustomerMasterKeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    expect(key).toMatchObject({ KeySpec: 'ECC_NIST_P256', CustomerMasterKeySpec: 'ECC_NIST_P256' });
  });
});

describe('CreateKey refuses', () => {
  test.each(forbidden)('%s for %s', async (KeySpec, KeyUsage) => {
    expect(await controlPlane.refusal('CreateKey', { KeySpec, KeyUsage })).toBe(
      `ValidationException: KeyUsage ${KeyUsage} is not compatible with KeySpec ${KeySpec}`,
    );
  });

  test.each(specs.filter((spec) => typeOf(spec) !== 'symmetric'))('%s without a usage', async (KeySpec) => {
    expect(await controlPlane.refusal('CreateKey', { KeySpec })).toBe(
      'ValidationException: You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    );
  });

  test('SM2, which belongs to the China Regions', async () => {
    expect(await controlPlane.refusal('CreateKey', { KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' })).toBe(
      'UnsupportedOperationException: KeySpec SM2 is available in the China Regions only.',
    );
  });
});

/** One key of each type, and the input of each operation for it. */
const types = {
  symmetric: {},
  rsaEncryption: { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' },
  signing: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
  agreement: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' },
  encapsulation: { KeySpec: 'ML_KEM_768', KeyUsage: 'ENCAPSULATE_DECAPSULATE' },
  hmac: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
} as const satisfies Record<string, CreateKeyRequest>;
type TypeName = keyof typeof types;

const usageOf = (type: TypeName): KeyUsage => ({ KeyUsage: 'ENCRYPT_DECRYPT' as const, ...types[type] }).KeyUsage;
const specOf = (type: TypeName): KeySpec => ({ KeySpec: 'SYMMETRIC_DEFAULT' as const, ...types[type] }).KeySpec;
const names = Object.keys(types) as TypeName[];

describe('each type supports its own operations', () => {
  const keys = {} as Record<TypeName, { readonly KeyId: string; readonly Arn: string }>;
  beforeAll(async () => {
    for (const name of names) keys[name] = await aKey(controlPlane, types[name]);
  });

  const Message = Buffer.from('message');
  const asked = {
    Encrypt: [['symmetric', 'rsaEncryption'], { Plaintext: Message }],
    Decrypt: [['symmetric', 'rsaEncryption'], { CiphertextBlob: Buffer.alloc(256, 7) }],
    GenerateDataKey: [['symmetric'], { KeySpec: 'AES_256' }],
    GenerateDataKeyWithoutPlaintext: [['symmetric'], { KeySpec: 'AES_256' }],
    GenerateDataKeyPair: [['symmetric'], { KeyPairSpec: 'ECC_NIST_P256' }],
    GenerateDataKeyPairWithoutPlaintext: [['symmetric'], { KeyPairSpec: 'ECC_NIST_P256' }],
    Sign: [['signing'], { Message, SigningAlgorithm: 'ECDSA_SHA_256' }],
    Verify: [['signing'], { Message, SigningAlgorithm: 'ECDSA_SHA_256', Signature: Message }],
    GenerateMac: [['hmac'], { Message, MacAlgorithm: 'HMAC_SHA_256' }],
    VerifyMac: [['hmac'], { Message, MacAlgorithm: 'HMAC_SHA_256', Mac: Message }],
    DeriveSharedSecret: [['agreement'], { KeyAgreementAlgorithm: 'ECDH', PublicKey: Message }],
    Encapsulate: [['encapsulation'], { EncapsulationAlgorithm: 'ML_KEM' }],
    Decapsulate: [['encapsulation'], { EncapsulationAlgorithm: 'ML_KEM', SharedSecretCiphertextBlob: Message }],
  } as const;
  const cases = Object.entries(asked).flatMap(([operation, [fit, input]]) =>
    names.filter((type) => !(fit as readonly string[]).includes(type)).map((type) => [operation, type, input] as const),
  );

  test.each(cases)('%s is refused for a key of type %s', async (operation, type, input) => {
    const { KeyId, Arn } = keys[type];
    const text =
      usageOf(type) === 'ENCRYPT_DECRYPT' && operation.startsWith('GenerateDataKey')
        ? `${Arn} key spec is ${specOf(type)} which is not valid for this operation.`
        : `${Arn} key usage is ${usageOf(type)} which is not valid for ${operation}.`;
    const refusal = await controlPlane.refusal(operation as 'Sign', { KeyId, ...input } as never);
    expect(refusal).toBe(`InvalidKeyUsageException: ${text}`);
  });

  test.each(names)('ReEncrypt needs encryption keys on both sides; tested with type %s', async (type) => {
    if (usageOf(type) === 'ENCRYPT_DECRYPT') return;
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', {
      KeyId: keys.symmetric.KeyId,
      Plaintext: Message,
    });
    const refusal = await controlPlane.refusal('ReEncrypt', { CiphertextBlob, DestinationKeyId: keys[type].KeyId });
    expect(refusal).toContain(`InvalidKeyUsageException: ${keys[type].Arn} key usage is ${usageOf(type)}`);
  });

  test.each(names)('GetPublicKey needs a public half; tested with type %s', async (type) => {
    const { KeyId, Arn } = keys[type];
    if (typeOf(specOf(type)) === 'asymmetric') {
      const { PublicKey } = await controlPlane.perform('GetPublicKey', { KeyId });
      createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
      return;
    }
    expect(await controlPlane.refusal('GetPublicKey', { KeyId })).toBe(
      `UnsupportedOperationException: ${Arn} key spec is ${specOf(type)} which is not valid for this operation.`,
    );
  });

  test.each(
    names
      .filter((type) => type !== 'symmetric')
      .flatMap((type) =>
        (['EnableKeyRotation', 'DisableKeyRotation', 'ListKeyRotations'] as const).map(
          (operation) => [operation, type] as const,
        ),
      ),
  )('%s refuses rotation of a key of type %s', async (operation, type) => {
    const { KeyId, Arn } = keys[type];
    expect(await controlPlane.refusal(operation, { KeyId })).toBe(
      `UnsupportedOperationException: ${Arn} key spec is ${specOf(type)} which is not valid for this operation.`,
    );
  });

  const unrotated = names.filter((type) => type !== 'symmetric');
  test.each(unrotated)('a key of type %s has the rotation status "off", and is not rotated on demand', async (type) => {
    const { KeyId, Arn } = keys[type];
    expect(await controlPlane.perform('GetKeyRotationStatus', { KeyId })).toEqual({
      KeyId: Arn,
      KeyRotationEnabled: false,
    });
    expect(await controlPlane.refusal('RotateKeyOnDemand', { KeyId })).toBe('UnsupportedOperationException: ');
    await controlPlane.perform('DisableKey', { KeyId });
    expect(await controlPlane.refusal('RotateKeyOnDemand', { KeyId })).toBe(`DisabledException: ${Arn} is disabled.`);
    await controlPlane.perform('EnableKey', { KeyId });
  });

  test.each(names)('a grant on a key of type %s can have only operations that the key supports', async (type) => {
    const { KeyId } = keys[type];
    const grantee = await controlPlane.user(`grantee-${type}`);
    const own: Readonly<Record<TypeName, readonly string[]>> = {
      symmetric: ['Encrypt', 'GenerateDataKeyPair'],
      rsaEncryption: ['Encrypt', 'GetPublicKey'],
      signing: ['Sign', 'Verify', 'GetPublicKey'],
      agreement: ['DeriveSharedSecret', 'GetPublicKey'],
      encapsulation: ['Encapsulate', 'Decapsulate', 'GetPublicKey'],
      hmac: ['GenerateMac', 'VerifyMac'],
    };
    const everything = new Set(Object.values(own).flat());
    const request = { KeyId, GranteePrincipal: grantee.principal.arn };
    for (const operation of everything) {
      const input = { ...request, Operations: [operation as 'Sign'] };
      if (own[type].includes(operation)) await controlPlane.perform('CreateGrant', input);
      else
        expect(await controlPlane.refusal('CreateGrant', input)).toContain(`Operation ${operation} cannot be granted`);
    }
  });

  test('encryption contexts can constrain only grants on symmetric keys', async () => {
    const grantee = await controlPlane.user('constrained');
    const input = {
      GranteePrincipal: grantee.principal.arn,
      Operations: ['Encrypt'],
      Constraints: { EncryptionContextEquals: { a: '1' } },
    } as const;
    const refused = 'ValidationException: Encryption context constraints fit grants on symmetric encryption keys only.';
    expect(await controlPlane.refusal('CreateGrant', { KeyId: keys.rsaEncryption.KeyId, ...input })).toContain(refused);
    const onMlKem = { KeyId: keys.encapsulation.KeyId, ...input, Operations: ['Decapsulate'] } as const;
    expect(await controlPlane.refusal('CreateGrant', onMlKem)).toContain(refused);
  });
});

test('an alias stays with keys of one usage and one type', async () => {
  const signing = await aKey(controlPlane, types.signing);
  const AliasName = 'alias/stays';
  await controlPlane.perform('CreateAlias', { AliasName, TargetKeyId: signing.KeyId });
  const moved = async (key: CreateKeyRequest) =>
    controlPlane.refusal('UpdateAlias', { AliasName, TargetKeyId: (await aKey(controlPlane, key)).KeyId });
  const usageText = (from: KeyUsageType, to: KeyUsageType) =>
    `ValidationException: Alias ${AliasName} cannot be changed from a CMK with key usage ${from} to a CMK with key usage ${to}`;
  expect(await moved({})).toBe(usageText('SIGN_VERIFY', 'ENCRYPT_DECRYPT'));
  expect(await moved(types.agreement)).toBe(usageText('SIGN_VERIFY', 'KEY_AGREEMENT'));
  const other = await aKey(controlPlane, { KeySpec: 'ML_DSA_44', KeyUsage: 'SIGN_VERIFY' });
  await controlPlane.perform('UpdateAlias', { AliasName, TargetKeyId: other.KeyId });

  await controlPlane.perform('CreateAlias', {
    AliasName: 'alias/typed',
    TargetKeyId: (await aKey(controlPlane)).KeyId,
  });
  const rsa = await aKey(controlPlane, types.rsaEncryption);
  expect(await controlPlane.refusal('UpdateAlias', { AliasName: 'alias/typed', TargetKeyId: rsa.KeyId })).toContain(
    'cannot be changed from a CMK with key type symmetric to a CMK with key type asymmetric',
  );
});

describe('a multi-Region key of any type is one key in two Regions:', () => {
  const there = { region: 'us-east-1' };
  const related = async (KeySpec: KeySpec, KeyUsage: KeyUsage) => {
    const { KeyId } = await aKey(controlPlane, { KeySpec, KeyUsage, MultiRegion: true });
    const { ReplicaKeyMetadata } = await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: there.region });
    expect(KeyId).toMatch(/^mrk-/);
    expect(ReplicaKeyMetadata).toMatchObject({ KeySpec, KeyUsage, MultiRegion: true });
    return KeyId;
  };
  const Message = Buffer.from('message');

  test.each([
    ['RSA_2048', 'RSASSA_PSS_SHA_256'],
    ['ECC_SECG_P256K1', 'ECDSA_SHA_256'],
    ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512'],
    ['ML_DSA_65', 'ML_DSA_SHAKE_256'],
  ] as const)('a signature made with a %s key here can be verified there', async (spec, SigningAlgorithm) => {
    const KeyId = await related(spec, 'SIGN_VERIFY');
    const { Signature = Buffer.of(0) } = await controlPlane.perform('Sign', { KeyId, Message, SigningAlgorithm });
    const verified = await controlPlane.perform('Verify', { KeyId, Message, SigningAlgorithm, Signature }, there);
    expect(verified).toMatchObject({ SignatureValid: true, KeyId: expect.stringContaining('us-east-1') });
    const halves = [
      await controlPlane.perform('GetPublicKey', { KeyId }),
      await controlPlane.perform('GetPublicKey', { KeyId }, there),
    ];
    expect(Buffer.from(halves[0]?.PublicKey ?? [])).toEqual(Buffer.from(halves[1]?.PublicKey ?? []));
  });

  test('a MAC made here can be verified there', async () => {
    const KeyId = await related('HMAC_384', 'GENERATE_VERIFY_MAC');
    const MacAlgorithm = 'HMAC_SHA_384';
    const { Mac = Buffer.of(0) } = await controlPlane.perform('GenerateMac', { KeyId, Message, MacAlgorithm });
    const verified = await controlPlane.perform('VerifyMac', { KeyId, Message, MacAlgorithm, Mac }, there);
    expect(verified.MacValid).toBe(true);
  });

  test('a shared secret encapsulated here can be derived there', async () => {
    const KeyId = await related('ML_KEM_1024', 'ENCAPSULATE_DECAPSULATE');
    const EncapsulationAlgorithm = 'ML_KEM';
    const { SharedSecret = Buffer.of(0), SharedSecretCiphertextBlob = Buffer.of(0) } = await controlPlane.perform(
      'Encapsulate',
      { KeyId, EncapsulationAlgorithm },
    );
    const input = { KeyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob } as const;
    const derived = await controlPlane.perform('Decapsulate', input, there);
    expect(Buffer.from(derived.SharedSecret ?? [])).toEqual(Buffer.from(SharedSecret));
    expect(derived.KeyId).toContain('us-east-1');
  });

  test('an RSA ciphertext made here can be decrypted there', async () => {
    const KeyId = await related('RSA_2048', 'ENCRYPT_DECRYPT');
    const EncryptionAlgorithm = 'RSAES_OAEP_SHA_256';
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', {
      KeyId,
      Plaintext: Message,
      EncryptionAlgorithm,
    });
    const opened = await controlPlane.perform('Decrypt', { KeyId, CiphertextBlob, EncryptionAlgorithm }, there);
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Message);
  });
});

test('GetKeyConfiguration shows no rotation for a key that cannot rotate', async () => {
  const { KeyId } = await aKey(controlPlane, types.signing);
  expect((await controlPlane.perform('GetKeyConfiguration', { KeyId })).RotationStatus).toEqual({
    KeyRotationEnabled: false,
  });
});
