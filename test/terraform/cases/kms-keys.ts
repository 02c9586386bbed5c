/** Keys whose material the service makes. */
import {
  DisableKeyCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import type { Attributes, Change, TypeCase } from '../case.ts';
import { hcl, text } from './hcl.ts';
import { deleteKey, keyId, keyPolicy, refusedByKeys } from './kms-parts.ts';

export const key: TypeCase = {
  type: 'aws_kms_key',
  body: 'deletion_window_in_days = 7',
  state: {
    arn: expect.stringMatching(/^arn:aws:kms:us-east-1:111122223333:key\//),
    bypass_policy_lockout_safety_check: false,
    custom_key_store_id: '',
    customer_master_key_spec: 'SYMMETRIC_DEFAULT',
    deletion_window_in_days: 7,
    description: '',
    enable_key_rotation: false,
    is_enabled: true,
    key_id: keyId,
    key_usage: 'ENCRYPT_DECRYPT',
    multi_region: false,
    tags_all: {},
    xks_key_id: '',
  },
  changes: [
    { body: 'deletion_window_in_days = 8', how: 'update', of: ['deletion_window_in_days'] },
    { body: 'description = "orders"', how: 'update', of: ['deletion_window_in_days', 'description'] },
    {
      body: 'description = "orders"\nenable_key_rotation = true',
      how: 'update',
      of: ['enable_key_rotation', 'rotation_period_in_days'],
    },
    {
      body: 'description = "orders"\nenable_key_rotation = true\nrotation_period_in_days = 180',
      how: 'update',
      of: ['rotation_period_in_days'],
    },
    {
      body: `description = "orders"\nis_enabled = false\npolicy = ${hcl(keyPolicy('a'))}`,
      how: 'update',
      of: ['enable_key_rotation', 'is_enabled', 'policy'],
    },
    {
      body: `description = "orders"\nbypass_policy_lockout_safety_check = true\npolicy = ${hcl(keyPolicy('b'))}`,
      how: 'update',
      of: ['bypass_policy_lockout_safety_check', 'is_enabled', 'policy'],
    },
    {
      body: `description = "orders"\ntags = { a = "b", empty = "" }\npolicy = ${hcl(keyPolicy('b'))}`,
      how: 'update',
      of: ['bypass_policy_lockout_safety_check', 'tags'],
    },
    {
      body: `description = "orders"\ntags = { a = "c" }\npolicy = ${hcl(keyPolicy('b'))}`,
      how: 'update',
      of: ['tags'],
    },
    {
      body: 'description = "orders"\nenable_key_rotation = true',
      how: 'update',
      of: ['enable_key_rotation', 'tags', 'tags_all'],
    },
  ],
  refused: [
    ...refusedByKeys,
    ['customer_master_key_spec', 'customer_master_key_spec = "AES_256"'],
    ['key_usage', 'key_usage = "ENCRYPT"'],
    ['rotation_period_in_days', 'enable_key_rotation = true\nrotation_period_in_days = 89'],
    ['rotation_period_in_days', 'enable_key_rotation = true\nrotation_period_in_days = 2561'],
    ['rotation_period_in_days', 'rotation_period_in_days = 90'],
    ['custom_key_store_id', 'custom_key_store_id = "cks-1234567890abcdef012345"'],
    ['xks_key_id', 'xks_key_id = "bb8562717f809024"'],
    ['adopt_pending_deletion', 'adopt_pending_deletion = "alias/orders"'],
  ],
  importId: (state) => text(state, 'id'),
  byHand: {
    async change({ kms }, state) {
      const KeyId = text(state, 'id');
      await kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'by hand' }));
      await kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 200 }));
      await kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'by', TagValue: 'hand' }] }));
      await kms.send(new DisableKeyCommand({ KeyId }));
    },
    // The period and the policy are not configured any more, so those in force stay.
    shows: ['description', 'is_enabled', 'tags', 'tags_all'],
  },
  deleteByHand: deleteKey,
};

/** A key of one spec and usage, which a change of either replaces. */
function keyOf(variant: string, body: string, state: Attributes, changes: readonly Change[]): TypeCase {
  return {
    type: 'aws_kms_key',
    variant,
    body,
    state: { ...state, key_id: keyId, enable_key_rotation: false, is_enabled: true },
    changes,
    refused: [],
    importId: (imported) => text(imported, 'id'),
    byHand: {
      change: ({ kms }, changed) => kms.send(new DisableKeyCommand({ KeyId: text(changed, 'id') })),
      shows: ['is_enabled'],
    },
    deleteByHand: deleteKey,
  };
}

const specAndUsage = (spec: string, usage: string): string =>
  `customer_master_key_spec = "${spec}"\nkey_usage = "${usage}"`;

const disabled = (body: string): Change => ({ body: `${body}\nis_enabled = false`, how: 'update', of: ['is_enabled'] });
const enabledAgain = (body: string): Change => ({ body, how: 'update', of: ['is_enabled'] });

