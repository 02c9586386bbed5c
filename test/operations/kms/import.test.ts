import { createHmac, createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import { type Jobs, startJobs } from '@keystead/control-plane/jobs/runner.ts';
import { messages } from '@keystead/provider-schema/errors.ts';
import type { AlgorithmSpec, ImportKeyMaterialRequest, KeySpec } from '@keystead/provider-schema/generated/types.ts';
import { aKey } from '../../support/a-key.ts';
import { someKeyMaterial, wrapKeyMaterial } from '../../support/key-import.ts';
import {
  DAY_MS,
  openTestControlPlane,
  type RequestOptions,
  rootOf,
  type TestControlPlane,
} from '../../support/test-control-plane.ts';

let controlPlane: TestControlPlane;
let jobs: Jobs;
/** Jobs that run only when a test starts them: the interval is longer than any test. */
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
  jobs = startJobs({ ...controlPlane.engines, nodeId: 'node-1', intervalMs: 3_600_000 });
  await jobs.runOnce();
});
afterAll(async () => {
  await jobs?.stop();
  await controlPlane?.close();
});

const forEver = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const;
const there = { region: 'us-east-1' };

const anExternalKey = (input: Parameters<typeof aKey>[1] = {}) => aKey(controlPlane, { Origin: 'EXTERNAL', ...input });

interface ImportParameters {
  readonly ImportToken: Uint8Array;
  readonly PublicKey: Uint8Array;
  readonly ParametersValidTo: Date;
}

/** Parameters are reused for a day, because making a wrapping key is most of the work of an import. */
const known = new Map<string, ImportParameters>();

async function parametersFor(KeyId: string, WrappingAlgorithm: AlgorithmSpec, options: RequestOptions) {
  const name = `${KeyId} ${WrappingAlgorithm} ${options.region}`;
  const usable = known.get(name);
  if (usable && usable.ParametersValidTo.getTime() > controlPlane.clock.now()) return usable;
  const wanted = { KeyId, WrappingAlgorithm, WrappingKeySpec: 'RSA_2048' } as const;
  const { ImportToken, PublicKey, ParametersValidTo } = await controlPlane.perform(
    'GetParametersForImport',
    wanted,
    options,
  );
  if (!ImportToken || !PublicKey || !ParametersValidTo) throw new Error('the answer lacks import parameters');
  const made = { ImportToken, PublicKey, ParametersValidTo };
  known.set(name, made);
  return made;
}

/** The members of an import, with the material wrapped by openssl for this key. */
async function wrapped(KeyId: string, material: Uint8Array, options: RequestOptions = {}) {
  const algorithm = material.length > 190 ? 'RSA_AES_KEY_WRAP_SHA_256' : 'RSAES_OAEP_SHA_256';
  const { ImportToken, PublicKey } = await parametersFor(KeyId, algorithm, options);
  return { KeyId, ImportToken, EncryptedKeyMaterial: wrapKeyMaterial(material, PublicKey, algorithm) };
}

type Asked = Partial<ImportKeyMaterialRequest>;

async function importing(KeyId: string, material: Uint8Array, asked: Asked = forEver, options: RequestOptions = {}) {
  return controlPlane.perform('ImportKeyMaterial', { ...(await wrapped(KeyId, material, options)), ...asked }, options);
}

async function refused(KeyId: string, material: Uint8Array, asked: Asked = forEver, options: RequestOptions = {}) {
  return controlPlane.refusal('ImportKeyMaterial', { ...(await wrapped(KeyId, material, options)), ...asked }, options);
}

async function metadata(KeyId: string, options: RequestOptions = {}) {
  const { KeyMetadata } = await controlPlane.perform('DescribeKey', { KeyId }, options);
  if (!KeyMetadata) throw new Error('DescribeKey did not return metadata');
  return KeyMetadata;
}

async function materials(KeyId: string, options: RequestOptions = {}) {
  const all = { KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' } as const;
  return (await controlPlane.perform('ListKeyRotations', all, options)).Rotations ?? [];
}

/** Tests share a control plane, and jobs do all work that is due. */
const expirations = async (KeyId: string, options: RequestOptions = {}) =>
  (await controlPlane.events('DeleteExpiredKeyMaterial', options)).filter(
    ({ serviceEventDetails }) => serviceEventDetails?.keyId === KeyId,
  );

const encrypted = async (KeyId: string, text: string, options: RequestOptions = {}) => {
  const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext: Buffer.from(text) }, options);
  if (!CiphertextBlob) throw new Error('Encrypt did not return a ciphertext');
  return CiphertextBlob;
};
const decrypted = async (CiphertextBlob: Uint8Array, options: RequestOptions = {}) =>
  Buffer.from((await controlPlane.perform('Decrypt', { CiphertextBlob }, options)).Plaintext ?? []).toString();

describe('a key of origin EXTERNAL', () => {
  test('waits for its material, and cannot be used until it has it', async () => {
    const key = await anExternalKey();
    expect(key).toMatchObject({ Origin: 'EXTERNAL', KeyState: 'PendingImport', Enabled: false });
    for (const absent of ['CurrentKeyMaterialId', 'ExpirationModel', 'ValidTo']) expect(key).not.toHaveProperty(absent);
    const input = { KeyId: key.KeyId, Plaintext: Buffer.from('x') };
    expect(await controlPlane.refusal('Encrypt', input)).toBe(
      `KMSInvalidStateException: ${key.Arn} is pending import.`,
    );
    expect(await controlPlane.refusal('EnableKey', { KeyId: key.KeyId })).toContain('is pending import.');
    expect(await materials(key.KeyId)).toEqual([]);
  });

  test.each(['ML_DSA_44', 'ML_DSA_87'] as const)('cannot be of spec %s', async (KeySpec) => {
    const input = { Origin: 'EXTERNAL', KeySpec, KeyUsage: 'SIGN_VERIFY' } as const;
    expect(await controlPlane.refusal('CreateKey', input)).toContain('UnsupportedOperationException');
  });

  test('never rotates automatically', async () => {
    const { KeyId, Arn } = await anExternalKey();
    await importing(KeyId, randomBytes(32));
    const refusal = `UnsupportedOperationException: ${Arn} origin is EXTERNAL which is not valid for this operation.`;
    expect(await controlPlane.refusal('EnableKeyRotation', { KeyId })).toBe(refusal);
    expect(await controlPlane.refusal('DisableKeyRotation', { KeyId })).toBe(refusal);
    expect(await controlPlane.perform('GetKeyRotationStatus', { KeyId })).toEqual({
      KeyId: expect.stringMatching(new RegExp(`^arn:.*:key/${KeyId}$`)),
      KeyRotationEnabled: false,
    });
  });
});

