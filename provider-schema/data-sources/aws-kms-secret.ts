/** Data source `aws_kms_secret`: gone from the AWS provider since its version 2, and kept to say so. */
import { dataId, dataRegion } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsKmsSecretData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_kms_secret',
  schemaVersion: 0,
  description: 'Replaced by aws_kms_secrets: reading it always fails.',
  attributes: { id: dataId('Never set.'), region: dataRegion },
  blocks: {
    secret: {
      nesting: 'set',
      minItems: 1,
      description: 'A text to decrypt.',
      attributes: {
        context: { type: ['map', 'string'], description: 'Encryption context of the ciphertext.', optional: true },
        grant_tokens: { type: ['list', 'string'], description: 'Grant tokens to use.', optional: true },
        name: { type: 'string', description: 'Name of the text.', required: true },
        payload: { type: 'string', description: 'Ciphertext in base64.', required: true },
      },
    },
  },
};
