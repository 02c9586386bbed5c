/** `provider::aws::arn_build`. */
import type { FunctionRecord } from '../terraform.ts';

export const arnBuild: FunctionRecord = {
  name: 'arn_build',
  summary: 'Makes an ARN',
  description: 'Makes an Amazon Resource Name of its parts.',
  parameters: [
    { name: 'partition', type: 'string', description: 'Partition, for example aws.' },
    { name: 'service', type: 'string', description: 'Service, for example kms.' },
    { name: 'region', type: 'string', description: 'Region. Empty for a global service.' },
    { name: 'account_id', type: 'string', description: 'Account. Empty where the service has none.' },
    { name: 'resource', type: 'string', description: 'Everything after the fifth colon.' },
  ],
  returns: 'string',
};
