/** Data source `aws_kms_secrets`: Decrypt for each block. */
import { dataId, dataRegion } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsKmsSecretsData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_kms_secrets',
  schemaVersion: 0,
  description: 'Texts decrypted with KMS keys. They are stored in the state: protect the state.',
  attributes: {
    id: dataId('Region that was read from.'),
    plaintext: {
      type: ['map', 'string'],
      description: 'Decrypted texts by name.',
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
        context: { type: ['map', 'string'], description: 'Encryption context of the ciphertext.', optional: true },
        encryption_algorithm: {
          type: 'string',
          description: 'Encryption algorithm of the ciphertext. Default: SYMMETRIC_DEFAULT.',
          optional: true,
          validators: [
            {
              check: 'one-of',
              values: ['SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'SM2PKE'],
            },
          ],
        },
        grant_tokens: { type: ['list', 'string'], description: 'Grant tokens to use.', optional: true },
        key_id: {
          type: 'string',
          description: 'Key of the ciphertext; needed for a ciphertext of an asymmetric key.',
          optional: true,
        },
        name: {
          type: 'string',
          description: 'Key of the text in plaintext.',
          required: true,
          validators: [{ check: 'length', min: 1 }],
        },
        payload: { type: 'string', description: 'Ciphertext in base64.', required: true },
      },
    },
  },
};
