/** Examples of the operations on keys, in an order in which they work. */
import { answered, type Example, example } from './example.ts';

const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const BYTES = 'AQIDBAUGBwgJCgsMDQ4PEA==';
const MESSAGE = 'aGVsbG8=';
const ACCOUNT = '111122223333';

const keyOf = (name: string) => answered(name, 'KeyMetadata.KeyId', KEY_ID);
const KeyId = keyOf('CreateKey');
const context = { EncryptionContext: { Department: 'orders' } };

export const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
});

const makingKeys: readonly Example[] = [
  example('CreateKey', { Description: 'orders', Tags: [{ TagKey: 'team', TagValue: 'orders' }] }),
  example('CreateKey', { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }, 'a signing key'),
  example('CreateKey', { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }, 'an HMAC key'),
  example('CreateKey', { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' }, 'a key to agree on secrets'),
  example('CreateKey', { KeySpec: 'ML_KEM_768', KeyUsage: 'ENCAPSULATE_DECAPSULATE' }, 'a key to encapsulate secrets'),
  example('CreateKey', { MultiRegion: true }, 'a multi-Region key'),
  example('CreateKey', { Origin: 'EXTERNAL' }, 'a key for imported material'),
];

const describing: readonly Example[] = [
  example('DescribeKey', { KeyId }),
  example('ListKeys', { Limit: 100 }),
  example('UpdateKeyDescription', { KeyId, Description: 'orders of the shop' }),
  example('GetKeyConfiguration', { KeyId }),
  example('GetKeyLastUsage', { KeyId }),
  example('GetPublicKey', { KeyId: keyOf('a signing key') }),
  example('GetPublicKey', { KeyId: keyOf('a key to agree on secrets') }, 'of the other party'),
  example('GetKeyPolicy', { KeyId, PolicyName: 'default' }),
  example('PutKeyPolicy', { KeyId, Policy: policy }),
  example('ListKeyPolicies', { KeyId }),
  example('CompareKeyPolicies', { KeyId, Policy: policy }),
  example('ValidateKeyPolicy', { Policy: policy }),
  example('TagResource', { KeyId, Tags: [{ TagKey: 'stage', TagValue: 'production' }] }),
  example('ListResourceTags', { KeyId }),
  example('UntagResource', { KeyId, TagKeys: ['stage'] }),
  example('CreateAlias', { AliasName: 'alias/orders', TargetKeyId: KeyId }),
  example('UpdateAlias', { AliasName: 'alias/orders', TargetKeyId: KeyId }),
  example('ListAliases', { KeyId }),
];

const grants: readonly Example[] = [
  example('CreateGrant', {
    KeyId,
    GranteePrincipal: `arn:aws:iam::${ACCOUNT}:root`,
    RetiringPrincipal: `arn:aws:iam::${ACCOUNT}:root`,
    Operations: ['Encrypt', 'Decrypt'],
    Name: 'orders-service',
  }),
  example('ListGrants', { KeyId }),
  example('ListRetirableGrants', { RetiringPrincipal: `arn:aws:iam::${ACCOUNT}:root` }),
  example('RevokeGrant', {
    KeyId,
    GrantId: answered('CreateGrant', 'GrantId', `${'0c237476b39f8bc44e45212e08498fbe'.repeat(2)}`),
  }),
  example(
    'CreateGrant',
    { KeyId, GranteePrincipal: `arn:aws:iam::${ACCOUNT}:root`, Operations: ['Decrypt'] },
    'to retire',
  ),
  example('RetireGrant', { GrantToken: answered('to retire', 'GrantToken', 'AQpAM2Rh') }),
];

const ciphertext = answered('Encrypt', 'CiphertextBlob', BYTES);

const using: readonly Example[] = [
  example('Encrypt', { KeyId, Plaintext: MESSAGE, ...context }),
  example('Decrypt', { CiphertextBlob: ciphertext, ...context }),
  example('ReEncrypt', {
    CiphertextBlob: ciphertext,
    SourceEncryptionContext: context.EncryptionContext,
    DestinationKeyId: 'alias/orders',
  }),
  example('GenerateDataKey', { KeyId, KeySpec: 'AES_256', ...context }),
  example('GenerateDataKeyWithoutPlaintext', { KeyId, KeySpec: 'AES_256', ...context }),
  example('GenerateDataKeyPair', { KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
  example('GenerateDataKeyPairWithoutPlaintext', { KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
  example('GenerateRandom', { NumberOfBytes: 32 }),
  example('Sign', { KeyId: keyOf('a signing key'), Message: MESSAGE, SigningAlgorithm: 'ECDSA_SHA_256' }),
  example('Verify', {
    KeyId: keyOf('a signing key'),
    Message: MESSAGE,
    Signature: answered('Sign', 'Signature', BYTES),
    SigningAlgorithm: 'ECDSA_SHA_256',
  }),
  example('GenerateMac', { KeyId: keyOf('an HMAC key'), Message: MESSAGE, MacAlgorithm: 'HMAC_SHA_256' }),
  example('VerifyMac', {
    KeyId: keyOf('an HMAC key'),
    Message: MESSAGE,
    Mac: answered('GenerateMac', 'Mac', BYTES),
    MacAlgorithm: 'HMAC_SHA_256',
  }),
  example('DeriveSharedSecret', {
    KeyId: keyOf('a key to agree on secrets'),
    KeyAgreementAlgorithm: 'ECDH',
    PublicKey: answered('of the other party', 'PublicKey', BYTES),
  }),
  example('Encapsulate', { KeyId: keyOf('a key to encapsulate secrets'), EncapsulationAlgorithm: 'ML_KEM' }),
  example('Decapsulate', {
    KeyId: keyOf('a key to encapsulate secrets'),
    EncapsulationAlgorithm: 'ML_KEM',
    SharedSecretCiphertextBlob: answered('Encapsulate', 'SharedSecretCiphertextBlob', BYTES),
  }),
];

const lives: readonly Example[] = [
  example('EnableKeyRotation', { KeyId, RotationPeriodInDays: 365 }),
  example('GetKeyRotationStatus', { KeyId }),
  example('RotateKeyOnDemand', { KeyId }),
  example('ListKeyRotations', { KeyId }),
  example('DisableKeyRotation', { KeyId }),
  example('DisableKey', { KeyId }),
  example('EnableKey', { KeyId }),
  example('GetParametersForImport', {
    KeyId: keyOf('a key for imported material'),
    WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    WrappingKeySpec: 'RSA_2048',
  }),
  example('DescribeCustomKeyStores', {}),
  example('ReplicateKey', { KeyId: keyOf('a multi-Region key'), ReplicaRegion: 'eu-west-1' }),
  example('UpdatePrimaryRegion', { KeyId: keyOf('a multi-Region key'), PrimaryRegion: 'eu-west-1' }),
  example('ProtectKey', { KeyId }),
  example('UnprotectKey', { KeyId }),
  example('DeleteAlias', { AliasName: 'alias/orders' }),
  example('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 30 }),
  example('CancelKeyDeletion', { KeyId }),
];

export const kmsExamples: readonly Example[] = [...makingKeys, ...describing, ...grants, ...using, ...lives];
