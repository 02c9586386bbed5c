/** `aws_kms_ciphertext`: a ciphertext that is made once and kept, so that it does not differ in every plan. */
import { id, region, stableString, writeOnly } from '../attributes.ts';
import { legacyRecord } from '../legacy.ts';

const oneOf = ['plaintext', 'plaintext_wo'];

export const awsKmsCiphertext = legacyRecord({
  kind: 'resource',
  type: 'aws_kms_ciphertext',
  schemaVersion: 0,
  description: 'A ciphertext of the given plaintext, made once under a KMS key and kept in the state.',
  attributes: {
    ciphertext_blob: stableString('The ciphertext, in base64.'),
    context: {
      type: ['map', 'string'],
      description: 'Encryption context, which a decryption must give again.',
      optional: true,
      forcesReplacement: true,
    },
    id: id('When the ciphertext was made. Its form can change.'),
    key_id: {
      type: 'string',
      description: 'Id, ARN or alias of the KMS key.',
      required: true,
      forcesReplacement: true,
    },
    plaintext: {
      type: 'string',
      description: 'Text to encrypt. It is stored in the state; plaintext_wo is not.',
      optional: true,
      sensitive: true,
      forcesReplacement: true,
      exactlyOneOf: oneOf,
    },
    ...writeOnly('plaintext', 'Text to encrypt.', {
      change: 'makes a new ciphertext',
      value: { exactlyOneOf: oneOf },
      version: { forcesReplacement: true },
    }),
    region,
  },
});
