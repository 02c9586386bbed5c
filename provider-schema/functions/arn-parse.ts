/** `provider::aws::arn_parse`. */
import type { FunctionRecord } from '../terraform.ts';

export const arnParse: FunctionRecord = {
  name: 'arn_parse',
  summary: 'Splits an ARN',
  description: 'Splits an Amazon Resource Name into its parts.',
  parameters: [{ name: 'arn', type: 'string', description: 'Amazon Resource Name.' }],
  returns: [
    'object',
    { account_id: 'string', partition: 'string', region: 'string', resource: 'string', service: 'string' },
  ],
};
