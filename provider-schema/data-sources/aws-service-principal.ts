/** Data source `aws_service_principal`. Nothing is read. */
import { computedString, dataRegion } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsServicePrincipalData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_service_principal',
  schemaVersion: 0,
  description: 'The name by which policies name a service.',
  attributes: {
    id: computedString('Name of the service with its Region, backwards.'),
    name: computedString('Name of the service principal, such as s3.amazonaws.com.'),
    region: dataRegion,
    service_name: {
      type: 'string',
      description: 'Service, such as s3.',
      required: true,
      validators: [{ check: 'length', min: 1 }],
    },
    suffix: computedString('Suffix of the name: the domain of the partition.'),
  },
};
