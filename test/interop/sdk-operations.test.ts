/**
 * Every operation of the AWS SDK for JavaScript against a running server: one call that it answers and one that it
 * refuses with the SDK's own class. The list is the SDK's; a test fails if an implemented operation is not in this
 * table.
 */
import { constants, createPublicKey, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as sdk from '@aws-sdk/client-kms';
import { KMS, KMSServiceException } from '@aws-sdk/client-kms';
import { findOperation, operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import { type KeyStoreBackends, startKeyStoreBackends } from '../support/key-store-backends.ts';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';

needs('softhsm', 'binding', 'openssl');

const NOWHERE = '1234abcd-12ab-34cd-56ef-1234567890ab';
const NO_STORE = 'cks-1234567890abcdef0';
const STORE_NAME = 'sdk-store';
const Message = Buffer.from('attack at dawn');

let server: TestServer;
let backends: KeyStoreBackends;
let kms: KMS;
/** In a second Region. */
let away: KMS;
let root: string;
let key: Key;
let signer: Key;
let mac: Key;
let agreement: Key;
let encapsulation: Key;
let serial = 0;

interface Key {
  readonly id: string;
  readonly arn: string;
}

interface Case {
  /** Resolves when the answer is right. */
  answered(): Promise<unknown>;
  /** Rejects with an exception of the named class. */
  refused(): Promise<unknown>;
  readonly exception: string;
}

beforeAll(async () => {
  backends = await startKeyStoreBackends();
  server = await startServer({ args: [...backends.args, '--job-interval', '1'] });
  const connection = { endpoint: server.endpoint, credentials: server.credentials };
  kms = new KMS({ region: 'us-east-1', ...connection });
  away = new KMS({ region: 'eu-west-1', ...connection });
  root = `arn:aws:iam::${server.accountId}:root`;
  key = await aKey();
  signer = await aKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  mac = await aKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  agreement = await aKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' });
  encapsulation = await aKey({ KeySpec: 'ML_KEM_768', KeyUsage: 'ENCAPSULATE_DECAPSULATE' });
});

afterAll(async () => {
  kms?.destroy();
  away?.destroy();
  await server?.stop();
  await backends?.stop();
});

async function aKey(input: sdk.CreateKeyCommandInput = {}): Promise<Key> {
  const { KeyMetadata } = await kms.createKey(input);
  if (KeyMetadata?.KeyId === undefined || KeyMetadata.Arn === undefined)
    throw new Error('the answer does not name a key');
  return { id: KeyMetadata.KeyId, arn: KeyMetadata.Arn };
}

async function anAlias(of: Key): Promise<string> {
  serial += 1;
  const AliasName = `alias/sdk-${serial}`;
  await kms.createAlias({ AliasName, TargetKeyId: of.id });
  return AliasName;
}

const aGrant = (KeyId: string) =>
  kms.createGrant({ KeyId, GranteePrincipal: root, RetiringPrincipal: root, Operations: ['Decrypt'] });
const sealed = async (KeyId: string) => (await kms.encrypt({ KeyId, Plaintext: Message })).CiphertextBlob;
/** The only key store of the PKCS#11 token, created if necessary and disconnected. */
async function aStore(): Promise<string> {
  const { CustomKeyStores = [] } = await kms.describeCustomKeyStores({});
  const there = CustomKeyStores[0]?.CustomKeyStoreId;
  if (there === undefined) {
    const made = await kms.createCustomKeyStore({ ...backends.clusterStore, CustomKeyStoreName: STORE_NAME });
    return String(made.CustomKeyStoreId);
  }
  if (CustomKeyStores[0]?.ConnectionState !== 'DISCONNECTED') {
    await kms.disconnectCustomKeyStore({ CustomKeyStoreId: there });
    await connection(there, 'DISCONNECTED');
  }
  return there;
}

/** The same, connected. */
async function connected(): Promise<string> {
  const CustomKeyStoreId = await aStore();
  await kms.connectCustomKeyStore({ CustomKeyStoreId });
  await connection(CustomKeyStoreId, 'CONNECTED');
  return CustomKeyStoreId;
}

/** Waits until a job has connected or disconnected the key store. */
async function connection(CustomKeyStoreId: string, wanted: string): Promise<void> {
  for (;;) {
    const { CustomKeyStores = [] } = await kms.describeCustomKeyStores({ CustomKeyStoreId });
    const [{ ConnectionState, ConnectionErrorCode } = {}] = CustomKeyStores;
    if (ConnectionState === wanted) return;
    if (ConnectionState === 'FAILED') throw new Error(`no connection: ${ConnectionErrorCode}`);
    await sleep(50);
  }
}

const state = async ({ id }: Key) => (await kms.describeKey({ KeyId: id })).KeyMetadata?.KeyState;
const peer = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
const wrapping = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' } as const;
const SigningAlgorithm = 'ECDSA_SHA_256';
const MacAlgorithm = 'HMAC_SHA_256';
const EncapsulationAlgorithm = 'ML_KEM';

/** An import of this material, ready to send. */
async function importOf(KeyId: string, material: Buffer) {
  const { PublicKey = Buffer.of(), ImportToken } = await kms.getParametersForImport({ KeyId, ...wrapping });
  const wrappingKey = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  const EncryptedKeyMaterial = publicEncrypt({ key: wrappingKey, ...padding }, material);
  return { KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const;
}

const cases: Readonly<Record<string, Case>> = {
  CancelKeyDeletion: {
    async answered() {
      const gone = await aKey();
      await kms.scheduleKeyDeletion({ KeyId: gone.id });
      expect((await kms.cancelKeyDeletion({ KeyId: gone.id })).KeyId).toBe(gone.arn);
      expect(await state(gone)).toBe('Disabled');
    },
    refused: () => kms.cancelKeyDeletion({ KeyId: key.id }),
    exception: 'KMSInvalidStateException',
  },
  ConnectCustomKeyStore: {
    answered: () => connected(),
    refused: () => kms.connectCustomKeyStore({ CustomKeyStoreId: NO_STORE }),
    exception: 'CustomKeyStoreNotFoundException',
  },
  CreateAlias: {
    answered: () => anAlias(key),
    async refused() {
      await kms.createAlias({ AliasName: await anAlias(key), TargetKeyId: key.id });
    },
    exception: 'AlreadyExistsException',
  },
  CreateCustomKeyStore: {
    async answered() {
      expect(await aStore()).toMatch(/^cks-[0-9a-f]{17}$/);
    },
    async refused() {
      await aStore();
      // The same request again would be a retry, which is answered with the same key store.
      const other = { ...backends.clusterStore, KeyStorePassword: 'another-password' };
      await kms.createCustomKeyStore({ ...other, CustomKeyStoreName: STORE_NAME });
    },
    exception: 'CustomKeyStoreNameInUseException',
  },
  CreateGrant: {
    async answered() {
      const { GrantId, GrantToken } = await aGrant(key.id);
      expect(GrantId).toMatch(/^[0-9a-f]{64}$/);
      expect(GrantToken).toBeTruthy();
    },
    refused: () => kms.createGrant({ KeyId: key.id, GranteePrincipal: 'nobody', Operations: ['Decrypt'] }),
    exception: 'InvalidArnException',
  },
  CreateKey: {
    async answered() {
      const { KeyMetadata } = await kms.createKey({
        Description: 'new',
        Tags: [{ TagKey: 'Stage', TagValue: 'test' }],
      });
      expect(KeyMetadata).toMatchObject({ Description: 'new', KeyState: 'Enabled', KeyManager: 'CUSTOMER' });
    },
    refused: () => kms.createKey({ Tags: [{ TagKey: 'aws:reserved', TagValue: '' }] }),
    exception: 'TagException',
  },
  Decapsulate: {
    async answered() {
      const named = { KeyId: encapsulation.id, EncapsulationAlgorithm } as const;
      const { SharedSecret, SharedSecretCiphertextBlob } = await kms.encapsulate(named);
      expect(await kms.decapsulate({ ...named, SharedSecretCiphertextBlob })).toMatchObject({
        KeyId: encapsulation.arn,
        SharedSecret,
      });
    },
    refused: () =>
      kms.decapsulate({
        KeyId: encapsulation.id,
        EncapsulationAlgorithm,
        SharedSecretCiphertextBlob: Buffer.alloc(1087),
      }),
    exception: 'InvalidCiphertextException',
  },
  Decrypt: {
    async answered() {
      const { Plaintext, KeyId } = await kms.decrypt({ CiphertextBlob: await sealed(key.id) });
      expect(Buffer.from(Plaintext ?? [])).toEqual(Message);
      expect(KeyId).toBe(key.arn);
    },
    async refused() {
      await kms.decrypt({ CiphertextBlob: await sealed(key.id), EncryptionContext: { Department: 'finance' } });
    },
    exception: 'InvalidCiphertextException',
  },
  DeleteAlias: {
    answered: async () => kms.deleteAlias({ AliasName: await anAlias(key) }),
    refused: () => kms.deleteAlias({ AliasName: 'alias/nowhere' }),
    exception: 'NotFoundException',
  },
  DeleteCustomKeyStore: {
    async answered() {
      await kms.deleteCustomKeyStore({ CustomKeyStoreId: await aStore() });
      await expect(kms.describeCustomKeyStores({ CustomKeyStoreName: STORE_NAME })).rejects.toThrow(
        sdk.CustomKeyStoreNotFoundException,
      );
    },
    async refused() {
      await kms.deleteCustomKeyStore({ CustomKeyStoreId: await connected() });
    },
    exception: 'CustomKeyStoreInvalidStateException',
  },
  DeleteImportedKeyMaterial: {
    async answered() {
      const imported = await aKey({ Origin: 'EXTERNAL' });
      await kms.importKeyMaterial(await importOf(imported.id, randomBytes(32)));
      expect(await kms.deleteImportedKeyMaterial({ KeyId: imported.id })).toMatchObject({ KeyId: imported.arn });
      expect(await state(imported)).toBe('PendingImport');
    },
    refused: () => kms.deleteImportedKeyMaterial({ KeyId: key.id }),
    exception: 'UnsupportedOperationException',
  },
  DeriveSharedSecret: {
    async answered() {
      const input = { KeyId: agreement.id, KeyAgreementAlgorithm: 'ECDH', PublicKey: peer() } as const;
      expect((await kms.deriveSharedSecret(input)).SharedSecret).toHaveLength(32);
    },
    refused: () => kms.deriveSharedSecret({ KeyId: key.id, KeyAgreementAlgorithm: 'ECDH', PublicKey: peer() }),
    exception: 'InvalidKeyUsageException',
  },
  DescribeCustomKeyStores: {
    async answered() {
      const CustomKeyStoreId = await aStore();
      const { CustomKeyStores } = await kms.describeCustomKeyStores({ CustomKeyStoreId });
      expect(CustomKeyStores).toMatchObject([
        { CustomKeyStoreId, CustomKeyStoreName: STORE_NAME, ConnectionState: 'DISCONNECTED' },
      ]);
    },
    refused: () => kms.describeCustomKeyStores({ CustomKeyStoreId: NO_STORE }),
    exception: 'CustomKeyStoreNotFoundException',
  },
  DescribeKey: {
    answered: async () =>
      expect((await kms.describeKey({ KeyId: key.arn })).KeyMetadata).toMatchObject({ KeyId: key.id, Arn: key.arn }),
    refused: () => kms.describeKey({ KeyId: NOWHERE }),
    exception: 'NotFoundException',
  },
  DisableKey: {
    async answered() {
      const off = await aKey();
      await kms.disableKey({ KeyId: off.id });
      expect(await state(off)).toBe('Disabled');
    },
    refused: () => kms.disableKey({ KeyId: NOWHERE }),
    exception: 'NotFoundException',
  },
  DisableKeyRotation: {
    async answered() {
      const rotated = await aKey();
      await kms.enableKeyRotation({ KeyId: rotated.id });
      await kms.disableKeyRotation({ KeyId: rotated.id });
      expect((await kms.getKeyRotationStatus({ KeyId: rotated.id })).KeyRotationEnabled).toBe(false);
    },
    refused: () => kms.disableKeyRotation({ KeyId: signer.id }),
    exception: 'UnsupportedOperationException',
  },
  DisconnectCustomKeyStore: {
    async answered() {
      const CustomKeyStoreId = await connected();
      await kms.disconnectCustomKeyStore({ CustomKeyStoreId });
      await connection(CustomKeyStoreId, 'DISCONNECTED');
    },
    refused: () => kms.disconnectCustomKeyStore({ CustomKeyStoreId: NO_STORE }),
    exception: 'CustomKeyStoreNotFoundException',
  },
  EnableKey: {
    async answered() {
      const on = await aKey();
      await kms.disableKey({ KeyId: on.id });
      await kms.enableKey({ KeyId: on.id });
      expect(await state(on)).toBe('Enabled');
    },
    async refused() {
      const gone = await aKey();
      await kms.scheduleKeyDeletion({ KeyId: gone.id });
      await kms.enableKey({ KeyId: gone.id });
    },
    exception: 'KMSInvalidStateException',
  },
  EnableKeyRotation: {
    async answered() {
      const { id: KeyId } = await aKey();
      await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
      expect(await kms.getKeyRotationStatus({ KeyId })).toMatchObject({
        KeyRotationEnabled: true,
        RotationPeriodInDays: 90,
      });
    },
    refused: () => kms.enableKeyRotation({ KeyId: mac.id }),
    exception: 'UnsupportedOperationException',
  },
  Encapsulate: {
    async answered() {
      const answer = await kms.encapsulate({ KeyId: encapsulation.id, EncapsulationAlgorithm });
      expect(answer).toMatchObject({ KeyId: encapsulation.arn, EncapsulationAlgorithm });
      expect([answer.SharedSecret?.length, answer.SharedSecretCiphertextBlob?.length]).toEqual([32, 1088]);
    },
    refused: () => kms.encapsulate({ KeyId: key.id, EncapsulationAlgorithm }),
    exception: 'InvalidKeyUsageException',
  },
  Encrypt: {
    answered: async () =>
      expect(await kms.encrypt({ KeyId: key.id, Plaintext: Message })).toMatchObject({
        KeyId: key.arn,
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      }),
    async refused() {
      const off = await aKey();
      await kms.disableKey({ KeyId: off.id });
      await kms.encrypt({ KeyId: off.id, Plaintext: Message });
    },
    exception: 'DisabledException',
  },
  GenerateDataKey: {
    async answered() {
      const made = await kms.generateDataKey({ KeyId: key.id, KeySpec: 'AES_128' });
      expect(made.Plaintext).toHaveLength(16);
      expect((await kms.decrypt({ CiphertextBlob: made.CiphertextBlob })).Plaintext).toEqual(made.Plaintext);
    },
    refused: () => kms.generateDataKey({ KeyId: signer.id, KeySpec: 'AES_128' }),
    exception: 'InvalidKeyUsageException',
  },
  GenerateDataKeyPair: {
    async answered() {
      const pair = await kms.generateDataKeyPair({ KeyId: key.id, KeyPairSpec: 'ECC_NIST_P256' });
      const opened = await kms.decrypt({ CiphertextBlob: pair.PrivateKeyCiphertextBlob });
      expect(opened.Plaintext).toEqual(pair.PrivateKeyPlaintext);
    },
    refused: () => kms.generateDataKeyPair({ KeyId: mac.id, KeyPairSpec: 'ECC_NIST_P256' }),
    exception: 'InvalidKeyUsageException',
  },
  GenerateDataKeyPairWithoutPlaintext: {
    async answered() {
      const pair = await kms.generateDataKeyPairWithoutPlaintext({ KeyId: key.id, KeyPairSpec: 'ECC_NIST_P256' });
      expect(pair.PublicKey).toHaveLength(91);
      expect(pair).not.toHaveProperty('PrivateKeyPlaintext');
    },
    refused: () => kms.generateDataKeyPairWithoutPlaintext({ KeyId: NOWHERE, KeyPairSpec: 'ECC_NIST_P256' }),
    exception: 'NotFoundException',
  },
  GenerateDataKeyWithoutPlaintext: {
    async answered() {
      const made = await kms.generateDataKeyWithoutPlaintext({ KeyId: key.id, NumberOfBytes: 7 });
      expect(made).not.toHaveProperty('Plaintext');
      expect((await kms.decrypt({ CiphertextBlob: made.CiphertextBlob })).Plaintext).toHaveLength(7);
    },
    refused: () => kms.generateDataKeyWithoutPlaintext({ KeyId: key.id, KeySpec: 'AES_256', DryRun: true }),
    exception: 'DryRunOperationException',
  },
  GenerateMac: {
    answered: async () =>
      expect((await kms.generateMac({ KeyId: mac.id, Message, MacAlgorithm })).Mac).toHaveLength(32),
    refused: () => kms.generateMac({ KeyId: mac.id, Message, MacAlgorithm: 'HMAC_SHA_512' }),
    exception: 'InvalidKeyUsageException',
  },
  GenerateRandom: {
    answered: async () => expect((await kms.generateRandom({ NumberOfBytes: 1024 })).Plaintext).toHaveLength(1024),
    refused: () => kms.generateRandom({ NumberOfBytes: 1, CustomKeyStoreId: NO_STORE }),
    exception: 'CustomKeyStoreNotFoundException',
  },
  GetKeyLastUsage: {
    async answered() {
      const { id: KeyId } = await aKey();
      expect((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage).toEqual({});
      await sealed(KeyId);
      expect(await kms.getKeyLastUsage({ KeyId })).toMatchObject({ KeyId, KeyLastUsage: { Operation: 'Encrypt' } });
    },
    refused: () => kms.getKeyLastUsage({ KeyId: NOWHERE }),
    exception: 'NotFoundException',
  },
  GetKeyPolicy: {
    answered: async () =>
      expect(JSON.parse((await kms.getKeyPolicy({ KeyId: key.id })).Policy ?? '')).toMatchObject({
        Statement: [{ Principal: { AWS: root } }],
      }),
    refused: () => kms.getKeyPolicy({ KeyId: key.id, PolicyName: 'other' }),
    exception: 'NotFoundException',
  },
  GetKeyRotationStatus: {
    answered: async () =>
      expect(await kms.getKeyRotationStatus({ KeyId: key.id })).toMatchObject({
        KeyId: key.arn,
        KeyRotationEnabled: false,
      }),
    refused: () => kms.getKeyRotationStatus({ KeyId: NOWHERE }),
    exception: 'NotFoundException',
  },
  GetParametersForImport: {
    async answered() {
      const imported = await aKey({ Origin: 'EXTERNAL' });
      const parameters = await kms.getParametersForImport({ KeyId: imported.id, ...wrapping });
      expect(parameters.KeyId).toBe(imported.arn);
      expect(Math.round(((parameters.ParametersValidTo?.getTime() ?? 0) - Date.now()) / 3_600_000)).toBe(24);
    },
    refused: () => kms.getParametersForImport({ KeyId: key.id, ...wrapping }),
    exception: 'UnsupportedOperationException',
  },
  GetPublicKey: {
    answered: async () =>
      expect(await kms.getPublicKey({ KeyId: signer.id })).toMatchObject({
        KeySpec: 'ECC_NIST_P256',
        SigningAlgorithms: [SigningAlgorithm],
      }),
    refused: () => kms.getPublicKey({ KeyId: key.id }),
    exception: 'UnsupportedOperationException',
  },
  ImportKeyMaterial: {
    async answered() {
      const imported = await aKey({ Origin: 'EXTERNAL' });
      const { KeyMaterialId } = await kms.importKeyMaterial(await importOf(imported.id, randomBytes(32)));
      expect(KeyMaterialId).toMatch(/^[0-9a-f]{64}$/);
      expect(await state(imported)).toBe('Enabled');
    },
    async refused() {
      const [one, other] = [await aKey({ Origin: 'EXTERNAL' }), await aKey({ Origin: 'EXTERNAL' })];
      await kms.importKeyMaterial({ ...(await importOf(one.id, randomBytes(32))), KeyId: other.id });
    },
    exception: 'InvalidImportTokenException',
  },
  ListAliases: {
    async answered() {
      const AliasName = await anAlias(key);
      const { Aliases = [] } = await kms.listAliases({ KeyId: key.id, Limit: 100 });
      expect(Aliases.map((alias) => alias.AliasName)).toContain(AliasName);
    },
    refused: () => kms.listAliases({ Marker: 'not ours' }),
    exception: 'InvalidMarkerException',
  },
  ListGrants: {
    async answered() {
      const { GrantId } = await aGrant(key.id);
      expect((await kms.listGrants({ KeyId: key.id, GrantId })).Grants).toMatchObject([
        { GrantId, IssuingAccount: root },
      ]);
    },
    refused: () => kms.listGrants({ KeyId: key.id, GrantId: 'none' }),
    exception: 'InvalidGrantIdException',
  },
  ListKeyPolicies: {
    answered: async () =>
      expect(await kms.listKeyPolicies({ KeyId: key.id })).toMatchObject({
        PolicyNames: ['default'],
        Truncated: false,
      }),
    refused: () => kms.listKeyPolicies({ KeyId: NOWHERE }),
    exception: 'NotFoundException',
  },
  ListKeyRotations: {
    async answered() {
      const { id: KeyId } = await aKey();
      await kms.rotateKeyOnDemand({ KeyId });
      expect((await kms.listKeyRotations({ KeyId })).Rotations).toMatchObject([{ KeyId, RotationType: 'ON_DEMAND' }]);
    },
    refused: () => kms.listKeyRotations({ KeyId: mac.id }),
    exception: 'UnsupportedOperationException',
  },
  ListKeys: {
    async answered() {
      const there = await away.createKey({});
      const { Keys = [] } = await away.listKeys({ Limit: 1000 });
      expect(Keys.map(({ KeyId }) => KeyId)).toContain(there.KeyMetadata?.KeyId);
    },
    refused: () => kms.listKeys({ Marker: 'not ours' }),
    exception: 'InvalidMarkerException',
  },
  ListResourceTags: {
    async answered() {
      const Tags = [{ TagKey: 'Stage', TagValue: 'test' }];
      const { id: KeyId } = await aKey({ Tags });
      expect((await kms.listResourceTags({ KeyId })).Tags).toEqual(Tags);
    },
    refused: () => kms.listResourceTags({ KeyId: NOWHERE }),
    exception: 'NotFoundException',
  },
  ListRetirableGrants: {
    async answered() {
      const { GrantId } = await aGrant(key.id);
      const found: (string | undefined)[] = [];
      for await (const page of sdk.paginateListRetirableGrants({ client: kms }, { RetiringPrincipal: root })) {
        found.push(...(page.Grants ?? []).map((grant) => grant.GrantId));
      }
      expect(found).toContain(GrantId);
    },
    refused: () => kms.listRetirableGrants({ RetiringPrincipal: 'arn:aws:nobody' }),
    exception: 'InvalidArnException',
  },
  PutKeyPolicy: {
    async answered() {
      const { id: KeyId } = await aKey();
      const statement = { Effect: 'Allow', Principal: { AWS: root }, Action: ['kms:*'], Resource: ['*'] };
      const Policy = JSON.stringify({ Version: '2012-10-17', Id: 'mine', Statement: [statement] });
      await kms.putKeyPolicy({ KeyId, Policy });
      expect(JSON.parse((await kms.getKeyPolicy({ KeyId })).Policy ?? '')).toMatchObject({ Id: 'mine' });
    },
    refused: () => kms.putKeyPolicy({ KeyId: key.id, Policy: '{"Statement":[]}' }),
    exception: 'MalformedPolicyDocumentException',
  },
  ReEncrypt: {
    async answered() {
      const to = await aKey();
      const moved = await kms.reEncrypt({ CiphertextBlob: await sealed(key.id), DestinationKeyId: to.id });
      expect(moved).toMatchObject({ SourceKeyId: key.arn, KeyId: to.arn });
      expect((await kms.decrypt({ CiphertextBlob: moved.CiphertextBlob, KeyId: to.id })).Plaintext).toEqual(
        Uint8Array.from(Message),
      );
    },
    async refused() {
      const input = { CiphertextBlob: await sealed(key.id), DestinationKeyId: key.id };
      await kms.reEncrypt({ ...input, SourceKeyId: (await aKey()).id });
    },
    exception: 'IncorrectKeyException',
  },
  ReplicateKey: {
    async answered() {
      const primary = await aKey({ MultiRegion: true });
      const { ReplicaKeyMetadata } = await kms.replicateKey({ KeyId: primary.id, ReplicaRegion: 'eu-west-1' });
      expect(ReplicaKeyMetadata).toMatchObject({ KeyId: primary.id, KeyState: 'Creating' });
      const there = await away.decrypt({ CiphertextBlob: await sealed(primary.id) });
      expect(Buffer.from(there.Plaintext ?? [])).toEqual(Message);
    },
    refused: () => kms.replicateKey({ KeyId: key.id, ReplicaRegion: 'eu-west-1' }),
    exception: 'UnsupportedOperationException',
  },
  RetireGrant: {
    async answered() {
      const { GrantToken, GrantId } = await aGrant(key.id);
      await kms.retireGrant({ GrantToken });
      await expect(kms.listGrants({ KeyId: key.id, GrantId })).rejects.toThrow(sdk.InvalidGrantIdException);
    },
    refused: () => kms.retireGrant({ GrantToken: 'bm90IG91cnM=' }),
    exception: 'InvalidGrantTokenException',
  },
  RevokeGrant: {
    answered: async () => kms.revokeGrant({ KeyId: key.id, GrantId: (await aGrant(key.id)).GrantId }),
    refused: () => kms.revokeGrant({ KeyId: key.id, GrantId: '0'.repeat(64) }),
    exception: 'NotFoundException',
  },
  RotateKeyOnDemand: {
    async answered() {
      const { id: KeyId, arn } = await aKey();
      const before = (await kms.describeKey({ KeyId })).KeyMetadata?.CurrentKeyMaterialId;
      expect((await kms.rotateKeyOnDemand({ KeyId })).KeyId).toBe(arn);
      expect((await kms.describeKey({ KeyId })).KeyMetadata?.CurrentKeyMaterialId).not.toBe(before);
    },
    async refused() {
      const { id: KeyId } = await aKey();
      for (let n = 0; n <= 25; n++) await kms.rotateKeyOnDemand({ KeyId });
    },
    exception: 'LimitExceededException',
  },
  ScheduleKeyDeletion: {
    async answered() {
      const gone = await aKey();
      expect(await kms.scheduleKeyDeletion({ KeyId: gone.id, PendingWindowInDays: 7 })).toMatchObject({
        KeyId: gone.arn,
        KeyState: 'PendingDeletion',
        PendingWindowInDays: 7,
        DeletionDate: expect.any(Date),
      });
    },
    async refused() {
      const { id: KeyId } = await aKey();
      await kms.scheduleKeyDeletion({ KeyId });
      await kms.scheduleKeyDeletion({ KeyId });
    },
    exception: 'KMSInvalidStateException',
  },
  Sign: {
    answered: async () =>
      expect(await kms.sign({ KeyId: signer.id, Message, SigningAlgorithm })).toMatchObject({ SigningAlgorithm }),
    refused: () => kms.sign({ KeyId: signer.id, Message, SigningAlgorithm: 'RSASSA_PSS_SHA_256' }),
    exception: 'InvalidKeyUsageException',
  },
  TagResource: {
    async answered() {
      const { id: KeyId } = await aKey();
      await kms.tagResource({ KeyId, Tags: [{ TagKey: 'Stage', TagValue: '' }] });
      expect((await kms.listResourceTags({ KeyId })).Tags).toEqual([{ TagKey: 'Stage', TagValue: '' }]);
    },
    refused: () =>
      kms.tagResource({
        KeyId: key.id,
        Tags: Array.from({ length: 51 }, (_, n) => ({ TagKey: `${n}`, TagValue: '' })),
      }),
    exception: 'TagException',
  },
  UntagResource: {
    async answered() {
      const { id: KeyId } = await aKey({ Tags: [{ TagKey: 'Stage', TagValue: 'test' }] });
      await kms.untagResource({ KeyId, TagKeys: ['Stage', 'unknown'] });
      expect((await kms.listResourceTags({ KeyId })).Tags).toEqual([]);
    },
    async refused() {
      const { id: KeyId } = await aKey();
      await kms.scheduleKeyDeletion({ KeyId });
      await kms.untagResource({ KeyId, TagKeys: ['Stage'] });
    },
    exception: 'KMSInvalidStateException',
  },
  UpdateAlias: {
    async answered() {
      const [AliasName, to] = [await anAlias(key), await aKey()];
      await kms.updateAlias({ AliasName, TargetKeyId: to.id });
      expect((await kms.describeKey({ KeyId: AliasName })).KeyMetadata?.KeyId).toBe(to.id);
    },
    refused: () => kms.updateAlias({ AliasName: 'alias/nowhere', TargetKeyId: key.id }),
    exception: 'NotFoundException',
  },
  UpdateCustomKeyStore: {
    async answered() {
      const CustomKeyStoreId = await aStore();
      await kms.updateCustomKeyStore({ CustomKeyStoreId, NewCustomKeyStoreName: 'renamed' });
      const { CustomKeyStores } = await kms.describeCustomKeyStores({ CustomKeyStoreId });
      expect(CustomKeyStores).toMatchObject([{ CustomKeyStoreName: 'renamed' }]);
      await kms.updateCustomKeyStore({ CustomKeyStoreId, NewCustomKeyStoreName: STORE_NAME });
    },
    async refused() {
      await kms.updateCustomKeyStore({ CustomKeyStoreId: await connected(), KeyStorePassword: 'another-password' });
    },
    exception: 'CustomKeyStoreInvalidStateException',
  },
  UpdateKeyDescription: {
    async answered() {
      const { id: KeyId } = await aKey({ Description: 'old' });
      await kms.updateKeyDescription({ KeyId, Description: '' });
      expect((await kms.describeKey({ KeyId })).KeyMetadata?.Description).toBe('');
    },
    refused: () => kms.updateKeyDescription({ KeyId: NOWHERE, Description: '' }),
    exception: 'NotFoundException',
  },
  UpdatePrimaryRegion: {
    async answered() {
      const { id: KeyId } = await aKey({ MultiRegion: true });
      await kms.replicateKey({ KeyId, ReplicaRegion: 'eu-west-1' });
      await kms.updatePrimaryRegion({ KeyId, PrimaryRegion: 'eu-west-1' });
      const { KeyMetadata } = await kms.describeKey({ KeyId });
      expect(KeyMetadata?.MultiRegionConfiguration).toMatchObject({
        MultiRegionKeyType: 'REPLICA',
        PrimaryKey: { Region: 'eu-west-1' },
      });
    },
    refused: () => kms.updatePrimaryRegion({ KeyId: key.id, PrimaryRegion: 'eu-west-1' }),
    exception: 'UnsupportedOperationException',
  },
  Verify: {
    async answered() {
      const { Signature } = await kms.sign({ KeyId: signer.id, Message, SigningAlgorithm });
      const input = { KeyId: signer.id, Message, SigningAlgorithm, Signature } as const;
      expect(await kms.verify(input)).toMatchObject({ SignatureValid: true, KeyId: signer.arn });
    },
    refused: () => kms.verify({ KeyId: signer.id, Message, SigningAlgorithm, Signature: Buffer.alloc(70) }),
    exception: 'KMSInvalidSignatureException',
  },
  VerifyMac: {
    async answered() {
      const { Mac } = await kms.generateMac({ KeyId: mac.id, Message, MacAlgorithm });
      expect(await kms.verifyMac({ KeyId: mac.id, Message, MacAlgorithm, Mac })).toMatchObject({ MacValid: true });
    },
    refused: () => kms.verifyMac({ KeyId: mac.id, Message, MacAlgorithm, Mac: Buffer.alloc(32) }),
    exception: 'KMSInvalidMacException',
  },
};

const exported = Object.entries(sdk);
/** The SDK's own list: one command for each operation. */
const ofTheSdk = exported
  .map(([name]) => /^([A-Z]\w+)Command$/.exec(name)?.[1])
  .filter((name) => name !== undefined)
  .sort();
const isImplemented = (name: string) => findOperation(name)?.status === 'implemented';
const exceptionClass = (name: string) => {
  const found = exported.find(([exportedName]) => exportedName === name)?.[1];
  if (typeof found !== 'function') throw new Error(`the SDK has no class ${name}`);
  return found;
};

test('the SDK and the contract name the same 56 operations', () => {
  const ofTheContract = Object.values<OperationRecord>(operations)
    .filter((record) => record.service === 'kms')
    .map(({ name }) => name);
  expect(ofTheContract).toHaveLength(56);
  expect(ofTheSdk).toEqual([...ofTheContract].sort());
});

test('each implemented operation has cases here', () => {
  expect(ofTheSdk.filter(isImplemented).filter((name) => cases[name] === undefined)).toEqual([]);
});

describe.each(Object.entries(cases).filter(([name]) => isImplemented(name)))(
  '%s',
  (_, { answered, refused, exception }) => {
    test('is answered', async () => {
      await answered();
    });

    test(`is refused with ${exception}`, async () => {
      const thrown = await refused().then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(thrown).toBeInstanceOf(exceptionClass(exception));
      expect(thrown).toBeInstanceOf(KMSServiceException);
      expect(thrown).toMatchObject({ name: exception, $fault: 'client', $metadata: { httpStatusCode: 400 } });
    });
  },
);
