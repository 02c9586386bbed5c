/** List resource `aws_kms_key`, for `terraform query` (Terraform 1.14 and newer). */
import type { TerraformRecord } from '../terraform.ts';

export const awsKmsKeyList: TerraformRecord = {
  kind: 'list-resource',
  type: 'aws_kms_key',
  schemaVersion: 0,
  description: 'The KMS keys that aws_kms_key can manage of the account in one Region.',
  attributes: {
    region: {
      type: 'string',
      description: 'Region to list. Defaults to the region of the provider configuration.',
      optional: true,
    },
  },
};
