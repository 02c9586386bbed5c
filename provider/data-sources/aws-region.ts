/** Data source `aws_region`. A Region that AWS does not have is found, too: a control plane keeps keys in any. */
import { isRegion } from '@keystead/provider-schema/arn.ts';
import { ec2HostName, regionDescriptions } from '@keystead/provider-schema/aws-regions.ts';
import { awsRegionData as record } from '@keystead/provider-schema/data-sources/aws-region.ts';
import type { Client } from '../client/client.ts';
import { type DataSourceType, DiagnosticError } from '../engine/resource.ts';
import { regionOf } from '../resources/shared/region.ts';
import { textOf } from '../resources/shared/values.ts';

export const awsRegionData: DataSourceType<Client> = {
  record,

  async read(client, config) {
    const endpoint = textOf(config, 'endpoint');
    const named = textOf(config, 'region') ?? textOf(config, 'name');
    const ofEndpoint = endpoint === undefined ? undefined : regionWithEndpoint(endpoint);
    if (endpoint !== undefined && (ofEndpoint === undefined || (named ?? ofEndpoint) !== ofEndpoint)) {
      throw notFound(`there is no Region${named === undefined ? '' : ` ${named}`} with the endpoint ${endpoint}`);
    }
    const region = named ?? ofEndpoint ?? regionOf(client, {});
    if (named !== undefined && !isRegion(named)) throw notFound(`"${named}" is not the name of a Region`);
    return {
      description: regionDescriptions.get(region) ?? '',
      endpoint: ec2HostName(region),
      id: region,
      name: region,
      region,
    };
  },
};

function regionWithEndpoint(endpoint: string): string | undefined {
  const region = endpoint.split('.')[1] ?? '';
  return isRegion(region) && ec2HostName(region) === endpoint ? region : undefined;
}

function notFound(why: string): DiagnosticError {
  const detail = `${why}. Write it like us-east-1, or like ec2.us-east-1.amazonaws.com for an endpoint.`;
  return new DiagnosticError([{ severity: 'error', summary: 'Region not found', detail }]);
}