export const encryptingKey = keyOf(
  'encrypting',
  specAndUsage('RSA_2048', 'ENCRYPT_DECRYPT'),
  { customer_master_key_spec: 'RSA_2048', key_usage: 'ENCRYPT_DECRYPT' },
  [
    { body: specAndUsage('RSA_2048', 'SIGN_VERIFY'), how: 'replace', of: ['key_usage'] },
    { body: specAndUsage('RSA_3072', 'SIGN_VERIFY'), how: 'replace', of: ['customer_master_key_spec'] },
  ],
);

export const signingKey = keyOf(
  'signing',
  specAndUsage('ECC_NIST_P256', 'SIGN_VERIFY'),
  { customer_master_key_spec: 'ECC_NIST_P256', key_usage: 'SIGN_VERIFY' },
  [
    disabled(specAndUsage('ECC_NIST_P256', 'SIGN_VERIFY')),
    enabledAgain(specAndUsage('ECC_NIST_P256', 'SIGN_VERIFY')),
    {
      body: specAndUsage('ECC_SECG_P256K1', 'SIGN_VERIFY'),
      how: 'replace',
      of: ['customer_master_key_spec'],
    },
  ],
);

export const macKey = keyOf(
  'mac',
  specAndUsage('HMAC_256', 'GENERATE_VERIFY_MAC'),
  { customer_master_key_spec: 'HMAC_256', key_usage: 'GENERATE_VERIFY_MAC' },
  [{ body: specAndUsage('HMAC_512', 'GENERATE_VERIFY_MAC'), how: 'replace', of: ['customer_master_key_spec'] }],
);

export const agreementKey = keyOf(
  'agreement',
  specAndUsage('ECC_NIST_P384', 'KEY_AGREEMENT'),
  { customer_master_key_spec: 'ECC_NIST_P384', key_usage: 'KEY_AGREEMENT' },
  [
    {
      body: specAndUsage('ECC_NIST_P521', 'SIGN_VERIFY'),
      how: 'replace',
      of: ['customer_master_key_spec', 'key_usage'],
    },
    { body: specAndUsage('ECC_NIST_P521', 'KEY_AGREEMENT'), how: 'replace', of: ['key_usage'] },
  ],
);

export const postQuantumKey: TypeCase = {
  ...keyOf(
    'post_quantum',
    specAndUsage('ML_DSA_44', 'SIGN_VERIFY'),
    { customer_master_key_spec: 'ML_DSA_44', key_usage: 'SIGN_VERIFY' },
    [{ body: specAndUsage('ML_DSA_65', 'SIGN_VERIFY'), how: 'replace', of: ['customer_master_key_spec'] }],
  ),
  isOurs: true,
};

export const multiRegionKey: TypeCase = {
  ...keyOf('multi_region', '', { multi_region: false }, [
    { body: 'multi_region = true', how: 'replace', of: ['multi_region'] },
    { body: 'multi_region = true\ndescription = "everywhere"', how: 'update', of: ['description'] },
  ]),
  byHand: {
    async change({ kms }, state) {
      const KeyId = text(state, 'id');
      await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: keyPolicy('by-hand') }));
      await kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'by hand' }));
    },
    shows: ['description'],
  },
};

/** Arguments that the genuine provider has since version 6, or not at all. */
export const keyElsewhere: TypeCase = {
  ...keyOf('elsewhere', 'region = "us-west-2"\nrotation_triggers = { year = "1" }', { region: 'us-west-2' }, [
    {
      body: 'region = "us-west-2"\nrotation_triggers = { year = "2" }',
      how: 'update',
      of: ['rotation_triggers'],
    },
    {
      body: 'region = "us-west-2"\nrotation_triggers = { year = "2" }\ntimeouts {\n create = "3m"\n}',
      how: 'update',
      of: ['timeouts'],
    },
    { body: 'region = "us-west-2"', how: 'update', of: ['rotation_triggers', 'timeouts'] },
    { body: 'region = "eu-west-1"', how: 'replace', of: ['region'] },
    { body: 'region = "us-west-2"\ndescription = "west"', how: 'replace', of: ['region'] },
  ]),
  isOurs: true,
  importId: (state) => `${text(state, 'id')}@us-west-2`,
  byHand: {
    async change({ kmsWest }, state) {
      const KeyId = text(state, 'id');
      await kmsWest.send(new DisableKeyCommand({ KeyId }));
      await kmsWest.send(new EnableKeyCommand({ KeyId }));
      await kmsWest.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'by hand' }));
    },
    shows: ['description'],
  },
  deleteByHand: ({ kmsWest }, state) =>
    kmsWest.send(new ScheduleKeyDeletionCommand({ KeyId: text(state, 'id'), PendingWindowInDays: 7 })),
};
