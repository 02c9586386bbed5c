/** Data source `aws_iam_user`. */
import { computedString, dataId, dataTags } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsIamUserData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_iam_user',
  schemaVersion: 0,
  description: 'A user of the account.',
  attributes: {
    arn: computedString('ARN of the user.'),
    id: dataId('Unique id of the user.'),
    path: computedString('Path of the user.'),
    permissions_boundary: computedString('ARN of the policy that bounds the permissions, if any.'),
    tags: dataTags,
    user_id: computedString('Unique id of the user.'),
    user_name: {
      type: 'string',
      description: 'Name of the user.',
      required: true,
      validators: [{ check: 'length', min: 1 }],
    },
  },
};
