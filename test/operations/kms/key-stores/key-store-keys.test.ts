/** Keys in custom key stores of both types: created, used, described, refused, taken back. */

import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { jest } from '@jest/globals';
import {
  parseExternalCiphertext,
  parsePkcs11Ciphertext,
} from '@keystead/control-plane/domain/key-stores/key-store-ciphertext.ts';
import { pkcs11LoginOf } from '@keystead/control-plane/domain/key-stores/key-store-login.ts';
import { StoreUnavailable, WriteConflict } from '@keystead/control-plane/storage/port/store.ts';
import { keyArn } from '@keystead/provider-schema/arn.ts';
import { allowed, everything, sessionOf, withAuthority } from '../../../support/callers.ts';
import { needs } from '../../../support/needs.ts';
import { runs } from '../../../support/sizes.ts';
import { PIN } from '../../../support/softhsm.ts';
import { accountId, DAY_MS, region, rootOf } from '../../../support/test-control-plane.ts';
import type { Fault } from '../../../support/xks-proxy.ts';
import {
  CLUSTER,
  CREDENTIAL,
  type KeyStoreControlPlane,
  openKeyStoreControlPlane,
} from './key-stores-control-plane.ts';

needs('softhsm', 'binding', 'openssl');

let controlPlane: KeyStoreControlPlane;
let clusterStore: string;
let externalStore: string;
let externalKeys = 0;

beforeAll(async () => {
  controlPlane = await openKeyStoreControlPlane();
  clusterStore = await controlPlane.newClusterStore();
  externalStore = await controlPlane.newExternalStore();
});
beforeEach(async () => {
  controlPlane.proxy.faults.clear();
  for (const id of [clusterStore, externalStore]) {
    if ((await controlPlane.describe(id)).ConnectionState !== 'CONNECTED') await controlPlane.connect(id);
  }
});
afterAll(() => controlPlane.close());

const kinds = ['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'] as const;
type Kind = (typeof kinds)[number];

const storeOf = (kind: Kind) => (kind === 'AWS_CLOUDHSM' ? clusterStore : externalStore);

function newExternalKey(): string {
  externalKeys += 1;
  const id = `external-key-${externalKeys}`;
  controlPlane.proxy.addKey(id);
  return id;
}

const inStore = (kind: Kind) =>
  kind === 'AWS_CLOUDHSM'
    ? { Origin: kind, CustomKeyStoreId: clusterStore }
    : { Origin: kind, CustomKeyStoreId: externalStore, XksKeyId: newExternalKey() };

async function newKey(kind: Kind): Promise<string> {
  return (await controlPlane.perform('CreateKey', inStore(kind))).KeyMetadata?.KeyId as string;
}

const Plaintext = Buffer.from('to whom it may concern');
const EncryptionContext = { Department: 'finance' };

