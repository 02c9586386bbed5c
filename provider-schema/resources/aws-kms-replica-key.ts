/** `aws_kms_replica_key`: a replica of a multi-Region primary key. */
import {
  bypassPolicyLockoutSafetyCheck,
  constructPath,
  deletionProtection,
  deletionWindow,
  descriptionLength,
  id,
  optionalPolicy,
  primaryKeyArn,
  region,
  stableArn,
  stableString,
  tags,
  tagsAll,
} from '../attributes.ts';
import { legacyRecord } from '../legacy.ts';
import { limits } from '../limits.ts';

export const awsKmsReplicaKey = legacyRecord({
  kind: 'resource',
  type: 'aws_kms_replica_key',
  schemaVersion: 0,
  description: 'A replica of a multi-Region KMS key in another region.',
  attributes: {
    arn: stableArn('ARN of the replica key.'),
    bypass_policy_lockout_safety_check: bypassPolicyLockoutSafetyCheck,
    construct_path: constructPath,
    deletion_protection: deletionProtection,
    deletion_window_in_days: { ...deletionWindow, computed: true, default: limits.pendingWindowInDays.default },
    description: {
      type: 'string',
      description: 'Description of the replica key; the description of the primary key is not copied.',
      optional: true,
      validators: [descriptionLength],
    },
    enabled: {
      type: 'bool',
      description: 'Whether the replica key can be used. Default: true.',
      optional: true,
      computed: true,
      default: true,
    },
    id: id('Key id, the same in every region.'),
    key_id: stableString('Key id, the same in every region.'),
    key_rotation_enabled: {
      type: 'bool',
      description: 'Whether the key material rotates automatically; set on the primary key.',
      computed: true,
      stable: true,
    },
    key_spec: stableString('Key spec.'),
    key_usage: stableString('What the key can be used for.'),
    policy: optionalPolicy,
    primary_key_arn: primaryKeyArn,
    region,
    tags,
    tags_all: tagsAll,
  },
  importId:
    'key id, for example mrk-1234abcd12ab34cd56ef1234567890ab, or ARN, with @region after it for another region',
});
