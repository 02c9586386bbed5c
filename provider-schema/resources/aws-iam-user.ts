/** `aws_iam_user`: a user of the account. Name and path change in place; what belongs to the user stays with it. */
import { id, stableString } from '../attributes.ts';
import {
  changeableName,
  identityRecord,
  identityTags,
  onDestroy,
  path,
  permissionsBoundary,
} from '../identity-attributes.ts';

export const awsIamUser = identityRecord({
  type: 'aws_iam_user',
  description: 'A user of the account, for a program or a person.',
  attributes: {
    arn: stableString('ARN of the user.'),
    force_destroy: onDestroy('Whether to delete the access keys of the user that Terraform does not know.'),
    id: id('Name of the user.'),
    name: changeableName('Name of the user.'),
    path,
    permissions_boundary: permissionsBoundary,
    ...identityTags,
    unique_id: stableString('Unique id of the user, which no later user of the same name has.'),
  },
  importId: 'name of the user, for example app',
});
