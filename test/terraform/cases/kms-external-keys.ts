/** Keys whose material is imported. */
import { DeleteImportedKeyMaterialCommand, DisableKeyCommand, UpdateKeyDescriptionCommand } from '@aws-sdk/client-kms';
import type { TypeCase } from '../case.ts';
import { hcl, text } from './hcl.ts';
import {
  deleteKey,
  keyId,
  keyPolicy,
  LATER,
  materialOf,
  multiRegionKeyId,
  refusedByExternalKeys,
  SOON,
} from './kms-parts.ts';

/** Without material: it waits for an import by hand. */
export const externalKey: TypeCase = {
  type: 'aws_kms_external_key',
  body: '',
  state: {
    arn: expect.stringMatching(/^arn:aws:kms:us-east-1:111122223333:key\//),
    deletion_window_in_days: 30,
    description: '',
    enabled: false,
    expiration_model: '',
    id: keyId,
    key_state: 'PendingImport',
    key_usage: 'ENCRYPT_DECRYPT',
    multi_region: false,
    valid_to: '',
  },
  changes: [
    { body: 'description = "bring your own"', how: 'update', of: ['description'] },
    {
      body: `description = "bring your own"\npolicy = ${hcl(keyPolicy('a'))}\ndeletion_window_in_days = 7`,
      how: 'update',
      of: ['deletion_window_in_days', 'policy'],
    },
    {
      body: `policy = ${hcl(keyPolicy('b'))}\nbypass_policy_lockout_safety_check = true\ntags = { a = "b" }`,
      how: 'update',
      of: ['bypass_policy_lockout_safety_check', 'deletion_window_in_days', 'description', 'policy', 'tags'],
    },
    { body: `policy = ${hcl(keyPolicy('b'))}\nmulti_region = true`, how: 'replace', of: ['multi_region'] },
    { body: 'description = "waits"', how: 'update', of: ['description'] },
  ],
  refused: [
    ...refusedByExternalKeys,
    ['key_spec', 'key_spec = "AES_256"'],
    ['key_usage', 'key_usage = "ENCRYPT"'],
    ['adopt_pending_deletion', 'adopt_pending_deletion = "none"'],
  ],
  importId: (state) => text(state, 'id'),
  byHand: {
    change: ({ kms }, state) =>
      kms.send(new UpdateKeyDescriptionCommand({ KeyId: text(state, 'id'), Description: 'by hand' })),
    shows: ['description'],
  },
  deleteByHand: deleteKey,
};

const material = (byte: number, more = ''): string => `key_material_base64 = "${materialOf(byte)}"\n${more}`;
/** An import cannot read material, and would replace the key to have it. */
const ignored = 'lifecycle {\n ignore_changes = [key_material_base64]\n}';

export const externalKeyWithMaterial: TypeCase = {
  type: 'aws_kms_external_key',
  variant: 'material',
  body: material(1, 'enabled = true'),
  state: { enabled: true, expiration_model: 'KEY_MATERIAL_DOES_NOT_EXPIRE', key_state: 'Enabled', valid_to: '' },
  secrets: ['key_material_base64'],
  changes: [
    { body: material(1, `enabled = true\nvalid_to = "${SOON}"`), how: 'update', of: ['expiration_model', 'valid_to'] },
    { body: material(1, `enabled = true\nvalid_to = "${LATER}"`), how: 'update', of: ['valid_to'] },
    { body: material(1, `enabled = false\nvalid_to = "${LATER}"`), how: 'update', of: ['enabled'] },
    { body: material(1, 'enabled = true'), how: 'update', of: ['enabled', 'valid_to'] },
    { body: material(2, 'enabled = true'), how: 'replace', of: ['key_material_base64'] },
    { body: material(2, `enabled = true\ntags = { a = "b" }\n${ignored}`), how: 'update', of: ['tags'] },
  ],
  refused: [],
  importId: (state) => text(state, 'id'),
  unknownToImport: ['key_material_base64'],
  byHand: {
    change: ({ kms }, state) => kms.send(new DisableKeyCommand({ KeyId: text(state, 'id') })),
    shows: ['enabled', 'key_state'],
  },
  deleteByHand: deleteKey,
};

/** Its material is never stored; the spec is an argument since version 6 of the genuine provider. */
export const externalKeyWriteOnly: TypeCase = {
  type: 'aws_kms_external_key',
  variant: 'write_only',
  isOurs: true,
  body: 'key_spec = "HMAC_256"\nkey_usage = "GENERATE_VERIFY_MAC"\nmulti_region = true',
  state: { id: multiRegionKeyId, key_spec: 'HMAC_256', key_state: 'PendingImport' },
  changes: [
    {
      body: 'key_spec = "HMAC_384"\nkey_usage = "GENERATE_VERIFY_MAC"\nmulti_region = true',
      how: 'replace',
      of: ['key_spec'],
    },
    {
      body: 'enabled = true\nkey_material_base64_wo = var.write_only_material\nkey_material_base64_wo_version = "1"',
      how: 'replace',
      // Spec and kind of key are computed: leaving them out changes nothing by itself. Nor does the first material.
      of: ['key_usage'],
    },
    {
      body: 'enabled = true\nkey_material_base64_wo = var.write_only_material\nkey_material_base64_wo_version = "2"',
      how: 'replace',
      of: ['key_material_base64_wo_version'],
    },
    {
      body: `enabled = true
description = "never stored"
key_material_base64_wo = var.write_only_material
key_material_base64_wo_version = "2"
lifecycle {
  ignore_changes = [key_material_base64_wo_version]
}`,
      how: 'update',
      of: ['description'],
    },
  ],
  refused: [],
  importId: (state) => text(state, 'id'),
  unknownToImport: ['key_material_base64_wo_version'],
  byHand: {
    change: ({ kms }, state) =>
      kms.send(new UpdateKeyDescriptionCommand({ KeyId: text(state, 'id'), Description: 'by hand' })),
    shows: ['description'],
  },
  deleteByHand: deleteKey,
};

/** Material that was deleted by hand is imported again. */
export const externalKeyEmptied: TypeCase = {
  type: 'aws_kms_external_key',
  variant: 'emptied',
  body: material(3, 'enabled = true'),
  state: { enabled: true, key_state: 'Enabled' },
  secrets: ['key_material_base64'],
  changes: [],
  refused: [],
  byHand: {
    change: ({ kms }, state) => kms.send(new DeleteImportedKeyMaterialCommand({ KeyId: text(state, 'id') })),
    shows: ['enabled', 'expiration_model', 'key_state'],
  },
  deleteByHand: deleteKey,
};
