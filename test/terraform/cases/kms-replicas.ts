/** Replicas of multi-Region keys, in another Region than their primary keys. */
import { DisableKeyCommand, UpdateKeyDescriptionCommand } from '@aws-sdk/client-kms';
import type { TypeCase } from '../case.ts';
import { hcl, text, twoKeys } from './hcl.ts';
import {
  deleteReplica,
  keyPolicy,
  LATER,
  materialOf,
  multiRegionKeyId,
  recoverReplica,
  refusedByExternalKeys,
  refusedByKeys,
  SOON,
} from './kms-parts.ts';

const primaryArn = 'arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab';

const replicaOf = (primary: string, more = ''): string =>
  `provider = aws.west\nprimary_key_arn = ${primary}.arn\n${more}`;

const refusedBy = (arguments_: TypeCase['refused']): TypeCase['refused'] => [
  ...arguments_.map(([argument, body]) => [argument, `primary_key_arn = "${primaryArn}"\n${body}`] as const),
  ['primary_key_arn', 'primary_key_arn = "mrk-1234abcd12ab34cd56ef1234567890ab"'],
];

const first = 'aws_kms_key.primary_of_replica';
const second = 'aws_kms_key.primary_of_replica2';

export const replicaKey: TypeCase = {
  type: 'aws_kms_replica_key',
  around: twoKeys('primary_of_replica', 'multi_region = true'),
  body: replicaOf(first),
  state: {
    arn: expect.stringMatching(/^arn:aws:kms:us-west-2:111122223333:key\/mrk-/),
    deletion_window_in_days: 30,
    description: '',
    enabled: true,
    key_id: multiRegionKeyId,
    key_rotation_enabled: false,
    key_spec: 'SYMMETRIC_DEFAULT',
    key_usage: 'ENCRYPT_DECRYPT',
  },
  changes: [
    { body: replicaOf(first, 'description = "west"'), how: 'update', of: ['description'] },
    {
      body: replicaOf(first, 'description = "west"\nenabled = false\ndeletion_window_in_days = 7'),
      how: 'update',
      of: ['deletion_window_in_days', 'enabled'],
    },
    {
      body: replicaOf(first, `policy = ${hcl(keyPolicy('west'))}\nbypass_policy_lockout_safety_check = true`),
      how: 'update',
      of: ['bypass_policy_lockout_safety_check', 'deletion_window_in_days', 'description', 'enabled', 'policy'],
    },
    {
      body: replicaOf(first, `policy = ${hcl(keyPolicy('west'))}\ntags = { a = "b" }`),
      how: 'update',
      of: ['bypass_policy_lockout_safety_check', 'tags'],
    },
    { body: replicaOf(second, 'description = "of another"'), how: 'replace', of: ['primary_key_arn'] },
  ],
  refused: refusedBy(refusedByKeys),
  importId: (state) => text(state, 'id'),
  byHand: {
    async change({ kmsWest }, state) {
      const KeyId = text(state, 'id');
      await kmsWest.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'by hand' }));
      await kmsWest.send(new DisableKeyCommand({ KeyId }));
    },
    shows: ['description', 'enabled'],
  },
  deleteByHand: deleteReplica,
  recover: recoverReplica,
};

/** The Region is an argument since version 6 of the genuine provider. */
export const replicaKeyByRegion: TypeCase = {
  type: 'aws_kms_replica_key',
  variant: 'by_region',
  isOurs: true,
  around: 'resource "aws_kms_key" "primary_by_region" {\n multi_region = true\n}',
  body: 'primary_key_arn = aws_kms_key.primary_by_region.arn\nregion = "eu-west-1"',
  state: { region: 'eu-west-1', arn: expect.stringMatching(/^arn:aws:kms:eu-west-1:/) },
  changes: [
    {
      body: 'primary_key_arn = aws_kms_key.primary_by_region.arn\nregion = "us-west-2"',
      how: 'replace',
      of: ['region'],
    },
  ],
  refused: [],
  importId: (state) => `${text(state, 'id')}@us-west-2`,
  deleteByHand: deleteReplica,
  recover: recoverReplica,
};

const externalPrimary = (name: string, byte: number): string => `resource "aws_kms_external_key" "${name}" {
  multi_region        = true
  enabled             = true
  key_material_base64 = "${materialOf(byte)}"
}`;
const external = (which: '' | '2', more: string): string =>
  replicaOf(`aws_kms_external_key.primary_of_external${which}`, more);
const material = (byte: number, more: string): string => `key_material_base64 = "${materialOf(byte)}"\n${more}`;

export const replicaExternalKey: TypeCase = {
  type: 'aws_kms_replica_external_key',
  around: `${externalPrimary('primary_of_external', 4)}\n${externalPrimary('primary_of_external2', 5)}`,
  body: external('', material(4, 'enabled = true')),
  state: {
    enabled: true,
    expiration_model: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    key_id: multiRegionKeyId,
    key_state: 'Enabled',
    key_usage: 'ENCRYPT_DECRYPT',
  },
  secrets: ['key_material_base64'],
  changes: [
    {
      body: external('', material(4, `enabled = true\ndescription = "west"\nvalid_to = "${SOON}"`)),
      how: 'update',
      of: ['description', 'expiration_model', 'valid_to'],
    },
    {
      body: external('', material(4, `enabled = false\nvalid_to = "${LATER}"\ndeletion_window_in_days = 7`)),
      how: 'update',
      of: ['deletion_window_in_days', 'description', 'enabled', 'valid_to'],
    },
    {
      body: external(
        '',
        material(
          4,
          `enabled = true\npolicy = ${hcl(keyPolicy('west'))}\nbypass_policy_lockout_safety_check = true\ntags = { a = "b" }`,
        ),
      ),
      how: 'update',
      of: ['enabled', 'policy', 'tags', 'valid_to'],
    },
    {
      body: external('2', material(5, 'enabled = true\ndescription = "of another"')),
      how: 'replace',
      of: ['key_material_base64', 'primary_key_arn'],
    },
    {
      body: external(
        '2',
        material(5, 'enabled = true\ndescription = "b"\nlifecycle {\n ignore_changes = [key_material_base64]\n}'),
      ),
      how: 'update',
      of: ['description'],
    },
  ],
  refused: refusedBy(refusedByExternalKeys),
  importId: (state) => text(state, 'id'),
  unknownToImport: ['key_material_base64'],
  byHand: {
    change: ({ kmsWest }, state) => kmsWest.send(new DisableKeyCommand({ KeyId: text(state, 'id') })),
    shows: ['enabled', 'key_state'],
  },
  deleteByHand: deleteReplica,
  recover: recoverReplica,
};

export const replicaExternalKeyWriteOnly: TypeCase = {
  type: 'aws_kms_replica_external_key',
  variant: 'write_only',
  isOurs: true,
  around: `resource "aws_kms_external_key" "primary_write_only" {
  multi_region                   = true
  enabled                        = true
  key_material_base64_wo         = var.write_only_material
  key_material_base64_wo_version = "1"
}`,
  body: `primary_key_arn = aws_kms_external_key.primary_write_only.arn
provider = aws.west
enabled = true
key_material_base64_wo = var.write_only_material
key_material_base64_wo_version = "1"`,
  state: { enabled: true, key_state: 'Enabled', key_material_base64_wo: null },
  changes: [],
  refused: [],
  byHand: {
    change: ({ kmsWest }, state) => kmsWest.send(new DisableKeyCommand({ KeyId: text(state, 'id') })),
    shows: ['enabled', 'key_state'],
  },
  deleteByHand: deleteReplica,
  recover: recoverReplica,
};
