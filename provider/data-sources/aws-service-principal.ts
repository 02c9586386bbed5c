/** Data source `aws_service_principal`. */
import { partitionOf } from '@keystead/provider-schema/arn.ts';
import { partitionDomain } from '@keystead/provider-schema/aws-regions.ts';
import { awsServicePrincipalData as record } from '@keystead/provider-schema/data-sources/aws-service-principal.ts';
import type { Client } from '../client/client.ts';
import type { DataSourceType } from '../engine/resource.ts';
import { regionOf } from '../resources/shared/region.ts';
import { requireText } from '../resources/shared/values.ts';

export const awsServicePrincipalData: DataSourceType<Client> = {
  record,

  async read(client, config) {
    const region = regionOf(client, config);
    const service = requireText(config, 'service_name');
    const suffix = suffixOf(service, region);
    return {
      id: `${service}.${region}.${suffix}`,
      name: `${service}.${suffix}`,
      region,
      service_name: service,
      suffix,
    };
  },
};

/** Some services have names in their partition's own domain; all others have the same name everywhere. */
function suffixOf(service: string, region: string): string {
  return localServices[partitionOf(region)]?.includes(service) ? partitionDomain(region) : 'amazonaws.com';
}

const localServices: Readonly<Record<string, readonly string[]>> = {
  'aws-cn': ['codedeploy', 'elasticmapreduce', 'logs'],
  'aws-iso': ['cloudhsm', 'config', 'logs', 'workspaces'],
  'aws-iso-b': ['dms', 'logs'],
};
