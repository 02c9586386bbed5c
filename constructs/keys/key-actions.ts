/** The sets of actions that the `grant…` methods and the `administrators` and `users` of a key stand for. */
import type { KmsAction } from '../policies/actions.ts';
import type { KeyUsage } from './key-rules.ts';

/**
 * Managing a key without using it.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-administrators
 */
export const administration: KmsAction[] = [
  'kms:CancelKeyDeletion',
  'kms:Create*',
  'kms:Delete*',
  'kms:Describe*',
  'kms:Disable*',
  'kms:Enable*',
  'kms:Get*',
  'kms:List*',
  'kms:Put*',
  'kms:ReplicateKey',
  'kms:Revoke*',
  'kms:RotateKeyOnDemand',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:Update*',
];

/**
 * Using a key for all that its usage allows.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-users-crypto
 */
export const useByUsage: Readonly<Record<KeyUsage, KmsAction[]>> = {
  ENCRYPT_DECRYPT: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
  SIGN_VERIFY: ['kms:DescribeKey', 'kms:GetPublicKey', 'kms:Sign', 'kms:Verify'],
  GENERATE_VERIFY_MAC: ['kms:DescribeKey', 'kms:GenerateMac', 'kms:VerifyMac'],
  KEY_AGREEMENT: ['kms:DeriveSharedSecret', 'kms:DescribeKey', 'kms:GetPublicKey'],
  ENCAPSULATE_DECAPSULATE: ['kms:Decapsulate', 'kms:DescribeKey', 'kms:Encapsulate', 'kms:GetPublicKey'],
};

/** What each `grant…` method allows, and the usage a key must have for it. */
export const grantable = {
  encrypt: { usage: 'ENCRYPT_DECRYPT', actions: ['kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'] },
  decrypt: { usage: 'ENCRYPT_DECRYPT', actions: ['kms:Decrypt'] },
  encryptDecrypt: {
    usage: 'ENCRYPT_DECRYPT',
    actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
  },
  generateDataKey: { usage: 'ENCRYPT_DECRYPT', actions: ['kms:GenerateDataKey*'] },
  sign: { usage: 'SIGN_VERIFY', actions: ['kms:Sign'] },
  verify: { usage: 'SIGN_VERIFY', actions: ['kms:Verify'] },
  signVerify: { usage: 'SIGN_VERIFY', actions: ['kms:Sign', 'kms:Verify'] },
  generateMac: { usage: 'GENERATE_VERIFY_MAC', actions: ['kms:GenerateMac'] },
  verifyMac: { usage: 'GENERATE_VERIFY_MAC', actions: ['kms:VerifyMac'] },
  deriveSharedSecret: { usage: 'KEY_AGREEMENT', actions: ['kms:DeriveSharedSecret'] },
  encapsulate: { usage: 'ENCAPSULATE_DECAPSULATE', actions: ['kms:Encapsulate'] },
  decapsulate: { usage: 'ENCAPSULATE_DECAPSULATE', actions: ['kms:Decapsulate'] },
} as const satisfies Record<string, { readonly usage: KeyUsage; readonly actions: readonly KmsAction[] }>;
