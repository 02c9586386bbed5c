/** Ephemeral resource `aws_kms_data_key`: a data key in the clear, new or decrypted, that no plan and no state holds. */
import { dataRegion } from '../attributes.ts';
import { values } from '../shapes/kms/values.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsKmsDataKeyEphemeral: TerraformRecord = {
  kind: 'ephemeral-resource',
  type: 'aws_kms_data_key',
  schemaVersion: 0,
  own: true,
  description:
    'A data key that is in no plan and no state: the one in ciphertext_blob, or without it a new one each time it is opened.',
  attributes: {
    ciphertext_blob: {
      type: 'string',
      description: 'The data key encrypted under the KMS key, in base64. Absent: a new data key is made.',
      optional: true,
      computed: true,
      conflictsWith: ['key_spec', 'number_of_bytes'],
    },
    context: {
      type: ['map', 'string'],
      description: 'Encryption context that the data key is encrypted with.',
      optional: true,
    },
    grant_tokens: { type: ['list', 'string'], description: 'Grant tokens to use.', optional: true },
    key_arn: { type: 'string', description: 'ARN of the KMS key.', computed: true },
    key_id: { type: 'string', description: 'Id, ARN or alias of the KMS key.', required: true },
    key_spec: {
      type: 'string',
      description: 'Kind of a new data key. AES_256 when this and number_of_bytes are absent.',
      optional: true,
      conflictsWith: ['number_of_bytes'],
      validators: [{ check: 'one-of', values: values.DataKeySpec.enum }],
    },
    number_of_bytes: {
      type: 'number',
      description: 'Length of a new data key in bytes.',
      optional: true,
      validators: [{ check: 'range', min: values.NumberOfBytesType.min, max: values.NumberOfBytesType.max }],
    },
    plaintext_base64: {
      type: 'string',
      description: 'The data key, in base64.',
      computed: true,
      sensitive: true,
    },
    region: dataRegion,
  },
};
