/** Data source `aws_default_tags`. */
import { partitionOf } from '@keystead/provider-schema/arn.ts';
import { awsDefaultTagsData as record } from '@keystead/provider-schema/data-sources/aws-default-tags.ts';
import type { Client } from '../client/client.ts';
import type { DataSourceType } from '../engine/resource.ts';
import { regionOf } from '../resources/shared/region.ts';
import { visibleTags } from '../resources/shared/tags.ts';

export const awsDefaultTagsData: DataSourceType<Client> = {
  record,

  async read(client) {
    return { id: partitionOf(regionOf(client, {})), tags: visibleTags(client.tags, client.tags?.defaults ?? []) };
  },
};
