/** Data source `aws_iam_account_alias`. */
import { computedString, dataId } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsIamAccountAliasData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_iam_account_alias',
  schemaVersion: 0,
  description: 'The alias of the account.',
  attributes: {
    account_alias: computedString('The alias.'),
    id: dataId('The alias.'),
  },
};
