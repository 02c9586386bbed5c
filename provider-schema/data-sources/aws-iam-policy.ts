/** Data source `aws_iam_policy`. */
import { computedString, dataId, dataTags } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsIamPolicyData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_iam_policy',
  schemaVersion: 0,
  description: 'A managed policy, found by ARN or by name.',
  attributes: {
    arn: {
      type: 'string',
      description: 'ARN of the policy.',
      optional: true,
      computed: true,
      validators: [{ check: 'arn' }],
      conflictsWith: ['name', 'path_prefix'],
    },
    attachment_count: { type: 'number', description: 'Users, groups and roles that use the policy.', computed: true },
    description: computedString('Description of the policy.'),
    id: dataId('ARN of the policy.'),
    name: {
      type: 'string',
      description: 'Name of the policy.',
      optional: true,
      computed: true,
      conflictsWith: ['arn'],
    },
    path: computedString('Path of the policy.'),
    path_prefix: {
      type: 'string',
      description: 'Beginning of the path of the policy that is found by name.',
      optional: true,
      conflictsWith: ['arn'],
    },
    policy: computedString('Document of the version in force, JSON.'),
    policy_id: computedString('Unique id of the policy.'),
    tags: dataTags,
  },
};
