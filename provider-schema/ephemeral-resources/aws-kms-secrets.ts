/** Ephemeral resource `aws_kms_secrets`: plaintexts that no plan and no state holds. */
import { dataRegion } from '../attributes.ts';
import { values } from '../shapes/kms/values.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsKmsSecretsEphemeral: TerraformRecord = {
  kind: 'ephemeral-resource',
  type: 'aws_kms_secrets',
  schemaVersion: 0,
  description: 'Decrypted texts, by name. They are in no plan and no state.',
  attributes: {
    plaintext: {
      type: ['map', 'string'],
      description: 'The decrypted texts, by the names of their blocks.',
      computed: true,
      sensitive: true,
    },
    region: dataRegion,
  },
  blocks: {
    secret: {
      nesting: 'set',
      minItems: 1,
      description: 'A text to decrypt.',
      attributes: {
        context: {
          type: ['map', 'string'],
          description: 'Encryption context that it was encrypted with.',
          optional: true,
        },
        encryption_algorithm: {
          type: 'string',
          description: 'Algorithm that it was encrypted with. SYMMETRIC_DEFAULT when absent.',
          optional: true,
          validators: [{ check: 'one-of', values: values.EncryptionAlgorithmSpec.enum }],
        },
        grant_tokens: { type: ['list', 'string'], description: 'Grant tokens to use.', optional: true },
        key_id: {
          type: 'string',
          description: 'KMS key. Needed for ciphertexts of asymmetric keys, which do not name it.',
          optional: true,
        },
        name: { type: 'string', description: 'Its key in plaintext.', required: true },
        payload: { type: 'string', description: 'The ciphertext, in base64.', required: true },
      },
    },
  },
};
