/** `aws_kms_external_key`: a KMS key whose key material is imported. */
import {
  adoptPendingDeletion,
  bypassPolicyLockoutSafetyCheck,
  constructPath,
  deletionProtection,
  externalKeyAttributes,
  id,
  keySpecNames,
  keyUsages,
  optionalPolicy,
  region,
  stableArn,
  tags,
  tagsAll,
} from '../attributes.ts';
import { legacyRecord } from '../legacy.ts';

export const awsKmsExternalKey = legacyRecord({
  kind: 'resource',
  type: 'aws_kms_external_key',
  schemaVersion: 0,
  description: 'A KMS key whose key material is imported.',
  attributes: {
    adopt_pending_deletion: adoptPendingDeletion,
    arn: stableArn('ARN of the key.'),
    bypass_policy_lockout_safety_check: bypassPolicyLockoutSafetyCheck,
    construct_path: constructPath,
    deletion_protection: deletionProtection,
    ...externalKeyAttributes,
    id: id('Key id.'),
    key_spec: {
      type: 'string',
      description: 'Key spec: what kind of key it is. SYMMETRIC_DEFAULT when absent.',
      optional: true,
      computed: true,
      stable: true,
      forcesReplacement: true,
      validators: [{ check: 'one-of', values: keySpecNames }],
    },
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
    tags,
    tags_all: tagsAll,
  },
  importId:
    'key id, for example 1234abcd-12ab-34cd-56ef-1234567890ab, or ARN, with @region after it for another region',
});
