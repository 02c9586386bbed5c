/** Data source `aws_region`. Nothing is read: the names of AWS Regions are known. */
import { computedString, dataId } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsRegionData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_region',
  schemaVersion: 0,
  description: 'A Region: that of the provider, or one found by its name or endpoint.',
  attributes: {
    description: computedString('Name of the Region in words. Empty for a Region that AWS does not have.'),
    endpoint: {
      type: 'string',
      description: 'Host name of EC2 in the Region, by which the Region can be found.',
      optional: true,
      computed: true,
    },
    id: dataId('Name of the Region.'),
    name: {
      type: 'string',
      description: 'Name of the Region.',
      optional: true,
      computed: true,
      deprecated: 'Use region instead.',
      conflictsWith: ['region'],
    },
    region: {
      type: 'string',
      description: 'Name of the Region. Default: that of the provider.',
      optional: true,
      computed: true,
    },
  },
};
