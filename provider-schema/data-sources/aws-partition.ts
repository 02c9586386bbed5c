/** Data source `aws_partition`. Nothing is read. */
import { computedString, dataId } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsPartitionData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_partition',
  schemaVersion: 0,
  description: 'The partition of the Region that the provider works in.',
  attributes: {
    dns_suffix: computedString('Suffix of host names, such as amazonaws.com.'),
    id: dataId('Name of the partition.'),
    partition: computedString('Name of the partition, the second part of ARNs.'),
    reverse_dns_prefix: computedString('The suffix of host names backwards, such as com.amazonaws.'),
  },
};