describe.each(kinds)('a key of origin %s', (kind) => {
  test('is described with its key store', async () => {
    const input = inStore(kind);
    const { KeyMetadata } = await controlPlane.perform('CreateKey', { ...input, Description: 'in a store' });
    expect(KeyMetadata).toMatchObject({
      Origin: kind,
      KeyState: 'Enabled',
      Enabled: true,
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyManager: 'CUSTOMER',
      CustomKeyStoreId: storeOf(kind),
      MultiRegion: false,
      ...(kind === 'AWS_CLOUDHSM' && { CloudHsmClusterId: CLUSTER }),
      ...('XksKeyId' in input && { XksKeyConfiguration: { Id: input.XksKeyId } }),
    });
    expect(KeyMetadata).not.toHaveProperty('CurrentKeyMaterialId');
    const described = await controlPlane.perform('DescribeKey', { KeyId: KeyMetadata?.KeyId ?? '' });
    expect(described.KeyMetadata).toEqual(KeyMetadata);
  });

  test('encrypts, and decrypts without being named', async () => {
    const KeyId = await newKey(kind);
    const { CiphertextBlob = new Uint8Array() } = await controlPlane.perform('Encrypt', {
      KeyId,
      Plaintext,
      EncryptionContext,
    });
    const parse = kind === 'AWS_CLOUDHSM' ? parsePkcs11Ciphertext : parseExternalCiphertext;
    expect(parse(CiphertextBlob)).toMatchObject({ keyId: KeyId });
    const opened = await controlPlane.perform('Decrypt', { CiphertextBlob, EncryptionContext });
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
    expect(opened).not.toHaveProperty('KeyMaterialId');
    const [event] = await controlPlane.events('Decrypt');
    expect(event?.additionalEventData).toMatchObject({ customKeyStoreId: storeOf(kind) });
    expect(event?.additionalEventData).not.toHaveProperty('keyMaterialId');
  });

  test('encrypts plaintexts of 1 to 4,096 bytes', async () => {
    const KeyId = await newKey(kind);
    for (const length of [1, 4096]) {
      const message = randomBytes(length);
      const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext: message });
      const opened = await controlPlane.perform('Decrypt', { CiphertextBlob: CiphertextBlob as Uint8Array });
      expect(Buffer.from(opened.Plaintext ?? [])).toEqual(message);
    }
  });

  test('makes data keys with and without plaintext', async () => {
    const KeyId = await newKey(kind);
    const request = { KeyId, KeySpec: 'AES_256', EncryptionContext } as const;
    const made = await controlPlane.perform('GenerateDataKey', request);
    const opened = await controlPlane.perform('Decrypt', {
      CiphertextBlob: made.CiphertextBlob as Uint8Array,
      EncryptionContext,
    });
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Buffer.from(made.Plaintext ?? []));
    const hidden = await controlPlane.perform('GenerateDataKeyWithoutPlaintext', request);
    expect(hidden).not.toHaveProperty('Plaintext');
    const shown = await controlPlane.perform('Decrypt', {
      CiphertextBlob: hidden.CiphertextBlob as Uint8Array,
      EncryptionContext,
    });
    expect(shown.Plaintext).toHaveLength(32);
  });

  test('exchanges ciphertext with keys of every other origin', async () => {
    const { KeyMetadata } = await controlPlane.perform('CreateKey', {});
    const keys = [...(await Promise.all(kinds.map(newKey))), KeyMetadata?.KeyId as string];
    const KeyId = await newKey(kind);
    const first = await controlPlane.perform('Encrypt', { KeyId, Plaintext, EncryptionContext });
    let CiphertextBlob = first.CiphertextBlob as Uint8Array;
    for (const DestinationKeyId of [...keys, KeyId]) {
      const moved = await controlPlane.perform('ReEncrypt', {
        CiphertextBlob,
        SourceEncryptionContext: EncryptionContext,
        DestinationKeyId,
        DestinationEncryptionContext: EncryptionContext,
      });
      CiphertextBlob = moved.CiphertextBlob as Uint8Array;
      expect('DestinationKeyMaterialId' in moved).toBe(DestinationKeyId === KeyMetadata?.KeyId);
    }
    const opened = await controlPlane.perform('Decrypt', { CiphertextBlob, EncryptionContext, KeyId });
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
  });

  test('refuses a changed context and every changed byte of the blob, never with an internal error', async () => {
    const KeyId = await newKey(kind);
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', {
      KeyId,
      Plaintext: Buffer.of(1),
      EncryptionContext,
    });
    const blob = Buffer.from(CiphertextBlob as Uint8Array);
    const refused = kind === 'AWS_CLOUDHSM' ? 'InvalidCiphertextException' : 'KMSInvalidStateException';
    const other = { CiphertextBlob: blob, EncryptionContext: { Department: 'sales' } };
    expect(await controlPlane.refusal('Decrypt', other)).toMatch(new RegExp(`^${refused}`));
    for (let index = 0; index < blob.length; index += runs(7, 1)) {
      const changed = Buffer.from(blob);
      changed[index] = (changed[index] ?? 0) ^ 1;
      const text = await controlPlane.refusal('Decrypt', { CiphertextBlob: changed, EncryptionContext });
      expect(text).toMatch(/^(InvalidCiphertextException|KMSInvalidStateException|AccessDeniedException)/);
      expect(text).not.toContain('Internal');
    }
    for (const length of [0, 1, 49, 50, 52, 61, blob.length - 17, blob.length - 1].filter((each) => each > 0)) {
      const text = await controlPlane.refusal('Decrypt', {
        CiphertextBlob: blob.subarray(0, length),
        EncryptionContext,
      });
      expect(text).toMatch(/^(InvalidCiphertextException|KMSInvalidStateException)/);
    }
  });

  test('decrypts only ciphertexts that name it', async () => {
    const [KeyId, other] = [await newKey(kind), await newKey(kind)];
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    const request = { CiphertextBlob: CiphertextBlob as Uint8Array, KeyId: other };
    expect(await controlPlane.refusal('Decrypt', request)).toMatch(/^IncorrectKeyException/);
  });

  test('is unavailable while its key store is not connected, and has its old state afterwards', async () => {
    const [KeyId, disabled] = [await newKey(kind), await newKey(kind)];
    const arn = `arn:aws:kms:${region}:${accountId}:key/${KeyId}`;
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    await controlPlane.perform('DisableKey', { KeyId: disabled });
    expect((await controlPlane.disconnect(storeOf(kind))).ConnectionState).toBe('DISCONNECTED');

    const stateOf = async (id: string) =>
      (await controlPlane.perform('DescribeKey', { KeyId: id })).KeyMetadata?.KeyState;
    expect([await stateOf(KeyId), await stateOf(disabled)]).toEqual(['Unavailable', 'Unavailable']);
    const text =
      kind === 'AWS_CLOUDHSM'
        ? `KMSInvalidStateException: ${arn} is unavailable.`
        : 'KMSInvalidStateException: This KMS key is in a custom key store that is not connected to its external key ' +
          'store proxy. Connect the external key store and try the request again.';
    expect(await controlPlane.refusal('Encrypt', { KeyId, Plaintext })).toBe(text);
    expect(await controlPlane.refusal('Decrypt', { CiphertextBlob: CiphertextBlob as Uint8Array })).toBe(text);
    expect(await controlPlane.refusal('GenerateDataKey', { KeyId, KeySpec: 'AES_128' })).toBe(text);
    expect(await controlPlane.refusal('CreateKey', inStore(kind))).toMatch(/^CustomKeyStoreInvalidStateException/);

    // Operations without key material still work; enabling and disabling show once the store is connected.
    await controlPlane.perform('TagResource', { KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] });
    await controlPlane.perform('DisableKey', { KeyId });
    await controlPlane.perform('EnableKey', { KeyId: disabled });
    expect(await stateOf(KeyId)).toBe('Unavailable');
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId: disabled, PendingWindowInDays: 7 });
    expect(await stateOf(disabled)).toBe('PendingDeletion');
    await controlPlane.perform('CancelKeyDeletion', { KeyId: disabled });

    expect((await controlPlane.connect(storeOf(kind))).ConnectionState).toBe('CONNECTED');
    expect([await stateOf(KeyId), await stateOf(disabled)]).toEqual(['Disabled', 'Disabled']);
    await controlPlane.perform('EnableKey', { KeyId });
    const opened = await controlPlane.perform('Decrypt', { CiphertextBlob: CiphertextBlob as Uint8Array });
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
  });

  test.each([
    ['GenerateDataKeyPair', { KeyPairSpec: 'ECC_NIST_P256' }],
    ['GenerateDataKeyPairWithoutPlaintext', { KeyPairSpec: 'ECC_NIST_P256' }],
    ['EnableKeyRotation', {}],
    ['DisableKeyRotation', {}],
    ['ListKeyRotations', {}],
    ['RotateKeyOnDemand', {}],
    ['GetParametersForImport', { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' }],
    ['DeleteImportedKeyMaterial', {}],
    ['ReplicateKey', { ReplicaRegion: 'eu-west-3' }],
  ] as const)('refuses %s', async (operation, members) => {
    const KeyId = await newKey(kind);
    const input = { KeyId, ...members } as never;
    expect(await controlPlane.refusal(operation, input)).toMatch(/^UnsupportedOperationException/);
  });

  test('does not rotate, and says so', async () => {
    const KeyId = await newKey(kind);
    expect(await controlPlane.perform('GetKeyRotationStatus', { KeyId })).toEqual({
      KeyId: keyArn(region, accountId, KeyId),
      KeyRotationEnabled: false,
    });
  });

  test('is disabled like any other', async () => {
    const KeyId = await newKey(kind);
    await controlPlane.perform('DisableKey', { KeyId });
    expect(await controlPlane.refusal('Encrypt', { KeyId, Plaintext })).toMatch(/^DisabledException/);
  });

  test.each([
    ['another key spec', { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' }, 'UnsupportedOperationException'],
    ['HMAC', { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }, 'UnsupportedOperationException'],
    ['several Regions', { MultiRegion: true }, 'UnsupportedOperationException'],
    ['a key store that does not exist', { CustomKeyStoreId: 'cks-00000000000000000' }, 'CustomKeyStoreNotFound'],
    ['no custom key store', { CustomKeyStoreId: undefined }, 'ValidationException'],
  ])('cannot be created with %s', async (_what, members, code) => {
    const input = { ...inStore(kind), ...members } as never;
    expect(await controlPlane.refusal('CreateKey', input)).toMatch(new RegExp(`^${code}`));
  });

  test('cannot be created in a key store of the other type', async () => {
    const other = storeOf(kind === 'AWS_CLOUDHSM' ? 'EXTERNAL_KEY_STORE' : 'AWS_CLOUDHSM');
    const input = { ...inStore(kind), CustomKeyStoreId: other };
    expect(await controlPlane.refusal('CreateKey', input)).toMatch(/^UnsupportedOperationException/);
  });

  test('prevents the deletion of its key store, also while it is pending deletion itself', async () => {
    const KeyId = await newKey(kind);
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    await controlPlane.disconnect(storeOf(kind));
    const text = await controlPlane.refusal('DeleteCustomKeyStore', { CustomKeyStoreId: storeOf(kind) });
    expect(text).toMatch(/^CustomKeyStoreHasCMKsException/);
  });

  test('can be created by many requests at once', async () => {
    const made = await Promise.all(Array.from({ length: 6 }, () => newKey(kind)));
    expect(new Set(made).size).toBe(6);
  });
});

describe('a key in a token', () => {
  const objects = async () => {
    const files = await readdir(controlPlane.pkcs11Tokens.directory, { recursive: true });
    return files.filter((name) => name.endsWith('.object') && !name.endsWith('token.object')).length;
  };

  test('is destroyed in the token once it is deleted, and the audit log says so', async () => {
    const KeyId = await newKey('AWS_CLOUDHSM');
    const before = await objects();
    await controlPlane.perform('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    await controlPlane.settle();
    expect(await objects()).toBe(before);
    controlPlane.clock.advance(8 * DAY_MS);
    await controlPlane.settle();
    expect(await controlPlane.refusal('DescribeKey', { KeyId })).toMatch(/^NotFoundException/);
    const events = await controlPlane.events('DeleteKey');
    const recorded = events.find((event) => {
      const data = event.additionalEventData as Record<string, string> | undefined;
      return event.serviceEventDetails?.keyId === KeyId && data?.backingKeysDeletionStatus !== undefined;
    });
    expect(recorded?.additionalEventData).toMatchObject({ customKeyStoreId: clusterStore, clusterId: CLUSTER });
    expect(JSON.stringify(recorded?.additionalEventData)).toContain('SUCCESS');
    expect(await objects()).toBeLessThan(before);
  });

  test('whose creation failed leaves nothing in the token', async () => {
    const before = await objects();
    const made = await Promise.all(Array.from({ length: 5 }, () => newKey('AWS_CLOUDHSM')));
    expect(await objects()).toBe(before + made.length);
  });

  test('that was destroyed there fails like the cluster', async () => {
    const KeyId = await newKey('AWS_CLOUDHSM');
    const stored = await controlPlane.store.findKey(accountId, region, KeyId);
    const [row] = await controlPlane.store.listMaterials(accountId, KeyId);
    const keyStore = await controlPlane.store.findCustomKeyStore(accountId, region, clusterStore);
    if (!stored || !row?.wrapped || !keyStore) throw new Error('the key, its material or its key store is not stored');
    await controlPlane.engines.pkcs11.destroyPkcs11Key({
      accountId,
      domainRegion: region,
      keyId: KeyId,
      keySpec: 'SYMMETRIC_DEFAULT',
      materialId: row.material_id,
      wrapped: row.wrapped,
      pkcs11Login: pkcs11LoginOf(keyStore),
    });
    const warn = jest.spyOn(controlPlane.engines.log, 'warn');
    expect(await controlPlane.refusal('Encrypt', { KeyId, Plaintext })).toBe(
      'KMSInvalidStateException: KMS cannot communicate with your CloudHSM cluster',
    );
    const [event] = await controlPlane.events('Encrypt');
    const found = { requestId: event?.requestID, customKeyStoreId: clusterStore, clusterId: CLUSTER };
    expect(warn.mock.calls).toEqual([
      [{ ...found, cause: expect.stringMatching(/key/) }, expect.stringContaining('failed in its custom key store')],
    ]);
    warn.mockRestore();
  });

  test('has its id in the audit record of its creation', async () => {
    await newKey('AWS_CLOUDHSM');
    const [event] = await controlPlane.events('CreateKey');
    expect(JSON.stringify(event?.additionalEventData)).toMatch(/backingKeyId.{5}[0-9a-f]{32}/);
  });
});

describe('a key with an external key', () => {
  test('sends only ciphertext: the proxy never sees a plaintext or a context', async () => {
    const KeyId = await newKey('EXTERNAL_KEY_STORE');
    const context = { Department: 'a telling context' };
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext, EncryptionContext: context });
    await controlPlane.perform('Decrypt', { CiphertextBlob: CiphertextBlob as Uint8Array, EncryptionContext: context });
    const calls = controlPlane.proxy.seen.filter(({ body }) => body.requestMetadata.kmsKeyArn?.endsWith(KeyId));
    expect(calls.map(({ call }) => call)).toEqual(['encrypt', 'decrypt']);
    for (const { body } of calls) {
      const sent = Buffer.concat(
        Object.values(body)
          .filter((value) => typeof value === 'string')
          .map((value) => Buffer.from(value as string, 'base64')),
      );
      expect(sent.includes(Plaintext)).toBe(false);
      expect(sent.includes('telling')).toBe(false);
      expect(body.requestMetadata).toMatchObject({ awsPrincipalArn: `arn:aws:iam::${accountId}:root` });
    }
  });

  test('sends the proxy the name of the operation', async () => {
    const KeyId = await newKey('EXTERNAL_KEY_STORE');
    const { CiphertextBlob } = await controlPlane.perform('GenerateDataKeyWithoutPlaintext', {
      KeyId,
      KeySpec: 'AES_128',
    });
    await controlPlane.perform('GenerateDataKey', { KeyId, KeySpec: 'AES_128' });
    await controlPlane.perform('ReEncrypt', { CiphertextBlob: CiphertextBlob as Uint8Array, DestinationKeyId: KeyId });
    const sent = controlPlane.proxy.seen
      .filter(({ body }) => body.requestMetadata.kmsKeyArn?.endsWith(KeyId))
      .map(({ call, body }) => `${call} ${body.requestMetadata.kmsOperation}`);
    expect(sent).toEqual([
      'encrypt GenerateDataKeyWithoutPlaintext',
      'encrypt GenerateDataKey',
      'decrypt ReEncrypt',
      'encrypt ReEncrypt',
    ]);
  });

  test('sends the proxy the principal of aws:PrincipalArn: of a session, its role', async () => {
    const session = allowed(await sessionOf(controlPlane, 'app'), everything);
    const input = inStore('EXTERNAL_KEY_STORE');
    const { KeyMetadata } = await controlPlane.perform('CreateKey', input, { as: session });
    const KeyId = KeyMetadata?.KeyId ?? '';
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext }, { as: session });
    await controlPlane.perform('Decrypt', { CiphertextBlob: CiphertextBlob as Uint8Array }, { as: session });
    const sent = controlPlane.proxy.seen.slice(-3).map(({ call, body }) => [call, body.requestMetadata]);
    const role = { awsPrincipalArn: `arn:aws:iam::${accountId}:role/app` };
    expect(sent).toEqual(['metadata', 'encrypt', 'decrypt'].map((call) => [call, expect.objectContaining(role)]));
    for (const { body } of controlPlane.proxy.seen.slice(-3))
      expect(body.requestMetadata).not.toHaveProperty('kmsViaService');
  });

  test('sends the proxy the service through which a principal came', async () => {
    const KeyId = await newKey('EXTERNAL_KEY_STORE');
    const kmsViaService = `s3.${region}.amazonaws.com`;
    const through = withAuthority(rootOf(accountId), { viaService: kmsViaService });
    await controlPlane.perform('Encrypt', { KeyId, Plaintext }, { as: through });
    const { requestMetadata } = controlPlane.proxy.seen.at(-1)?.body ?? {};
    expect(requestMetadata).toMatchObject({ awsPrincipalArn: `arn:aws:iam::${accountId}:root`, kmsViaService });
  });

  test('sends the proxy the id of the request in the audit log', async () => {
    const KeyId = await newKey('EXTERNAL_KEY_STORE');
    await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    const [event] = await controlPlane.events('Encrypt');
    expect(controlPlane.proxy.seen.at(-1)?.body.requestMetadata.kmsRequestId).toBe(event?.requestID);
  });

  test('is the only one with that external key in its key store', async () => {
    const input = inStore('EXTERNAL_KEY_STORE');
    await controlPlane.perform('CreateKey', input);
    expect(await controlPlane.refusal('CreateKey', input)).toMatch(/^XksKeyAlreadyInUseException/);
  });

  const unfit = {
    spec: 'The key spec of the external key must be AES_256. The key spec of specified external key is AES_128.',
    status: 'The status of the external key must be ENABLED. The status of specified external key is DISABLED.',
    usage: (given: string) =>
      `The key usage of the external key must include ENCRYPT and DECRYPT. The key use of specified external key is ${given}.`,
  };
  test.each([
    ['of another spec', { keySpec: 'AES_128' }, unfit.spec],
    ['that is disabled', { keyStatus: 'DISABLED' }, unfit.status],
    ['that cannot decrypt', { keyUsage: ['ENCRYPT'] }, unfit.usage('ENCRYPT')],
    ['that cannot encrypt', { keyUsage: ['DECRYPT', 'WRAP'] }, unfit.usage('DECRYPT, WRAP')],
  ])('cannot be created with one %s, and the refusal says what it has', async (_what, metadata, text) => {
    const input = inStore('EXTERNAL_KEY_STORE');
    Object.assign(controlPlane.proxy.keys.get('XksKeyId' in input ? input.XksKeyId : '') ?? {}, metadata);
    const warn = jest.spyOn(controlPlane.engines.log, 'warn');
    expect(await controlPlane.refusal('CreateKey', input)).toBe(`XksKeyInvalidConfigurationException: ${text}`);
    const [event] = await controlPlane.events('CreateKey');
    const [[said]] = warn.mock.calls as unknown as [[{ cause: string }]];
    expect(said).toMatchObject({ requestId: event?.requestID, customKeyStoreId: externalStore });
    for (const value of Object.values(metadata).flat()) expect(said.cause).toContain(value);
    warn.mockRestore();
  });

  test('cannot be created with one that does not exist, or whose name is a path', async () => {
    const input = { Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId: externalStore } as const;
    expect(await controlPlane.refusal('CreateKey', { ...input, XksKeyId: 'nowhere' })).toMatch(
      /^XksKeyNotFoundException/,
    );
    expect(await controlPlane.refusal('CreateKey', { ...input, XksKeyId: '..' })).toMatch(/^ValidationException/);
  });

  const failures: readonly [number, string, string, RegExp][] = [
    [400, 'ValidationException', 'CustomKeyStoreInvalidStateException', /cannot interpret the response/],
    [400, 'InvalidStateException', 'XksKeyInvalidConfigurationException', /is not enabled in the external key manager/],
    [400, 'InvalidKeyUsageException', 'XksKeyInvalidConfigurationException', /does not support the requested/],
    [401, 'AuthenticationFailedException', 'CustomKeyStoreInvalidStateException', /could not authenticate AWS KMS/],
    [403, 'AccessDeniedException', 'CustomKeyStoreInvalidStateException', /denied access to the operation/],
    [404, 'KeyNotFoundException', 'XksKeyNotFoundException', /could not find the external key/],
    [404, 'InvalidUriPathException', 'CustomKeyStoreInvalidStateException', /invalid URI path/],
    [429, 'ThrottlingException', 'CustomKeyStoreInvalidStateException', /very high request rate/],
    [
      500,
      'InternalException',
      'CustomKeyStoreInvalidStateException',
      /cannot communicate with the external key manager/,
    ],
    [501, 'UnsupportedOperationException', 'XksProxyInvalidResponseException', /does not support the requested/],
    [503, 'DependencyTimeoutException', 'CustomKeyStoreInvalidStateException', /in the time allotted/],
  ];

  test.each(failures)('says %i %s in the codes of each operation', async (status, errorName, createKey, text) => {
    const KeyId = await newKey('EXTERNAL_KEY_STORE');
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    const fault: Fault = { kind: 'error', status, errorName, errorMessage: 'not for the caller' };
    for (const call of ['metadata', 'encrypt', 'decrypt'] as const) controlPlane.proxy.faults.set(call, fault);
    const refusals = [
      await controlPlane.refusal('Encrypt', { KeyId, Plaintext }),
      await controlPlane.refusal('Decrypt', { CiphertextBlob: CiphertextBlob as Uint8Array }),
      await controlPlane.refusal('GenerateDataKey', { KeyId, KeySpec: 'AES_256' }),
    ];
    for (const refusal of refusals) {
      expect(refusal).toMatch(/^KMSInvalidStateException: /);
      expect(refusal).toMatch(text);
      expect(refusal).not.toContain('not for the caller');
    }
    const creation = await controlPlane.refusal('CreateKey', inStore('EXTERNAL_KEY_STORE'));
    expect(creation).toMatch(new RegExp(`^${createKey}: `));
    expect(creation).toMatch(text);
  });

  test.each<[string, Fault, RegExp]>([
    ['hangs up', { kind: 'hangs-up' }, /cannot communicate with the external key store proxy/],
    ['answers garbage', { kind: 'body', body: '<html>' }, /cannot interpret the response/],
    ['cuts its answer short', { kind: 'truncated' }, /cannot interpret the response/],
  ])('fails readably when the proxy %s', async (_what, fault, text) => {
    const KeyId = await newKey('EXTERNAL_KEY_STORE');
    controlPlane.proxy.faults.set('encrypt', fault);
    const refusal = await controlPlane.refusal('Encrypt', { KeyId, Plaintext });
    expect(refusal).toMatch(/^KMSInvalidStateException: /);
    expect(refusal).toMatch(text);
  });

  test('does not decrypt when the proxy returns other bytes', async () => {
    const KeyId = await newKey('EXTERNAL_KEY_STORE');
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext });
    const length = parseExternalCiphertext(CiphertextBlob as Uint8Array)?.ciphertext.length ?? 0;
    const members = { plaintext: randomBytes(length).toString('base64') };
    controlPlane.proxy.faults.set('decrypt', { kind: 'answer', members });
    const text =
      'KMSInvalidStateException: The ciphertext that the external key store proxy submitted for decryption, or the ' +
      'encryption context, is corrupted, missing, or otherwise invalid.';
    expect(await controlPlane.refusal('Decrypt', { CiphertextBlob: CiphertextBlob as Uint8Array })).toBe(text);
    const moved = { CiphertextBlob: CiphertextBlob as Uint8Array, DestinationKeyId: KeyId };
    expect(await controlPlane.refusal('ReEncrypt', moved)).toBe(text);
  });
});

