/** Data source `aws_iam_role`. */
import { computedString, dataId, dataTags } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsIamRoleData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_iam_role',
  schemaVersion: 0,
  description: 'A role of the account.',
  attributes: {
    arn: computedString('ARN of the role.'),
    assume_role_policy: computedString('Trust policy, a JSON document.'),
    create_date: computedString('When the role was created, RFC 3339.'),
    description: computedString('Description of the role.'),
    id: dataId('Name of the role.'),
    max_session_duration: { type: 'number', description: 'Longest session, in seconds.', computed: true },
    name: {
      type: 'string',
      description: 'Name of the role.',
      required: true,
      validators: [{ check: 'length', min: 1 }],
    },
    path: computedString('Path of the role.'),
    permissions_boundary: computedString('ARN of the policy that bounds the permissions, if any.'),
    role_last_used: {
      type: ['list', ['object', { last_used_date: 'string', region: 'string' }]],
      description: 'Last use of the role: always empty, because the control plane does not keep it.',
      computed: true,
    },
    tags: dataTags,
    unique_id: computedString('Unique id of the role.'),
  },
};
