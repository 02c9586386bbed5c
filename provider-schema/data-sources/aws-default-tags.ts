/** Data source `aws_default_tags`. Nothing is read. */
import { dataId } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsDefaultTagsData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_default_tags',
  schemaVersion: 0,
  description: 'The default_tags of the provider.',
  attributes: {
    id: dataId('Partition that the provider works in.'),
    tags: { type: ['map', 'string'], description: 'The tags, without those that ignore_tags hides.', computed: true },
  },
};
