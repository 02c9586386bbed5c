/**
 * `aws_kms_key_policy`: the policy of a key that is managed elsewhere. Another `key_id` replaces the resource; the
 * upstream provider plans an update in that case, which does not change the new key and is planned again each time.
 */
import { bypassPolicyLockoutSafetyCheck, id, region } from '../attributes.ts';
import { legacyRecord } from '../legacy.ts';

export const awsKmsKeyPolicy = legacyRecord({
  kind: 'resource',
  type: 'aws_kms_key_policy',
  schemaVersion: 0,
  description: 'The key policy of a KMS key.',
  attributes: {
    bypass_policy_lockout_safety_check: bypassPolicyLockoutSafetyCheck,
    id: id('Key reference as configured when the policy was first put.'),
    key_id: {
      type: 'string',
      description: 'Id or ARN of the key.',
      required: true,
      forcesReplacement: true,
      equivalence: 'key-reference',
      validators: [{ check: 'length', min: 1, max: 2048 }],
    },
    policy: {
      type: 'string',
      description: 'Key policy, a JSON document.',
      required: true,
      equivalence: 'policy-document',
      validators: [{ check: 'json' }],
    },
    region,
  },
  importId: 'key id or ARN, with @region after it for another region',
});
