/** Data source `aws_kms_public_key`: the answer of GetPublicKey. */
import { computedString, dataId, dataRegion } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsKmsPublicKeyData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_kms_public_key',
  schemaVersion: 0,
  description: 'The public key of an asymmetric KMS key.',
  attributes: {
    arn: computedString('ARN of the key.'),
    customer_master_key_spec: computedString('Key spec.'),
    encryption_algorithms: {
      type: ['list', 'string'],
      description: 'Encryption algorithms of the key.',
      computed: true,
    },
    grant_tokens: { type: ['list', 'string'], description: 'Grant tokens to use.', optional: true },
    id: dataId('ARN of the key.'),
    key_id: {
      type: 'string',
      description: 'Key id, key ARN, alias name or alias ARN.',
      required: true,
      validators: [{ check: 'key-or-alias' }],
    },
    key_usage: computedString('What the key can be used for.'),
    public_key: computedString('SubjectPublicKeyInfo, DER in base64.'),
    public_key_pem: computedString('SubjectPublicKeyInfo, PEM.'),
    region: dataRegion,
    signing_algorithms: { type: ['list', 'string'], description: 'Signing algorithms of the key.', computed: true },
  },
};
