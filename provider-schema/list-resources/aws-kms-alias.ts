/** List resource `aws_kms_alias`, for `terraform query` (Terraform 1.14 and newer). */
import type { TerraformRecord } from '../terraform.ts';

export const awsKmsAliasList: TerraformRecord = {
  kind: 'list-resource',
  type: 'aws_kms_alias',
  schemaVersion: 0,
  description: 'The aliases of KMS keys of the account in one Region.',
  attributes: {
    region: {
      type: 'string',
      description: 'Region to list. Defaults to the region of the provider configuration.',
      optional: true,
    },
  },
};
