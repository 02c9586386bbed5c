/** `aws_kms_key`: a KMS key. */
import {
  adoptPendingDeletion,
  bypassPolicyLockoutSafetyCheck,
  constructPath,
  deletionProtection,
  deletionWindow,
  descriptionLength,
  id,
  keySpecNames,
  keyUsages,
  optionalPolicy,
  region,
  stableArn,
  stableString,
  tags,
  tagsAll,
} from '../attributes.ts';
import { legacyRecord } from '../legacy.ts';
import { limits } from '../limits.ts';

export const awsKmsKey = legacyRecord({
  kind: 'resource',
  type: 'aws_kms_key',
  schemaVersion: 0,
  description: 'A KMS key, whose key material the control plane makes.',
  attributes: {
    adopt_pending_deletion: adoptPendingDeletion,
    arn: stableArn('ARN of the key.'),
    bypass_policy_lockout_safety_check: bypassPolicyLockoutSafetyCheck,
    construct_path: constructPath,
    deletion_protection: deletionProtection,
    custom_key_store_id: {
      type: 'string',
      description: 'Id of the custom key store that holds the key material.',
      optional: true,
      forcesReplacement: true,
      validators: [{ check: 'length', min: 1, max: 22 }],
    },
    customer_master_key_spec: {
      type: 'string',
      description: 'Key spec: what kind of key it is. Default: SYMMETRIC_DEFAULT.',
      optional: true,
      computed: true,
      default: 'SYMMETRIC_DEFAULT',
      forcesReplacement: true,
      validators: [{ check: 'one-of', values: keySpecNames }],
    },
    deletion_window_in_days: deletionWindow,
    description: {
      type: 'string',
      description: 'Description of the key.',
      optional: true,
      computed: true,
      stable: true,
      validators: [descriptionLength],
    },
    enable_key_rotation: {
      type: 'bool',
      description:
        'Whether the key material rotates automatically, which only symmetric keys with material of the control plane can. Default: false.',
      optional: true,
      computed: true,
      default: false,
    },
    id: id('Key id.'),
    is_enabled: {
      type: 'bool',
      description: 'Whether the key can be used. Default: true.',
      optional: true,
      computed: true,
      default: true,
    },
    key_id: stableString('Key id.'),
    key_usage: {
      type: 'string',
      description: 'What the key can be used for; the key spec must support it. Default: ENCRYPT_DECRYPT.',
      optional: true,
      computed: true,
      default: 'ENCRYPT_DECRYPT',
      forcesReplacement: true,
      validators: [{ check: 'one-of', values: keyUsages }],
    },
    multi_region: {
      type: 'bool',
      description:
        'Whether the key is a multi-Region primary key, which other Regions can have replicas of. Default: false.',
      optional: true,
      computed: true,
      stable: true,
      forcesReplacement: true,
    },
    policy: optionalPolicy,
    region,
    rotation_period_in_days: {
      type: 'number',
      description: `Days between rotations, ${limits.rotationPeriodInDays.min} to ${limits.rotationPeriodInDays.max}. Default: 365 in the first place.`,
      optional: true,
      computed: true,
      stable: true,
      validators: [{ check: 'range', min: limits.rotationPeriodInDays.min, max: limits.rotationPeriodInDays.max }],
      requiredWith: ['enable_key_rotation'],
    },
    rotation_triggers: {
      type: ['map', 'string'],
      own: true,
      description:
        'Any pairs. A change of them rotates the key material on demand; creating the key and removing them does not.',
      optional: true,
    },
    tags,
    tags_all: tagsAll,
    xks_key_id: {
      type: 'string',
      description: 'Id of the external key behind a key of an external key store.',
      optional: true,
      forcesReplacement: true,
      validators: [{ check: 'length', min: 1, max: 128 }],
      requiredWith: ['custom_key_store_id'],
    },
  },
  blocks: {
    timeouts: {
      nesting: 'single',
      description: 'How long to wait.',
      attributes: {
        create: {
          type: 'string',
          description: 'How long the creation of the key can take, for example `2m`. Default two minutes.',
          optional: true,
        },
      },
    },
  },
  importId:
    'key id, for example 1234abcd-12ab-34cd-56ef-1234567890ab, or ARN, with @region after it for another region',
  identity: {
    id: { type: 'string', description: 'Key id.', requiredForImport: true },
    account_id: { type: 'string', description: 'Account the key is in.', requiredForImport: false },
    region: { type: 'string', description: 'Region the key is in.', requiredForImport: false },
  },
});
