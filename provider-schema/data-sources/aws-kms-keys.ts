/** Data source `aws_kms_keys`: the keys of a Region, narrowed by filters. The AWS provider does not have it. */
import { dataId, dataRegion, keyFilters } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsKmsKeysData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_kms_keys',
  schemaVersion: 0,
  own: true,
  description: 'The KMS keys of a Region that pass every filter given, in order of their ids.',
  attributes: {
    ...keyFilters,
    alias: {
      type: 'string',
      description: 'Name of an alias of the key; * stands for any characters, as in alias/orders-*.',
      optional: true,
    },
    arns: { type: ['list', 'string'], description: 'ARNs of the keys.', computed: true },
    id: dataId('Region that was read from.'),
    ids: { type: ['list', 'string'], description: 'Ids of the keys.', computed: true },
    region: dataRegion,
  },
};
