/** Data source `aws_kms_ciphertext`: Encrypt. */
import { computedString, dataId, dataRegion } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsKmsCiphertextData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_kms_ciphertext',
  schemaVersion: 0,
  description:
    'A text encrypted with a KMS key: again, and differently, at each read. The plaintext is stored in the state.',
  attributes: {
    ciphertext_blob: computedString('Ciphertext in base64.'),
    context: {
      type: ['map', 'string'],
      description: 'Encryption context, which a decryption must give again.',
      optional: true,
    },
    id: dataId('ARN of the key.'),
    key_id: {
      type: 'string',
      description: 'Key id, key ARN, alias name or alias ARN.',
      required: true,
      validators: [{ check: 'length', min: 1 }],
    },
    plaintext: { type: 'string', description: 'Text to encrypt.', required: true, sensitive: true },
    region: dataRegion,
  },
};
