/** `aws_iam_group`: a group of users. Name and path change in place. */
import { id, stableString } from '../attributes.ts';
import { changeableName, identityRecord, path } from '../identity-attributes.ts';

export const awsIamGroup = identityRecord({
  type: 'aws_iam_group',
  description: 'A group of users.',
  attributes: {
    arn: stableString('ARN of the group.'),
    id: id('Name of the group.'),
    name: changeableName('Name of the group.'),
    path,
    unique_id: stableString('Unique id of the group, which no later group of the same name has.'),
  },
  importId: 'name of the group, for example staff',
});
