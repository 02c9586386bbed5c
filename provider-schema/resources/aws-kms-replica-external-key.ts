/** `aws_kms_replica_external_key`: a replica of a multi-Region primary key whose key material is imported. */
import {
  bypassPolicyLockoutSafetyCheck,
  constructPath,
  deletionProtection,
  externalKeyAttributes,
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

export const awsKmsReplicaExternalKey = legacyRecord({
  kind: 'resource',
  type: 'aws_kms_replica_external_key',
  schemaVersion: 0,
  description: 'A replica of a multi-Region KMS key with imported key material, in another region.',
  attributes: {
    arn: stableArn('ARN of the replica key.'),
    bypass_policy_lockout_safety_check: bypassPolicyLockoutSafetyCheck,
    construct_path: constructPath,
    deletion_protection: deletionProtection,
    ...externalKeyAttributes,
    id: id('Key id, the same in every region.'),
    key_id: stableString('Key id, the same in every region.'),
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
