/** Data source `aws_arn`. Nothing is read. */
import { computedString, dataId } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsArnData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_arn',
  schemaVersion: 0,
  description: 'The parts of an ARN.',
  attributes: {
    account: computedString('Account, the fifth part.'),
    arn: {
      type: 'string',
      description: 'ARN to take apart.',
      required: true,
      validators: [{ check: 'arn' }],
    },
    id: dataId('The ARN.'),
    partition: computedString('Partition, the second part.'),
    region: computedString('Region, the fourth part.'),
    resource: computedString('Everything after the fifth colon.'),
    service: computedString('Service, the third part.'),
  },
};
