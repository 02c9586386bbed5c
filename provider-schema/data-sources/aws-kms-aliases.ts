/** Data source `aws_kms_aliases`: the aliases of a Region, narrowed by filters. The AWS provider does not have it. */
import { dataId, dataRegion, keyFilters } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsKmsAliasesData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_kms_aliases',
  schemaVersion: 0,
  own: true,
  description: 'The aliases of a Region that pass every filter given, in order of their names.',
  attributes: {
    ...keyFilters,
    alias: {
      type: 'string',
      description: 'Name of the alias; * stands for any characters, as in alias/orders-*.',
      optional: true,
    },
    arns: { type: ['list', 'string'], description: 'ARNs of the aliases.', computed: true },
    id: dataId('Region that was read from.'),
    names: { type: ['list', 'string'], description: 'Names of the aliases.', computed: true },
    region: dataRegion,
    target_key_ids: { type: ['list', 'string'], description: 'Ids of the keys that they name.', computed: true },
  },
};
