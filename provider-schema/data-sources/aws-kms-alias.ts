/** Data source `aws_kms_alias`. */
import { computedString, dataRegion } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsKmsAliasData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_kms_alias',
  schemaVersion: 0,
  description: 'An existing alias and the key it names.',
  attributes: {
    arn: computedString('ARN of the alias.'),
    id: { type: 'string', description: 'ARN of the alias.', optional: true, computed: true },
    name: {
      type: 'string',
      description: 'Alias name, beginning with alias/.',
      required: true,
      validators: [{ check: 'alias-name' }],
    },
    region: dataRegion,
    target_key_arn: computedString('ARN of the key the alias names.'),
    target_key_id: computedString('Id of the key the alias names.'),
  },
};