describe('import parameters', () => {
  test('are a public key and an import token for 24 hours, and the audit record is read-only', async () => {
    const { KeyId, Arn } = await anExternalKey();
    const wanted = { KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_3072' } as const;
    const { PublicKey, ImportToken, ...rest } = await controlPlane.perform('GetParametersForImport', wanted);
    expect(rest).toEqual({ KeyId: Arn, ParametersValidTo: new Date(controlPlane.clock.now() + DAY_MS) });
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(3072);
    const [event] = await controlPlane.events('GetParametersForImport');
    expect(event).toMatchObject({
      readOnly: true,
      responseElements: null,
      requestParameters: { keyId: KeyId, wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_3072' },
    });
  });

  test.each([
    ['SYMMETRIC_DEFAULT', 'RSAES_PKCS1_V1_5', 'RSA_2048'],
    ['SYMMETRIC_DEFAULT', 'RSA_AES_KEY_WRAP_SHA_256', 'RSA_4096'],
    ['SYMMETRIC_DEFAULT', 'SM2PKE', 'SM2'],
    ['SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_256', 'SM2'],
    ['HMAC_256', 'RSA_AES_KEY_WRAP_SHA_1', 'RSA_2048'],
    ['RSA_2048', 'RSAES_OAEP_SHA_256', 'RSA_4096'],
    ['ECC_NIST_P521', 'RSAES_OAEP_SHA_1', 'RSA_2048'],
    ['ECC_NIST_P521', 'RSAES_OAEP_SHA_256', 'RSA_2048'],
  ] as const)('for %s cannot be requested with %s and %s', async (KeySpec, WrappingAlgorithm, WrappingKeySpec) => {
    const { KeyId } = await anExternalKey({ KeySpec, ...usageOf(KeySpec) });
    expect(await controlPlane.refusal('GetParametersForImport', { KeyId, WrappingAlgorithm, WrappingKeySpec })).toBe(
      `UnsupportedOperationException: WrappingAlgorithm ${WrappingAlgorithm} with WrappingKeySpec ${WrappingKeySpec} ` +
        `is not valid for key material of key spec ${KeySpec}.`,
    );
  });

  test('are refused for keys whose material KMS made', async () => {
    const { KeyId, Arn } = await aKey(controlPlane);
    const refusal = `UnsupportedOperationException: ${Arn} origin is AWS_KMS which is not valid for this operation.`;
    const wanted = { KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' } as const;
    expect(await controlPlane.refusal('GetParametersForImport', wanted)).toBe(refusal);
    const bytes = { ImportToken: Buffer.from('x'), EncryptedKeyMaterial: Buffer.from('x'), ...forEver };
    expect(await controlPlane.refusal('ImportKeyMaterial', { KeyId, ...bytes })).toBe(refusal);
    expect(await controlPlane.refusal('DeleteImportedKeyMaterial', { KeyId })).toBe(refusal);
  });

  test('are valid only for their own key, Region and account, and only for a day', async () => {
    const key = await anExternalKey({ MultiRegion: true });
    const material = randomBytes(32);
    await importing(key.KeyId, material);
    await controlPlane.perform('ReplicateKey', { KeyId: key.KeyId, ReplicaRegion: 'us-east-1' });
    const other = await anExternalKey();
    const request = { ...(await wrapped(key.KeyId, material)), ...forEver };
    const invalid = 'InvalidImportTokenException: The import token is not valid, or was made for another KMS key.';
    expect(await controlPlane.refusal('ImportKeyMaterial', { ...request, KeyId: other.KeyId })).toBe(invalid);
    expect(await controlPlane.refusal('ImportKeyMaterial', request, there)).toBe(invalid);
    expect(await controlPlane.refusal('ImportKeyMaterial', { ...request, ImportToken: randomBytes(1900) })).toBe(
      invalid,
    );
    const stranger = { as: rootOf('444455556666') };
    const foreign = await controlPlane.refusal('ImportKeyMaterial', { ...request, KeyId: key.Arn }, stranger);
    expect(foreign).toContain('AccessDeniedException');
    controlPlane.clock.advance(DAY_MS - 1);
    await controlPlane.perform('ImportKeyMaterial', request);
    controlPlane.clock.advance(1);
    expect(await controlPlane.refusal('ImportKeyMaterial', request)).toBe(
      'ExpiredImportTokenException: The import token has expired. Get new import parameters.',
    );
  });

  test('of two calls cannot be combined', async () => {
    const { KeyId } = await anExternalKey();
    const one = await wrapped(KeyId, randomBytes(32));
    known.clear();
    const two = await wrapped(KeyId, randomBytes(32));
    const mixed = { ...one, EncryptedKeyMaterial: two.EncryptedKeyMaterial, ...forEver };
    expect(await controlPlane.refusal('ImportKeyMaterial', mixed)).toBe('InvalidCiphertextException: ');
  });
});

function usageOf(KeySpec: KeySpec) {
  if (KeySpec === 'SYMMETRIC_DEFAULT') return {};
  return { KeyUsage: KeySpec.startsWith('HMAC') ? 'GENERATE_VERIFY_MAC' : 'SIGN_VERIFY' } as const;
}

describe('a key policy', () => {
  const allow = (Condition?: object, Action: string | string[] = 'kms:*') => ({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::111122223333:root` },
    Action,
    Resource: '*',
    ...(Condition && { Condition }),
  });
  const deny = (Action: string, Condition: object) => ({ ...allow(Condition, Action), Effect: 'Deny' });
  const policyOf = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

  test('decides on wrapping algorithm, wrapping key, expiration model and date', async () => {
    const { KeyId } = await anExternalKey({
      Policy: policyOf(
        allow(),
        deny('kms:GetParametersForImport', { StringEquals: { 'kms:WrappingAlgorithm': 'RSAES_OAEP_SHA_1' } }),
        deny('kms:GetParametersForImport', { StringEquals: { 'kms:WrappingKeySpec': 'RSA_3072' } }),
        deny('kms:ImportKeyMaterial', { StringEquals: { 'kms:ExpirationModel': 'KEY_MATERIAL_DOES_NOT_EXPIRE' } }),
        deny('kms:ImportKeyMaterial', {
          NumericGreaterThan: { 'kms:ValidTo': String((controlPlane.clock.now() + 2 * DAY_MS) / 1000) },
        }),
      ),
    });
    const wanted = { KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' } as const;
    for (const change of [{ WrappingAlgorithm: 'RSAES_OAEP_SHA_1' }, { WrappingKeySpec: 'RSA_3072' }] as const) {
      expect(await controlPlane.refusal('GetParametersForImport', { ...wanted, ...change })).toContain(
        'AccessDeniedException',
      );
    }
    const material = randomBytes(32);
    const later = { ValidTo: new Date(controlPlane.clock.now() + 3 * DAY_MS) };
    for (const asked of [forEver, later]) {
      expect(await refused(KeyId, material, asked)).toContain('AccessDeniedException');
    }
    await importing(KeyId, material, { ValidTo: new Date(controlPlane.clock.now() + DAY_MS) });
    expect((await metadata(KeyId)).KeyState).toBe('Enabled');
  });
});

describe('the first import', () => {
  test('makes a symmetric key usable, and answer and record have the id of the material', async () => {
    const { KeyId, Arn } = await anExternalKey();
    const imported = await importing(KeyId, randomBytes(32));
    expect(imported).toEqual({ KeyId: Arn, KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await metadata(KeyId)).toMatchObject({
      KeyState: 'Enabled',
      Enabled: true,
      ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
      CurrentKeyMaterialId: imported.KeyMaterialId,
    });
    expect(await metadata(KeyId)).not.toHaveProperty('ValidTo');
    const CiphertextBlob = await encrypted(KeyId, 'x');
    const opened = await controlPlane.perform('Decrypt', { CiphertextBlob });
    expect(opened.KeyMaterialId).toBe(imported.KeyMaterialId);
    expect(await materials(KeyId)).toEqual([
      {
        KeyId,
        KeyMaterialId: imported.KeyMaterialId,
        KeyMaterialState: 'CURRENT',
        ImportState: 'IMPORTED',
        ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
      },
    ]);
    const [event] = await controlPlane.events('ImportKeyMaterial');
    expect(event).toMatchObject({
      readOnly: false,
      requestParameters: { keyId: KeyId, expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' },
      responseElements: { keyId: Arn, keyMaterialId: imported.KeyMaterialId },
    });
    expect(JSON.stringify(event)).not.toContain('importToken');
    const { Changes } = await controlPlane.perform('ListChanges', {});
    expect(Changes.at(-1)).toMatchObject({ ResourceId: KeyId, Kind: 'updated', EventName: 'ImportKeyMaterial' });
  });

  test('of an HMAC key gives the same MACs as the same bytes elsewhere', async () => {
    const { KeyId, Arn } = await anExternalKey({ KeySpec: 'HMAC_384', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const material = someKeyMaterial('HMAC_384');
    expect(await importing(KeyId, material)).toEqual({ KeyId: Arn });
    const Message = Buffer.from('x');
    const { Mac } = await controlPlane.perform('GenerateMac', { KeyId, Message, MacAlgorithm: 'HMAC_SHA_384' });
    expect(Buffer.from(Mac ?? [])).toEqual(createHmac('sha384', material).update(Message).digest());
    expect(await metadata(KeyId)).not.toHaveProperty('CurrentKeyMaterialId');
  });

  test.each([
    ['RSA_2048', 'RSASSA_PSS_SHA_256'],
    ['ECC_NIST_P256', 'ECDSA_SHA_256'],
    ['ECC_SECG_P256K1', 'ECDSA_SHA_256'],
    ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512'],
  ] as const)('of a %s key signs with the private key that was imported', async (KeySpec, SigningAlgorithm) => {
    const { KeyId } = await anExternalKey({ KeySpec, KeyUsage: 'SIGN_VERIFY' });
    const material = someKeyMaterial(KeySpec);
    await importing(KeyId, material);
    const own = createPrivateKey({ key: material, format: 'der', type: 'pkcs8' });
    const { PublicKey } = await controlPlane.perform('GetPublicKey', { KeyId });
    expect(Buffer.from(PublicKey ?? [])).toEqual(createPublicKey(own).export({ type: 'spki', format: 'der' }));
    if (!KeySpec.startsWith('ECC')) return;
    const Message = Buffer.from('x');
    const Signature = sign(SigningAlgorithm.startsWith('ED') ? null : 'sha256', Message, own);
    const verified = await controlPlane.perform('Verify', { KeyId, Message, Signature, SigningAlgorithm });
    expect(verified.SignatureValid).toBe(true);
  });

  test('of a key agreement key gives the same secrets as the same key elsewhere', async () => {
    const { KeyId } = await anExternalKey({ KeySpec: 'ECC_NIST_P384', KeyUsage: 'KEY_AGREEMENT' });
    const material = someKeyMaterial('ECC_NIST_P384');
    await importing(KeyId, material);
    const own = createPrivateKey({ key: material, format: 'der', type: 'pkcs8' });
    const PublicKey = createPublicKey(own).export({ type: 'spki', format: 'der' });
    const agreed = await controlPlane.perform('DeriveSharedSecret', {
      KeyId,
      PublicKey,
      KeyAgreementAlgorithm: 'ECDH',
    });
    expect(agreed).toMatchObject({ KeyOrigin: 'EXTERNAL' });
    expect(agreed.SharedSecret).toHaveLength(48);
  });

  test('is refused without permission, and the refusal is audited', async () => {
    const { KeyId } = await anExternalKey();
    const user = await controlPlane.user('app');
    const request = { ...(await wrapped(KeyId, randomBytes(32))), ...forEver };
    expect(await controlPlane.refusal('ImportKeyMaterial', request, { as: user })).toContain('AccessDeniedException');
    expect((await controlPlane.events('ImportKeyMaterial'))[0]).toMatchObject({ errorCode: 'AccessDeniedException' });
  });

  test('changes nothing when it is refused', async () => {
    const { KeyId } = await anExternalKey();
    expect(await refused(KeyId, randomBytes(16))).toBe(
      'IncorrectKeyMaterialException: The key material in the request is expired, invalid, or is not the same key ' +
        'material that was previously imported into this KMS key.',
    );
    expect(await metadata(KeyId)).toMatchObject({ KeyState: 'PendingImport' });
    expect(await materials(KeyId)).toEqual([]);
  });
});

describe('validity', () => {
  const outOfRange = 'ValidTo must be in the future, and at most 365 days ahead.';
  const refusals: readonly (readonly [string, (nowMs: number) => Asked, string])[] = [
    ['ends by default, and then needs a date', () => ({}), messages.validToRequired],
    [
      'for ever has no date',
      (nowMs) => ({ ...forEver, ValidTo: new Date(nowMs + DAY_MS) }),
      messages.validToNotAllowed,
    ],
    ['does not end in the past', (nowMs) => ({ ValidTo: new Date(nowMs) }), outOfRange],
    ['is at most 365 days', (nowMs) => ({ ValidTo: new Date(nowMs + 365 * DAY_MS + 1000) }), outOfRange],
  ];

  test.each(refusals)('%s', async (_, asked, text) => {
    const { KeyId } = await anExternalKey();
    const bytes = { ImportToken: Buffer.from('x'), EncryptedKeyMaterial: Buffer.from('x') };
    const refusal = await controlPlane.refusal('ImportKeyMaterial', {
      KeyId,
      ...bytes,
      ...asked(controlPlane.clock.now()),
    });
    expect(refusal).toBe(`ValidationException: ${text}`);
  });

  test('can end in a moment or after 365 days', async () => {
    const { KeyId } = await anExternalKey();
    const material = randomBytes(32);
    const ValidTo = new Date(controlPlane.clock.now() + 365 * DAY_MS);
    await importing(KeyId, material, { ValidTo });
    expect(await metadata(KeyId)).toMatchObject({ ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo });
    const soon = new Date(controlPlane.clock.now() + 1000);
    await importing(KeyId, material, { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: soon });
    expect(await metadata(KeyId)).toMatchObject({ ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: soon });
    await importing(KeyId, material);
    expect((await metadata(KeyId)).ExpirationModel).toBe('KEY_MATERIAL_DOES_NOT_EXPIRE');
  });

  test('ends use at once, and the job deletes the material and audits it', async () => {
    const { KeyId, Arn } = await anExternalKey();
    const material = randomBytes(32);
    const { KeyMaterialId } = await importing(KeyId, material, {
      ValidTo: new Date(controlPlane.clock.now() + DAY_MS),
    });
    const CiphertextBlob = await encrypted(KeyId, 'kept');
    controlPlane.clock.advance(DAY_MS - 1);
    expect(await jobs.runOnce()).toMatchObject({ failed: 0 });
    expect((await metadata(KeyId)).KeyState).toBe('Enabled');
    expect(await decrypted(CiphertextBlob)).toBe('kept');
    controlPlane.clock.advance(1);
    const pending = `KMSInvalidStateException: ${Arn} is pending import.`;
    expect(await controlPlane.refusal('Decrypt', { CiphertextBlob })).toBe(pending);
    expect(await controlPlane.refusal('Encrypt', { KeyId, Plaintext: Buffer.from('x') })).toBe(pending);
    expect(await jobs.runOnce()).toMatchObject({ failed: 0 });
    expect(await jobs.runOnce()).toMatchObject({ failed: 0 });
    const described = await metadata(KeyId);
    expect(described).toMatchObject({ KeyState: 'PendingImport', CurrentKeyMaterialId: KeyMaterialId });
    expect(described).not.toHaveProperty('ExpirationModel');
    expect(await materials(KeyId)).toEqual([
      { KeyId, KeyMaterialId, KeyMaterialState: 'CURRENT', ImportState: 'PENDING_IMPORT' },
    ]);
    const [copy] = await controlPlane.store.listImportedMaterials('111122223333', KeyId);
    expect(copy).toMatchObject({ wrapped: null, valid_to_ms: null });
    const [event] = await expirations(KeyId);
    expect(event).toMatchObject({
      eventType: 'AwsServiceEvent',
      userIdentity: { accountId: '111122223333', invokedBy: 'AWS Internal' },
      requestParameters: null,
      serviceEventDetails: { keyId: KeyId, keyMaterialId: KeyMaterialId },
      resources: [{ ARN: Arn }],
    });
    const { Changes } = await controlPlane.perform('ListChanges', { Limit: 1000 });
    const ours = Changes.filter(({ ResourceId }) => ResourceId === KeyId);
    expect(ours.at(-1)).toMatchObject({ Kind: 'updated', EventName: 'DeleteExpiredKeyMaterial' });
    await importing(KeyId, material);
    expect(await decrypted(CiphertextBlob)).toBe('kept');
  });

  test('ends for a key pending deletion without changing its state', async () => {
    const { KeyId } = await anExternalKey();
    await importing(KeyId, randomBytes(32), { ValidTo: new Date(controlPlane.clock.now() + DAY_MS) });
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    controlPlane.clock.advance(DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ failed: 0 });
    expect((await metadata(KeyId)).KeyState).toBe('PendingDeletion');
    await controlPlane.perform('CancelKeyDeletion', { KeyId });
    expect((await metadata(KeyId)).KeyState).toBe('PendingImport');
  });
});

describe('deletion of imported material', () => {
  test('has an effect at once, keeps the key, and is reversed by importing the same bytes', async () => {
    const { KeyId, Arn } = await anExternalKey({ Description: 'kept' });
    const material = randomBytes(32);
    const { KeyMaterialId } = await importing(KeyId, material, { ...forEver, KeyMaterialDescription: 'from the safe' });
    const CiphertextBlob = await encrypted(KeyId, 'kept');
    expect(await controlPlane.perform('DeleteImportedKeyMaterial', { KeyId })).toEqual({ KeyId: Arn, KeyMaterialId });
    expect(await metadata(KeyId)).toMatchObject({ KeyState: 'PendingImport', Enabled: false, Description: 'kept' });
    expect(await controlPlane.refusal('Decrypt', { CiphertextBlob })).toContain('is pending import.');
    const [event] = await controlPlane.events('DeleteImportedKeyMaterial');
    expect(event).toMatchObject({ responseElements: { keyId: Arn, keyMaterialId: KeyMaterialId } });
    expect(await controlPlane.perform('DeleteImportedKeyMaterial', { KeyId })).toEqual({ KeyId: Arn, KeyMaterialId });
    expect(await refused(KeyId, randomBytes(32))).toContain('IncorrectKeyMaterialException');
    expect(await importing(KeyId, material)).toEqual({ KeyId: Arn, KeyMaterialId });
    expect(await decrypted(CiphertextBlob)).toBe('kept');
    expect((await materials(KeyId))[0]).toMatchObject({ KeyMaterialDescription: 'from the safe' });
  });

  test('of a protected key is refused for material that the key has used, in its own Region', async () => {
    const { KeyId, Arn } = await anExternalKey({ MultiRegion: true });
    const material = randomBytes(32);
    const { KeyMaterialId } = await importing(KeyId, material);
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: there.region });
    await importing(KeyId, material, forEver, there);
    await controlPlane.perform('ProtectKey', { KeyId });
    for (const named of [{}, { KeyMaterialId }]) {
      expect(await controlPlane.refusal('DeleteImportedKeyMaterial', { KeyId, ...named })).toBe(
        `KMSInvalidStateException: ${messages.protectedKey(Arn)}`,
      );
    }
    expect((await metadata(KeyId)).KeyState).toBe('Enabled');
    await controlPlane.perform('DeleteImportedKeyMaterial', { KeyId }, there);
    await controlPlane.perform('UnprotectKey', { KeyId });
    await controlPlane.perform('DeleteImportedKeyMaterial', { KeyId });
    // Nothing is left to lose.
    await controlPlane.perform('ProtectKey', { KeyId });
    await controlPlane.perform('DeleteImportedKeyMaterial', { KeyId });
  });

  test('of a protected key is possible for material that waits for its first rotation', async () => {
    const { KeyId } = await anExternalKey();
    await importing(KeyId, randomBytes(32));
    await controlPlane.perform('ProtectKey', { KeyId });
    const { KeyMaterialId } = await importing(KeyId, randomBytes(32), { ...forEver, ImportType: 'NEW_KEY_MATERIAL' });
    await controlPlane.perform('DeleteImportedKeyMaterial', { KeyId, KeyMaterialId });
    expect(await materials(KeyId)).toHaveLength(1);
  });

  test('on its date happens to protected keys too: whoever imported it chose the date', async () => {
    const { KeyId } = await anExternalKey();
    const material = randomBytes(32);
    const ValidTo = new Date(controlPlane.clock.now() + DAY_MS);
    await importing(KeyId, material, { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo });
    await controlPlane.perform('ProtectKey', { KeyId });
    controlPlane.clock.advance(DAY_MS + 1);
    await jobs.runOnce();
    expect((await metadata(KeyId)).KeyState).toBe('PendingImport');
    await importing(KeyId, material);
    expect((await metadata(KeyId)).KeyState).toBe('Enabled');
  });

  test('of a key that never had any succeeds without an effect', async () => {
    const { KeyId, Arn } = await anExternalKey();
    expect(await controlPlane.perform('DeleteImportedKeyMaterial', { KeyId })).toEqual({ KeyId: Arn });
    const KeyMaterialId = 'a'.repeat(64);
    expect(await controlPlane.refusal('DeleteImportedKeyMaterial', { KeyId, KeyMaterialId })).toBe(
      `NotFoundException: Key material ${KeyMaterialId} of ${Arn} does not exist`,
    );
  });

  test('of a key pending deletion leaves it so; after a cancelled deletion the key waits for an import', async () => {
    const { KeyId } = await anExternalKey();
    const material = randomBytes(32);
    await importing(KeyId, material);
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId });
    await controlPlane.perform('DeleteImportedKeyMaterial', { KeyId });
    expect((await metadata(KeyId)).KeyState).toBe('PendingDeletion');
    const bytes = { ImportToken: Buffer.from('x'), EncryptedKeyMaterial: Buffer.from('x'), ...forEver };
    expect(await controlPlane.refusal('ImportKeyMaterial', { KeyId, ...bytes })).toContain('is pending deletion.');
    await controlPlane.perform('CancelKeyDeletion', { KeyId });
    expect((await metadata(KeyId)).KeyState).toBe('PendingImport');
    await importing(KeyId, material);
    expect((await metadata(KeyId)).KeyState).toBe('Enabled');
  });

  test('is deleted with the key', async () => {
    const { KeyId } = await anExternalKey();
    await importing(KeyId, randomBytes(32), { ValidTo: new Date(controlPlane.clock.now() + 300 * DAY_MS) });
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    controlPlane.clock.advance(7 * DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ failed: 0 });
    expect(await controlPlane.store.listImportedMaterials('111122223333', KeyId)).toEqual([]);
    controlPlane.clock.advance(300 * DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ failed: 0 });
  });
});

describe('a disabled key', () => {
  test('stays disabled while its material is complete, and is enabled by the import of missing material', async () => {
    const { KeyId } = await anExternalKey();
    const material = randomBytes(32);
    await importing(KeyId, material);
    await controlPlane.perform('DisableKey', { KeyId });
    await importing(KeyId, material);
    expect((await metadata(KeyId)).KeyState).toBe('Disabled');
    await controlPlane.perform('DeleteImportedKeyMaterial', { KeyId });
    expect((await metadata(KeyId)).KeyState).toBe('PendingImport');
    await importing(KeyId, material);
    expect((await metadata(KeyId)).KeyState).toBe('Enabled');
  });
});

describe('a key with one material for life', () => {
  test('accepts the same private key again, and no other', async () => {
    const { KeyId } = await anExternalKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    const material = someKeyMaterial('ECC_NIST_P256');
    await importing(KeyId, material);
    await importing(KeyId, material, { ValidTo: new Date(controlPlane.clock.now() + DAY_MS) });
    expect(await refused(KeyId, someKeyMaterial('ECC_NIST_P256'))).toContain('IncorrectKeyMaterialException');
    await controlPlane.perform('DeleteImportedKeyMaterial', { KeyId });
    expect(await refused(KeyId, someKeyMaterial('ECC_NIST_P256'))).toContain('IncorrectKeyMaterialException');
    await importing(KeyId, material);
  });

  test.each([
    ['ImportType', 'NEW_KEY_MATERIAL'],
    ['KeyMaterialDescription', 'x'],
    ['KeyMaterialId', 'a'.repeat(64)],
  ])('does not have %s', async (member, value) => {
    const { KeyId } = await anExternalKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const bytes = { ImportToken: Buffer.from('x'), EncryptedKeyMaterial: Buffer.from('x'), ...forEver };
    const refusal =
      `UnsupportedOperationException: ${member} is not valid for key spec HMAC_256: only symmetric encryption keys ` +
      'can have several key materials.';
    expect(await controlPlane.refusal('ImportKeyMaterial', { KeyId, ...bytes, [member]: value })).toBe(refusal);
    if (member !== 'KeyMaterialId') return;
    expect(await controlPlane.refusal('DeleteImportedKeyMaterial', { KeyId, KeyMaterialId: value })).toBe(refusal);
  });

  test('does not rotate and lists no rotations', async () => {
    const { KeyId } = await anExternalKey({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    await importing(KeyId, someKeyMaterial('RSA_2048'));
    expect(await controlPlane.refusal('RotateKeyOnDemand', { KeyId })).toContain('UnsupportedOperationException');
    expect(await controlPlane.refusal('ListKeyRotations', { KeyId })).toContain('UnsupportedOperationException');
  });
});

describe('several materials of a symmetric key', () => {
  const NEW = { ...forEver, ImportType: 'NEW_KEY_MATERIAL' } as const;

  test('new material is pending until a rotation on demand, and old ciphertexts can still be decrypted', async () => {
    const { KeyId, Arn } = await anExternalKey();
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    const first = await importing(KeyId, old);
    const CiphertextBlob = await encrypted(KeyId, 'old');
    expect(await controlPlane.refusal('RotateKeyOnDemand', { KeyId })).toBe(
      `KMSInvalidStateException: No available key material pending rotation for the key: ${Arn}.`,
    );
    controlPlane.clock.advance(1000);
    const second = await importing(KeyId, fresh, { ...NEW, KeyMaterialDescription: 'of 2026' });
    expect(second.KeyMaterialId).not.toBe(first.KeyMaterialId);
    expect(await metadata(KeyId)).toMatchObject({ KeyState: 'Enabled', CurrentKeyMaterialId: first.KeyMaterialId });
    expect((await materials(KeyId)).map((entry) => entry.KeyMaterialState)).toEqual(['CURRENT', 'PENDING_ROTATION']);
    controlPlane.clock.advance(1000);
    expect(await controlPlane.perform('RotateKeyOnDemand', { KeyId })).toEqual({
      KeyId: expect.stringMatching(new RegExp(`^arn:.*:key/${KeyId}$`)),
    });
    expect(await metadata(KeyId)).toMatchObject({ CurrentKeyMaterialId: second.KeyMaterialId });
    expect(await decrypted(CiphertextBlob)).toBe('old');
    const opened = await controlPlane.perform('Decrypt', { CiphertextBlob: await encrypted(KeyId, 'new') });
    expect(opened.KeyMaterialId).toBe(second.KeyMaterialId);
    const RotationDate = new Date(controlPlane.clock.now());
    expect(await materials(KeyId)).toEqual([
      {
        KeyId,
        KeyMaterialId: first.KeyMaterialId,
        KeyMaterialState: 'NON_CURRENT',
        ImportState: 'IMPORTED',
        ...forEver,
      },
      {
        KeyId,
        KeyMaterialId: second.KeyMaterialId,
        KeyMaterialState: 'CURRENT',
        KeyMaterialDescription: 'of 2026',
        ImportState: 'IMPORTED',
        ...forEver,
        RotationDate,
        RotationType: 'ON_DEMAND',
      },
    ]);
    expect((await controlPlane.perform('ListKeyRotations', { KeyId })).Rotations).toHaveLength(1);
    const [event] = await controlPlane.events('RotateKey');
    expect(event).toMatchObject({
      serviceEventDetails: {
        rotationType: 'ON_DEMAND',
        keyOrigin: 'EXTERNAL',
        previousKeyMaterialId: first.KeyMaterialId,
        currentKeyMaterialId: second.KeyMaterialId,
      },
    });
  });

  test('only one is pending at a time; it can be deleted and another can take its place', async () => {
    const { KeyId, Arn } = await anExternalKey();
    await importing(KeyId, randomBytes(32));
    const waiting = randomBytes(32);
    const pending = await importing(KeyId, waiting, NEW);
    expect(await refused(KeyId, randomBytes(32), NEW)).toMatch(
      new RegExp(
        `^KMSInvalidStateException: New key material \\(id: [0-9a-f]{64}\\) cannot be imported into KMS key ${Arn}, ` +
          `because another key material \\(id: ${pending.KeyMaterialId}\\) is pending rotation\\.$`,
      ),
    );
    await importing(KeyId, waiting, { ...forEver, ImportType: 'EXISTING_KEY_MATERIAL' });
    const gone = await controlPlane.perform('DeleteImportedKeyMaterial', {
      KeyId,
      KeyMaterialId: pending.KeyMaterialId,
    });
    expect(gone.KeyMaterialId).toBe(pending.KeyMaterialId);
    expect(await materials(KeyId)).toHaveLength(1);
    expect((await metadata(KeyId)).KeyState).toBe('Enabled');
    const other = await importing(KeyId, randomBytes(32), NEW);
    await controlPlane.perform('RotateKeyOnDemand', { KeyId });
    expect((await metadata(KeyId)).CurrentKeyMaterialId).toBe(other.KeyMaterialId);
  });

  test('the key is usable only with all that were ever current', async () => {
    const { KeyId } = await anExternalKey();
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    const first = await importing(KeyId, old, { ValidTo: new Date(controlPlane.clock.now() + 10 * DAY_MS) });
    await importing(KeyId, fresh, {
      ImportType: 'NEW_KEY_MATERIAL',
      ValidTo: new Date(controlPlane.clock.now() + 5 * DAY_MS),
    });
    expect((await metadata(KeyId)).ValidTo).toEqual(new Date(controlPlane.clock.now() + 10 * DAY_MS));
    await controlPlane.perform('RotateKeyOnDemand', { KeyId });
    expect((await metadata(KeyId)).ValidTo).toEqual(new Date(controlPlane.clock.now() + 5 * DAY_MS));
    await controlPlane.perform('DeleteImportedKeyMaterial', { KeyId, KeyMaterialId: first.KeyMaterialId });
    expect((await metadata(KeyId)).KeyState).toBe('PendingImport');
    await importing(KeyId, fresh);
    expect((await metadata(KeyId)).KeyState).toBe('PendingImport');
    await importing(KeyId, old, { ...forEver, KeyMaterialId: first.KeyMaterialId });
    expect((await metadata(KeyId)).KeyState).toBe('Enabled');
  });

  test('pending material that expires is deleted, and the key stays usable', async () => {
    const { KeyId, Arn } = await anExternalKey();
    await importing(KeyId, randomBytes(32));
    await importing(KeyId, randomBytes(32), {
      ImportType: 'NEW_KEY_MATERIAL',
      ValidTo: new Date(controlPlane.clock.now() + DAY_MS),
    });
    controlPlane.clock.advance(DAY_MS);
    const none = `KMSInvalidStateException: No available key material pending rotation for the key: ${Arn}.`;
    expect(await controlPlane.refusal('RotateKeyOnDemand', { KeyId })).toBe(none);
    expect(await jobs.runOnce()).toMatchObject({ failed: 0 });
    expect(await materials(KeyId)).toHaveLength(1);
    expect((await metadata(KeyId)).KeyState).toBe('Enabled');
  });

  test('the import type must be correct', async () => {
    const { KeyId } = await anExternalKey();
    const [first, second] = [randomBytes(32), randomBytes(32)];
    const EXISTING = { ...forEver, ImportType: 'EXISTING_KEY_MATERIAL' } as const;
    expect(await refused(KeyId, first, EXISTING)).toContain('IncorrectKeyMaterialException');
    const imported = await importing(KeyId, first, NEW);
    expect(await refused(KeyId, first, NEW)).toContain('IncorrectKeyMaterialException');
    expect(await refused(KeyId, second, EXISTING)).toContain('IncorrectKeyMaterialException');
    expect(await refused(KeyId, second)).toContain('IncorrectKeyMaterialException');
    expect(await refused(KeyId, second, { ...forEver, KeyMaterialId: imported.KeyMaterialId })).toContain(
      'IncorrectKeyMaterialException',
    );
    expect(await refused(KeyId, second, { ...NEW, KeyMaterialId: imported.KeyMaterialId })).toBe(
      'ValidationException: KeyMaterialId cannot be set if the ImportType is NEW_KEY_MATERIAL.',
    );
  });

  test('imported keys too have at most twenty-five rotations on demand', async () => {
    const { KeyId } = await anExternalKey();
    await importing(KeyId, randomBytes(32));
    for (let rotation = 0; rotation < 25; rotation++) {
      await importing(KeyId, randomBytes(32), NEW);
      await controlPlane.perform('RotateKeyOnDemand', { KeyId });
    }
    await importing(KeyId, randomBytes(32), NEW);
    expect(await controlPlane.refusal('RotateKeyOnDemand', { KeyId })).toContain('LimitExceededException');
  });

  test('of two concurrent imports of new material one succeeds, and the other’s error names it', async () => {
    const { KeyId } = await anExternalKey();
    await importing(KeyId, randomBytes(32));
    const requests = await Promise.all([wrapped(KeyId, randomBytes(32)), wrapped(KeyId, randomBytes(32))]);
    const outcomes = await Promise.allSettled(
      requests.map((request) => controlPlane.perform('ImportKeyMaterial', { ...request, ...NEW })),
    );
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await materials(KeyId)).toHaveLength(2);
  });
});

describe('a multi-Region key with imported material', () => {
  test('imports the same material Region by Region, and each Region decrypts ciphertexts of the other', async () => {
    const { KeyId } = await anExternalKey({ MultiRegion: true });
    expect(await controlPlane.refusal('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' })).toContain(
      'is pending import.',
    );
    const material = randomBytes(32);
    const first = await importing(KeyId, material);
    const replica = await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
    expect(replica.ReplicaKeyMetadata).toMatchObject({ KeyState: 'Creating', Origin: 'EXTERNAL' });
    expect(await metadata(KeyId, there)).toMatchObject({ KeyState: 'PendingImport', Enabled: false });
    expect(await refused(KeyId, randomBytes(32), forEver, there)).toContain('IncorrectKeyMaterialException');
    const second = await importing(KeyId, material, { ValidTo: new Date(controlPlane.clock.now() + DAY_MS) }, there);
    expect(second.KeyMaterialId).toBe(first.KeyMaterialId);
    expect(await decrypted(await encrypted(KeyId, 'here'), there)).toBe('here');
    expect(await decrypted(await encrypted(KeyId, 'there', there))).toBe('there');
    expect((await metadata(KeyId)).ExpirationModel).toBe('KEY_MATERIAL_DOES_NOT_EXPIRE');
    controlPlane.clock.advance(DAY_MS);
    expect(await jobs.runOnce()).toMatchObject({ failed: 0 });
    expect((await metadata(KeyId, there)).KeyState).toBe('PendingImport');
    expect((await metadata(KeyId)).KeyState).toBe('Enabled');
    expect(await expirations(KeyId, there)).toHaveLength(1);
    expect(await expirations(KeyId)).toHaveLength(0);
  });

  test('rotates once every Region has the new material', async () => {
    const { KeyId, Arn } = await anExternalKey({ MultiRegion: true });
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    await importing(KeyId, old);
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
    await importing(KeyId, old, forEver, there);
    const CiphertextBlob = await encrypted(KeyId, 'old');
    const NEW = { ...forEver, ImportType: 'NEW_KEY_MATERIAL' } as const;
    const replicaArn = Arn.replace('eu-west-1', 'us-east-1');
    expect(await refused(KeyId, fresh, NEW, there)).toBe(
      `UnsupportedOperationException: ${replicaArn} is not a multi-region primary key.`,
    );
    controlPlane.clock.advance(1000);
    const pending = await importing(KeyId, fresh, NEW);
    const waitsEverywhere = { KeyMaterialState: 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION' };
    expect((await materials(KeyId))[1]).toMatchObject({ ...waitsEverywhere, ImportState: 'IMPORTED' });
    expect((await materials(KeyId, there))[1]).toMatchObject({ ...waitsEverywhere, ImportState: 'PENDING_IMPORT' });
    expect(await controlPlane.refusal('RotateKeyOnDemand', { KeyId })).toContain(
      'No available key material pending rotation',
    );
    expect(await controlPlane.refusal('RotateKeyOnDemand', { KeyId }, there)).toContain(
      'is not a multi-region primary key.',
    );
    await importing(KeyId, fresh, { ...forEver, ImportType: 'EXISTING_KEY_MATERIAL' }, there);
    expect((await materials(KeyId))[1]).toMatchObject({ KeyMaterialState: 'PENDING_ROTATION' });
    await controlPlane.perform('RotateKeyOnDemand', { KeyId });
    expect((await metadata(KeyId, there)).CurrentKeyMaterialId).toBe(pending.KeyMaterialId);
    expect((await metadata(KeyId, there)).KeyState).toBe('Enabled');
    expect(await decrypted(CiphertextBlob, there)).toBe('old');
    expect(await decrypted(await encrypted(KeyId, 'new', there))).toBe('new');
  });

  test('deleting pending material at the primary removes it everywhere, at a replica only there', async () => {
    const { KeyId } = await anExternalKey({ MultiRegion: true });
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    await importing(KeyId, old);
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
    await importing(KeyId, old, forEver, there);
    controlPlane.clock.advance(1000);
    const { KeyMaterialId } = await importing(KeyId, fresh, { ...forEver, ImportType: 'NEW_KEY_MATERIAL' });
    await importing(KeyId, fresh, forEver, there);
    await controlPlane.perform('DeleteImportedKeyMaterial', { KeyId, KeyMaterialId }, there);
    expect((await materials(KeyId))[1]).toMatchObject({ KeyMaterialState: 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION' });
    await importing(KeyId, fresh, forEver, there);
    await controlPlane.perform('DeleteImportedKeyMaterial', { KeyId, KeyMaterialId });
    expect(await materials(KeyId)).toHaveLength(1);
    expect(await materials(KeyId, there)).toHaveLength(1);
    expect(await controlPlane.store.listImportedMaterials('111122223333', KeyId)).toHaveLength(2);
  });

  test('a new replica needs every material the key ever had', async () => {
    const { KeyId } = await anExternalKey({ MultiRegion: true });
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    await importing(KeyId, old);
    await importing(KeyId, fresh, { ...forEver, ImportType: 'NEW_KEY_MATERIAL' });
    await controlPlane.perform('RotateKeyOnDemand', { KeyId });
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
    await importing(KeyId, fresh, forEver, there);
    expect((await metadata(KeyId, there)).KeyState).toBe('PendingImport');
    await importing(KeyId, old, forEver, there);
    expect((await metadata(KeyId, there)).KeyState).toBe('Enabled');
  });

  test('a deleted replica does not block a rotation, and its copies are deleted with it', async () => {
    const { KeyId } = await anExternalKey({ MultiRegion: true });
    await importing(KeyId, randomBytes(32));
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
    controlPlane.clock.advance(1000);
    await importing(KeyId, randomBytes(32), { ...forEver, ImportType: 'NEW_KEY_MATERIAL' });
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 }, there);
    expect(await controlPlane.refusal('RotateKeyOnDemand', { KeyId })).toContain('KMSInvalidStateException');
    controlPlane.clock.advance(7 * DAY_MS);
    await jobs.runOnce();
    await controlPlane.perform('RotateKeyOnDemand', { KeyId });
    expect(await materials(KeyId)).toMatchObject([
      { KeyMaterialState: 'NON_CURRENT' },
      { KeyMaterialState: 'CURRENT' },
    ]);
  });

  test('the primary moves with all its material', async () => {
    const { KeyId } = await anExternalKey({ MultiRegion: true });
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    await importing(KeyId, old);
    await controlPlane.perform('ReplicateKey', { KeyId, ReplicaRegion: 'us-east-1' });
    const move = { KeyId, PrimaryRegion: 'us-east-1' };
    expect(await controlPlane.refusal('UpdatePrimaryRegion', move)).toContain('is pending import.');
    await importing(KeyId, old, forEver, there);
    await controlPlane.perform('UpdatePrimaryRegion', move);
    const NEW = { ...forEver, ImportType: 'NEW_KEY_MATERIAL' } as const;
    expect(await refused(KeyId, fresh, NEW)).toContain('is not a multi-region primary key.');
    await importing(KeyId, fresh, NEW, there);
    await importing(KeyId, fresh);
    await controlPlane.perform('RotateKeyOnDemand', { KeyId }, there);
    expect((await metadata(KeyId)).KeyState).toBe('Enabled');
  });
});
