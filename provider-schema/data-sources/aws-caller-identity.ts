/** Data source `aws_caller_identity`. */
import { computedString } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsCallerIdentityData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_caller_identity',
  schemaVersion: 0,
  description: 'The principal that the provider signs its requests as.',
  attributes: {
    account_id: computedString('Account of the principal.'),
    arn: computedString('ARN of the principal.'),
    id: { type: 'string', description: 'Account of the principal.', optional: true, computed: true },
    user_id: computedString('Unique id of the principal.'),
  },
};
