/** Data source `aws_kms_key`: the answer of DescribeKey. */
import { computedString, dataRegion } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

const arnAndRegion = ['object', { arn: 'string', region: 'string' }] as const;

export const awsKmsKeyData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_kms_key',
  schemaVersion: 0,
  description: 'An existing KMS key. Keys that are pending deletion are found too.',
  attributes: {
    arn: computedString('ARN of the key.'),
    aws_account_id: computedString('Account that owns the key.'),
    cloud_hsm_cluster_id: computedString('Cluster that holds the key material, if any.'),
    creation_date: computedString('When the key was created, RFC 3339.'),
    custom_key_store_id: computedString('Custom key store that holds the key material, if any.'),
    customer_master_key_spec: computedString('Key spec; the same as key_spec.'),
    deletion_date: computedString('When the key will be deleted, RFC 3339, if it is pending deletion.'),
    description: computedString('Description of the key.'),
    enabled: { type: 'bool', description: 'Whether the key can be used.', computed: true },
    expiration_model: computedString(
      'KEY_MATERIAL_EXPIRES or KEY_MATERIAL_DOES_NOT_EXPIRE; empty for a key without imported key material.',
    ),
    grant_tokens: { type: ['list', 'string'], description: 'Grant tokens to use.', optional: true },
    id: { type: 'string', description: 'Key id.', optional: true, computed: true },
    key_id: {
      type: 'string',
      description: 'Key id, key ARN, alias name or alias ARN.',
      required: true,
      validators: [{ check: 'key-or-alias' }],
    },
    key_manager: computedString('Who manages the key: CUSTOMER or AWS.'),
    key_spec: computedString('Key spec.'),
    key_state: computedString('State of the key, such as Enabled or PendingDeletion.'),
    key_usage: computedString('What the key can be used for.'),
    multi_region: { type: 'bool', description: 'Whether the key is a multi-Region key.', computed: true },
    multi_region_configuration: {
      type: [
        'list',
        [
          'object',
          {
            multi_region_key_type: 'string',
            primary_key: ['list', arnAndRegion],
            replica_keys: ['list', arnAndRegion],
          },
        ],
      ],
      description: 'Primary and replica keys of a multi-Region key.',
      computed: true,
    },
    origin: computedString('Where the key material comes from: AWS_KMS, EXTERNAL, AWS_CLOUDHSM or EXTERNAL_KEY_STORE.'),
    pending_deletion_window_in_days: {
      type: 'number',
      description: 'Days a primary key will wait once its last replica is deleted.',
      computed: true,
    },
    region: dataRegion,
    valid_to: computedString('When imported key material expires, RFC 3339, if it does.'),
    xks_key_configuration: {
      type: ['list', ['object', { id: 'string' }]],
      description: 'External key behind a key of an external key store.',
      computed: true,
    },
  },
};