describe('the audit record of a use that failed', () => {
  const recorded = async (operation: 'Decrypt' | 'Encrypt' | 'GenerateDataKey') =>
    (await controlPlane.events(operation))[0]?.additionalEventData;

  test('at the proxy names the key store and the external key, as that of one that succeeded', async () => {
    const input = inStore('EXTERNAL_KEY_STORE');
    const { KeyMetadata } = await controlPlane.perform('CreateKey', input);
    const KeyId = KeyMetadata?.KeyId ?? '';
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId, Plaintext, EncryptionContext });
    const ciphertext = { CiphertextBlob: CiphertextBlob as Uint8Array };
    await controlPlane.perform('Decrypt', { ...ciphertext, EncryptionContext });
    const named = { customKeyStoreId: externalStore, xksKeyId: 'XksKeyId' in input ? input.XksKeyId : '' };
    expect(await recorded('Decrypt')).toMatchObject(named);

    expect(await controlPlane.refusal('Decrypt', ciphertext)).toMatch(/^KMSInvalidStateException/);
    const [event] = await controlPlane.events('Decrypt');
    expect(event).toMatchObject({ errorCode: 'KMSInvalidStateException', additionalEventData: named });
    controlPlane.proxy.faults.set('encrypt', { kind: 'hangs-up' });
    await controlPlane.refusal('Encrypt', { KeyId, Plaintext });
    await controlPlane.refusal('GenerateDataKey', { KeyId, KeySpec: 'AES_256' });
    expect([await recorded('Encrypt'), await recorded('GenerateDataKey')]).toMatchObject([named, named]);
  });

  test('in a token, or because the key is disabled, names the key store', async () => {
    const KeyId = await newKey('AWS_CLOUDHSM');
    await controlPlane.perform('DisableKey', { KeyId });
    await controlPlane.refusal('Encrypt', { KeyId, Plaintext });
    expect(await recorded('Encrypt')).toMatchObject({ customKeyStoreId: clusterStore });
    expect(await recorded('Encrypt')).not.toHaveProperty('xksKeyId');
  });

  test('because it was denied does not: the caller can be a stranger', async () => {
    const KeyId = await newKey('EXTERNAL_KEY_STORE');
    const denied = { as: await controlPlane.user('denied') };
    expect(await controlPlane.refusal('Encrypt', { KeyId, Plaintext }, denied)).toMatch(/^AccessDeniedException/);
    const [event] = await controlPlane.events('Encrypt');
    expect(event?.errorCode).toBe('AccessDeniedException');
    expect(event?.additionalEventData).not.toHaveProperty('customKeyStoreId');
  });

  test('of a key in no key store has nothing of it', async () => {
    const { KeyMetadata } = await controlPlane.perform('CreateKey', {});
    await controlPlane.perform('DisableKey', { KeyId: KeyMetadata?.KeyId ?? '' });
    await controlPlane.refusal('Encrypt', { KeyId: KeyMetadata?.KeyId ?? '', Plaintext });
    expect(await recorded('Encrypt')).not.toHaveProperty('customKeyStoreId');
  });
});

