/**
 * `kms_data_key_without_plaintext`: an encrypted data key that Terraform keeps and others decrypt. Arguments are those
 * of the cipherstash/kms provider; another argument makes another data key.
 */
import { region, stableString } from '../attributes.ts';
import { legacyRecord } from '../legacy.ts';
import { values } from '../shapes/kms/values.ts';

export const kmsDataKeyWithoutPlaintext = legacyRecord({
  kind: 'resource',
  type: 'kms_data_key_without_plaintext',
  schemaVersion: 0,
  own: true,
  description: 'A data key, encrypted under a KMS key. Nobody sees its plaintext before it is decrypted.',
  attributes: {
    ciphertext_blob: stableString('The encrypted data key, in base64 without padding.'),
    id: stableString('Part of the encrypted data key.'),
    keepers: {
      type: ['map', 'string'],
      description: 'Any pairs. A change of them makes a new data key.',
      optional: true,
      forcesReplacement: true,
    },
    key_id: {
      type: 'string',
      description: 'Id, ARN, alias name or alias ARN of the KMS key that encrypts the data key.',
      required: true,
      forcesReplacement: true,
      validators: [{ check: 'key-or-alias' }],
    },
    key_spec: {
      type: 'string',
      description: 'Length of the data key: AES_256, also when number_of_bytes is absent too, or AES_128.',
      optional: true,
      forcesReplacement: true,
      validators: [{ check: 'one-of', values: values.DataKeySpec.enum }],
      conflictsWith: ['number_of_bytes'],
    },
    number_of_bytes: {
      type: 'number',
      description: 'Length of the data key in bytes.',
      optional: true,
      forcesReplacement: true,
      validators: [{ check: 'range', min: values.NumberOfBytesType.min, max: values.NumberOfBytesType.max }],
      conflictsWith: ['key_spec'],
    },
    region,
  },
  importId:
    'key as configured, a comma, AES_256 or AES_128 or the number of bytes or nothing, as configured, a comma, and the encrypted data key in base64, with @region after it for another region',
});
