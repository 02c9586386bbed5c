/** `aws_kms_alias`: a name for a KMS key. */
import { computedString, id, region, stableArn } from '../attributes.ts';
import { legacyRecord } from '../legacy.ts';

export const awsKmsAlias = legacyRecord({
  kind: 'resource',
  type: 'aws_kms_alias',
  schemaVersion: 0,
  description: 'An alias: a name of a KMS key.',
  attributes: {
    arn: stableArn('ARN of the alias.'),
    id: id('Alias name.'),
    name: {
      type: 'string',
      description: 'Alias name, beginning with alias/. Generated from name_prefix when absent.',
      optional: true,
      computed: true,
      stable: true,
      forcesReplacement: true,
      validators: [{ check: 'alias-name-customer' }],
      conflictsWith: ['name_prefix'],
    },
    name_prefix: {
      type: 'string',
      description: 'Prefix of a generated alias name, beginning with alias/.',
      optional: true,
      computed: true,
      stable: true,
      forcesReplacement: true,
      validators: [{ check: 'alias-name-customer' }],
      conflictsWith: ['name'],
    },
    region,
    target_key_arn: {
      ...computedString('ARN of the key the alias names.'),
      refinement: { notNull: true, prefix: 'arn:' },
    },
    target_key_id: {
      type: 'string',
      description: 'Id or ARN of the key the alias names.',
      required: true,
      equivalence: 'key-reference',
    },
  },
  importId: 'alias name, for example alias/orders, with @region after it for another region',
  identity: {
    name: { type: 'string', description: 'Alias name.', requiredForImport: true },
    account_id: { type: 'string', description: 'Account the alias is in.', requiredForImport: false },
    region: { type: 'string', description: 'Region the alias is in.', requiredForImport: false },
  },
});