describe('GenerateRandom', () => {
  test('gets bytes from a cluster', async () => {
    const input = { NumberOfBytes: 32, CustomKeyStoreId: clusterStore };
    expect((await controlPlane.perform('GenerateRandom', input)).Plaintext).toHaveLength(32);
  });

  test('refuses a proxy, an unknown store and a disconnected one', async () => {
    const from = (CustomKeyStoreId: string) =>
      controlPlane.refusal('GenerateRandom', { NumberOfBytes: 8, CustomKeyStoreId });
    expect(await from(externalStore)).toMatch(/^UnsupportedOperationException/);
    expect(await from('cks-00000000000000000')).toMatch(/^CustomKeyStoreNotFoundException/);
    await controlPlane.disconnect(clusterStore);
    expect(await from(clusterStore)).toMatch(/^CustomKeyStoreInvalidStateException/);
  });
});

test('neither the audit log nor any row contains the PIN or the proxy secret', async () => {
  const events = (
    await Promise.all(['CreateCustomKeyStore', 'CreateKey', 'Encrypt'].map((name) => controlPlane.events(name)))
  ).flat();
  const rows = await controlPlane.store.listCustomKeyStores(accountId, region);
  const text = JSON.stringify([events, rows.map((row) => ({ ...row, wrapped_secret: undefined }))]);
  const wrapped = Buffer.concat(rows.map((row) => row.wrapped_secret));
  expect(events.length).toBeGreaterThan(2);
  for (const secret of [PIN, CREDENTIAL.RawSecretAccessKey]) {
    expect(text).not.toContain(secret);
    expect(wrapped.includes(secret)).toBe(false);
  }
});

describe('a key in the token, whose write fails', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  function failOnce(error: Error) {
    jest.spyOn(controlPlane.engines.store, 'write').mockRejectedValueOnce(error);
    return jest.spyOn(controlPlane.engines.pkcs11, 'destroyPkcs11Key');
  }

  test('is destroyed when the write lost a race, and created again', async () => {
    const destroyed = failOnce(new WriteConflict('another write came first'));
    const keyId = await newKey('AWS_CLOUDHSM');
    expect(destroyed).toHaveBeenCalledTimes(1);
    await controlPlane.perform('Encrypt', { KeyId: keyId, Plaintext });
  });

  test('stays when it is unknown whether the write committed', async () => {
    const destroyed = failOnce(new StoreUnavailable('the database did not answer'));
    expect(await controlPlane.refusal('CreateKey', inStore('AWS_CLOUDHSM'))).toMatch(/^KMSInternalException/);
    expect(destroyed).not.toHaveBeenCalled();
  });
});
