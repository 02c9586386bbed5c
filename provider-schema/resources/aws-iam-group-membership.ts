/** `aws_iam_group_membership`: all users of a group; others are removed from it. */
import { id } from '../attributes.ts';
import { identityRecord, ownerName } from '../identity-attributes.ts';

export const awsIamGroupMembership = identityRecord({
  type: 'aws_iam_group_membership',
  description: 'All users of a group.',
  attributes: {
    group: ownerName('Name of the group.'),
    id: id('Name of the membership.'),
    name: {
      type: 'string',
      description: 'Name of the membership, in Terraform only.',
      required: true,
      forcesReplacement: true,
      validators: [{ check: 'length', min: 1 }],
    },
    users: { type: ['set', 'string'], description: 'Names of all users of the group.', required: true },
  },
  importId: 'name of the membership, a slash, and the name of the group',
});
