/** Data source `aws_kms_key_last_usage`: the answer of GetKeyLastUsage. */
import { computedString, dataRegion } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsKmsKeyLastUsageData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_kms_key_last_usage',
  schemaVersion: 0,
  description: 'The last use of a KMS key in cryptographic operations.',
  attributes: {
    key_creation_date: computedString('When the key was created, RFC 3339.'),
    key_id: {
      type: 'string',
      description: 'Key id or key ARN.',
      required: true,
      validators: [{ check: 'key-id-or-arn' }],
    },
    key_last_usage: {
      type: [
        'list',
        [
          'object',
          { cloud_trail_event_id: 'string', kms_request_id: 'string', operation: 'string', timestamp: 'string' },
        ],
      ],
      description: 'The last use; empty if there was none since tracking_start_date.',
      computed: true,
    },
    region: dataRegion,
    tracking_start_date: computedString('Since when uses are known, RFC 3339.'),
  },
};
