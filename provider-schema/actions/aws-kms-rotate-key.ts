/** Action `aws_kms_rotate_key` (Terraform 1.14 and newer). */
import type { TerraformRecord } from '../terraform.ts';

export const awsKmsRotateKeyAction: TerraformRecord = {
  kind: 'action',
  type: 'aws_kms_rotate_key',
  schemaVersion: 0,
  own: true,
  description: 'Gives a KMS key new key material now, by RotateKeyOnDemand.',
  attributes: {
    key_id: {
      type: 'string',
      description: 'Id or ARN of the KMS key.',
      required: true,
      validators: [{ check: 'key-id-or-arn' }],
    },
    region: {
      type: 'string',
      description: 'Region of the key. Defaults to the region of the provider configuration.',
      optional: true,
    },
  },
};
