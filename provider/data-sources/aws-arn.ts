/** Data source `aws_arn`. */
import { parseArn } from '@keystead/provider-schema/arn.ts';
import { awsArnData as record } from '@keystead/provider-schema/data-sources/aws-arn.ts';
import type { Client } from '../client/client.ts';
import type { DataSourceType } from '../engine/resource.ts';
import { requireArn } from './arns.ts';

export const awsArnData: DataSourceType<Client> = {
  record,

  async read(_client, config) {
    const text = String(config.arn);
    const { partition, service, region, accountId, resource } = requireArn(parseArn(text), text);
    return { account: accountId, arn: text, id: text, partition, region, resource, service };
  },
};
