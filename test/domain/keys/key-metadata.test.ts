import { keyMetadata, keyRevision } from '@keystead/control-plane/domain/keys/key-metadata.ts';
import type { KeyState } from '@keystead/provider-schema/vocabulary.ts';

const createdAtMs = Date.UTC(2026, 0, 1);
const materialId = 'ab'.repeat(32);

function aKey({
  keyId = '1234abcd-12ab-34cd-56ef-1234567890ab',
  region = 'eu-west-1',
  shared = {},
  regional = {},
} = {}) {
  return {
    shared: {
      key_spec: 'SYMMETRIC_DEFAULT',
      key_usage: 'ENCRYPT_DECRYPT',
      origin: 'AWS_KMS',
      key_manager: 'CUSTOMER',
      multi_region: 0,
      primary_region: 'eu-west-1',
      current_material_id: materialId,
      custom_key_store_id: null,
      xks_key_id: null,
      ...shared,
    },
    regional: {
      account_id: '111122223333',
      region,
      key_id: keyId,
      state: 'Enabled',
      description: 'app',
      created_at_ms: createdAtMs,
      deletion_at_ms: null,
      pending_window_in_days: null,
      ...regional,
    },
  } as const;
}

test('a symmetric key shows only its own members', () => {
  expect(keyMetadata(aKey(), ['eu-west-1'])).toEqual({
    AWSAccountId: '111122223333',
    KeyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
    Arn: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    CreationDate: new Date(createdAtMs),
    Enabled: true,
    Description: 'app',
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: 'Enabled',
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    KeySpec: 'SYMMETRIC_DEFAULT',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
    CurrentKeyMaterialId: materialId,
  });
});

test.each<KeyState>([
  'Creating',
  'Disabled',
  'PendingImport',
  'PendingDeletion',
  'PendingReplicaDeletion',
  'Unavailable',
  'Updating',
])('a key that is %s is not enabled', (state) => {
  expect(keyMetadata(aKey({ regional: { state } }), [])).toMatchObject({ Enabled: false, KeyState: state });
});

test('only a key pending deletion shows its deletion date', () => {
  const dates = { deletion_at_ms: createdAtMs + 1, pending_window_in_days: 7 };
  const pending = keyMetadata(aKey({ regional: { state: 'PendingDeletion', ...dates } }), []);
  expect(pending.DeletionDate).toEqual(new Date(createdAtMs + 1));
  expect(pending).not.toHaveProperty('PendingDeletionWindowInDays');
});

test('only a primary waiting for its replicas shows its window', () => {
  const regional = { state: 'PendingReplicaDeletion', deletion_at_ms: null, pending_window_in_days: 7 };
  const waiting = keyMetadata(aKey({ regional }), []);
  expect(waiting.PendingDeletionWindowInDays).toBe(7);
  expect(waiting).not.toHaveProperty('DeletionDate');
});

test('related keys show the same primary and replicas, each with its own type', () => {
  const regions = ['ap-south-1', 'eu-west-1', 'us-east-1'];
  const keyId = 'mrk-1234abcd12ab34cd56ef1234567890ab';
  const at = (region: string) => ({ Arn: `arn:aws:kms:${region}:111122223333:key/${keyId}`, Region: region });
  const shown = (region: string) => keyMetadata(aKey({ keyId, region, shared: { multi_region: 1 } }), regions);
  const family = { PrimaryKey: at('eu-west-1'), ReplicaKeys: [at('ap-south-1'), at('us-east-1')] };
  expect(shown('eu-west-1').MultiRegionConfiguration).toEqual({ MultiRegionKeyType: 'PRIMARY', ...family });
  expect(shown('us-east-1').MultiRegionConfiguration).toEqual({ MultiRegionKeyType: 'REPLICA', ...family });
});

test('algorithms are listed under the member of the key usage', () => {
  const shared = { key_spec: 'ECC_NIST_P256', key_usage: 'SIGN_VERIFY', current_material_id: null };
  const signing = keyMetadata(aKey({ shared }), []);
  expect(signing.SigningAlgorithms).toEqual(['ECDSA_SHA_256']);
  expect(signing).not.toHaveProperty('EncryptionAlgorithms');
  expect(signing).not.toHaveProperty('CurrentKeyMaterialId');
});

test('a revision grows with each of the two rows', () => {
  expect(keyRevision({ shared: { revision: 2 }, regional: { revision: 3 } })).toBe(5);
});

describe('a key in a custom key store', () => {
  const inStore = { custom_key_store_id: 'cks-1234567890abcdef0' };

  test('shows its key store and cluster, and no material id', () => {
    const key = {
      ...aKey({ shared: { ...inStore, origin: 'AWS_CLOUDHSM' } }),
      keyStore: { cloud_hsm_cluster_id: 'c' },
    };
    const metadata = keyMetadata(key, ['eu-west-1']);
    expect(metadata).toMatchObject({
      Origin: 'AWS_CLOUDHSM',
      CustomKeyStoreId: 'cks-1234567890abcdef0',
      CloudHsmClusterId: 'c',
    });
    expect(metadata).not.toHaveProperty('CurrentKeyMaterialId');
    expect(metadata).not.toHaveProperty('XksKeyConfiguration');
  });

  test('shows its external key, and no cluster', () => {
    const shared = { ...inStore, origin: 'EXTERNAL_KEY_STORE', xks_key_id: 'external-key' };
    const metadata = keyMetadata({ ...aKey({ shared }), keyStore: { cloud_hsm_cluster_id: null } }, ['eu-west-1']);
    expect(metadata).toMatchObject({ XksKeyConfiguration: { Id: 'external-key' } });
    expect(metadata).not.toHaveProperty('CloudHsmClusterId');
    expect(metadata).not.toHaveProperty('CurrentKeyMaterialId');
  });
});
