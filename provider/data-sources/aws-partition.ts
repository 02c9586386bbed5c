/** Data source `aws_partition`. */
import { partitionOf } from '@keystead/provider-schema/arn.ts';
import { partitionDomain } from '@keystead/provider-schema/aws-regions.ts';
import { awsPartitionData as record } from '@keystead/provider-schema/data-sources/aws-partition.ts';
import type { Client } from '../client/client.ts';
import type { DataSourceType } from '../engine/resource.ts';
import { regionOf } from '../resources/shared/region.ts';

export const awsPartitionData: DataSourceType<Client> = {
  record,

  async read(client) {
    const region = regionOf(client, {});
    const domain = partitionDomain(region);
    return {
      dns_suffix: domain,
      id: partitionOf(region),
      partition: partitionOf(region),
      reverse_dns_prefix: domain.split('.').reverse().join('.'),
    };
  },
};
